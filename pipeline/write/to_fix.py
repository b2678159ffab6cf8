"""The rows that need a person, as the operator wrote them, to correct and to drop in again.

A workbook and never a CSV: there the text would need guarding against spreadsheets, and the guard
would come back as part of the text.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import BinaryIO

from pipeline.model import NEEDS_A_PERSON, OF_TO_FIX, Report, ReportRow, ReportTable, Word
from pipeline.write import messages
from pipeline.write.book import (
    HEADER,
    MOST_COLUMNS,
    OWN_HEADER,
    Book,
    Sheet,
    as_a_table,
    book,
    note,
    one_page_wide,
)
from pipeline.write.lines import log_columns
from pipeline.write.marks import Mark, Notes, columns_of, marks
from pipeline.write.pen import PLAIN, Look, Pen
from pipeline.write.widths import JUDGED_ROWS, Widths, high
from schemas.cell import Cell

CATEGORY = "pipeline:to-fix"
"""The workbook's category, by which a reader knows where it came from."""

MOST_ROWS = 50_000
"""Rows of a sheet; one that ends where old or new spreadsheets do looks as if it were cut off."""

_MEASURED = ("started_at", "ended_at", "mass", "mass_standard_deviation")
_MESSAGE = Look(wrap=True)
_REST = f"This sheet has no more notes; its last column, {OF_TO_FIX}, says what is wrong in the rows below."
_NOT_PLAIN = frozenset(("merged_cell", "struck_through", "raised_digits", "date_as_text", "notation_mixed"))
"""What is wrong with how a value is written, or beside others: alone, it would be taken for right."""
_DIGIT = re.compile("[0-9]")
_LONGEST_AS_TEXT = 255  # longer text in a cell formatted as text is shown as ####

Columns = Sequence[tuple[int, str]]


def write_to_fix(report: Report, file: BinaryIO, *, rows_per_sheet: int = MOST_ROWS) -> Counter[Word]:
    """Write the rows that need a person, and tell how many there were by outcome."""
    by_table: defaultdict[int, list[ReportRow]] = defaultdict(list)
    for row in report.rows:
        if row.outcome.word in NEEDS_A_PERSON:
            by_table[row.table].append(row)
    written: Counter[Word] = Counter()
    of_tables = log_columns(report)
    title = f"Rows to fix of run {report.run_id}"
    with book(file, report.started_at, title=title, category=CATEGORY) as out:
        for index, rows in sorted(by_table.items()):
            for start in range(0, len(rows), rows_per_sheet):
                some = rows[start : start + rows_per_sheet]
                kept = of_tables[index][: MOST_COLUMNS - 1]
                written += _put_table(out, report.tables[index], kept, some)
    return written


def _put_table(out: Book, table: ReportTable, columns: Columns, rows: Sequence[ReportRow]) -> Counter[Word]:
    header = [name for _, name in columns]
    sheet = out.sheet(table.sheet or "log", len(header) + 1)
    _put_header(sheet, header)
    widths, notes, pens = Widths([*header, OF_TO_FIX]), Notes(_REST), _Pens(sheet, table, columns)
    for number, row in enumerate(rows, 1):
        marked, said = marks(table, row, warnings=False), messages.wrongs(table, row)
        cells = [*_cells(row, columns), said]
        sheet.put(number, cells, pens.of(cells, marked), high(said))
        _pin_notes(sheet, number, marked, columns, notes)
        if number <= JUDGED_ROWS:
            widths.judge(cells)
    widths.apply(sheet)
    as_a_table(sheet, len(rows), len(columns) + 1)
    one_page_wide(sheet)
    return Counter(row.outcome.word for row in rows)


def _put_header(sheet: Sheet, header: Sequence[str]) -> None:
    names, blank = sheet.pens(HEADER), sheet.pens(PLAIN)
    pens = [names[column] if name else blank[column] for column, name in enumerate(header)]
    own = sheet.pens(OWN_HEADER)[-1]
    sheet.put(0, [*header, OF_TO_FIX], [*pens, own], max(map(high, header), default=1))


def _cells(row: ReportRow, columns: Columns) -> list[Cell]:
    """The row as it was written, without what would be taken for right were it only a text or a number."""
    wrongs = [issue for issue in messages.errors(row) if issue.code in _NOT_PLAIN]
    misleading = {column for issue in wrongs for column in columns_of(issue, row)}
    return [
        row.cells[source] if source < len(row.cells) and source not in misleading else ""
        for source, _ in columns
    ]


class _Pens:
    """What draws the rows of a table: text stays text where nothing may be guessed."""

    def __init__(self, sheet: Sheet, table: ReportTable, columns: Columns) -> None:
        self._sheet, self._sources = sheet, [source for source, _ in columns]
        self._usual, self._as_text = sheet.pens(_look("", "General")), sheet.pens(_look("", "@"))
        self._message = sheet.pens(_MESSAGE)[-1]
        self._measured = {column for field in _MEASURED for column in table.fields.get(field, ())}
        self._references = frozenset(table.fields.get("supplier_reference_id", ()))

    def of(self, cells: Sequence[Cell], marked: Mapping[int, Mark]) -> list[Pen]:
        """For each cell its pen; the last cell is the message."""
        pens = [
            as_text if isinstance(cell, str) and _has_digits(cell) else usual
            for cell, as_text, usual in zip(cells[:-1], self._as_text, self._usual, strict=False)
        ]
        for place, source in enumerate(self._sources) if marked else ():
            if source in marked:
                shown = "@" if self._stays_text(source, cells[place]) else "General"
                pens[place] = self._sheet.pens(_look(marked[source].fill, shown))[place]
        return [*pens, self._message]

    def _stays_text(self, column: int, cell: Cell) -> bool:
        """Of a wrong time or mass it should not: there the text is the trouble. Of a reference it must."""
        if not isinstance(cell, str) or len(cell) > _LONGEST_AS_TEXT or column in self._measured:
            return False
        return column in self._references or _has_digits(cell)


def _look(fill: str, shown: str) -> Look:
    return Look(fill=fill, format=shown, top=True, always=True)


def _has_digits(text: str) -> bool:
    """Whether a spreadsheet might take the text for a number or a date, and can show it as text."""
    if len(text) > _LONGEST_AS_TEXT:
        return False
    return bool(_DIGIT.search(text)) if text.isascii() else any(char.isdigit() for char in text)


def _pin_notes(sheet: Sheet, number: int, marked: Mapping[int, Mark], columns: Columns, notes: Notes) -> None:
    for column, (source, _) in enumerate(columns):
        if source in marked and (text := notes.pinned(marked[source].note)):
            note(sheet, number, column, text)
