"""The rows that need a person, as the operator wrote them, to correct and to drop in again.

A workbook and never a CSV: there the text would need guarding against spreadsheets, and the guard
would come back as part of the text.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, BinaryIO

from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from pipeline.model import NEEDS_A_PERSON, Report, ReportRow, ReportTable, Word
from pipeline.write import messages
from pipeline.write.book import MOST_COLUMNS, Book, Look, book, note
from pipeline.write.lines import log_columns
from pipeline.write.widths import JUDGED_ROWS, Widths
from schemas.cell import Cell

CATEGORY = "pipeline:to-fix"
"""The workbook's category, by which a reader knows where it came from."""

MOST_ROWS = 50_000
"""Rows of a sheet; one that ends where old or new spreadsheets do looks as if it were cut off."""

RED = "#FFC7CE"
_MEASURED = ("started_at", "ended_at", "mass", "mass_standard_deviation")
_HEADER = Look(bold=True)
_MESSAGE = Look(wrap=True)
_NOT_PLAIN = frozenset(("merged_cell", "struck_through", "raised_digits"))
"""What is wrong with how a value is written, and not with the value, which alone would be taken for right."""
_LONGEST_AS_TEXT = 255  # longer text in a cell formatted as text is shown as ####

Columns = Sequence[tuple[int, str]]


def write_to_fix(report: Report, file: BinaryIO, *, rows_per_sheet: int = MOST_ROWS) -> Counter[Word]:
    """Write the rows that need a person, and tell how many there were by outcome."""
    by_table: defaultdict[int, list[ReportRow]] = defaultdict(list)
    for row in report.rows:
        if row.outcome.word in NEEDS_A_PERSON:
            by_table[row.table].append(row)
    written: Counter[Word] = Counter()
    columns = log_columns(report)
    title = f"Rows to fix of run {report.run_id}"
    with book(file, report.started_at, title=title, category=CATEGORY) as out:
        for index, rows in sorted(by_table.items()):
            for start in range(0, len(rows), rows_per_sheet):
                some = rows[start : start + rows_per_sheet]
                kept = columns[index][: MOST_COLUMNS - 1]
                written += _put_table(out, report.tables[index], kept, some)
    return written


def _put_table(out: Book, table: ReportTable, columns: Columns, rows: Sequence[ReportRow]) -> Counter[Word]:
    sheet = out.sheet(table.sheet or "log")
    header = [*(name for _, name in columns), "_message"]
    for column, name in enumerate(header):
        if name:
            out.put(sheet, 0, column, name, _HEADER)
    widths = Widths(header)
    for number, row in enumerate(rows, 1):
        cells = _cells(row, columns)
        said = messages.wrongs(table, row)
        looks = _looks(table, row, columns, cells)
        for column, cell in enumerate(cells):
            out.put(sheet, number, column, cell, looks[column])
        out.put(sheet, number, len(columns), said, _MESSAGE)
        _pin_notes(sheet, number, row, columns)
        if number <= JUDGED_ROWS:
            widths.judge([*cells, said])
    widths.apply(sheet)
    sheet.freeze_panes(1, 0)
    return Counter(row.outcome.word for row in rows)


def _cells(row: ReportRow, columns: Columns) -> list[Cell]:
    """The row as it was written, without what would be taken for right were it only a text or a number."""
    misleading = _found(row, _NOT_PLAIN)
    return [
        row.cells[source] if source < len(row.cells) and source not in misleading else ""
        for source, _ in columns
    ]


def _looks(table: ReportTable, row: ReportRow, columns: Columns, cells: Sequence[Cell]) -> list[Look]:
    wrong = _found(row)
    return [
        Look(
            fill=RED if source in wrong else "",
            format="@" if _stays_text(table, source, cell, wrong=source in wrong) else "General",
        )
        for (source, _), cell in zip(columns, cells, strict=True)
    ]


def _stays_text(table: ReportTable, column: int, cell: Cell, *, wrong: bool) -> bool:
    """Whether a spreadsheet must not make a number or a date of the text when it is edited.

    Of a wrong time or mass it should: there the text is the trouble. Of a reference it never may.
    """
    if not isinstance(cell, str) or len(cell) > _LONGEST_AS_TEXT:
        return False
    if wrong and any(column in table.fields.get(field, ()) for field in _MEASURED):
        return False
    if wrong and column in table.fields.get("supplier_reference_id", ()):
        return True
    return any(char.isdigit() for char in cell)


def _pin_notes(sheet: Any, number: int, row: ReportRow, columns: Columns) -> None:
    found = _found(row)
    for column, (source, _) in enumerate(columns):
        if source in found:
            note(sheet, number, column, "\n".join(found[source]))


def _found(row: ReportRow, codes: frozenset[str] = frozenset()) -> dict[int, list[str]]:
    """What is wrong with the row's cells, by column; an issue may name cells of other rows too.

    With `codes`, only what has one of these.
    """
    found: defaultdict[int, list[str]] = defaultdict(list)
    for issue in messages.errors(row):
        if codes and issue.code not in codes:
            continue
        for place in issue.cells:
            letters, number = coordinate_from_string(place)
            if number == row.row:
                found[column_index_from_string(letters) - 1].append(issue.sentence)
    return dict(found)
