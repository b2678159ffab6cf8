"""How wide the columns of a sheet should be, judged by its header and first rows."""

from collections.abc import Sequence
from typing import Any

from schemas.cell import Cell, Number, text_of

JUDGED_ROWS = 200
_NARROWEST, _WIDEST = 6, 60


class Widths:
    def __init__(self, header: Sequence[str]) -> None:
        self._widths = [_NARROWEST] * len(header)
        self.judge(header)

    def judge(self, cells: Sequence[Cell]) -> None:
        for column, cell in enumerate(cells):
            self._widths[column] = max(self._widths[column], _needed(cell))

    def apply(self, sheet: Any) -> None:
        for column, width in enumerate(self._widths):
            sheet.set_column(column, column, min(width, _WIDEST))


def _needed(cell: Cell) -> int:
    if isinstance(cell, Number) and cell.format != "General":
        return len(text_of(cell)[:12]) + 2
    return 2 + max(map(len, text_of(cell).splitlines()), default=0)
