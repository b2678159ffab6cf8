"""What is told of an amend that did not end well: in the nights that follow, and by who asks later."""

from itertools import count
from pathlib import Path, PurePosixPath

import httpx
import pytest

from pipeline import run
from pipeline.evidence.means import told
from pipeline.evidence.short import in_short
from pipeline.ledger import Ledger
from pipeline.model import Report
from pipeline.report import following
from tests.protocol.failing import READ_ONLY, Trouble, sqlite_fails
from tests.protocol.plant import Plant, Power, PowerCutError
from tests.protocol.test_amend import WELL, conflicting, says_nothing_false
from tests.protocol.test_nights import Nights

BEGUN, EVERY = 80, 5
"""An event before the first batch is deleted, and how many lie between two cuts of the power."""
NEW_MASSES = 150
LOST = 1_000_000


@pytest.mark.parametrize(
    ("faults", "word", "says"),
    [
        ("reject-422:nth=1", "rejected", "was deleted, and nothing is registered in its place"),
        ("drop-before:on=delete", "unknown", "no proof came that it is gone or not"),
        ("reject-409:on=delete", "conflict", "with other values. Nothing was sent"),
    ],
)
def test_an_amend_that_did_not_end_well_is_told_as_it_stands_at_its_place_in_the_log(
    tmp_path: Path, faults: str, word: str, says: str
) -> None:
    plant = Nights(tmp_path, rows=3)
    plant.upload()
    plant.log.write_text(plant.log.read_text().replace(",102\n", ",112\n"))
    plant.drop()
    (before,) = plant.night().waiting
    plant.amend("B-002", faults=faults, approved=plant.proposals("B-002"))
    plant.a_day_passes()
    (entry,) = plant.night().waiting
    assert (entry.word, entry.reference, entry.nights) == (word, "B-002", 2)
    assert (entry.file, entry.row) == (before.file, before.row)
    assert says in entry.message


def test_a_batch_that_an_amend_deleted_and_could_not_replace_is_told_though_nothing_waited(
    tmp_path: Path,
) -> None:
    plant = Nights(tmp_path, rows=3)
    plant.upload()
    plant.delete("B-002")
    plant.reconcile()
    plant.amend("B-002", faults="reject-422:nth=1")
    (entry,) = plant.night().waiting
    assert (entry.word, entry.reference) == ("rejected", "B-002")


class LostAt(httpx.AsyncBaseTransport):
    """A registry; once it was sent a request of this kind, the ledger is lost."""

    def __init__(self, registry: httpx.AsyncBaseTransport, method: str, ledger: Trouble) -> None:
        self._registry, self._method, self._ledger = registry, method, ledger

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._registry.handle_async_request(request)
        if request.method == self._method:
            self._ledger.events = LOST
        return answer


@pytest.mark.parametrize(
    ("request_", "word", "says"),
    [
        ("DELETE", "unknown", "may have been deleted, or not: the run ended before"),
        ("POST", "unknown", "The run was cut short while this was being sent"),
    ],
)
def test_an_amend_that_loses_the_ledger_says_of_each_batch_what_may_have_become_of_it(
    tmp_path: Path, request_: str, word: str, says: str
) -> None:
    plant, old = conflicting(tmp_path)
    lost = Trouble(LOST, stays=True)
    approved = plant.proposals("B-002")
    plant.between = lambda registry, _: LostAt(registry, request_, lost)
    with sqlite_fails(lost, READ_ONLY):
        report = plant.amend("B-002", approved=approved)
    (outcome,) = (row.outcome for row in report.rows)
    assert (outcome.word, report.exit_code) == (word, 3)
    assert says in outcome.message
    assert "attempt to write a readonly database" in report.stopped
    assert (tmp_path / "runs" / report.run_id / "results.csv").exists()
    assert {row.outcome.word for row in plant.amend("B-002").rows} <= WELL
    ((new, mass),) = plant.mass("B-002")
    assert (new != old, mass) == (True, NEW_MASSES)


def in_short_of(plant: Plant) -> str:
    """What the evidence of B-002 says in one paragraph, and of its correction."""
    with Ledger(plant.settings().ledger_url) as ledger:
        known = ledger.trail.known("B-002", ledger.records(["B-002"])["B-002"])
        correction = told(known.replacement, known.record)
    assert correction
    return f"{in_short(known)} {correction.says}"


def test_a_batch_that_is_amended_twice_took_the_place_of_the_latest_and_not_of_the_first(
    tmp_path: Path,
) -> None:
    plant, first = conflicting(tmp_path)
    plant.amend("B-002")
    second = plant.delete("B-002")
    report = plant.amend("B-002")
    ((third, _),) = plant.mass("B-002")
    message = next(row.outcome.message for row in report.rows if row.reference == "B-002")
    said = in_short_of(plant)
    assert f"{second} was deleted, and this one is in its place" in message
    assert f"registered as {third}. It took the place of {second}," in said
    assert first not in said


def test_a_batch_that_others_replaced_is_not_said_to_have_been_deleted_or_approved_here(
    tmp_path: Path,
) -> None:
    plant, _ = conflicting(tmp_path)
    plant.amend("B-002")
    for _ in range(2):
        body = plant.store._db.execute("SELECT body FROM resources WHERE reference = 'B-002'").fetchone()[0]
        old = plant.delete("B-002")
        by_hand = f"{old[:-1]}{'A' if old[-1] != 'A' else 'B'}"
        plant.store.add_batch(by_hand, "B-002", body.replace(old, by_hand), uploaded=0, unique=False)
        plant.amend("B-002")
        said = in_short_of(plant)
        assert f"registered as {by_hand}." in said
        assert "took the place" not in said
        assert "approved" not in said


def test_a_batch_that_was_deleted_and_refused_keeps_its_id_for_its_successor(tmp_path: Path) -> None:
    plant, old = conflicting(tmp_path)
    plant.amend("B-002", faults="reject-422:nth=1")
    assert f"had {old} deleted for it, and nothing is registered in its place" in in_short_of(plant)
    plant.amend("B-002")
    assert f"It took the place of {old}" in in_short_of(plant)


def test_the_report_of_an_amend_that_was_killed_says_what_became_of_each_batch_and_how_to_go_on(
    tmp_path: Path,
) -> None:
    words = set()
    for event in count(BEGUN, EVERY):
        plant, report = killed(tmp_path / f"{event}", event)
        if report is None:
            break
        if report.command != "amend":
            continue
        says_nothing_false(report, plant)
        left = [row.reference for row in report.rows if row.outcome.word not in WELL]
        again = f"pipeline amend {' '.join(left)}" if left else ""
        assert following(report, PurePosixPath("runs")).command == again
        for row in report.rows:
            held = plant.mass(row.reference)
            if not held:
                assert "deleted" in row.outcome.message
            elif held[0][1] < NEW_MASSES:
                assert "was deleted" not in row.outcome.message
            words.add((row.outcome.word, row.outcome.code))
    assert words == {
        ("not_sent", "not_sent"),
        ("unknown", "deletion_unknown"),
        ("unknown", ""),
        ("created", ""),
    }


def killed(folder: Path, event: int) -> tuple[Plant, Report | None]:
    """An amend of two batches whose power is cut at an event, and its report of later; None: it had ended."""
    folder.mkdir()
    plant = Plant(folder, rows=2)
    plant.upload()
    plant.write({"B-001": 51, "B-002": 52})
    plant.upload()
    approved = plant.proposals("B-001", "B-002")
    try:
        plant.amend("B-001", "B-002", power=Power(event), approved=approved)
    except PowerCutError:
        report, _ = run.report(None, plant.settings())
        return plant, report
    return plant, None
