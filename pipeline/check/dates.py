"""Columns in which some dates are real and some are text: perhaps the real ones are the wrong ones.

A spreadsheet that takes "05/10/2026" for the 10th of May makes a date of it, and leaves "13/10/2026" as
text, for there is no 13th month (hazard 34). Then the text can be trusted, and the dates beside it cannot.
What the plant has said of its text dates (`date_order`) does not help: it was the spreadsheet that read them,
by the order of its own country. Text that begins with the year is read in one way everywhere, and proves
nothing.
"""

from collections.abc import Sequence

from msgspec import Struct

from pipeline.check.header import Header
from pipeline.model import Refusal
from schemas.cell import Cell, Moment, Row, address, text_of
from schemas.run_log.columns import IN_TWO_COLUMNS
from schemas.run_log.instants import day_and_month_of_text

MOST_TEXT = 0.2
"""The share of text among a column's dates from which on the others are doubted, too."""
_MONTHS = 12
_SHOWN = 3


class _Found(Struct):
    """So many cells of one kind, and the first few of them with their texts."""

    count: int = 0
    first: list[str] = []

    def add(self, column: int, row: int, cell: Cell) -> None:
        self.count += 1
        if self.count <= _SHOWN:
            self.first.append(f"{address(column, row)} “{text_of(cell).strip()}”")

    def __str__(self) -> str:
        more = ", …" if self.count > _SHOWN else ""
        return f"{self.count} cell{'s' if self.count > 1 else ''} ({', '.join(self.first)}{more})"


class _Dates(Struct):
    """The dates of one column, the real ones and those that are text."""

    real: _Found
    text: _Found
    all_can_be_swapped: bool = True
    some_text_cannot: bool = False

    @property
    def mixed(self) -> bool:
        return bool(self.real.count and self.text.count)

    @property
    def in_doubt(self) -> bool:
        """Whether the real dates may have their day and month swapped.

        So much text is no slip of the hand. And even a little is enough where it has all the days after
        the 12th and the real dates have none, as in a log of the first days of a month.
        """
        share = self.text.count / (self.text.count + self.real.count)
        return share > MOST_TEXT or (self.all_can_be_swapped and self.some_text_cannot)


def mixed_dates(rows: Sequence[Row], header: Header) -> Refusal | frozenset[str]:
    """The fields whose column holds both real dates and text dates; a Refusal when both are in doubt."""
    mixed = set()
    for field in IN_TWO_COLUMNS:
        columns = header.columns.fields.get(field, ())
        dates = _dates_of(rows, columns[0]) if columns else None
        if dates and dates.mixed:
            if dates.in_doubt:
                return _refusal(header, field, dates)
            mixed.add(field)
    return frozenset(mixed)


def _dates_of(rows: Sequence[Row], column: int) -> _Dates:
    dates = _Dates(_Found(), _Found())
    for number, cells in rows:
        cell = cells[column] if column < len(cells) else ""
        if isinstance(cell, Moment):
            dates.real.add(column, number, cell)
            dates.all_can_be_swapped &= cell.value.day <= _MONTHS
        elif numbers := day_and_month_of_text(cell):
            dates.text.add(column, number, cell)
            dates.some_text_cannot |= max(numbers) > _MONTHS
    return dates


def _refusal(header: Header, field: str, dates: _Dates) -> Refusal:
    place = f"{header.file}{f' [{header.sheet}]' if header.sheet else ''}"
    return Refusal(
        "dates_mixed",
        f"{place}: the column “{header.title(field)}” has dates in {dates.real} and text in {dates.text}. "
        "A spreadsheet that takes the day for the month leaves such a column: what it cannot read stays "
        "text, and the rest become dates with day and month swapped.",
        "Compare the dates with the plant's records and correct those that are swapped. Type the text again "
        "as dates, or every date of the column as text that begins with the year, as 2026-10-05 14:30.",
    )
