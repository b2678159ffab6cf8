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
    u32,
)
from pipeline.read.book import Layout, SourceRow
from pipeline.read.cells import number_cell
from pipeline.read.container import damaged
from schemas.cell import Broken, Cell

HIDDEN = 0x10
MAX_COLUMNS = 16_384
MAX_ROWS = 1_048_576


class Shared(NamedTuple):
    """What all sheets of a workbook refer to."""

    texts: Sequence[str]
    formats: Sequence[str]
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
        last = row = 0
        hidden: list[int] = []
        merged: list[str] = []
        row_is_hidden = has_formulas = False
        for code, data in records(self._part):
            if code == Code.ROW:
                row, row_is_hidden = u32(data, 0) + 1, bool(data[11] & HIDDEN)
            elif code in CELLS and code != Code.BLANK and row != last:
                last = row
                if row_is_hidden:
                    hidden.append(row)
            elif code == Code.MERGED:
                merged.append(_reference(data))
            has_formulas = has_formulas or code in FORMULAS
        return Layout(last, hidden, merged, has_formulas)

    def rows(self, last: int) -> Iterator[SourceRow]:
        """Rows and cells ascend in a sheet that a program wrote; otherwise some would be lost here."""
        row, cells = 0, list[Cell]()
        for code, data in self._cell_table():
            if code != Code.ROW:
                self._add(cells, code, data)
                continue
            if cells:
                yield row, cells
            before, row, cells = row, u32(data, 0) + 1, []
            if not before < row <= MAX_ROWS:
                raise self._out_of_order()
            if row > last:
                return
        if cells:
            yield row, cells

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
        cells.append(self._cell(code, data))

    def _cell(self, code: int, data: bytes) -> Cell:
        match code:
            case Code.BLANK:
                return ""
            case Code.TEXT | Code.FORMULA_TEXT:
                return text(data, 8)[0]
            case Code.RICH_TEXT:
                return text(data, 9)[0]
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
        style = u32(data, 4) & 0xFFFFFF
        return number_cell(value, self._shared.formats[style], self._shared.epoch)

    def _out_of_order(self) -> Exception:
        return damaged(self._name, f"rows or cells of sheet “{self.title}” are out of order")


def _reference(area: bytes) -> str:
    top, bottom, left, right = (u32(area, at) for at in (0, 4, 8, 12))
    return f"{get_column_letter(left + 1)}{top + 1}:{get_column_letter(right + 1)}{bottom + 1}"
