"""A wall clock that is set, forwards or back, ends no quiet period, kills no run and holds up nobody."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.journal_point import listen
from pipeline.ledger.alive import Vigil
from pipeline.ledger.runs import RunRecord
from tests.conftest import NewLedger
from tests.protocol.plant import Clock, Plant, Power, PowerCutError
from tests.protocol.truth import assert_healed, assert_nothing_false

JUMPS = [dt.timedelta(hours=1), dt.timedelta(hours=-1), dt.timedelta(days=1), dt.timedelta(days=-1)]
QUIET = 5.0
LEASE = 60.0


class SetClock(Clock):
    """Somebody sets the wall clock; the monotonic one goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.set_by = dt.timedelta()

    def now(self) -> dt.datetime:
        return super().now() + self.set_by


def plant_with(folder: Path, ledger: str) -> tuple[Plant, SetClock]:
    plant, clock = Plant(folder, rows=3, ledger=ledger), SetClock()
    plant.clock = clock
    return plant, clock


@pytest.mark.parametrize("jump", JUMPS)
def test_what_an_earlier_run_left_open_is_left_alone_for_the_quiet_period_and_no_longer(
    tmp_path: Path, new_ledger: NewLedger, jump: dt.timedelta
) -> None:
    plant, clock = plant_with(tmp_path, new_ledger())
    with pytest.raises(PowerCutError):
        plant.upload(power=Power(point="wire.sent", about="B-002"))
    clock.set_by = jump
    before, listed = clock.monotonic(), list[float]()
    deaf = listen(lambda point, _: listed.append(clock.monotonic()) if point == "list.before" else None)
    try:
        healed = plant.upload()
    finally:
        deaf()
    assert_healed(healed, plant)
    assert listed[0] - before >= QUIET
    assert clock.monotonic() - before < 2 * QUIET


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("point", ["run.begun", "intent.committed", "answer.read", "list.before"])
def test_a_clock_that_is_set_during_a_run_costs_no_batch_and_no_time(
    tmp_path: Path, jump: dt.timedelta, point: str
) -> None:
    plant, clock = plant_with(tmp_path, "")

    def set_clock(passed: str, _: str) -> None:
        if passed == point:
            clock.set_by = jump

    deaf = listen(set_clock)
    try:
        report = plant.upload("lose-answer:nth=2; 429:nth=1,form=date,retry_after=2")
    finally:
        deaf()
    assert_healed(report, plant)
    assert clock.monotonic() < 400


def test_the_hour_that_a_night_in_autumn_has_twice_is_two_hours_to_the_ledger(tmp_path: Path) -> None:
    plant, clock = plant_with(tmp_path, "")
    clock.set_by = dt.datetime(2026, 10, 25, 0, 59, 58, tzinfo=dt.UTC) - Clock().now()
    first = plant.upload("lose-answer:nth=2")
    clock.seconds += 3_600
    second = plant.upload()
    assert_nothing_false(first, plant)
    assert_healed(second, plant)
    assert second.started_at - first.started_at > dt.timedelta(hours=1)


def record(lease_until: dt.datetime) -> RunRecord:
    """A run of another machine."""
    return RunRecord("run", "upload", "elsewhere", lease_until, lease_until, None, None)


@pytest.mark.parametrize("jump", [*JUMPS, dt.timedelta()])
def test_a_run_of_another_machine_lives_while_it_prolongs_its_lease_whatever_its_clock_says(
    tmp_path: Path, jump: dt.timedelta
) -> None:
    clock = Clock()
    vigil = Vigil(tmp_path, clock.monotonic, LEASE)
    for _ in range(20):
        assert vigil.sees_alive(record(clock.now() + jump))
        clock.seconds += LEASE / 4


@pytest.mark.parametrize("jump", [*JUMPS, dt.timedelta()])
def test_a_run_of_another_machine_is_dead_once_it_was_not_seen_to_prolong_its_lease_for_as_long(
    tmp_path: Path, jump: dt.timedelta
) -> None:
    clock = Clock()
    vigil, last = Vigil(tmp_path, clock.monotonic, LEASE), record(clock.now() + jump)
    alive: Callable[[], bool] = lambda: vigil.sees_alive(last)  # noqa: E731
    assert alive()
    clock.seconds = LEASE
    assert alive()
    clock.seconds = LEASE + 1
    assert not alive()
