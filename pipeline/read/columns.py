"""The cells of some rows, column by column: so they are sent quickly, and a text that recurs is kept once."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat, zip_longest
from typing import Any

from msgspec import Struct

from schemas.cell import Cell, Moment, Number, Row

_FEW = 256
"""So many different texts can be told apart by one byte."""


class Texts(Struct, frozen=True, tag=True):
    """Texts only, few of them alike."""

    values: list[str]


class Repeated(Struct, frozen=True, tag=True):
    """Texts only: the different ones, and for each cell the place of its own among them."""

    values: list[str]
    places: bytes


class Numbers(Struct, frozen=True, tag=True):
    """Numbers of one format."""

    values: list[int | float]
    format: str


class Moments(Struct, frozen=True, tag=True):
    """Moments of one format."""

    values: list[dt.datetime]
    format: str
    has_time: bool
    rounded: list[bool]


class Cells(Struct, frozen=True, tag=True):
    """Cells of any kind."""

    values: list[Cell]


Column = Texts | Repeated | Numbers | Moments | Cells


class Rows(Struct, frozen=True, tag=True):
    """Rows, by their numbers and columns. `widths` are those of the rows, when they are not all as wide."""

    numbers: list[int]
    columns: list[Column]
    widths: list[int] = []


def by_column(rows: Sequence[Row]) -> Rows:
    """The same rows, to be sent."""
    numbers, cells = zip(*rows, strict=True)
    widths = list(map(len, cells))
    uneven = len(set(widths)) > 1
    columns = zip_longest(*cells, fillvalue="") if uneven else zip(*cells, strict=True)
    return Rows(list(numbers), [_column(column) for column in columns], widths if uneven else [])


def by_row(rows: Rows) -> Iterator[Row]:
    """The same rows, as they were."""
    columns = [_cells(column) for column in rows.columns]
    cells: Iterable[tuple[Cell, ...]] = zip(*columns, strict=True) if columns else repeat(())
    if rows.widths:
        cells = (row[:width] for row, width in zip(cells, rows.widths, strict=True))
    return zip(rows.numbers, cells, strict=False)  # of nothing, there is no end


def _column(cells: Sequence[Any]) -> Column:
    kinds = set(map(type, cells))
    if kinds == {str}:
        return _texts(cells)
    formats = {cell.format for cell in cells} if kinds in ({Number}, {Moment}) else set()
    if len(formats) != 1:
        return Cells(list(cells))
    (one,) = formats
    values = [cell.value for cell in cells]
    if kinds == {Number}:
        return Numbers(values, one)
    return _moments(cells, values, one)


def _texts(cells: Sequence[str]) -> Column:
    if len(set(cells[:_FEW])) > _FEW // 2:
        return Texts(list(cells))
    different = dict.fromkeys(cells)
    if len(different) > _FEW:
        return Texts(list(cells))
    place = {text: number for number, text in enumerate(different)}
    return Repeated(list(different), bytes(map(place.__getitem__, cells)))


def _moments(cells: Sequence[Moment], values: list[dt.datetime], one: str) -> Column:
    has_time = {cell.has_time for cell in cells}
    if len(has_time) > 1:
        return Cells(list(cells))
    return Moments(values, one, has_time.pop(), [cell.rounded for cell in cells])


def _cells(column: Column) -> Iterable[Cell]:
    match column:
        case Repeated(values=values, places=places):
            return map(values.__getitem__, places)
        case Numbers(values=numbers, format=one):
            return map(Number, numbers, repeat(one))
        case Moments(values=moments, format=one, has_time=has_time, rounded=rounded):
            return map(Moment, moments, repeat(one), repeat(has_time), rounded)
        case Texts(values=texts):
            return texts
        case Cells(values=cells):
            return cells
