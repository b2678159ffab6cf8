"""Whatever dies or stands still while workers send, the report is true, and one more run heals it."""

import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from distributed import Client, Scheduler

from pipeline.cluster import crew
from pipeline.cluster.watch import NOBODY_LEFT
from pipeline.local_registry.conduct import Conduct
from pipeline.run.logs import upload
from pipeline.run.world import World
from pipeline.settings import Options, load
from tests.cluster.fleet import Fleet, fleet, strike
from tests.cluster.scene import STRICT, chance_of, scene, sending, settled
from tests.postgresql import Server
from tests.program.shell import ended, poll

WORKERS = 3
REFUSES = Conduct(duplicates="409")


def one_worker(cluster: Fleet, chance: random.Random) -> None:
    strike(chance.choice(cluster.workers))


def two_workers(cluster: Fleet, chance: random.Random) -> None:
    for each in chance.sample(cluster.workers, 2):
        strike(each)


def all_workers(cluster: Fleet, _: random.Random) -> None:
    for each in cluster.workers:
        strike(each)


def the_scheduler(cluster: Fleet, _: random.Random) -> None:
    strike(cluster.scheduler)


@pytest.mark.parametrize(
    ("blow", "conduct", "told"),
    [
        (one_worker, STRICT, ""),
        (two_workers, REFUSES, ""),
        (all_workers, STRICT, NOBODY_LEFT),
        (the_scheduler, STRICT, "The cluster lost work"),
    ],
    ids=["one_worker", "two_workers", "all_workers", "the_scheduler"],
)
def test_when_a_part_of_the_cluster_is_killed_the_run_itself_registers_every_batch_once(
    tmp_path: Path,
    postgresql: Server,
    blow: Callable[[Fleet, random.Random], None],
    conduct: Conduct,
    told: str,
    seed: int,
) -> None:
    chance = chance_of(seed)
    with (
        scene(tmp_path, postgresql.ledger(), conduct=conduct) as made,
        fleet(made.shell, WORKERS) as cluster,
    ):
        run = sending(made, cluster.address, when=chance.randint(1, made.rows // 2))
        blow(cluster, chance)
        first = ended(run)
        words = made.assert_true(first)
        assert set(words.values()) == {"created"}, first.screen
        assert told in first.screen
        made.assert_healed(made.upload())


def test_when_the_head_is_killed_the_next_run_waits_for_its_workers_and_registers_the_rest(
    tmp_path: Path, postgresql: Server, seed: int
) -> None:
    chance = chance_of(seed)
    with scene(tmp_path, postgresql.ledger()) as made, fleet(made.shell, WORKERS) as cluster:
        run = sending(made, cluster.address, when=chance.randint(1, made.rows // 2))
        run.kill()
        run.communicate()
        made.assert_healed(made.upload("--cluster", cluster.address))


def test_a_worker_that_is_stopped_for_a_while_and_wakes_sends_nothing_twice(
    tmp_path: Path, postgresql: Server, seed: int
) -> None:
    chance = chance_of(seed)
    with scene(tmp_path, postgresql.ledger()) as made, fleet(made.shell, WORKERS) as cluster:
        run = sending(made, cluster.address, when=chance.randint(1, made.rows // 2))
        stopped = chance.choice(cluster.workers)
        strike(stopped, signal.SIGSTOP)
        settled(made)
        strike(stopped, signal.SIGCONT)
        words = made.assert_true(ended(run))
        assert set(words.values()) == {"created"}
        made.assert_healed(made.upload())


def test_what_workers_may_still_send_without_a_scheduler_is_not_called_unsent(
    tmp_path: Path, postgresql: Server, seed: int
) -> None:
    chance = chance_of(seed)
    with (
        scene(tmp_path, postgresql.ledger(), faults="slow:seconds=0.3,on=post") as made,
        fleet(made.shell, WORKERS) as cluster,
    ):
        run = sending(made, cluster.address, when=chance.randint(1, 15))
        strike(cluster.scheduler)
        time.sleep(chance.uniform(0.1, 0.6))
        run.send_signal(signal.SIGINT)
        first = ended(run)
        assert first.code == 130, first.screen
        settled(made)
        made.assert_true(first)
        made.assert_healed(made.upload())


def test_a_file_that_no_worker_is_left_to_read_is_read_by_the_run_itself(
    tmp_path: Path, postgresql: Server
) -> None:
    with scene(tmp_path, postgresql.ledger(), rows=60) as made, fleet(made.shell, 1) as cluster:
        poll(lambda: cluster.hired(1))
        settings = load(folder=made.shell.folder, environ=made.shell.environment, options=Options())
        with crew(cluster.address, settings) as workers:
            assert workers.workers() == 1
            strike(cluster.workers[0])
            poll(lambda: not workers.workers())
            report = upload([made.shell.folder / "log.csv"], settings, World().with_company(workers))
        assert {row.outcome.word for row in report.rows} == {"created"}
        assert [notice.code for notice in report.notices] == ["cluster_lost_work"]
        made.assert_healed(made.upload())


def test_a_scheduler_keeps_nothing_of_a_run_that_has_ended(tmp_path: Path, postgresql: Server) -> None:
    with scene(tmp_path, postgresql.ledger(), rows=60) as made, fleet(made.shell, 1) as cluster:
        made.assert_healed(made.upload("--cluster", cluster.address))
        with Client(cluster.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            assert client.run_on_scheduler(_plugins) == []


def _plugins(dask_scheduler: Scheduler) -> list[str]:
    return [name for name in dask_scheduler.worker_plugins if name.startswith("line-")]
