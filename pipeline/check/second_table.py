"""Another table below the first, whose columns may hold something else (hazards 50 and 51)."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from pipeline.check.header import Header
from pipeline.model import Refusal
from schemas.cell import Cell, Row, address, text_of
from schemas.run_log.columns import IN_TWO_COLUMNS, columns_of
from schemas.run_log.instants import says_a_time
from schemas.run_log.spelling import folded

_FEWEST = 3
"""So many names of fields in one row head a table, unless it is a run."""
_MAY_BE_A_HEADER = re.compile(r"[^0-9]{1,60}")


def naming(configured: Mapping[str, str]) -> Callable[[Iterable[str]], Iterable[str]]:
    """Those of some texts which, standing in a table, may be headers of columns that are known."""

    @lru_cache(maxsize=4096)
    def names_a_field(text: str) -> bool:
        return not any(map(str.isdigit, text)) and bool(columns_of([text], configured).fields)

    return lambda texts: filter(names_a_field, filter(_MAY_BE_A_HEADER.fullmatch, texts))


def second_table(
    rows: Sequence[Row], header: Header, configured: Mapping[str, str], words: frozenset[str]
) -> Refusal | None:
    """Why the table is refused: a row that names columns otherwise than its header does.

    The rows under it would be read under the wrong header: a mass in tonnes as one in kilograms. A row
    that repeats the header word for word changes nothing. A row with a time in its start or end is a run,
    whose kiln may well be called “Reactor”. `words` are the texts of these rows that are
    `naming` a field.
    """
    own = [folded(text) for text in header.texts]
    times = [column for field in IN_TWO_COLUMNS for column in header.columns.fields.get(field, ())]
    for number, cells in rows if words else ():
        if sum(cell in words for cell in cells) < _FEWEST or _is_a_run(cells, times):
            continue
        texts = [text_of(cell) for cell in cells]
        if [folded(text) for text in texts[: len(own)]] == own and not any(texts[len(own) :]):
            continue
        if len(columns_of(texts, configured).fields) >= _FEWEST:
            return _two_tables(header, number, texts)
    return None


def _is_a_run(cells: Sequence[Cell], times: Sequence[int]) -> bool:
    return any(says_a_time(text_of(cells[column])) for column in times if column < len(cells))


def _two_tables(header: Header, row: int, texts: Sequence[str]) -> Refusal:
    place = f"{header.file}{f' [{header.sheet}]' if header.sheet else ''}"
    first = next(column for column, text in enumerate(texts) if text.strip())
    seen = ", ".join(f"“{text.strip()}”" for text in texts if text.strip())
    return Refusal(
        "two_headers",
        f"{place}: under the header in row {header.row}, a second table with other columns begins at "
        f"{address(first, row)}: {seen[:300]}.",
        "Keep one table to a sheet: move the second one to a sheet or a file of its own.",
    )
