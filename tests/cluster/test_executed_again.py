"""Dask does work again when it does not know that it was done: no batch is sent twice for it."""

import os
import signal
from collections import Counter
from pathlib import Path

from dask.typing import Key
from distributed import Client, WorkerPlugin

from pipeline.cluster.hiring import _hired
from pipeline.cluster.part import Done, Part, Share
from pipeline.cluster.work import deliver_part
from pipeline.ledger import Ledger
from pipeline.ledger.runs import part_of
from pipeline.run.frame import new_run
from pipeline.run.gather import gather
from pipeline.run.session import session
from pipeline.run.version import version_of
from pipeline.run.world import World
from pipeline.settings import Options, load
from tests.cluster.fleet import fleet
from tests.cluster.scene import Scene, scene
from tests.postgresql import Server
from tests.program.shell import ended, poll


class DiesOnce(WorkerPlugin):
    """Ends the first worker that has done a part, before anybody hears of it."""

    name = "dies-once"

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def transition(self, key: Key, start: str, finish: str, **_: object) -> None:
        del start
        if "deliver_part" in str(key) and finish == "memory":
            try:
                self._mark.touch(exist_ok=False)
            except FileExistsError:
                return
            os.kill(os.getpid(), signal.SIGKILL)


def test_a_part_whose_worker_died_when_it_was_done_is_done_again_and_still_called_created(
    tmp_path: Path, postgresql: Server
) -> None:
    with scene(tmp_path, postgresql.ledger()) as made, fleet(made.shell, 3) as cluster:
        poll(lambda: cluster.hired(3))
        with Client(cluster.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            client.register_plugin(DiesOnce(tmp_path / "died"))
            first = ended(made.begun(cluster.address))
        assert (tmp_path / "died").exists()
        assert set(made.assert_true(first).values()) == {"created"}
        assert first.code == 0
        made.assert_healed(made.upload())


def test_a_part_that_two_workers_do_at_the_same_time_is_sent_by_one_of_them(
    tmp_path: Path, postgresql: Server
) -> None:
    with scene(tmp_path, postgresql.ledger(), rows=60) as made, fleet(made.shell, 2) as cluster:
        poll(lambda: cluster.hired(2))
        both = _done_twice(made, cluster.address)
        words = [{key: outcome.word for key, outcome in done.outcomes.items()} for done in both]
        for reference, ids in made.held.items():
            assert {done.outcomes[reference].registry_id for done in both} == set(ids)
            assert Counter(each[reference] for each in words)["created"] <= 1
        made.assert_healed(made.upload())


def _done_twice(made: Scene, address: str) -> list[Done]:
    """The same part by two workers, of a run that waits for both."""
    settings = load(folder=made.shell.folder, environ=made.shell.environment, options=Options())
    world = World()
    run = new_run("upload", settings, world)
    log = [made.shell.folder / "log.csv"]
    batches = gather(log, settings.convention, world.now(), None, world.read).assembled.batches
    with (
        Ledger(made.ledger) as ledger,
        session(run, [], ledger, settings, world),
        Client(address, set_as_default=False) as client,  # type: ignore[no-untyped-call]
    ):
        part = Part(
            name=part_of(run.run_id, "1-"),
            run_id=run.run_id,
            version=version_of(),
            environment="local",
            url=made.url,
            batches=tuple(batches),
            share=Share(3, None),
            quiet_seconds=0.1,
            lease=60.0,
            errors_left=None,
            typed=Options(),
        )
        with _hired(client, here=False) as hired:
            asked = [
                client.submit(deliver_part, part, hired.line, pure=False, workers=[worker])
                for worker in client.nthreads()
            ]
            return [future.result(50) for future in asked]
