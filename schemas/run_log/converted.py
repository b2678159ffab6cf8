"""What a spreadsheet leaves of dates that it has read by the order of its own country (hazard 34)."""

import re
from collections.abc import Iterable

from schemas.cell import Cell, Moment
from schemas.run_log.offsets import OFFSET

_DAY_OR_MONTH_FIRST = re.compile(r"\s*(\d{1,2})([-./])(\d{1,2})\2(?:\d{4}|(?!00)\d\d)(?!\d)", re.ASCII)
_YEAR_FIRST_WITHOUT_OFFSET = re.compile(
    rf"\s*\d{{4}}([-./])\d{{1,2}}\1(\d{{1,2}})(?!\d)(?!.*:.*{OFFSET}\s*\Z)", re.ASCII | re.DOTALL
)


def day_and_month_of_text(cell: Cell) -> tuple[int, int] | None:
    """The two numbers that a text date starts with, when its day and month could be either of them.

    Such a text, as "13/10/2026", is what is left where a spreadsheet reads days for months (hazard 34).
    """
    found = _DAY_OR_MONTH_FIRST.match(cell) if isinstance(cell, str) else None
    return (int(found[1]), int(found[3])) if found else None


def with_day_or_month_first(cells: Iterable[Cell]) -> set[Cell]:
    """Those of which `day_and_month_of_text` knows numbers; asked one by one, a whole column takes long."""
    begins = _DAY_OR_MONTH_FIRST.match
    return {cell for cell in cells if isinstance(cell, str) and begins(cell)}


def day_of_converted(cell: Cell) -> int | None:
    """The day of the month, where a spreadsheet may have made the date: a real one, or saved as text.

    As text it begins with the year and has no offset, which no spreadsheet writes.
    """
    if isinstance(cell, Moment):
        return cell.value.day
    found = _YEAR_FIRST_WITHOUT_OFFSET.match(cell) if isinstance(cell, str) else None
    return int(found[2]) if found else None
