"""Whatever numbers a log holds: what is registered is what was weighed."""

import datetime as dt
import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.assemble import assemble
from schemas.convention import Convention
from tests.hazards.log import book_log, checked, csv_log, row, runs, stored_log
from tests.pure.build import PLANT

POINT, COMMA = (replace(PLANT, decimal=mark) for mark in (".", ","))
REPEATED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
Mark = Literal[".", ","]
DIGITS = st.decimals(min_value=Decimal("0.001"), max_value=Decimal(999999999), places=3)


def written(number: Decimal, mark: Mark, group: str) -> str:
    whole, _, part = f"{number:f}".partition(".")
    return f"{int(whole):,}".replace(",", group) + mark + part


@REPEATED
@given(
    st.lists(DIGITS, min_size=1, max_size=20),
    st.sampled_from((".", ",")),
    st.sampled_from(("", " ", "'", "\u202f", "’")),
)
def test_a_mass_that_is_written_in_the_plants_notation_is_that_mass(
    tmp_path: Path, numbers: list[Decimal], mark: Mark, group: str
) -> None:
    rows = [row(reference=f"A{n}", mass=written(number, mark, group)) for n, number in enumerate(numbers)]
    for log_of in (csv_log, book_log):
        table = checked(log_of(tmp_path, *rows), replace(PLANT, decimal=mark))
        assert [run.mass for run in runs(table)] == numbers


@REPEATED
@given(st.lists(st.floats(min_value=1e-6, max_value=1e14, exclude_max=True), min_size=1, max_size=20))
def test_the_same_number_is_the_same_mass_stored_or_typed(tmp_path: Path, numbers: list[float]) -> None:
    typed = [row(reference=f"A{n}", mass=f"{Decimal(repr(number)):f}") for n, number in enumerate(numbers)]
    stored = [row(reference=f"A{n}", mass=number) for n, number in enumerate(numbers)]
    tables = [
        checked(csv_log(tmp_path, *typed)),
        checked(book_log(tmp_path, *typed)),
        checked(stored_log(tmp_path, *stored)),
    ]
    first, *others = [[str(run.mass) for run in runs(table)] for table in tables]
    assert others == [first, first]
    assert all(
        math.isclose(float(read), number, rel_tol=1e-14) for read, number in zip(first, numbers, strict=True)
    )


ANYTHING = st.one_of(
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(dt.date(1901, 1, 1)),
    st.text(st.sampled_from("0123456789.,' \u00a0-+eE_kgt%()nafi\u0663\u00b2\uff11\u2212"), max_size=8),
)


@REPEATED
@given(st.lists(ANYTHING, min_size=1, max_size=20), st.sampled_from((PLANT, POINT, COMMA)))
def test_whatever_stands_for_a_mass_what_is_registered_is_finite_positive_and_proper_json(
    tmp_path: Path, cells: list[object], plant: Convention
) -> None:
    rows = [row(reference=f"A{n}", mass=cell) for n, cell in enumerate(cells)]
    for log_of in (csv_log, book_log):
        table = checked(log_of(tmp_path, *rows), plant)
        assert len(table.rows) == len(rows)
        assert all(each.run or each.issues for each in table.rows)
        for batch in assemble([table], PLANT).batches:
            mass = json.loads(batch.body, parse_constant=pytest.fail)["mass"]["magnitude"]
            assert 0 < mass < math.inf
