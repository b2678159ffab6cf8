"""The pictures of a page: each with what it shows in words, and its numbers as a table."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence

from markupsafe import Markup
from msgspec import Struct

from pipeline.model import Report, Tempo
from pipeline.report.figures import Lane, Lanes, Runs, Weights
from pipeline.report.words import counted
from pipeline.write.page.drawing import stacks, timeline
from pipeline.write.page.shown import shown
from schemas.zones import zone

_LONGEST_NAME = 80
_MOST_TICKS = 8
_HOUR, _DAY = 3600, 86_400
_LONG = 300 * _DAY
_STEPS = (_HOUR, 2 * _HOUR, 6 * _HOUR, 12 * _HOUR, *(days * _DAY for days in (1, 2, 3, 7, 14, 28, 91, 182)))


class Picture(Struct, frozen=True):
    """A picture, the names of its colours in their order, what it shows, and the same in a table."""

    name: str
    title: str
    says: str
    drawn: Markup
    legend: list[str]
    heads: list[str]
    rows: list[tuple[str, ...]]


def pictures(report: Report) -> list[Picture]:
    """Those for which there is something to show."""
    runs = Runs(report)
    found = [_when(runs.lanes()), _mass(runs.weights(), len(report.rows)), *_tempo(report.tempo)]
    return [picture for picture in found if picture]


def _when(found: Lanes) -> Picture | None:
    if not found.lanes:
        return None
    first, last = min(lane.first for lane in found.lanes), max(lane.last for lane in found.lanes)
    rows = [(lane.name, (_seconds(lane.spans), _seconds(lane.at_once))) for lane in found.lanes]
    between = (first.timestamp(), max(last.timestamp(), first.timestamp() + 1))
    at_once = any(lane.at_once for lane in found.lanes)
    others = f" {counted(found.left_out, 'other')} with fewer batches left out." if found.left_out else ""
    return Picture(
        "when",
        "When each facility ran",
        f"From the first start to the last end that was read; times of {found.timezone}.{others}",
        timeline("when", "When each facility ran", rows, _ticks(first, last, found.timezone), between),
        ["a batch is made", "two or more at once"] if at_once else ["a batch is made"],
        ["Facility", "Runs", "First start", "Last end", "Two or more at once"],
        [_told(lane, found.timezone) for lane in found.lanes],
    )


def _told(lane: Lane, timezone: str) -> tuple[str, ...]:
    first, last = (f"{at.astimezone(zone(timezone)):%Y-%m-%d %H:%M}" for at in (lane.first, lane.last))
    return (
        shown(lane.name, _LONGEST_NAME),
        f"{lane.batches:,}",
        first,
        last,
        counted(len(lane.at_once), "time"),
    )


def _seconds(spans: Sequence[tuple[dt.datetime, dt.datetime]]) -> list[tuple[float, float]]:
    return [(start.timestamp(), end.timestamp()) for start, end in spans]


def _ticks(first: dt.datetime, last: dt.datetime, timezone: str) -> list[tuple[float, str]]:
    """Few round times of the plant, the same step apart."""
    length = (last - first).total_seconds()
    step = next((step for step in _STEPS if length / step <= _MOST_TICKS), length / _MOST_TICKS)
    local = first.astimezone(zone(timezone))
    at = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    written = "%b" if step >= _DAY else "%b %H:%M"
    if length > _LONG:
        written = "%b %Y"
    found = []
    while (moment := at.replace(tzinfo=zone(timezone))) <= last:
        if moment >= first:
            found.append((moment.timestamp(), f"{at.day} {at:{written}}"))
        at += dt.timedelta(seconds=step)
    return found


def _mass(found: Weights | None, of: int) -> Picture | None:
    if found is None:
        return None
    which = "are registered" if found.counts_registered else "are registered already or in order"
    title = f"Biochar by {found.period} and feedstock, in {found.unit}"
    series = [[float(each) for each in values] for values in found.by_feedstock.values()]
    return Picture(
        "mass",
        title,
        f"Counted are {counted(found.rows, 'row')} of {of:,}: those that {which}, by the"
        f" {found.period} in which they began.",
        stacks("mass", title, found.labels, series),
        [shown(name, _LONGEST_NAME) for name in found.by_feedstock],
        [found.period.capitalize(), *(shown(name, _LONGEST_NAME) for name in found.by_feedstock)],
        [_weighed(found, place) for place in range(len(found.labels))],
    )


def _weighed(found: Weights, place: int) -> tuple[str, ...]:
    return (
        found.labels[place],
        *(f"{values[place]:,.3f}".rstrip("0").rstrip(".") for values in found.by_feedstock.values()),
    )


def _tempo(tempo: Tempo | None) -> Iterator[Picture]:
    if tempo is None:
        return
    labels = [_elapsed(place * tempo.seconds) for place in range(len(tempo.settled))]
    speed = [count / tempo.seconds for count in tempo.settled]
    yield Picture(
        "speed",
        "Batches settled a second",
        f"{sum(tempo.settled):,} batches, each column {tempo.seconds:g} seconds of the run.",
        stacks("speed", "Batches settled a second", labels, [speed]),
        [],
        ["From", "Batches settled"],
        [(label, f"{count:,}") for label, count in zip(labels, tempo.settled, strict=True)],
    )
    totals = Counter({status: sum(found) for status, found in tempo.answers.items()})
    yield Picture(
        "answers",
        "The registry's answers by status",
        "; ".join(f"{total:,} × {status}" for status, total in sorted(totals.items())) + ".",
        stacks("answers", "The registry's answers by status", labels, list(tempo.answers.values())),
        list(tempo.answers),
        ["From", *tempo.answers],
        [
            (label, *(f"{found[place]:,}" for found in tempo.answers.values()))
            for place, label in enumerate(labels)
        ],
    )


def _elapsed(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
