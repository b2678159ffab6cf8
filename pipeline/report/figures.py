"""What the pictures of a report show, in numbers: when each facility ran, and what was made each week. Pure.

A log of any length gives figures of bounded size: what there is too much of is put together, and said so.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from msgspec import Struct

from pipeline.model import AsRead, Report, ReportRow, Word
from pipeline.report.next_step import has_looked
from schemas.cell import Cell, text_of
from schemas.zones import zone

_MOST_LANES = 12
_MOST_SPANS = 250
_MOST_KINDS = 7
_MOST_PERIODS = 60
_REGISTERED: frozenset[Word] = frozenset(("created", "already_registered"))
_TONNE = 1000
_FEWEST_TONNES = 10
_NOTHING = Decimal(0)
OTHERS = "all others"
Span = tuple[dt.datetime, dt.datetime]


class Lane(Struct, frozen=True):
    """When a facility ran: spans with at least one batch, and those with two or more at once.

    `batches` is how many runs were read, `first` and `last` when the first began and the last ended.
    """

    name: str
    batches: int
    first: dt.datetime
    last: dt.datetime
    spans: tuple[Span, ...]
    at_once: tuple[Span, ...]


class Lanes(Struct, frozen=True):
    """The facilities with most batches, in the order of the log; `left_out` is how many others there are."""

    lanes: tuple[Lane, ...]
    left_out: int
    timezone: str


class Weights(Struct, frozen=True):
    """Biochar by period and feedstock, in `unit`; `rows` of the report's rows are counted in it."""

    period: str
    unit: str
    labels: tuple[str, ...]
    by_feedstock: Mapping[str, tuple[Decimal, ...]]
    rows: int
    counts_registered: bool


class Runs:
    """Every row that was read as a run, for the pictures to share; one that is repeated is one run."""

    def __init__(self, report: Report) -> None:
        self.report, self.timezone = report, _timezone(report)
        self.rows = list(_runs(report))

    def lanes(self) -> Lanes:
        """When each facility ran."""
        found: dict[str, list[Span]] = {}
        names = _Names(self.report, "facility")
        for row, read in self.rows:
            found.setdefault(names.of(row), []).append((read.started_at, read.ended_at))
        most = set(sorted(found, key=lambda name: -len(found[name]))[:_MOST_LANES])
        shown = tuple(_lane(name, found[name]) for name in found if name in most)
        return Lanes(shown, len(found) - len(shown), self.timezone)

    def weights(self) -> Weights | None:
        """What was made, by the time at which each run began; None when there is nothing to count.

        After a run that sends, what is registered; after one that only looks, what is registered or in order.
        """
        looks = has_looked(self.report)
        words: frozenset[Word] = _REGISTERED | {"not_sent"} if looks else _REGISTERED
        names, at = _Names(self.report, "feedstock"), zone(self.timezone)
        found: dict[tuple[dt.date, str], Decimal] = {}
        rows = 0
        for row, read in self.rows:
            if row.outcome.word in words:
                rows += 1
                key = (read.started_at.astimezone(at).date(), names.of(row))
                found[key] = found.get(key, _NOTHING) + read.mass
        periods = _periods({day for day, _ in found})
        return _weights(found, *periods, rows, not looks) if periods else None


def _weights(
    found: Mapping[tuple[dt.date, str], Decimal],
    period: str,
    begins: Callable[[dt.date], dt.date],
    starts: Sequence[dt.date],
    rows: int,
    counts_registered: bool,
) -> Weights:
    place = {start: index for index, start in enumerate(starts)}
    totals: dict[str, Decimal] = {}
    for (_, name), mass in found.items():
        totals[name] = totals.get(name, _NOTHING) + mass
    most = sorted(totals, key=lambda name: -totals[name])[: _MOST_KINDS + (len(totals) == _MOST_KINDS + 1)]
    in_tonnes = sum(totals.values()) >= _FEWEST_TONNES * _TONNE
    sums = {name: [_NOTHING] * len(starts) for name in most}
    for (day, name), mass in found.items():
        kept = sums.setdefault(name if name in most else OTHERS, [_NOTHING] * len(starts))
        kept[place[begins(day)]] += mass / _TONNE if in_tonnes else mass
    shown = {name: tuple(each) for name, each in sums.items()}
    return Weights(
        period, "t" if in_tonnes else "kg", tuple(_label(each, period) for each in starts),
        MappingProxyType(shown), rows, counts_registered,
    )  # fmt: skip


def _runs(report: Report) -> Iterator[tuple[ReportRow, AsRead]]:
    """Every row that was read as a run; a row that is repeated word for word is one run."""
    first: dict[str, AsRead] = {}
    others: set[tuple[str, AsRead]] = set()
    for row in report.rows:
        if row.as_read is None:
            continue
        known = first.setdefault(row.reference, row.as_read)
        if known is not row.as_read:
            if known == row.as_read or (row.reference, row.as_read) in others:
                continue
            others.add((row.reference, row.as_read))
        yield row, row.as_read


class _Names:
    """What a log calls something, in the spelling in which it is first written."""

    def __init__(self, report: Report, field: str) -> None:
        self._columns = [table.fields.get(field, ()) for table in report.tables]
        self._first: dict[str, str] = {}
        self._known: dict[tuple[Cell, ...], str] = {}

    def of(self, row: ReportRow) -> str:
        cells = tuple([row.cells[column] for column in self._columns[row.table] if column < len(row.cells)])
        if cells not in self._known:
            name = " ".join(" ".join(map(text_of, cells)).split()) or "not named"
            self._known[cells] = self._first.setdefault(name.casefold(), name)
        return self._known[cells]


def _timezone(report: Report) -> str:
    """The plant's zone, when all its tables are in one; else UTC."""
    zones = {table.timezone for table in report.tables}
    return (zones.pop() if len(zones) == 1 else "") or "UTC"


def _lane(name: str, runs: Sequence[Span]) -> Lane:
    first, last = min(start for start, _ in runs), max(end for _, end in runs)
    running, at_once = (_joined(_covered(runs, deep), last - first) for deep in (1, 2))
    return Lane(name, len(runs), first, last, running, at_once)


def _covered(runs: Iterable[Span], depth: int) -> list[Span]:
    """The spans in which so many runs or more are on, in their order."""
    events = sorted(event for start, end in runs for event in ((start, 1), (end, -1)))
    found, on, began = [], 0, None
    for at, step in events:
        on += step
        if on >= depth and began is None:
            began = at
        elif on < depth and began is not None:
            if at > began:
                found.append((began, at))
            began = None
    return found


def _joined(spans: Sequence[Span], whole: dt.timedelta) -> tuple[Span, ...]:
    """The spans, those with too small a gap to be seen between them as one when there are very many."""
    gap = whole / _MOST_SPANS if len(spans) > _MOST_SPANS else dt.timedelta()
    found: list[Span] = []
    for start, end in spans:
        if found and start - found[-1][1] <= gap:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


def _periods(days: set[dt.date]) -> tuple[str, Callable[[dt.date], dt.date], list[dt.date]] | None:
    """Weeks, or months or years where weeks would be too many; every one from the first day to the last."""
    if not days:
        return None
    for name, begins in _BEGINS.items():
        starts = [begins(min(days))]
        while starts[-1] < begins(max(days)) and len(starts) <= _MOST_PERIODS:
            starts.append(begins(starts[-1] + dt.timedelta(days=_LENGTH[name])))
        if len(starts) <= _MOST_PERIODS:
            return name, begins, starts
    return None


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


_BEGINS: Mapping[str, Callable[[dt.date], dt.date]] = MappingProxyType(
    {
        "week": _monday,
        "month": lambda day: day.replace(day=1),
        "year": lambda day: day.replace(month=1, day=1),
    }
)
_LENGTH = MappingProxyType({"week": 7, "month": 31, "year": 366})


def _label(start: dt.date, period: str) -> str:
    if period == "year":
        return str(start.year)
    return f"{start:%b %Y}" if period == "month" else f"{start.day} {start:%b %Y}"
