"""A sheet of an old workbook: each cell by its type, its format, and whether a formula made it."""

from collections.abc import Iterator, Sequence

import xlrd
from openpyxl.utils.cell import get_column_letter
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH
from xlrd.biffh import error_text_from_code
from xlrd.sheet import Sheet

from pipeline.read.book import Layout, SourceRow
from pipeline.read.cells import number_cell
from pipeline.read.container import damaged
from pipeline.read.looks import Looks
from pipeline.read.old_excel.records import SheetRecords
from pipeline.read.old_excel.styles import format_of, look_of_font
from pipeline.read.refused import ROW_LIMITS
from pipeline.read.writing import cell_of_runs
from schemas.cell import Broken, Cell, text_of

BEFORE_97 = 16_384
"""The last row that spreadsheets before Excel 97 can hold."""

NOTHING = (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)


class OldSheet:
    def __init__(self, book: xlrd.Book, sheet: Sheet, records: SheetRecords, looks: Looks, name: str) -> None:
        self.title = sheet.name
        self.visible = sheet.visibility == 0
        self.from_1904 = bool(book.datemode)
        self._epoch = MAC_EPOCH if self.from_1904 else WINDOWS_EPOCH
        self._book = book
        self._sheet = sheet
        self._records = records
        self._looks = looks
        self._name = name

    def layout(self) -> Layout:
        """Two records for one cell are no log: xlrd keeps the later one, and nobody knows the true one."""
        if sum(map(self._filled, range(self._sheet.nrows))) != self._records.values:
            raise damaged(self._name, f"cells of sheet “{self.title}” are there twice")
        widths = {row: width for row, cells, _ in self.rows(self._sheet.nrows) if (width := _width(cells))}
        columns = self._sheet.colinfo_map.items()
        return Layout(
            last_row=max(widths, default=0),
            last_column=max(widths.values(), default=0),
            hidden=[row for row in widths if self._is_hidden(row - 1)],
            hidden_columns=[range(at + 1, at + 2) for at, info in columns if info.hidden or not info.width],
            merged=[_reference(*area) for area in self._sheet.merged_cells],
            has_formulas=bool(self._records.formulas),
            limits=ROW_LIMITS if self._book.biff_version >= 80 else (BEFORE_97, *ROW_LIMITS),
        )

    def rows(self, last: int) -> Iterator[SourceRow]:
        for row in range(min(last, self._sheet.nrows)):
            types = self._sheet.row_types(row)
            values = self._sheet.row_values(row)
            cells = [
                self._cell(row, column, kind, value)
                for column, (kind, value) in enumerate(zip(types, values, strict=True))
            ]
            yield SourceRow(row + 1, cells, self._unseen(row, cells))

    def _filled(self, row: int) -> int:
        return sum(kind not in NOTHING for kind in self._sheet.row_types(row))

    def _is_hidden(self, row: int) -> bool:
        info = self._sheet.rowinfo_map.get(row)
        return bool(info.hidden or not info.height if info else self._sheet.default_row_hidden)

    def _unseen(self, row: int, cells: Sequence[Cell]) -> Sequence[int]:
        if not self._looks.unseen:
            return ()
        return [
            column
            for column, cell in enumerate(cells)
            if cell != "" and self._sheet.cell_xf_index(row, column) in self._looks.unseen
        ]

    def _cell(self, row: int, column: int, kind: int, value: float | str) -> Cell:
        if kind in NOTHING:
            return ""
        if (row, column) in self._records.uncalculated:
            return Broken("=…", "formula")
        cell = self._value(row, column, kind, value)
        if cell != "" and self._sheet.cell_xf_index(row, column) in self._looks.struck:
            return Broken(text_of(cell), "struck")
        return cell

    def _value(self, row: int, column: int, kind: int, value: float | str) -> Cell:
        if kind == xlrd.XL_CELL_BOOLEAN:
            return bool(value)
        if isinstance(value, str):
            runs = self._sheet.rich_text_runlist_map.get((row, column))
            return cell_of_runs(list(self._runs(value, runs))) if runs else value
        if kind == xlrd.XL_CELL_ERROR:
            return Broken(error_text_from_code.get(int(value), "#ERROR!"), "error")
        style = self._book.xf_list[self._sheet.cell_xf_index(row, column)]
        return number_cell(value, format_of(self._book, style.format_key), self._epoch)

    def _runs(self, text: str, runs: list[tuple[int, int]]) -> Iterator[tuple[str, str]]:
        """The parts of a text with how they look; the first begins where the first font is changed."""
        yield text[: runs[0][0]], ""
        ends = [start for start, _ in runs[1:]] + [len(text)]
        for (start, font), end in zip(runs, ends, strict=True):
            yield text[start:end], look_of_font(self._book, font)


def _width(cells: Sequence[Cell]) -> int:
    """Up to where the cells hold anything."""
    return next((column for column in range(len(cells), 0, -1) if cells[column - 1] != ""), 0)


def _reference(top: int, below: int, left: int, beyond: int) -> str:
    """An area as a spreadsheet writes it; rows and columns count from 0, the ends are the next ones."""
    return f"{get_column_letter(left + 1)}{top + 1}:{get_column_letter(beyond)}{below}"
