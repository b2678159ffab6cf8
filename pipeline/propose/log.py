"""A log as far as it is understood: the cells of each field, row by row. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct

from pipeline.model import RawTable
from pipeline.propose.column import Column, columns_under
from pipeline.propose.matching import Matched, match
from schemas.cell import Cell, text_of

_LONGEST = 60


class Answers(Struct, frozen=True):
    """What a person has said of how the plant writes; None: nothing yet."""

    timezone: str | None = None
    date_order: str | None = None
    decimal: str | None = None
    mass_unit: str | None = None


class Found(NamedTuple):
    """The cells of a field in one row, and their addresses."""

    row: int
    place: str
    cells: tuple[Cell, ...]

    @property
    def text(self) -> str:
        """What the cells say, at a length to be quoted."""
        text = " ".join(text_of(cell).strip() for cell in self.cells)
        return f"“{text if len(text) <= _LONGEST else text[:_LONGEST] + '…'}”"

    def __str__(self) -> str:
        return f"{self.place} {self.text}"


class Log(Struct, frozen=True):
    """A table, its header's row, its columns, and which of them hold what.

    `sheets` are the sheets with the same header, where there are several.
    """

    table: RawTable
    header_row: int
    columns: list[Column]
    matched: Matched
    sheets: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.columns[0].rows) if self.columns else 0

    def of(self, field: str) -> list[Column]:
        """The columns of a field: none, one, or a date and a time beside it."""
        return [self.columns[index] for index in self.matched.found.fields.get(field, ())]

    def cells(self, field: str) -> Iterator[Found]:
        """The field's cells in each row that has any."""
        yield from self._cells(self.of(field))

    def perhaps(self, field: str) -> Iterator[Found]:
        """The cells of the columns that may hold the field."""
        for each in self.matched.doubtful:
            if each.field == field:
                yield from self._cells([each.column])

    def _cells(self, columns: Sequence[Column]) -> Iterator[Found]:
        for place, row in enumerate(columns[0].rows if columns else ()):
            found = tuple(column.cells[place] for column in columns)
            if any(text_of(cell).strip() for cell in found):
                yield Found(row, "/".join(column.at(row) for column in columns), found)


def understood(table: RawTable, header_row: int, sheets: Sequence[str] = ()) -> Log:
    """The log under a header."""
    columns = columns_under(table, header_row)
    return Log(table, header_row, columns, match(columns), tuple(sheets))
