"""Masses, and masses for each hour, that are far out of their facility's own: a unit or a time mistyped."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from statistics import median

from msgspec.structs import replace

from pipeline.issues import issue_at
from pipeline.model import CheckedRow, CheckedTable, Run, Usual
from schemas.run_log.numbers import plain
from schemas.run_log.parsed import Problem

FEWEST_RUNS = 3
"""Below this a median says nothing of what is usual."""
_HOUR = 3_600_000_000
"""In microseconds, the finest that a time is."""
_FIFTEEN_DIGITS = Context(prec=15)
_FOUR_DIGITS = Context(prec=4)
_ROUNDED = Decimal("1.000000000001")
"""How far off two throughputs may be because their last digits were rounded."""


Wrong = tuple[tuple[str, ...], Problem]


def plausible(
    tables: Sequence[CheckedTable], max_ratio: Decimal, usual: Mapping[str, Usual]
) -> list[CheckedTable]:
    """Refuse each mass, and each mass for its time, out of what is usual by more than `max_ratio`; 0 is off.

    Each facility is judged on its own (hazard 32). A row that is refused for its mass is not refused for
    its throughput too.
    """
    if not max_ratio:
        return list(tables)
    unknown = Usual()
    return [
        replace(
            table,
            rows=[
                _judged(table, row, _wrong(row.run, usual.get(row.run.facility_id, unknown), max_ratio))
                if row.run
                else row
                for row in table.rows
            ],
        )
        for table in tables
    ]


def usual_of(
    tables: Sequence[CheckedTable], max_ratio: Decimal, remembered: Mapping[str, Usual]
) -> dict[str, Usual]:
    """What each facility in these tables usually makes: the medians of its runs, where there are enough.

    Where these hold too few, it is what is `remembered` from earlier logs: a refused row that is dropped in
    again alone would otherwise have nothing to be compared with. So it is where a median is itself out of
    what is remembered: refused rows may be dropped in again without the others.
    """
    runs: dict[str, list[Run]] = defaultdict(list)
    for table in tables:
        for row in table.rows:
            if row.run:
                runs[row.run.facility_id].append(row.run)
    return {
        facility: Usual(
            _middle([run.mass for run in some], remembered.get(facility, Usual()).mass, max_ratio),
            _middle([_hourly(run) for run in some], remembered.get(facility, Usual()).throughput, max_ratio),
        )
        for facility, some in runs.items()
    }


def _middle(found: list[Decimal], before: Decimal | None, max_ratio: Decimal) -> Decimal | None:
    if len(found) < FEWEST_RUNS:
        return before
    middle = Decimal(median(found))
    return middle if before is None or not max_ratio or _is_near(middle, before, max_ratio) else before


def _is_near(value: Decimal, middle: Decimal, max_ratio: Decimal) -> bool:
    return value <= middle * max_ratio and value * max_ratio >= middle


def _hourly(run: Run) -> Decimal:
    """Kilograms an hour; a run has an end after its start."""
    microseconds = (run.ended_at - run.started_at) // dt.timedelta(microseconds=1)
    return _FIFTEEN_DIGITS.divide(run.mass * _HOUR, Decimal(microseconds))


def _judged(table: CheckedTable, row: CheckedRow, wrong: Wrong | None) -> CheckedRow:
    if wrong is None:
        return row
    return replace(row, run=None, issues=(*row.issues, issue_at(table, row, *wrong)))


def _wrong(run: Run, usual: Usual, max_ratio: Decimal) -> Wrong | None:
    """The cells to look at, the one to correct first, and what is wrong with them."""
    mass, hourly = run.mass, _hourly(run)
    if usual.mass is not None and not _is_near(mass, usual.mass, max_ratio):
        return ("mass",), _of_mass(mass, usual.mass)
    if usual.throughput is not None and not _is_near(hourly, usual.throughput, max_ratio * _ROUNDED):
        return ("started_at", "ended_at", "mass"), _of_throughput(hourly, usual.throughput)
    return None


def _of_mass(mass: Decimal, middle: Decimal) -> Problem:
    return Problem(
        "mass_implausible",
        f"a mass near what this facility usually makes: this is {mass:f} kg, "
        f"{_times(mass, middle)} its median of {middle:f} kg",
        "Check the unit and the decimal mark; if it is right, raise max_mass_ratio.",
    )


def _of_throughput(hourly: Decimal, middle: Decimal) -> Problem:
    return Problem(
        "throughput_implausible",
        f"a mass near what this facility usually makes in the time: this is {_shown(hourly)} kg an hour, "
        f"{_times(hourly, middle)} its median of {_shown(middle)} kg an hour",
        "Check the start, the end and the mass; if they are right, raise max_mass_ratio.",
    )


def _shown(hourly: Decimal) -> str:
    return f"{plain(_FOUR_DIGITS.plus(hourly)):,f}"


def _times(value: Decimal, middle: Decimal) -> str:
    over = value > middle
    return f"{value / middle if over else middle / value:,.0f} times {'over' if over else 'under'}"
