"""Merged cells, as the ranges that workbooks name them by."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from schemas.cell import place

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
    (left, top), (right, bottom) = place(first), place(last or first)
    return Block(name, min(left, right), min(top, bottom), max(left, right), max(top, bottom))
