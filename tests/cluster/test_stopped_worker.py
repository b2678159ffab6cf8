"""A worker that is told to end (a pod that is moved, a machine that is shut down) leaves nothing in doubt."""

import signal
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text

from pipeline.local_registry.launch import launched
from tests.cluster.fleet import fleet, strike
from tests.postgresql import Server
from tests.program.shell import Shell, held, poll

_HEADER = "Batch ref,Facility,Feedstock,Start,End,Mass (kg)\n"
_SETTINGS = "[delivery]\nquiet_seconds = 0.1\nconcurrency = 4\n"
_ANSWERS_AFTER = 1
"""So slow that a part takes longer than Dask waits for it."""


def _log(rows: int) -> str:
    hours = [f"2026-{1 + n // 480:02}-{1 + n // 20 % 24:02}T{n % 20:02}" for n in range(rows)]
    ids = "fcl_1G8QT5ZAB1S0XSDW,ftt_1D7KZ1P761S0G7BN"
    return _HEADER + "".join(f"R-{n},{ids},{at}:00:00Z,{at}:50:00Z,40\n" for n, at in enumerate(hours))


def test_a_worker_that_is_told_to_end_waits_for_what_is_in_flight_and_gives_back_the_rest(
    tmp_path: Path, postgresql: Server
) -> None:
    store = tmp_path / "registry.sqlite3"
    with launched(store, faults=f"slow:seconds={_ANSWERS_AFTER}") as url:
        shell = Shell(tmp_path / "plant", ISOMETRIC_BASE_URL=url, PIPELINE_LEDGER_URL=postgresql.ledger())
        (shell.folder / "pipeline.toml").write_text(_SETTINGS)
        (shell.folder / "log.csv").write_text(_log(1000))
        with fleet(shell, 1) as cluster:
            head = shell.start("upload", "--cluster", cluster.address, "log.csv")
            poll(lambda: bool(held(store)))
            (worker,) = cluster.workers
            strike(worker, signal.SIGTERM)
            worker.join(20)
            assert worker.exitcode == 0
            head.kill()
            head.communicate()

    with create_engine(shell.environment["PIPELINE_LEDGER_URL"], poolclass=NullPool).begin() as ledger:
        counted = ledger.execute(text("SELECT state, count(*) AS rows FROM batches GROUP BY state"))
        states = {row.state: row.rows for row in counted}
        claimed = ledger.scalar(text("SELECT count(*) FROM batches WHERE owner LIKE '%.%'"))
    assert states.pop("registered") == len(held(store)) < 100
    assert states.keys() == {"planned"}
    assert claimed == 0
