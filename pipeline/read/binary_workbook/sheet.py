"""A sheet of a binary workbook: rows of cells, each with its column, its style and its value."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from openpyxl.utils.cell import get_column_letter
from openpyxl.utils.datetime import MAC_EPOCH
from xlrd.biffh import error_text_from_code

from pipeline.read.binary_workbook.records import (
    CELLS,
    FORMULAS,
    SHORT_CELLS,
    Code,
    f64,
    records,
    rk,
    text,
    u16,
    u32,
)
from pipeline.read.binary_workbook.styles import Styles, rich_text
from pipeline.read.book import Layout, SourceRow
from pipeline.read.cells import number_cell
from pipeline.read.container import damaged
from schemas.cell import Broken, Cell, text_of

HIDDEN = 0x10
HIDDEN_COLUMN = 0x01
MAX_COLUMNS = 16_384
MAX_ROWS = 1_048_576


class Shared(NamedTuple):
    """What all sheets of a workbook refer to."""

    texts: Sequence[Cell]
    styles: Styles
    epoch: dt.datetime
    uncalculated: bool
    """Whether all formulas wait to be calculated. Libraries that cannot save 0 for their results."""


class BinarySheet:
    def __init__(self, title: str, visible: bool, part: bytes, shared: Shared, name: str) -> None:
        self.title = title
        self.visible = visible
        self.from_1904 = shared.epoch == MAC_EPOCH
        self._part = part
        self._shared = shared
        self._name = name

    def layout(self) -> Layout:
        last = last_column = row = 0
        hidden: list[int] = []
        columns: list[range] = []
        merged: list[str] = []
        row_is_hidden = has_formulas = False
        for code, data in records(self._part):
            if code == Code.ROW:
                row, row_is_hidden = u32(data, 0) + 1, bool(data[11] & HIDDEN or not u16(data, 8))
            elif code in CELLS and not _is_empty(code, data):
                last_column = max(last_column, u32(data, 0) + 1)
                if row_is_hidden and row != last:
                    hidden.append(row)
                last = row
            elif code == Code.MERGED:
                merged.append(_reference(data))
            elif code == Code.COLUMNS and (data[16] & HIDDEN_COLUMN or not u32(data, 8)):
                columns.append(range(u32(data, 0) + 1, u32(data, 4) + 2))
            has_formulas = has_formulas or code in FORMULAS
        return Layout(last, last_column, hidden, columns, merged, has_formulas)

    def rows(self, last: int) -> Iterator[SourceRow]:
        """Rows and cells ascend in a sheet that a program wrote; otherwise some would be lost here."""
        row, cells, unseen = 0, list[Cell](), list[int]()
        for code, data in self._cell_table():
            if code != Code.ROW:
                self._add(cells, code, data)
                if cells[-1] != "" and _style(data) in self._shared.styles.looks.unseen:
                    unseen.append(len(cells) - 1)
                continue
            if cells:
                yield SourceRow(row, cells, unseen)
            before, row, cells, unseen = row, u32(data, 0) + 1, [], []
            if not before < row <= MAX_ROWS:
                raise self._out_of_order()
            if row > last:
                return
        if cells:
            yield SourceRow(row, cells, unseen)

    def _cell_table(self) -> Iterator[tuple[int, bytes]]:
        within = False
        for code, data in records(self._part):
            if code in {Code.BEGIN_SHEET_DATA, Code.END_SHEET_DATA}:
                within = code == Code.BEGIN_SHEET_DATA
            elif code in SHORT_CELLS and within:
                raise damaged(self._name, f"sheet “{self.title}” has cells that do not say where they are")
            elif within and (code in CELLS or code == Code.ROW):
                yield code, data

    def _add(self, cells: list[Cell], code: int, data: bytes) -> None:
        column = u32(data, 0)
        if not len(cells) <= column < MAX_COLUMNS:
            raise self._out_of_order()
        cells.extend([""] * (column - len(cells)))
        cell = self._cell(code, data)
        struck = cell != "" and _style(data) in self._shared.styles.looks.struck
        cells.append(Broken(text_of(cell), "struck") if struck else cell)

    def _cell(self, code: int, data: bytes) -> Cell:
        match code:
            case Code.BLANK:
                return ""
            case Code.TEXT | Code.FORMULA_TEXT:
                return text(data, 8)[0]
            case Code.RICH_TEXT:
                return rich_text(data, 8, self._shared.styles.fonts)
            case Code.SHARED_TEXT:
                return self._shared.texts[u32(data, 8)]
            case Code.BOOL | Code.FORMULA_BOOL:
                return bool(data[8])
            case Code.ERROR | Code.FORMULA_ERROR:
                return Broken(error_text_from_code.get(data[8], "#ERROR!"), "error")
        return self._number(code, data)

    def _number(self, code: int, data: bytes) -> Cell:
        value = rk(data, 8) if code == Code.RK else f64(data, 8)
        if code == Code.FORMULA_NUMBER and value == 0 and self._shared.uncalculated:
            return Broken("=…", "formula")
        return number_cell(value, self._shared.styles.formats[_style(data)], self._shared.epoch)

    def _out_of_order(self) -> Exception:
        return damaged(self._name, f"rows or cells of sheet “{self.title}” are out of order")


def _style(data: bytes) -> int:
    return u32(data, 4) & 0xFFFFFF


def _is_empty(code: int, data: bytes) -> bool:
    return code == Code.BLANK or (code in {Code.TEXT, Code.FORMULA_TEXT} and not u32(data, 8))


def _reference(area: bytes) -> str:
    top, bottom, left, right = (u32(area, at) for at in (0, 4, 8, 12))
    return f"{get_column_letter(left + 1)}{top + 1}:{get_column_letter(right + 1)}{bottom + 1}"
