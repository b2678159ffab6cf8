"""A sheet of an old workbook: each cell by its type, its format, and whether a formula made it."""

from collections.abc import Iterator

import xlrd
from openpyxl.utils.cell import get_column_letter
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH
from xlrd.biffh import error_text_from_code
from xlrd.sheet import Sheet

from pipeline.read.book import Layout, SourceRow
from pipeline.read.cells import A_DATE, number_cell
from pipeline.read.container import damaged
from pipeline.read.old_excel.records import SheetRecords
from pipeline.read.refused import ROW_LIMITS
from schemas.cell import Broken, Cell

BEFORE_97 = 16_384
"""The last row that spreadsheets before Excel 97 can hold."""

NOTHING = (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)


class OldSheet:
    def __init__(self, book: xlrd.Book, sheet: Sheet, records: SheetRecords, name: str) -> None:
        self.title = sheet.name
        self.visible = sheet.visibility == 0
        self.from_1904 = bool(book.datemode)
        self._epoch = MAC_EPOCH if self.from_1904 else WINDOWS_EPOCH
        self._book = book
        self._sheet = sheet
        self._records = records
        self._name = name

    def layout(self) -> Layout:
        """Two records for one cell are no log: xlrd keeps the later one, and nobody knows the true one."""
        filled = [self._filled(row) for row in range(self._sheet.nrows)]
        if sum(filled) != self._records.values:
            raise damaged(self._name, f"cells of sheet “{self.title}” are there twice")
        rows = [row for row, count in enumerate(filled, 1) if count]
        return Layout(
            last_row=rows[-1] if rows else 0,
            hidden=[row for row in rows if self._is_hidden(row - 1)],
            merged=[_reference(*area) for area in self._sheet.merged_cells],
            has_formulas=bool(self._records.formulas),
            limits=ROW_LIMITS if self._book.biff_version >= 80 else (BEFORE_97, *ROW_LIMITS),
        )

    def rows(self, last: int) -> Iterator[SourceRow]:
        for row in range(min(last, self._sheet.nrows)):
            types = self._sheet.row_types(row)
            values = self._sheet.row_values(row)
            yield (
                row + 1,
                [
                    self._cell(row, column, kind, value)
                    for column, (kind, value) in enumerate(zip(types, values, strict=True))
                ],
            )

    def _filled(self, row: int) -> int:
        return sum(kind not in NOTHING for kind in self._sheet.row_types(row))

    def _is_hidden(self, row: int) -> bool:
        info = self._sheet.rowinfo_map.get(row)
        return bool(info.hidden if info else self._sheet.default_row_hidden)

    def _cell(self, row: int, column: int, kind: int, value: float | str) -> Cell:
        if kind in NOTHING:
            return ""
        if (row, column) in self._records.uncalculated:
            return Broken("=…", "formula")
        if kind == xlrd.XL_CELL_BOOLEAN:
            return bool(value)
        if isinstance(value, str):
            return value
        if kind == xlrd.XL_CELL_ERROR:
            return Broken(error_text_from_code.get(int(value), "#ERROR!"), "error")
        return number_cell(value, self._format(row, column, kind), self._epoch)

    def _format(self, row: int, column: int, kind: int) -> str:
        """Those that only programs in some languages have are known by their kind and no more."""
        style = self._book.xf_list[self._sheet.cell_xf_index(row, column)]
        shown = self._book.format_map.get(style.format_key)
        if shown and shown.format_str:
            return shown.format_str
        return A_DATE if kind == xlrd.XL_CELL_DATE else "General"


def _reference(top: int, below: int, left: int, beyond: int) -> str:
    """An area as a spreadsheet writes it; rows and columns count from 0, the ends are the next ones."""
    return f"{get_column_letter(left + 1)}{top + 1}:{get_column_letter(beyond)}{below}"
