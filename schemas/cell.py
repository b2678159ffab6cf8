"""A cell as the file holds it: its value, its type, and the text a person would quote.

Readers make these, column parsers judge them, writers put them back. Nothing here converts a
value: a number stays the number that was stored, beside the format that says how it was shown.
"""

import datetime as dt
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from schemas.visible import visible


class Number(Struct, frozen=True, tag=True):
    """A numeric cell of a workbook. `format` is its number format ("General", "0.0", "0%")."""

    value: int | float
    format: str = "General"


class Moment(Struct, frozen=True, tag=True, omit_defaults=True):
    """A date-formatted cell: a wall-clock date and time without a zone, to the nearest second.

    `has_time` is False when the cell's format shows no clock, as in "dd.mm.yyyy". `rounded` tells that
    the file holds parts of a second.
    """

    value: dt.datetime
    format: str
    has_time: bool
    rounded: bool = False


class Clock(Struct, frozen=True, tag=True, omit_defaults=True):
    """A time-formatted cell: a time of day without a date, to the nearest second; `rounded` as above."""

    value: dt.time
    format: str
    rounded: bool = False


class Span(Struct, frozen=True, tag=True):
    """A cell formatted as elapsed time ("[h]:mm")."""

    value: dt.timedelta
    format: str


class Broken(Struct, frozen=True, tag=True):
    """A cell without a usable value: an error ("#REF!"), a formula never calculated, a stray quote.

    Or a date that the file holds with an offset ("2026-10-05T12:30:00Z"), of which a spreadsheet shows
    nothing; or a text of which all or a part is struck through, or of which digits are raised: plain text,
    as it is here, would not say so.
    """

    text: str
    why: Literal["error", "formula", "offset", "quote", "struck", "raised"]


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Cell = str | bool | Number | Moment | Clock | Span | Broken
"""Every value a cell can have. An empty cell is the empty string."""

Row = tuple[int, tuple[Cell, ...]]
"""A row's number in its sheet, counted from 1, and its cells from column A on."""


def address(column: int, row: int) -> str:
    """The cell's address as a spreadsheet shows it; `column` counts from 0, `row` from 1."""
    return f"{letters(column)}{row}"


@lru_cache(maxsize=1024)
def letters(column: int) -> str:
    """A column's letters, counted from 0: A, B, … Z, AA."""  # openpyxl knows them, and takes 0.2 s to import
    before, last = divmod(column, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def place(address: str) -> tuple[int, int]:
    """The column, counted from 0, and the row, counted from 1, of an address such as "H22"."""
    column = 0
    row = address.lstrip(_LETTERS)
    for letter in address.removesuffix(row):
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1, int(row)


def text_of(cell: Cell) -> str:
    """The cell as text to quote in a message; not always what the spreadsheet displays."""
    match cell:
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case Number(value=value):
            return f"{value:.15g}" if isinstance(value, float) else str(value)
        case Moment(value=value, has_time=has_time):
            return value.strftime("%Y-%m-%d %H:%M:%S" if has_time else "%Y-%m-%d")
        case Clock(value=value):
            return value.strftime("%H:%M:%S")
        case Span(value=value):
            return str(value)
        case Broken(text=text):
            return text


def quoted(cell: Cell) -> str:
    """The cell as text to quote in a message, with what cannot be seen in it named."""
    return visible(text_of(cell).strip(" "))
