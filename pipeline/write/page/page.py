"""From a report to the page."""

from collections import Counter
from collections.abc import Sequence
from typing import BinaryIO

from markupsafe import Markup, escape

from pipeline.model import Report, Word
from pipeline.report import Following
from pipeline.write.page.content import Total, content
from pipeline.write.page.drawing import bars
from pipeline.write.page.pictures import pictures
from pipeline.write.page.shown import finalized
from pipeline.write.template import template
from schemas.visible import visible


def write_page(report: Report, then: Following, file: BinaryIO) -> Counter[Word]:
    """Write the page, and tell how many rows of each outcome stand on it. The same report, the same bytes."""
    told = content(report, then)
    text = template(__package__, "page.html", finalized).render(
        told.for_template(),
        outcomes=_outcomes(told.totals),
        pictures=pictures(report),
        command=_whole(then.command),
    )
    file.write(text.encode())
    return Counter({total.word: total.rows for total in told.totals})


def _whole(command: str) -> Markup:
    """A command is never cut: what is left of it might do something else."""
    return escape(visible(command))


def _outcomes(totals: Sequence[Total]) -> Markup:
    values = [(total.word, total.rows, total.mood) for total in totals]
    return bars("outcomes", "Rows by outcome", values) if values else Markup()
