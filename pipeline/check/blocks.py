"""Merged cells, as the ranges that workbooks name them by."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from openpyxl.utils.cell import coordinate_to_tuple

_RANGE = re.compile(r"[A-Z]{1,3}[1-9][0-9]*(:[A-Z]{1,3}[1-9][0-9]*)?")


class Block(NamedTuple):
    """Cells that are merged: columns count from 0, rows from 1, and the last ones are included."""

    name: str
    first_column: int
    first_row: int
    last_column: int
    last_row: int


def blocks(names: Iterable[str]) -> list[Block]:
    """The cells of ranges such as "B3:B4"; what is no range of cells is left out."""
    return [_block(name) for name in names if _RANGE.fullmatch(name)]


def _block(name: str) -> Block:
    first, _, last = name.partition(":")
    (top, left), (bottom, right) = coordinate_to_tuple(first), coordinate_to_tuple(last or first)
    return Block(name, min(left, right) - 1, min(top, bottom), max(left, right) - 1, max(top, bottom))
