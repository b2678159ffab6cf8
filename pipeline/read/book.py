"""What a format delivers of a workbook, before any rule about logs is applied to it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from pipeline.read.refused import ROW_LIMITS
from schemas.cell import Cell

CORRECTIONS = "pipeline:to-fix"
"""The category of a workbook that this program wrote for its rows to be corrected."""

MACROS = "macros were not run"
LINKS = "links to other workbooks were not followed; their last saved values were read"


class SourceRow(NamedTuple):
    """A row: its number, counted from 1, and its cells from column A on; empty ones may follow the last.

    `unseen` are the columns, counted from 0, of the values that a person cannot see for their colour or
    their format.
    """

    number: int
    cells: Sequence[Cell]
    unseen: Sequence[int] = ()


class Layout(NamedTuple):
    """What there is to know of a sheet beside its cells. Rows and columns count from 1."""

    last_row: int
    """The last row that holds anything; rows below it are only formatted, or hold formulas of no text."""
    last_column: int
    hidden: Sequence[int]
    """The hidden rows that hold anything."""
    hidden_columns: Sequence[range]
    merged: Sequence[str]
    """The references of the merged cells, such as "B3:B4"."""
    has_formulas: bool
    struck_by_rule: Sequence[str] = ()
    """The ranges in which a conditional format may strike cells through, such as "A2:G9"."""
    limits: Sequence[int] = ROW_LIMITS
    """Where sheets of this format end."""


class Source(Protocol):
    """A sheet with cells. Whatever its methods raise over a broken part becomes a refusal."""

    title: str
    visible: bool
    from_1904: bool

    def layout(self) -> Layout: ...

    def rows(self, last: int) -> Iterator[SourceRow]:
        """The rows up to this one, ascending. Blank ones may be left out.

        Only after `layout` is a cell `Broken` that is a formula without a value, or struck through.
        """
        ...


class Book(NamedTuple):
    """A workbook that was opened. `told` are notices; `stale` says that its formulas may be out of date."""

    sources: Sequence[Source]
    told: Sequence[str] = ()
    stale: bool = False
    corrections: bool = False
