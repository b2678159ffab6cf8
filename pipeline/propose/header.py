"""Which row of a file heads its log, when not every column that is needed is named. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.propose.column import any_instant, any_number, is_id
from schemas.run_log.columns import columns_of
from schemas.run_log.spelling import folded

FEWEST = 3
"""With fewer words than this a row heads nothing."""
_LONGEST = 80
_IDS = (is_id("fcl"), is_id("ftt"))


class Top(NamedTuple):
    """A row near the top of a sheet: its number, the texts of its cells, and the sheet's title."""

    number: int
    texts: Sequence[str]
    sheet: str


def likely_header(rows: Sequence[Top]) -> Top | None:
    """The row that names most fields, and has most labels; of equals the first. None: no row could be it."""
    best = max(rows, key=_rank, default=None)
    return best if best and _rank(best)[1] >= FEWEST else None


def same_header(rows: Sequence[Top], header: Top) -> list[str]:
    """The sheets, in order, that have a row with the same labels."""
    wanted = tuple(map(folded, header.texts))
    return list(dict.fromkeys(row.sheet for row in rows if tuple(map(folded, row.texts)) == wanted))


def _rank(row: Top) -> tuple[int, int]:
    labels = {folded(text) for text in row.texts if _is_label(text)}
    return len(columns_of(row.texts, {}).fields), len(labels)


def _is_label(text: str) -> bool:
    """Words as they stand over a column, and no value as it stands in one."""
    if not any(map(str.isalpha, text)) or len(text) > _LONGEST:
        return False
    return any_instant(text) is None and any_number(text) is None and not any(could(text) for could in _IDS)
