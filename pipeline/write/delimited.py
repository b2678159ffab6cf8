"""The results as CSV: UTF-8 with a mark that tells Excel so, every field in quotes."""

import io
from collections import Counter
from collections.abc import Sequence
from typing import BinaryIO

from pipeline.model import Report, Word
from pipeline.write.kept import Kept
from pipeline.write.lines import Lines
from pipeline.write.safe import HARMLESS, guarded
from schemas.cell import Cell, Clock, Moment, Number, text_of


def write_delimited(report: Report, file: BinaryIO) -> Counter[Word]:
    """Write every row of the report, and tell how many there were by outcome."""
    written: Counter[Word] = Counter()
    lines, texts = Lines(report), Kept(_quoted)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    text.write("\ufeff")
    text.write(_line(lines.layout.header, texts))
    for row in report.rows:
        text.write(_line(lines.of(row), texts))
        written[row.outcome.word] += 1
    text.detach()
    return written


def _line(cells: Sequence[Cell], texts: Kept) -> str:
    fields = [texts[cell] if type(cell) is str else field(cell) for cell in cells]
    return '"' + '","'.join(fields) + '"\r\n'


def _quoted(text: str) -> str:
    return text if HARMLESS.fullmatch(text) else guarded(text).replace('"', '""')


def field(cell: Cell) -> str:
    """The cell as a field's text: numbers bare, dates and times as ISO 8601 writes them."""
    match cell:  # what is frequent comes first
        case Number(value=value):
            return str(value)
        case Moment(value=value, has_time=has_time):
            whole_day = not has_time and value == value.replace(hour=0, minute=0, second=0)
            return value.date().isoformat() if whole_day else value.isoformat()
        case Clock(value=clock):
            return clock.isoformat()
    return guarded(text_of(cell))
