"""The files of a run in the run's folder."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from pipeline.model import NEEDS_A_PERSON, Report, Word
from pipeline.report import Following, following
from pipeline.write.counts import agree, counted
from pipeline.write.delimited import write_delimited
from pipeline.write.summary import write_summary
from pipeline.write.to_fix import write_to_fix
from pipeline.write.whole import gone, private_folder, whole
from pipeline.write.workbook import write_workbook

_NOTHING: Mapping[str, object] = MappingProxyType({})


def write_results(
    report: Report, folder: Path, then: Following | None = None, *, also: Mapping[str, object] = _NOTHING
) -> list[Path]:
    """Write the results, `to_fix.xlsx`, `report.html` and, when they are there, `summary.json`.

    `to_fix.xlsx` exists only when some row needs a person. `then` is what the page tells to do next; not
    given, it is the command with the folder as it is named here. `also` goes into the summary as it is.
    Every file holds exactly the report's rows, or none is left that does not.
    """
    expected = counted(report)
    to_fix = Counter({word: expected[word] for word in sorted(NEEDS_A_PERSON) if expected[word]})
    private_folder(folder)
    written = [
        _put(folder / "results.csv", partial(write_delimited, report), expected),
        _put(folder / "results.xlsx", partial(write_workbook, report), expected),
    ]
    if to_fix:
        written.append(_put(folder / "to_fix.xlsx", partial(write_to_fix, report), to_fix))
    else:
        gone(folder / "to_fix.xlsx")
    then = following(report, folder) if then is None else then
    written.append(_put(folder / "report.html", partial(_page, report, then), expected))
    summary = _put(folder / "summary.json", partial(write_summary, report, also), expected)
    return [summary, *written]


def _page(report: Report, then: Following, file: BinaryIO) -> Counter[Word]:
    from pipeline.write.page import write_page

    return write_page(report, then, file)


def _put(path: Path, write: Callable[[BinaryIO], Counter[Word]], expected: Counter[Word]) -> Path:
    with whole(path) as file:
        agree(path.name, write(file), expected)
    return path
