"""What a sheet holds, before it is written in any format."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from openpyxl.utils.cell import range_boundaries
from xlrd.biffh import error_text_from_code

ERRORS = {text: code for code, text in error_text_from_code.items()}
"""The errors of spreadsheets, and what they are in binary formats."""


class Shown(NamedTuple):
    """A stored number, and the number format that it is shown in."""

    value: float
    format: str


class Error(NamedTuple):
    """The result of a formula that went wrong."""

    text: str


Value = str | bool | float | Shown | Error | None


@dataclass(frozen=True)
class Page:
    """A sheet. `hidden` rows count from 1; `merged` areas are references such as "B3:B4"."""

    rows: Sequence[Sequence[Value]]
    title: str = "Runs"
    visible: bool = True
    hidden: frozenset[int] = frozenset()
    merged: Sequence[str] = ()


def bounds(area: str) -> list[int]:
    """Left, top, right and bottom of a reference, counted from 1."""
    return [edge for edge in range_boundaries(area) if edge is not None]
