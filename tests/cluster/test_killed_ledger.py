"""The ledger's server dies under a run that workers share, or one of them is cut off from it."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from pipeline.cluster import crew
from pipeline.model import Report
from pipeline.run.logs import upload
from pipeline.run.world import World
from pipeline.settings import Options, load
from tests.cluster.cable import Cable, Cut, cable
from tests.cluster.fleet import Fleet, fleet, strike
from tests.cluster.scene import Scene, chance_of, scene, sending, settled
from tests.postgresql import Server
from tests.program.shell import ended, poll

LEASE = 6.0
_LEASE_AND_MORE = 150.0
"""Seconds: who died and cannot be seen to have died is waited for, for a lease as it is usually."""


def by_cable(ledger: str, way: Cable) -> str:
    """The address of a ledger, for somebody who reaches it by this cable."""
    url = make_url(ledger).difference_update_query(["host"]).set(host="127.0.0.1", port=way.port)
    return url.render_as_string(hide_password=False)


@contextmanager
def one_of_two_by_cable(folder: Path, server: Server) -> Iterator[tuple[Scene, Fleet, Cable]]:
    """A plant and two workers, one of whom reaches the ledger by a cable that can be cut."""
    with (
        scene(folder, server.ledger()) as made,
        cable(server.sockets) as way,
        fleet(made.shell, 1) as cluster,
    ):
        cluster.hire(1, PIPELINE_LEDGER_URL=by_cable(made.ledger, way))
        poll(lambda: cluster.hired(2))
        yield made, cluster, way


def shared(made: Scene, address: str, meanwhile: Callable[[], object]) -> Report:
    """A run of this process and of workers, with a short lease; something else happens to it meanwhile."""
    settings = load(folder=made.shell.folder, environ=made.shell.environment, options=Options())
    with crew(address, settings) as workers:
        world = World(lease=dt.timedelta(seconds=LEASE)).with_company(workers)
        other = threading.Thread(target=meanwhile)
        other.start()
        report = upload([made.shell.folder / "log.csv"], settings, world)
        other.join()
        return report


@pytest.mark.parametrize("back", ["at once", "when the run has ended"])
def test_when_the_ledgers_server_dies_and_is_started_again_the_next_run_registers_the_rest(
    tmp_path: Path, postgresql: Server, back: str, seed: int
) -> None:
    chance = chance_of(seed)
    with scene(tmp_path, postgresql.ledger()) as made, fleet(made.shell, 3) as cluster:
        run = sending(made, cluster.address, when=chance.randint(1, made.rows // 2))
        postgresql.stop()
        if back == "at once":
            postgresql.start()
        first = ended(run, _LEASE_AND_MORE)
        if back != "at once":
            postgresql.start()
        settled(made)
        made.assert_true(first)
        assert first.code == 3
        made.assert_healed(made.upload("--cluster", cluster.address))


@pytest.mark.parametrize("how", ["refused", "broken"])
def test_a_worker_that_is_cut_off_from_the_ledger_is_told_of_and_the_run_registers_every_batch(
    tmp_path: Path, postgresql: Server, how: Cut, seed: int
) -> None:
    chance = chance_of(seed)
    with one_of_two_by_cable(tmp_path, postgresql) as (made, cluster, way):
        run = sending(made, cluster.address, when=chance.randint(1, made.rows // 3))
        way.cut(how)
        first = ended(run)
        assert set(made.assert_true(first).values()) == {"created"}
        assert first.code == 0
        assert "could not use the ledger" in first.screen
        made.assert_healed(made.upload())


def test_a_worker_that_hears_nothing_from_the_ledger_is_not_waited_for_longer_than_its_lease(
    tmp_path: Path, postgresql: Server, seed: int
) -> None:
    chance = chance_of(seed)
    with one_of_two_by_cable(tmp_path, postgresql) as (made, cluster, way):
        batches = chance.randint(1, made.rows // 3)

        def cut() -> None:
            poll(lambda: len(made.held) >= batches)
            way.cut("silent")

        report = shared(made, cluster.address, cut)
        assert {row.outcome.word for row in report.rows} == {"created"}
        assert [notice.code for notice in report.notices] == ["cluster_lost_work"]
        made.assert_healed(made.upload())


def test_what_a_worker_on_another_machine_was_sending_when_it_died_is_taken_over_after_its_lease(
    tmp_path: Path, postgresql: Server, seed: int
) -> None:
    chance = chance_of(seed)
    with scene(tmp_path, postgresql.ledger()) as made, fleet(made.shell, 1) as cluster:
        cluster.hire(1, made.place(tmp_path / "elsewhere").folder)
        poll(lambda: cluster.hired(2))
        batches = chance.randint(1, made.rows // 3)

        def kill() -> None:
            poll(lambda: len(made.held) >= batches)
            strike(cluster.workers[1])

        report = shared(made, cluster.address, kill)
        assert {row.outcome.word for row in report.rows} == {"created"}
        made.assert_healed(made.upload())
