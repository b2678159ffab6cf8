"""Merged cells: one value, in the first of them, and nothing says what it is to the others (hazard 49)."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from pipeline.check.blocks import Block, blocks
from pipeline.check.header import Header
from pipeline.model import Issue
from schemas.run_log.parsed import Problem

_HOLDS_FOR_EACH = frozenset(("facility", "feedstock", "mass_unit"))
"""Fields whose value, merged over several rows, is that of each; a mass may be that of all together."""
_SHOWN = 20


class Merged:
    """The merged cells of a table below its header."""

    def __init__(self, names: Sequence[str], header: Header) -> None:
        self._header = header
        self._blocks = [each for each in blocks(names) if each.last_row > header.row]
        columns = {column for found in header.columns.fields.values() for column in found}
        self._in_column = {column: _Stack(self._blocks, column) for column in columns} if self._blocks else {}

    def problems(self, rows: Sequence[int]) -> Iterator[tuple[int, str, Problem]]:
        """By row and field: what is wrong with a value that shares its cell with others.

        `rows` are the rows that hold anything, ascending: where a merge covers only one of them, the value
        in its first cell is that row's.
        """
        for field, columns in self._header.columns.fields.items() if self._blocks else ():
            for column in columns:
                for row in rows:
                    block = self._in_column[column].at(row)
                    if block and not _is_its_own(block, column, row, field, columns, rows):
                        yield row, field, _shared(block, columns.index(column))

    def first_rows(self, field: str, rows: Sequence[int]) -> Sequence[int]:
        """For each row, that in which the value stands which a field shows in it."""
        return [self._first_row(field, row) for row in rows] if self._blocks else rows

    def _first_row(self, field: str, row: int) -> int:
        for column in self._header.columns.fields[field]:
            if block := self._in_column[column].at(row):
                return block.first_row
        return row

    def notices(self) -> Iterator[Issue]:
        """The merged cells that hold no field, whose values go into the results as they stand."""
        fields = {*self._in_column}
        others = [
            block.name
            for block in self._blocks
            if fields.isdisjoint(range(block.first_column, block.last_column + 1))
        ]
        if others:
            more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
            header = self._header
            yield Issue(
                "notice", "merged_cells", header.file, header.sheet, None, (), "", "",
                f"merged cells hold a value only in their first cell: {', '.join(others[:_SHOWN])}{more}", "",
            )  # fmt: skip


class _Stack:
    """The blocks over one column, to be asked row by row."""

    def __init__(self, blocks: Sequence[Block], column: int) -> None:
        over = sorted(
            (block for block in blocks if block.first_column <= column <= block.last_column),
            key=lambda block: block.first_row,
        )
        self._starts = [block.first_row for block in over]
        self._lowest: list[Block] = []
        for block in over:
            lowest = self._lowest[-1] if self._lowest else block
            self._lowest.append(max(lowest, block, key=lambda each: each.last_row))

    def at(self, row: int) -> Block | None:
        index = bisect_right(self._starts, row) - 1
        return self._lowest[index] if index >= 0 and row <= self._lowest[index].last_row else None


def _is_its_own(
    block: Block, column: int, row: int, field: str, columns: Sequence[int], rows: Sequence[int]
) -> bool:
    """Whether a cell's value is there, and is that of its row: of a day, too, the first row's is."""
    if (column, row) != (block.first_column, block.first_row):
        return False
    alone = bisect_right(rows, block.last_row) - bisect_right(rows, row) == 0
    return alone or field in _HOLDS_FOR_EACH or (len(columns) > 1 and column == columns[0])


def _shared(block: Block, cell: int) -> Problem:
    return Problem(
        "merged_cell",
        f"a value of its own; {block.name} is merged, and one value stands for all of it",
        f"Unmerge {block.name} and fill in each of its cells.",
        cell,
    )
