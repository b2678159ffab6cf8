"""The doctor's rules: facts in, findings out."""

import datetime as dt
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.diagnose import (
    TITLES,
    Claim,
    Finding,
    Inspection,
    Met,
    Name,
    Room,
    Sender,
    exit_code,
    of_claims,
    of_clock,
    of_ledger,
    of_open_rows,
    of_program,
    of_room,
    of_zones,
    ok,
    skipped,
    worst,
)
from pipeline.diagnose.registry import TOLERANCE
from pipeline.report import Again

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
PASSING = Finding("registry", "failure", "away", "Wait.", may_pass=True)
LASTING = Finding("ledger", "failure", "damaged", "Restore it.")
WARNING = Finding("inbox", "warning", "half there", "Copy it again.")


@pytest.mark.parametrize(
    ("findings", "code", "verdict"),
    [
        ([], 0, "ok"),
        ([ok("clock", "right"), skipped("token", "none")], 0, "ok"),
        ([WARNING], 0, "warning"),
        ([PASSING, WARNING], 3, "failure"),
        ([PASSING, LASTING], 2, "failure"),
    ],
)
def test_the_exit_code_is_3_only_when_nothing_has_to_be_put_right(
    findings: list[Finding], code: int, verdict: str
) -> None:
    assert (exit_code(findings), worst(findings)) == (code, verdict)


def test_every_check_has_a_title() -> None:
    assert list(TITLES) == list(get_args(Name))


@given(took=st.integers(0, 30), off=st.integers(-200, 200), at=st.floats(0, 1))
def test_a_slow_answer_is_not_taken_for_a_wrong_clock(took: int, off: int, at: float) -> None:
    """The registry writes its time down at some moment of the waiting, off as far as is tolerated."""
    date = NOW + took * SECOND * at + off * SECOND
    found = of_clock(Met("org", date=date, asked=NOW, answered=NOW + took * SECOND))
    if abs(off) <= TOLERANCE.seconds:
        assert found.verdict == "ok"
    if abs(off) > TOLERANCE.seconds + took:
        assert found.verdict == "warning"
        assert ("behind" if off > 0 else "ahead of") in found.found


def test_a_registry_that_tells_no_time_is_no_failure() -> None:
    assert of_clock(Met("org")).verdict == "skipped"


@pytest.mark.parametrize(
    ("python", "sqlite", "verdict"),
    [((3, 11, 0), (3, 35, 0), "ok"), ((3, 10, 9), (3, 40, 0), "failure"), ((3, 12), (3, 34, 1), "failure")],
)
def test_versions_that_are_too_old_fail(
    python: tuple[int, ...], sqlite: tuple[int, ...], verdict: str
) -> None:
    assert of_program("1", python, sqlite).verdict == verdict


@pytest.mark.parametrize(
    ("free", "names", "verdict"),
    [(5_000_000_000, True, "ok"), (5_000_000_000, False, "failure"), (500_000_000, True, "warning"),
     (1_000, True, "failure")],
)  # fmt: skip
def test_little_room_is_a_warning_and_none_a_failure(free: int, names: bool, verdict: str) -> None:
    assert of_room([Room("runs", 9_000_000_000), Room("the ledger", free, names)]).verdict == verdict


@pytest.mark.parametrize(
    ("tables", "verdict"), [("2025.3", "ok"), ("2024.2", "warning"), ("not known", "ok")]
)
def test_time_zones_that_were_not_renewed_for_two_years_are_a_warning(tables: str, verdict: str) -> None:
    assert of_zones(tables, "Europe/Berlin", NOW).verdict == verdict


def test_a_ledger_of_an_older_version_is_well_and_one_of_a_newer_is_not() -> None:
    older = Inspection("l", version="2", newest="3", older=("1", "2"))
    assert of_ledger(older, {}).verdict == "ok"
    assert "2 to 3" in of_ledger(older, {}).found
    assert of_ledger(Inspection("l", version="4", newest="3", older=("1", "2")), {}).verdict == "failure"


def test_what_the_registry_did_not_say_is_not_held_against_a_ledger() -> None:
    seen = Inspection("l", version="3", newest="3", stamps={"environment": "local", "organisation": "org_1"})
    assert of_ledger(seen, {"environment": "local", "organisation": ""}).verdict == "ok"
    assert of_ledger(seen, {"environment": "local", "organisation": "org_2"}).verdict == "failure"


def test_what_is_open_is_settled_by_the_command_of_the_run_that_sent_it_once_that_has_ended() -> None:
    senders = (
        Sender("r1", "upload", ("B-1", "B-2"), alive=False),
        Sender("r2", "amend", ("B 3",), alive=None),
        Sender("r3", "retry", ("B-4",), alive=True),
    )
    seen = Inspection("l", states={"unknown": 3, "sending": 1}, senders=senders)
    assert of_open_rows(seen, Again(("--config", "b.toml"))).remedy == (
        "Wait until the run r3 has ended. "
        "Type: pipeline retry --config b.toml r1, then: pipeline amend --config b.toml 'B 3'"
    )


def test_a_run_that_lives_is_well_and_one_that_gives_no_sign_is_not_called_dead() -> None:
    lives = Claim("r1", "upload", NOW, 3, alive=True)
    assert of_claims(Inspection("l", claims=(lives,))).verdict == "ok"
    dead, silent = Claim("r2", "retry", NOW, 2, alive=False), Claim("r3", "upload", None, 1, alive=None)
    found = of_claims(Inspection("l", claims=(lives, dead, silent)))
    assert found.verdict == "warning"
    assert "run r2 (retry, started 2026-11-24 12:00 UTC) died, and holds 2 batches" in found.found
    assert "run r3 (upload) gives no sign any more, and holds 1 batch" in found.found
