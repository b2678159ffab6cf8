"""The results as a workbook: every row with its outcome, and a sheet of totals that explains the colours."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from pipeline.model import NEEDS_A_PERSON, UNFINISHED, Report, ReportRow, Word
from pipeline.write.book import (
    HEADER,
    MOST_COLUMNS,
    MOST_ROWS,
    OWN_HEADER,
    PLAIN,
    Book,
    Look,
    as_a_table,
    book,
    note,
    set_lines,
)
from pipeline.write.lines import MESSAGE, OUTCOME, Layout, layout, line
from pipeline.write.marks import FILLS, Mark, Notes, marks
from pipeline.write.totals import put_totals
from pipeline.write.widths import JUDGED_ROWS, Widths, lines
from schemas.cell import Cell, text_of

_TALL = NEEDS_A_PERSON | UNFINISHED
_BESIDE = Look(top=True)
_MESSAGE = Look(wrap=True)
_OUTCOMES = {word: Look(fill=fill, top=True) for word, fill in FILLS.items()}
_NOT_MARKED: Mapping[int, Mark] = {}
_REST = "This sheet has no more notes; its column _message says what is wrong in the rows below."


def write_workbook(report: Report, file: BinaryIO, *, rows_per_sheet: int = MOST_ROWS - 1) -> Counter[Word]:
    """Write every row of the report, and tell how many there were by outcome."""
    written: Counter[Word] = Counter()
    places = layout(report, MOST_COLUMNS)
    title = f"Results of run {report.run_id}"
    with book(file, report.started_at, title=title, category="pipeline:results") as out:
        for start in range(0, max(1, len(report.rows)), rows_per_sheet):
            rows = report.rows[start : start + rows_per_sheet]
            number = start // rows_per_sheet + 1
            sheet = out.sheet("results" if number == 1 else f"results-{number}")
            written += _put_rows(out, sheet, report, places, rows)
        put_totals(out, out.sheet("summary"), report, written)
    return written


def _put_rows(
    out: Book, sheet: Any, report: Report, places: Layout, rows: Sequence[ReportRow]
) -> Counter[Word]:
    written: Counter[Word] = Counter()
    header, widths, notes = places.header, Widths(places.header), Notes(_REST)
    for column, name in enumerate(header):
        out.put(sheet, 0, column, name, HEADER if column < len(places.names) else OWN_HEADER)
    set_lines(sheet, 0, max(map(lines, header)))
    for number, row in enumerate(rows, 1):
        cells = line(report, places, row)
        if number <= JUDGED_ROWS:
            widths.judge(cells)
        marked = _marked(report, places, row)
        _put_line(out, sheet, number, cells, marked)
        for column, mark in marked.items():
            if text := notes.pinned(mark.note):
                note(sheet, number, column, text)
        written[row.outcome.word] += 1
    widths.apply(sheet)
    as_a_table(sheet, len(rows), len(header))
    return written


def _marked(report: Report, places: Layout, row: ReportRow) -> Mapping[int, Mark]:
    """The marks of a row by the columns of the results."""
    found = marks(report.tables[row.table], row)
    if not found:
        return _NOT_MARKED
    moves = dict(places.moves[row.table])
    return {moves[column]: mark for column, mark in found.items() if column in moves}


def _put_line(out: Book, sheet: Any, number: int, cells: Sequence[Cell], marked: Mapping[int, Mark]) -> None:
    outcome, message = len(cells) + OUTCOME, len(cells) + MESSAGE
    tall = cells[outcome] in _TALL
    usual = _BESIDE if tall else PLAIN
    if tall:
        set_lines(sheet, number, lines(text_of(cells[message])))
    for column, cell in enumerate(cells):
        if column == outcome:
            out.put(sheet, number, column, cell, _OUTCOMES[cell])  # type: ignore[index] # a word
        elif column in marked:
            out.put(sheet, number, column, cell, Look(fill=marked[column].fill, top=True))
        elif cell != "":
            out.put(sheet, number, column, cell, _MESSAGE if tall and column == message else usual)
