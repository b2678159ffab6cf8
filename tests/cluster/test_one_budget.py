"""However many workers there are, they use one account, and no more of it than one process would."""

import asyncio
import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.local_registry.launch import launched
from tests.cluster.fleet import fleet
from tests.cluster.scene import STRICT, Scene
from tests.postgresql import Server
from tests.program.relay import Relay, WirePoint, relayed
from tests.program.shell import poll


class Meter(Relay):
    """Counts the POSTs that are under way, and when each of them came."""

    def __init__(self, registry: str) -> None:
        super().__init__(registry, "wire.sent", "", lambda: None)
        self.came: list[float] = []
        self.peak = self._under_way = 0

    def _passes(self, point: WirePoint, body: bytes) -> None:
        if not body:
            return
        if point == "wire.connected":
            self.came.append(asyncio.get_running_loop().time())
            self._under_way += 1
            self.peak = max(self.peak, self._under_way)
        self._under_way -= point == "wire.sent"

    @property
    def gaps(self) -> list[float]:
        return [later - sooner for sooner, later in itertools.pairwise(self.came)]


@contextmanager
def metered(folder: Path, ledger: str, faults: str, rows: int) -> Iterator[tuple[Scene, Meter]]:
    store = folder / "registry.sqlite3"
    with (
        launched(store, faults=faults, conduct=STRICT) as registry,
        relayed(meter := Meter(registry)) as port,
    ):
        yield Scene(folder, f"http://127.0.0.1:{port}/mrv/v0", store, ledger, rows), meter


def test_workers_together_have_no_more_requests_under_way_than_one_run_may_have(
    tmp_path: Path, postgresql: Server
) -> None:
    with (
        metered(tmp_path, postgresql.ledger(), "slow:seconds=0.1,on=post", 240) as (made, meter),
        fleet(made.shell, 4) as cluster,
    ):
        poll(lambda: cluster.hired(4))
        made.assert_healed(made.upload("--cluster", cluster.address, "--concurrency", "6"))
        assert 4 < meter.peak <= 6


def test_workers_together_send_no_more_a_second_than_one_run_may(tmp_path: Path, postgresql: Server) -> None:
    rate = 20
    with (
        metered(tmp_path, postgresql.ledger(), "", 120) as (made, meter),
        fleet(made.shell, 4) as cluster,
    ):
        poll(lambda: cluster.hired(4))
        made.assert_healed(made.upload("--cluster", cluster.address, "--rate-limit", str(rate)))
        for first, later in itertools.combinations(range(len(meter.came)), 2):
            seconds = meter.came[later] - meter.came[first]
            assert later - first <= seconds * rate + len(cluster.workers), (first, later, seconds)


def test_when_the_registry_asks_one_worker_to_wait_all_of_them_do(tmp_path: Path, postgresql: Server) -> None:
    faults = "429:nth=60,on=post,retry_after=4; slow:seconds=0.1,on=post"
    with (
        metered(tmp_path, postgresql.ledger(), faults, 240) as (made, meter),
        fleet(made.shell, 3) as cluster,
    ):
        poll(lambda: cluster.hired(3))
        made.assert_healed(made.upload("--cluster", cluster.address))
        assert max(meter.gaps) > 3


def test_when_the_registry_refuses_the_credentials_of_one_worker_all_of_them_stop(
    tmp_path: Path, postgresql: Server
) -> None:
    at_once, refused = 6, 60
    faults = f"401:nth={refused},on=post; slow:seconds=0.3,on=post"
    with (
        metered(tmp_path, postgresql.ledger(), faults, 240) as (made, meter),
        fleet(made.shell, 3) as cluster,
    ):
        poll(lambda: cluster.hired(3))
        ran = made.upload("--cluster", cluster.address, "--concurrency", str(at_once))
        words = made.assert_true(ran)
        assert ran.code == 3
        assert "The registry refused the credentials (401)" in ran.screen
        assert set(words.values()) == {"created", "not_sent"}
        assert len(meter.came) <= refused + 3 * at_once
        made.assert_healed(made.upload())


def test_the_rows_that_need_a_person_are_counted_over_all_workers_and_never_miscounted(
    tmp_path: Path, postgresql: Server
) -> None:
    allowed = 25
    faults = "reject-422:every=12,on=post; reject-422:from=200,on=post; slow:seconds=0.05,on=post"
    with (
        metered(tmp_path, postgresql.ledger(), faults, 400) as (made, meter),
        fleet(made.shell, 3) as cluster,
    ):
        poll(lambda: cluster.hired(3))
        ran = made.upload("--cluster", cluster.address, "--max-errors", str(allowed))
    assert ran.code == 4, ran.screen
    assert allowed < ran.outcomes["rejected"] < 200
    told = re.findall(r"(?:(\d+) rows need a person, m|M)ore.*? than --max-errors allows", ran.screen)
    assert told
    assert all(allowed < int(number) <= ran.outcomes["rejected"] for number in told if number)
    assert len(meter.came) < 400
