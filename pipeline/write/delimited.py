"""The results as CSV: UTF-8 with a mark that tells Excel so, every field in quotes."""

import csv
import io
from collections import Counter
from typing import BinaryIO

from pipeline.model import Report, Word
from pipeline.write.lines import layout, line
from pipeline.write.safe import guarded
from schemas.cell import Cell, Clock, Moment, Number, text_of


def write_delimited(report: Report, file: BinaryIO) -> Counter[Word]:
    """Write every row of the report, and tell how many there were by outcome."""
    written: Counter[Word] = Counter()
    places = layout(report)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    out = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    out.writerow(map(guarded, places.header))
    for row in report.rows:
        out.writerow(map(field, line(report, places, row)))
        written[row.outcome.word] += 1
    text.detach()
    return written


def field(cell: Cell) -> str:
    """The cell as a field's text: numbers bare, dates and times as ISO 8601 writes them."""
    match cell:
        case str():
            return guarded(cell)
        case Number(value=value):
            return str(value)
        case Moment(value=value, has_time=has_time):
            whole_day = not has_time and value == value.replace(hour=0, minute=0, second=0)
            return value.date().isoformat() if whole_day else value.isoformat()
        case Clock(value=clock):
            return clock.isoformat()
    return guarded(text_of(cell))
