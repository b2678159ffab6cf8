"""One look at all the cells of a table, each text once: what is not there is not looked for row by row."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice
from operator import itemgetter

from msgspec import Struct

from schemas.cell import Broken, Cell, Row
from schemas.run_log.stated import MAX_CELL

_ROWS = 10_000
"""So many at a time, for the memory that their different cells take."""


class Glance(Struct, frozen=True):
    """`words` are the texts that name a field of a log; `too_long` tells that some cell is."""

    words: frozenset[str]
    too_long: bool


def glance(rows: Sequence[Row], naming_a_field: Callable[[Iterable[str]], Iterable[str]]) -> Glance:
    """Look at all the cells of these rows."""
    words: set[str] = set()
    too_long = False
    rest = iter(rows)
    while some := list(islice(rest, _ROWS)):
        different = _different(some)
        texts = [cell for cell in different if isinstance(cell, str)]
        words.update(naming_a_field(texts))
        if len(texts) < len(different):
            texts += [cell.text for cell in different if isinstance(cell, Broken)]
        too_long = too_long or max(map(len, texts), default=0) > MAX_CELL
    return Glance(frozenset(words), too_long)


def _different(rows: Iterable[Row]) -> set[Cell]:
    return set(chain.from_iterable(map(itemgetter(1), rows)))
