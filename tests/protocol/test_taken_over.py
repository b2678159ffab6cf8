"""What a run does with what another has claimed: it waits for the living, and doubts the dead."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from sqlalchemy import create_engine, update

from pipeline.journal_point import listen
from pipeline.ledger import Ledger
from pipeline.ledger.alive import Vigil, home_id, living, lock_of
from pipeline.ledger.runs import RunRecord
from pipeline.ledger.schema import batches
from pipeline.local_registry.conduct import Conduct
from pipeline.plan import CORRECTING
from pipeline.run.world import World
from tests.conftest import NewLedger
from tests.protocol.line import prepared
from tests.protocol.network import Network, everything_from
from tests.protocol.plant import Clock, Plant, Power, PowerCutError
from tests.protocol.stop import Stop
from tests.protocol.test_settling import outcome_of
from tests.protocol.truth import assert_healed, assert_nothing_false

LEASE = World().lease.total_seconds()


class Looking(Clock):
    """Time in which somebody looks at the ledger while a run waits for another, and then lets it go on."""

    def __init__(self, ledger: Ledger, other: str) -> None:
        super().__init__()
        self._ledger, self._other = ledger, other
        self.owners: list[set[str]] = []

    async def sleep(self, seconds: float) -> None:
        self.owners.append(self._ledger.owners())
        self._ledger.release(self._other, self.now())
        await super().sleep(seconds)


def forget_correction_of(plant: Plant, reference: str) -> None:
    """As a ledger is that was put together from two backups: being corrected, and no correction is known."""
    with create_engine(plant.settings().ledger_url).begin() as connection:
        ours = update(batches).where(batches.c.reference == reference)
        connection.execute(ours.values(state="conflict", code=CORRECTING))


def test_what_a_dead_run_was_sending_is_not_sent_again_before_it_can_show(
    tmp_path: Path, new_ledger: NewLedger
) -> None:
    plant = Plant(tmp_path, rows=3, ledger=new_ledger())
    late = Conduct("allow", list_lag=3.0)
    with pytest.raises(PowerCutError):
        plant.upload(conduct=late, power=Power(point="wire.sent", about="B-002"))
    assert_healed(plant.upload(conduct=late), plant)


def test_what_a_dead_run_has_stored_and_no_list_shows_yet_is_not_called_rejected_as_its_own_duplicate(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=2)
    lagging = Conduct("409", list_lag=600.0)
    with pytest.raises(PowerCutError):
        plant.upload(conduct=lagging, power=Power(point="answer.read", about="B-002"))
    report = plant.upload(conduct=lagging)
    assert_nothing_false(report, plant)
    assert outcome_of(report, "B-002").word == "unknown"


def test_what_another_run_settles_after_this_one_has_begun_is_not_called_open(
    tmp_path: Path, new_ledger: NewLedger
) -> None:
    plant = Plant(tmp_path, rows=3, ledger=new_ledger())
    open_one = plant.upload("lose-answer:reference=B-002; error-500:on=list,from=2")
    assert outcome_of(open_one, "B-002").word == "unknown"
    other = Stop("run.staged", "", lambda: assert_healed(plant.upload(), plant))
    report = plant.upload(power=other)
    assert [row.outcome.word for row in report.rows] == ["already_registered"] * 3
    assert report.exit_code == 0


def test_what_is_replaced_after_this_run_has_begun_is_not_called_registered_as_it_was(
    tmp_path: Path, new_ledger: NewLedger
) -> None:
    plant = Plant(tmp_path, rows=3, ledger=new_ledger())
    plant.upload()
    plant.write({"B-001": 1, "B-002": 77, "B-003": 3})
    assert outcome_of(plant.upload(), "B-002").code == "registered_with_other_values"
    plant.write({"B-001": 1, "B-002": 2, "B-003": 3})
    report = plant.upload(power=Stop("run.staged", "", lambda: plant.amend("B-002")))
    assert_nothing_false(report, plant)
    assert [row.outcome.word for row in report.rows] == [
        "already_registered",
        "conflict",
        "already_registered",
    ]


@pytest.mark.parametrize("end", ["killed", "drop-before", "redirect"])
def test_after_a_request_without_an_answer_the_reference_is_not_sent_with_other_values(
    tmp_path: Path, end: str
) -> None:
    plant = Plant(tmp_path, rows=2)
    network = Network(plant)
    if end == "killed":
        with pytest.raises(PowerCutError):
            plant.upload(power=Power(point="wire.half_sent", about="B-002"))
    else:
        network.strikes(end, everything_from(2))
        plant.upload()
        network.heals()
    plant.write({"B-001": 1, "B-002": 50})
    report = plant.upload()
    assert_nothing_false(report, plant)
    assert outcome_of(report, "B-002").code == "sent_with_other_values"
    assert not plant.held()["B-002"]


def test_what_a_living_run_has_claimed_is_left_to_it_until_its_lease_is_over(
    tmp_path: Path, new_ledger: NewLedger
) -> None:
    plant = Plant(tmp_path, rows=3, ledger=new_ledger())
    taken: list[float] = []
    deaf = listen(lambda point, _: taken.append(plant.clock.seconds) if point == "lease.taken_over" else None)
    stop = Stop("intent.committed", "B-002", lambda: assert_healed(plant.upload(), plant))
    plant.upload(power=stop)
    deaf()
    assert min(taken) > LEASE


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_living_run_is_left_its_batches_by_a_copy_of_its_folder(
    tmp_path: Path, new_ledger: NewLedger, when: str
) -> None:
    (tmp_path / "north").mkdir()
    north = Plant(tmp_path / "north", rows=3, ledger=new_ledger())
    home_id(north.folder / ".pipeline" / "alive")
    if when == "before":
        shutil.copytree(north.folder, tmp_path / "south")
    taken: list[float] = []

    def copied() -> None:
        if when == "meanwhile":
            shutil.copytree(north.folder, tmp_path / "south")
        south = Plant(tmp_path / "south", rows=3, ledger=north.ledger, store=north.store)
        south.clock, south.runs = north.clock, 100
        assert_healed(south.upload(), south)

    deaf = listen(lambda point, _: taken.append(north.clock.seconds) if point == "lease.taken_over" else None)
    north.upload(power=Stop("intent.committed", "B-002", copied))
    deaf()
    assert min(taken) > LEASE


def test_a_lock_that_another_machine_has_taken_on_the_same_disk_is_no_sign_of_death(tmp_path: Path) -> None:
    started = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    with living("a run", tmp_path):
        lock = lock_of("a run", tmp_path)
        assert lock
    lock.write_text(lock.read_text().replace(started, "another start"))
    now = Clock().now()
    record = RunRecord("a run", "upload", home_id(tmp_path), now, now, None, None)
    assert Vigil(tmp_path, Clock().monotonic, LEASE).sees_alive(record)


def test_an_amend_that_waits_for_another_run_holds_nothing(tmp_path: Path, new_ledger: NewLedger) -> None:
    plant = Plant(tmp_path, rows=3, ledger=new_ledger())
    plant.upload()
    plant.write({"B-001": 1, "B-002": 50, "B-003": 60})
    plant.upload()
    approved = plant.proposals("B-002", "B-003")
    with Ledger(plant.ledger) as ledger:
        clock = Looking(ledger, "the other")
        plant.clock, now = clock, clock.now()
        ledger.runs.begin(RunRecord("the other", "amend", "another machine", now, now, None, None))
        ledger.take("the other", ["B-003"])
        report = plant.amend("B-002", "B-003", approved=approved)
    assert [row.outcome.word for row in report.rows] == ["created", "created"]
    assert clock.owners[0] == {"the other"}


def test_a_run_that_waits_for_another_holds_nothing(tmp_path: Path, new_ledger: NewLedger) -> None:
    plant = Plant(tmp_path, rows=3, ledger=new_ledger())
    with Ledger(plant.ledger) as ledger:
        clock = Looking(ledger, "the other")
        plant.clock = clock
        now = clock.now()
        until = now + dt.timedelta(hours=1)
        ledger.runs.begin(RunRecord("the other", "upload", "another machine", now, until, None, None))
        _, batches, _ = prepared(3)
        ledger.claim("the other", batches[1:2], now, looked_up=False)
        report = plant.upload()
    assert_healed(report, plant)
    assert clock.owners[0] == {"the other"}


def test_what_the_ledger_lets_nobody_send_although_nobody_has_it_is_told_and_not_tried_for_ever(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=1)
    plant.upload()
    plant.delete("B-001")
    forget_correction_of(plant, "B-001")
    plant.write({"B-001": 1, "B-002": 2})
    readings: list[str] = []

    def count(point: str, _: str) -> None:
        readings.extend([point] * (point == "list.read"))
        assert len(readings) < 5

    deaf = listen(count)
    report = plant.upload()
    deaf()
    assert_nothing_false(report, plant)
    assert [row.outcome.word for row in report.rows] == ["not_sent", "created"]
    assert "no other run is at work on it" in outcome_of(report, "B-001").message
    assert not plant.held()["B-001"]
