"""What a run makes known of batches that others have sent for it, and hold no longer."""

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from pipeline import run
from pipeline.ledger import Ledger
from pipeline.local_registry.conduct import Conduct
from pipeline.model import Batch, Outcome
from pipeline.run.company import Alone
from pipeline.run.register import Registering
from tests.protocol.plant import Plant, Power
from tests.protocol.test_settling import outcome_of


class Workers(Alone):
    """Whoever sends for a run gives its claims up when it is done."""

    async def deliver(self, work: Registering, batches: Sequence[Batch]) -> dict[str, Outcome]:
        outcomes = await super().deliver(work, batches)
        await work.journal.call(work.ledger.release, work.run_id, work.now())
        return outcomes


def test_what_workers_have_made_twice_is_a_conflict_in_the_report_and_in_the_ledger(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    world = plant.world("replay:on=post,nth=2", Conduct("allow"), Power())
    report = run.upload([plant.log], plant.settings(concurrency=1), replace(world, company=Workers()))
    assert outcome_of(report, "B-002").code == "registered_twice"
    with Ledger(plant.settings().ledger_url) as ledger:
        record = ledger.records(["B-002"])["B-002"]
    assert (record.state, sorted(record.registry_ids)) == ("conflict", sorted(plant.ids()["B-002"]))
