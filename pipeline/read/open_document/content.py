"""One pass over a document's XML: its tables, kept as they are written, with repeats not repeated."""

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from openpyxl.utils.cell import get_column_letter
from openpyxl.utils.datetime import WINDOWS_EPOCH

from pipeline.read.book import SourceRow
from pipeline.read.open_document.names import CALCEXT, OFFICE, TABLE, TEXT, Attributes
from pipeline.read.open_document.paragraphs import Paragraphs
from pipeline.read.open_document.styles import Styles
from pipeline.read.open_document.values import Shown, cell_of
from pipeline.read.writing import cell_of_runs
from schemas.cell import Broken, Cell, text_of

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384

CELLS = {f"{TABLE}table-cell", f"{TABLE}covered-table-cell"}
GROUPS = {f"{TABLE}table-row-group", f"{TABLE}table-rows", f"{TABLE}table-header-rows"}
ELSEWHERE = {
    f"{TABLE}shapes", f"{TABLE}tracked-changes", f"{TABLE}dde-links", f"{TEXT}note", f"{TEXT}ruby-text",
}  # fmt: skip
"""What holds text or tables of its own, which are none of the log's."""

SAYS_SOMETHING = frozenset((f"{OFFICE}value-type", f"{OFFICE}value", f"{TABLE}formula"))
_SHEET = r"(?:'(?:[^']|'')*'|[^\s'.:]*)\."
_RANGE = re.compile(rf"{_SHEET}([A-Z]+[0-9]+)(?::{_SHEET}([A-Z]+[0-9]+))?(?!\S)")
VISIBILITY = f"{TABLE}visibility"
DEFAULT_STYLE = f"{TABLE}default-cell-style-name"


class Repeated(NamedTuple):
    """A row, from which row on and how often; its cells, from which column on and how often."""

    first: int
    times: int
    cells: "list[RepeatedCell]"

    def rows(self, last: int) -> Iterator[SourceRow]:
        cells: list[Cell] = []
        unseen: list[int] = []
        for column, times, cell, is_unseen in self.cells:
            cells.extend([""] * (column - len(cells)))
            cells.extend([cell] * times)
            unseen.extend(range(column, column + times) if is_unseen else ())
        for number in range(self.first, min(self.first + self.times, last + 1)):
            yield SourceRow(number, cells, unseen)


class RepeatedCell(NamedTuple):
    column: int
    times: int
    cell: Cell
    unseen: bool


class Table:
    """A sheet as the document has it. Only rows that hold something are kept."""

    def __init__(self, attributes: Attributes) -> None:
        self.title = attributes.get(f"{TABLE}name", "")
        self.style = attributes.get(f"{TABLE}style-name", "")
        self.linked = False
        self.rows: list[Repeated] = []
        self.hidden: list[range] = []
        self.hidden_columns: list[range] = []
        self.last_column = 0
        self.merged: list[str] = []
        self.has_formulas = False
        self.rules: list[tuple[list[str], str]] = []
        """Of each rule of a conditional format the ranges that it is for, and the style that it may give."""
        self.struck_by_style: list[str] = []
        """The ranges of cells that hold something and whose own style strikes them under a condition."""
        self._ruled: list[str] = []
        self._column_ends: list[int] = []
        self._column_styles: list[str] = []
        self._groups: list[bool] = []
        self._row: Attributes = {}
        self._cells: list[RepeatedCell] = []
        self._next_row, self._next_column = 1, 0

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == f"{TABLE}table-row":
            self._row, self._cells, self._next_column = attributes, [], 0
        elif tag == f"{TABLE}table-column":
            start = self._column_ends[-1] if self._column_ends else 0
            end = start + _times(attributes, "columns")
            self._column_ends.append(end)
            if attributes.get(VISIBILITY, "visible") != "visible":
                self.hidden_columns.append(range(start + 1, end + 1))
            self._column_styles.append(attributes.get(DEFAULT_STYLE, ""))
        elif tag in GROUPS:
            self._groups.append(attributes.get(f"{TABLE}display") == "false")
        elif tag == f"{CALCEXT}conditional-format":
            self._ruled = _areas(attributes.get(f"{CALCEXT}target-range-address", ""))
        elif tag == f"{CALCEXT}condition":
            self.rules.append((self._ruled, attributes.get(f"{CALCEXT}apply-style-name", "")))
        elif tag == f"{TABLE}table-source":
            self.linked = True
        elif tag == f"{TABLE}table":
            raise ValueError("a table within a table")

    def end(self, tag: str) -> None:
        if tag == f"{TABLE}table-row":
            self._end_row()
        elif tag in GROUPS:
            self._groups.pop()

    def style_of(self, cell: Attributes) -> str:
        """The name of a cell's style; of its row's or its column's, when it has none of its own."""
        index = bisect_left(self._column_ends, self._next_column + 1)
        of_column = self._column_styles[index] if index < len(self._column_styles) else ""
        return cell.get(f"{TABLE}style-name") or self._row.get(DEFAULT_STYLE) or of_column

    def cell(self, attributes: Attributes, cell: Cell, *, unseen: bool, may_be_struck: bool) -> None:
        """The next cell of the row."""
        times = _times(attributes, "columns")
        columns, rows = (
            int(attributes.get(f"{TABLE}number-{what}-spanned", "1")) for what in ("columns", "rows")
        )
        if columns > 1 or rows > 1:
            self.merged.append(self._area(columns, self._next_row + rows - 1))
        self.has_formulas = self.has_formulas or f"{TABLE}formula" in attributes
        if cell != "":
            if self._next_column + times > MAX_COLUMNS:
                raise ValueError("more columns than a spreadsheet has")
            self._cells.append(RepeatedCell(self._next_column, times, cell, unseen))
            self.last_column = max(self.last_column, self._next_column + times)
            if may_be_struck:
                last_row = self._next_row + _times(self._row, "rows") - 1
                self.struck_by_style.append(self._area(times, last_row))
        self._next_column += times

    def _area(self, columns: int, last_row: int) -> str:
        """From the next cell on, so many columns, down to this row."""
        first, last = self._next_column + 1, self._next_column + columns
        return f"{get_column_letter(first)}{self._next_row}:{get_column_letter(last)}{last_row}"

    def _end_row(self) -> None:
        first, times = self._next_row, _times(self._row, "rows")
        self._next_row += times
        if not self._cells:
            return
        if self._next_row > MAX_ROWS + 1:
            raise ValueError("more rows than a spreadsheet has")
        self.rows.append(Repeated(first, times, self._cells))
        if any(self._groups) or self._row.get(VISIBILITY, "visible") != "visible":
            self.hidden.append(range(first, first + times))


def _areas(addresses: str) -> list[str]:
    """Ranges without their sheet, which is the one that the rule stands in: "A2:G9" of "Runs.A2:Runs.G9"."""
    return [f"{first}:{last or first}" for first, last in _RANGE.findall(addresses)]


def _times(attributes: Attributes, what: str) -> int:
    times = int(attributes.get(f"{TABLE}number-{what}-repeated", "1"))
    if times < 1:
        raise ValueError("repeated less than once")
    return times


class Content:
    """The events of an XML parser become tables. `ValueError` where they contradict themselves."""

    def __init__(self, styles: Styles) -> None:
        self.tables: list[Table] = []
        self.epoch = WINDOWS_EPOCH
        self._styles = styles
        self._table: Table | None = None
        self._cell: Attributes | None = None
        self._paragraphs = Paragraphs(styles.of_text)
        self._elsewhere = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        if self._elsewhere or tag in ELSEWHERE:
            self._elsewhere += 1
        elif self._cell is not None:
            self._start_in_cell(tag, attributes)
        elif tag in CELLS and self._table:
            self._cell = attributes
        elif self._table:
            self._table.start(tag, attributes)
        elif tag == f"{TABLE}table":
            self._table = Table(attributes)
        elif tag == f"{TABLE}null-date":
            self.epoch = dt.datetime.fromisoformat(attributes.get(f"{TABLE}date-value", "1899-12-30"))
        else:
            self._styles.start(tag, attributes)

    def end(self, tag: str) -> None:
        if self._elsewhere:
            self._elsewhere -= 1
        elif self._cell is not None and tag in CELLS:
            self._end_cell(self._cell)
        elif self._cell is not None:
            self._paragraphs.end(tag)
        elif self._table and tag == f"{TABLE}table":
            self.tables.append(self._table)
            self._table = None
        elif self._table:
            self._table.end(tag)
        else:
            self._styles.end(tag)

    def text(self, words: str) -> None:
        if self._cell is not None and not self._elsewhere:
            self._paragraphs.text(words)
        elif self._table is None:
            self._styles.text(words)

    def _start_in_cell(self, tag: str, attributes: Attributes) -> None:
        if tag == f"{TABLE}table":
            raise ValueError("a table within a cell")
        if tag.startswith(TEXT):
            self._paragraphs.start(tag, attributes)
        else:  # a remark or a drawing
            self._elsewhere += 1

    def _end_cell(self, attributes: Attributes) -> None:
        assert self._table  # noqa: S101  a cell began only within one
        text, part = self._paragraphs.taken()
        cell: Cell = ""
        unseen = may_be_struck = False
        if text is not None or not SAYS_SOMETHING.isdisjoint(attributes):
            look = self._styles.of_cell(self._table.style_of(attributes))
            cell = cell_of(attributes, Shown(text, look.code), self.epoch)
            if isinstance(cell, str) and part:
                cell = cell_of_runs([(cell, part)])
            if look.struck and cell != "":
                cell = Broken(text_of(cell), "struck")
            unseen, may_be_struck = look.unseen, self._styles.may_strike(look)
        self._table.cell(attributes, cell, unseen=unseen, may_be_struck=may_be_struck)
        self._cell = None
