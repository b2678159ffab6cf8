"""A plant without files: from the batches of a log, read once, to their outcomes.

Quick enough for a loop over every event at which a run can die.
"""

import datetime as dt
import tempfile
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from pipeline.ledger import Ledger
from pipeline.local_registry.conduct import AS_PUBLISHED, Conduct
from pipeline.model import Batch, Outcome, Report
from pipeline.read import read
from pipeline.run.checking import filled
from pipeline.run.frame import NOT_YET, new_run
from pipeline.run.gather import gather
from pipeline.run.session import session
from pipeline.run.world import World
from pipeline.settings import Settings
from tests.protocol.plant import Plant, Power, as_one_cut


@cache
def prepared(rows: int) -> tuple[Report, list[Batch], Settings]:
    """A log of so many rows, read and checked, as a run holds it before it opens the ledger."""
    with tempfile.TemporaryDirectory() as name:
        plant = Plant(Path(name), rows)
        settings = plant.settings(concurrency=3)
        gathered = gather([plant.log], settings.convention, plant.clock.now(), None, read)
    batches = gathered.assembled.batches
    new = new_run("upload", settings, World(now=plant.clock.now))
    return filled(new, gathered, {each.reference: NOT_YET for each in batches}, batches), batches, settings


class Line:
    """One log on its way to one registry, with a ledger of its own."""

    def __init__(self, folder: Path, ledger: str, rows: int = 7) -> None:
        self._before, self._batches, settings = prepared(rows)
        self._settings = replace(settings, home=folder, ledger_url=ledger)
        self.plant = Plant.bare(folder)

    def upload(
        self, faults: str = "", *, conduct: Conduct = AS_PUBLISHED, power: Power | None = None
    ) -> dict[str, Outcome]:
        """Run once; PowerCutError when the power was cut before it had ended."""
        power = power or Power()
        world = self.plant.world(faults, conduct, power)
        before = replace(self._before, run_id=world.short_id(), started_at=world.now())
        with (
            power.on(),
            as_one_cut(power),
            Ledger(self._settings.ledger_url) as ledger,
            session(before, self._batches, ledger, self._settings, world) as work,
        ):
            ended = work.register()
            ledger.runs.keep(replace(before, finished_at=world.now() + dt.timedelta(seconds=1)))
        return ended.outcomes
