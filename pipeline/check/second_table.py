"""Another table below the first, whose columns may hold something else (hazards 50 and 51)."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from pipeline.check.header import Header
from pipeline.model import Refusal
from schemas.cell import Cell, Row, address, text_of
from schemas.run_log.columns import columns_of
from schemas.run_log.spelling import folded

_FEWEST = 3
"""So many names of fields in one row head a table; in a run they do not occur."""
_LONGEST = 60


def second_table(rows: Sequence[Row], header: Header, configured: Mapping[str, str]) -> Refusal | None:
    """Why the table is refused: a row that names columns otherwise than its header does.

    The rows under it would be read under the wrong header: a mass in tonnes as one in kilograms. A row
    that repeats the header word for word changes nothing.
    """

    @lru_cache(maxsize=4096)
    def names_a_field(text: str) -> bool:
        return bool(columns_of([text], configured).fields)

    own = [folded(text) for text in header.texts]
    for number, cells in rows:
        words = [cell for cell in cells if _may_be_a_header(cell)]
        if number <= header.row or len(words) < _FEWEST or sum(map(names_a_field, words)) < _FEWEST:
            continue
        texts = [text_of(cell) for cell in cells]
        if [folded(text) for text in texts[: len(own)]] == own and not any(texts[len(own) :]):
            continue
        if len(columns_of(texts, configured).fields) >= _FEWEST:
            return _two_tables(header, number, texts)
    return None


def _may_be_a_header(cell: Cell) -> bool:
    return isinstance(cell, str) and 0 < len(cell) <= _LONGEST and not any(map(str.isdigit, cell))


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
