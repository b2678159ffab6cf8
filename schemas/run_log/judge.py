"""What the typed values of a run must be: the pandera schema of a parsed log, coercion off.

The frame's index is the sheet's row number, so a failure is a cell. Columns: the reference and ids
as text, instants as `datetime64[us, UTC]`, masses as `Decimal` kilograms; absent values are missing.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
import pandera.pandas as pa
from msgspec import Struct
from pandera.errors import SchemaErrors

from schemas.run_log.in_order import EARLIEST, LEAST_MASS, MAX_TEXT
from schemas.run_log.parsed import Problem

UTC_INSTANT = "datetime64[us, UTC]"
_DTYPES = {"started_at": UTC_INSTANT, "ended_at": UTC_INSTANT}
_FIELDS = (
    "supplier_reference_id",
    "facility",
    "feedstock",
    "started_at",
    "ended_at",
    "mass",
    "mass_standard_deviation",
    "display_name",
)


class Failure(Struct, frozen=True):
    """A value that broke a rule: its row, the field to correct, and the rule."""

    row: int
    field: str
    problem: Problem


_MISSING = Problem(
    "missing", "a value; the cell is empty", "Fill in the cell, or delete the row if it is no run."
)
_RULES = {
    "not_nullable": _MISSING,
    "too_long": Problem("too_long", f"at most {MAX_TEXT} characters", "Shorten the text."),
    "too_early": Problem("too_early", "a time after the year 2000", "Correct the date."),
    "mass_not_positive": Problem(
        "mass_not_positive", "a mass above zero", "Type the mass as it was weighed."
    ),
    "deviation_negative": Problem(
        "deviation_negative",
        "a standard deviation that is not negative",
        "Correct it, or leave the cell empty.",
    ),
    "deviation_above_mass": Problem(
        "deviation_above_mass",
        "a standard deviation below the mass itself",
        "Check its unit, or leave the cell empty.",
    ),
    "ends_before_it_starts": Problem(
        "ends_before_it_starts", "an end after the start", "Correct the start or the end."
    ),
}
_TO_CORRECT = {
    "ends_before_it_starts": "ended_at",
    "deviation_above_mass": "mass_standard_deviation",
}


def schema(now: pd.Timestamp) -> pa.DataFrameSchema:
    """The schema of a parsed log as of `now` (UTC): nothing may have ended later than that."""

    def text(*, nullable: bool = False) -> pa.Column:
        return pa.Column(object, pa.Check(_short_enough, name="too_long"), nullable=nullable)

    def instant() -> pa.Column:
        return pa.Column(
            UTC_INSTANT,
            [
                pa.Check(lambda times: times >= EARLIEST, name="too_early"),
                pa.Check(lambda times: times <= now, name="in_the_future"),
            ],
            nullable=False,
        )

    return pa.DataFrameSchema(
        {
            "supplier_reference_id": text(),
            "facility": pa.Column(object, nullable=False),
            "feedstock": pa.Column(object, nullable=False),
            "started_at": instant(),
            "ended_at": instant(),
            "mass": pa.Column(object, pa.Check(_positive, name="mass_not_positive")),
            "mass_standard_deviation": pa.Column(
                object, pa.Check(lambda values: values >= 0, name="deviation_negative"), nullable=True
            ),
            "display_name": text(nullable=True),
        },
        checks=[
            pa.Check(_ends_after_start, name="ends_before_it_starts"),
            pa.Check(_deviation_below_mass, name="deviation_above_mass"),
        ],
        coerce=False,
        strict=True,
    )


def frame_of(values: Mapping[str, Sequence[Any]], rows: Sequence[int]) -> pd.DataFrame:
    """The columns of `schema` as a frame, with the numbers of the rows."""
    index = pd.Index(rows)
    return pd.DataFrame(
        {
            name: pd.Series(column, index=index, dtype=_DTYPES.get(name, "object"))
            for name, column in values.items()
        }
    )


def failures(frame: pd.DataFrame, now: dt.datetime) -> Iterator[Failure]:
    """Every rule that every row breaks: those about two values first, then in the order of the columns.

    `frame` has the columns of `schema`, its index the row numbers. Missing values are reported as
    failures of their own; whether a cell was empty or unreadable is for the caller to know.
    """
    as_of = pd.Timestamp(now)
    rules = {**_RULES, "in_the_future": _in_the_future(as_of.tz_convert("UTC"))}
    try:
        schema(as_of).validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = (errors.failure_cases[name].tolist() for name in ("check", "column", "index"))
        found = ((rule, _TO_CORRECT.get(rule, column), row) for rule, column, row in zip(*cases, strict=True))
        # pandera's own order is by chance: it sorts by context, and not stably.
        for rule, field, row in sorted(dict.fromkeys(found), key=_in_turn):
            yield Failure(int(row), field, rules[rule])


def _in_turn(found: tuple[str, str, int]) -> tuple[bool, int]:
    rule, field, _ = found
    return rule not in _TO_CORRECT, _FIELDS.index(field)


def _in_the_future(now: pd.Timestamp) -> Problem:
    """A batch is registered when production has ended; that may be a question of whose clock is right.

    No grace is given: an end that was typed ahead would be registered before it has happened, and a run
    that is refused too early is in order when it is dropped in again.
    """
    return Problem(
        "in_the_future",
        f"a time that has passed; by the clock of this machine it is {now:%Y-%m-%d %H:%M} UTC",
        "Correct the date, or wait until the run has ended.",
    )


def _short_enough(texts: "pd.Series[str]") -> "pd.Series[bool]":
    return texts.map(len) <= MAX_TEXT


def _positive(masses: "pd.Series[float]") -> "pd.Series[bool]":
    return masses.map(lambda mass: mass >= LEAST_MASS)


def _ends_after_start(frame: pd.DataFrame) -> "pd.Series[bool]":
    late = frame["ended_at"] > frame["started_at"]
    return late | frame["ended_at"].isna() | frame["started_at"].isna()


def _deviation_below_mass(frame: pd.DataFrame) -> "pd.Series[bool]":
    both = frame["mass_standard_deviation"].notna() & frame["mass"].notna()
    fine = pd.Series(data=True, index=frame.index)
    pair = frame.loc[both, ["mass_standard_deviation", "mass"]]
    fine[both] = (pair["mass_standard_deviation"] < pair["mass"]) | (pair["mass"] <= 0)
    return fine
