"""How wide the columns of a sheet should be, judged by its header and first rows, and how high a row."""

from collections.abc import Sequence
from typing import Any

from schemas.cell import Cell, Number, text_of

JUDGED_ROWS = 200
WIDEST = 60
_NARROWEST = 6
_ARROW = 2
"""The room that the button of a filter takes."""


class Widths:
    def __init__(self, header: Sequence[str]) -> None:
        self._widths = [max(_NARROWEST, _needed(name) + _ARROW) for name in header]

    def judge(self, cells: Sequence[Cell]) -> None:
        for column, cell in enumerate(cells):
            self._widths[column] = max(self._widths[column], _needed(cell))

    def apply(self, sheet: Any) -> None:
        for column, width in enumerate(self._widths):
            sheet.set_column(column, column, min(width, WIDEST))


def high(text: str, width: int = WIDEST) -> int:
    """How many lines a text takes that is wrapped at so many characters."""
    if len(text) <= width and text.isprintable():
        return 1
    return sum(1 + max(0, len(part) - 1) // width for part in text.splitlines()) or 1


def _needed(cell: Cell) -> int:
    if isinstance(cell, Number) and cell.format != "General":
        return len(text_of(cell)[:12]) + 2
    return 2 + max(map(len, text_of(cell).splitlines()), default=0)
