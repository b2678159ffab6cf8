"""Rows whose values break no rule, seen at a glance: what is not plainly in order, `judge` judges.

Most rows of most logs are in order. Without a doubtful row no frame is made, and what makes and judges frames
is not even imported.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
MAX_TEXT = 100
LEAST_MASS = Decimal("0.000001")
"""A milligram, in kilograms: a difference of two equal weighings may be stored as 5.55E-17."""
_ABOVE_ALL = Decimal("Infinity")


def in_place(field: str, now: dt.datetime) -> object:
    """What no rule finds fault with, to stand for a value whose fault is known already."""
    stand_ins = {
        "started_at": EARLIEST,
        "ended_at": now,
        "mass": _ABOVE_ALL,
        "mass_standard_deviation": Decimal(0),
    }
    return stand_ins.get(field, "-")


def doubtful(values: Mapping[str, Sequence[Any]], now: dt.datetime) -> list[int]:
    """The places of the rows in which a rule of `judge.schema` may be broken as of `now`.

    `values` are the columns of that schema, in its order, with None for what is missing.
    """
    return [
        place
        for place, (reference, facility, feedstock, start, end, mass, deviation, name) in enumerate(
            zip(*values.values(), strict=True)
        )
        if not (
            reference
            and facility
            and feedstock
            and start
            and end
            and mass
            and len(reference) <= MAX_TEXT
            and EARLIEST <= start < end <= now
            and mass >= LEAST_MASS
            and (deviation is None or 0 <= deviation < mass)
            and (name is None or len(name) <= MAX_TEXT)
        )
    ]
