"""A column of a log, and what its cells could be, judged by the parsers that will read them. Pure."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import get_args
from zoneinfo import ZoneInfo

from msgspec import Struct

from pipeline.model import RawTable
from schemas.cell import Cell, Number, address, text_of
from schemas.convention import DateOrder, MassUnit
from schemas.run_log import instants, numbers, texts
from schemas.run_log.parsed import Parsed, Problem, Tidied
from schemas.run_log.units import unit_named
from schemas.zones import zone

Could = Callable[[Cell], bool]
ORDERS: tuple[DateOrder, ...] = get_args(DateOrder)
MARKS: tuple[numbers.DecimalMark, ...] = get_args(numbers.DecimalMark)
UTC = zone("UTC")
_UNITS = (None, *get_args(MassUnit))
_JUDGED = 300
_A_DAY, _MIDNIGHT = "2026-10-05", "00:00"


class Column(Struct, frozen=True):
    """A column (counted from 0) under its header: its cells, blank ones too, and the rows they stand in."""

    index: int
    header: str
    cells: tuple[Cell, ...]
    rows: tuple[int, ...]

    @property
    def filled(self) -> list[tuple[int, Cell]]:
        """The cells that are not blank, each with its row."""
        return [(row, cell) for row, cell in zip(self.rows, self.cells, strict=True) if text_of(cell).strip()]

    def fullness(self) -> float:
        """Which share of the rows has a value."""
        return len(self.filled) / max(1, len(self.rows))

    def share(self, could: Could) -> float:
        """Which share of the cells that are not blank could be that; of the first few hundred."""
        judged = [cell for _, cell in self.filled[:_JUDGED]]
        return sum(map(could, judged)) / len(judged) if judged else 0.0

    def at(self, row: int) -> str:
        """The address of the column's cell in a row."""
        return address(self.index, row)


def columns_under(table: RawTable, header_row: int) -> list[Column]:
    """The columns of a table, with the rows below its header that are not blank."""
    header = next(cells for number, cells in table.rows if number == header_row)
    below = [
        (number, cells)
        for number, cells in table.rows
        if number > header_row and any(text_of(cell).strip() for cell in cells)
    ]
    rows = tuple(number for number, _ in below)
    return [
        Column(
            index,
            text_of(title),
            tuple(cells[index] if index < len(cells) else "" for _, cells in below),
            rows,
        )
        for index, title in enumerate(header)
    ]


def value_of(parsed: Parsed[object]) -> object | None:
    """What was read; None for a blank cell and for one that cannot be read."""
    read = parsed.value if isinstance(parsed, Tidied) else parsed
    return None if isinstance(read, Problem) else read


def instant(cells: Sequence[Cell], at: ZoneInfo | None, order: DateOrder | None) -> Parsed[dt.datetime]:
    """The instant in one cell, or in a date and a time beside it."""
    return (
        instants.instant(cells[0], at, order)
        if len(cells) == 1
        else instants.instant_of(cells[0], cells[1], at, order)
    )


def any_instant(*cells: Cell) -> dt.datetime | None:
    """The instant under whichever order of day and month makes it one."""
    for order in (None, *ORDERS):
        found = value_of(instant(cells, UTC, order))
        if isinstance(found, dt.datetime):
            return found
    return None


def any_number(cell: Cell) -> Decimal | None:
    """The number under whichever mark and unit makes it one."""
    for mark in (None, *MARKS):
        for unit in _UNITS:
            found = value_of(numbers.magnitude(cell, mark, unit))
            if isinstance(found, Decimal):
                return found
    return None


def could_be_instant(cell: Cell) -> bool:
    return any_instant(cell) is not None


def could_be_date(cell: Cell) -> bool:
    return any_instant(cell, _MIDNIGHT) is not None


def could_be_time(cell: Cell) -> bool:
    return any_instant(_A_DAY, cell) is not None


def could_be_mass(cell: Cell) -> bool:
    return any_number(cell) is not None


def could_be_unit(cell: Cell) -> bool:
    return unit_named(text_of(cell)) is not None


def could_be_name(cell: Cell) -> bool:
    """Words: a name, or several, and neither a number nor a time."""
    name = value_of(texts.text(cell if not isinstance(cell, str) else re.sub(r"[\r\n]+", ";", cell)))
    words = isinstance(name, str) and any(map(str.isalpha, name))
    return words and not (could_be_instant(cell) or could_be_date(cell) or could_be_time(cell))


def could_be_reference(cell: Cell) -> bool:
    """A text or a whole number with a digit in it, and neither a measure nor a time nor a registry's id."""
    name = value_of(texts.reference(cell))
    if not isinstance(name, str) or not any(map(str.isdigit, name)):
        return False
    number = any_number(cell)
    measured = number is not None and not name.isdecimal()
    counted = isinstance(cell, Number) and not float(cell.value).is_integer()
    return not (measured or counted or could_be_instant(cell) or could_be_date(cell) or could_be_time(cell))


def is_id(prefix: str) -> Could:
    """Whether a cell holds nothing but ids of the registry that begin like this."""
    pattern = re.compile(rf"{prefix}_[0-9A-Za-z_-]{{16,33}}")

    def could(cell: Cell) -> bool:
        parts = [part.strip() for part in re.split(r"[;,\r\n]+", text_of(cell)) if part.strip()]
        return bool(parts) and all(map(pattern.fullmatch, parts))

    return could
