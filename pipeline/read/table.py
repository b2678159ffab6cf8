"""A table on its way: what is known of it before its rows, and the rows as they are read."""

from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from pipeline.model import RawTable
from schemas.cell import Row


class Table(NamedTuple):
    """`head` has no rows. `rows` are read as they are taken, and `FileRefused` may come with any of them."""

    head: RawTable
    rows: Iterable[Row]

    def whole(self) -> RawTable:
        return replace(self.head, rows=list(self.rows))
