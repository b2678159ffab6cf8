"""Columns in which some dates are real and some are text: perhaps the real ones are the wrong ones.

A spreadsheet that takes "05/10/2026" for the 10th of May makes a date of it, and leaves "13/10/2026" as
text, for there is no 13th month (hazard 34). Then the text can be trusted, and the dates beside it cannot.
What the plant has said of its text dates (`date_order`) does not help: it was the spreadsheet that read them,
by the order of its own country. Text that begins with the year is read in one way everywhere; but it, too,
may be what a spreadsheet has made of a date and saved as CSV.
"""

from collections.abc import Sequence

from msgspec import Struct

from pipeline.check.header import Header
from pipeline.model import Refusal
from schemas.cell import Cell, Moment, Row, address, text_of
from schemas.run_log.columns import IN_TWO_COLUMNS
from schemas.run_log.converted import day_and_month_of_text, day_of_converted, with_day_or_month_first

ONE_IN = 5
"""When more than one in so many of a column's dates is text, the real ones are doubted, too."""
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
    """The dates of one column: what a spreadsheet may have made, and text that it may have left over."""

    made: _Found
    left: _Found
    real: int = 0
    all_can_be_swapped: bool = True
    some_left_cannot: bool = False

    def add(self, column: int, row: int, cell: Cell) -> None:
        if (day := day_of_converted(cell)) is not None:
            self.made.add(column, row, cell)
            self.real += isinstance(cell, Moment)
            self.all_can_be_swapped &= day <= _MONTHS
        elif numbers := day_and_month_of_text(cell):
            self.left.add(column, row, cell)
            self.some_left_cannot |= max(numbers) > _MONTHS

    @property
    def in_doubt(self) -> bool:
        """Whether what was made may have its day and month swapped.

        So much text beside real dates is no slip of the hand. And even a little is enough where it has all
        the days after the 12th and the others have none, as in a log of the first days of a month.
        """
        much = self.left.count * ONE_IN > self.left.count + self.real
        months_only = self.all_can_be_swapped and self.some_left_cannot
        return (bool(self.real) and much) or (bool(self.made.count) and months_only)


def mixed_dates(rows: Sequence[Row], header: Header) -> Refusal | frozenset[str]:
    """The fields whose column holds both real dates and text dates; a Refusal when both are in doubt."""
    mixed = set()
    for field in IN_TWO_COLUMNS:
        dates = _Dates(_Found(), _Found())
        for column in header.columns.fields.get(field, ())[:1]:
            different = {cells[column] for _, cells in rows if column < len(cells)}
            left_over = with_day_or_month_first(different)
            made = {cell for cell in different if day_of_converted(cell) is not None} if left_over else ()
            if not made:
                continue
            telling = left_over.union(made)
            for number, cells in rows:
                if column < len(cells) and cells[column] in telling:
                    dates.add(column, number, cells[column])
        if dates.in_doubt:
            return _refusal(header, field, dates)
        if dates.real and dates.left.count:
            mixed.add(field)
    return frozenset(mixed)


def _refusal(header: Header, field: str, dates: _Dates) -> Refusal:
    place = f"{header.file}{f' [{header.sheet}]' if header.sheet else ''}"
    return Refusal(
        "dates_mixed",
        f"{place}: the column “{header.title(field)}” has dates in {dates.made} and other text in "
        f"{dates.left}. A spreadsheet that takes the day for the month leaves such a column: what it cannot "
        "read stays text, and the rest become dates with day and month swapped.",
        "Compare the dates with the plant's records, correct those that are swapped, and write the others "
        "in the same way, as 2026-10-05 14:30.",
    )
