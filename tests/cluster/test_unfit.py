"""Who cannot take part sends nothing, and is named with what to do; the same of a cluster that is none."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.local_registry.launch import launched
from tests.cluster.fleet import fleet, strike
from tests.cluster.scene import Scene, scene
from tests.postgresql import Server
from tests.program.shell import Ran, Shell, poll

_OTHERS = {
    "environment": "it is set up for sandbox, and the run is for local",
    "registry": "its ISOMETRIC_BASE_URL is another registry",
    "ledger": "its ledger is not that of the run",
    "version": "It is version 0.0.1 of this program",
    "program": "It has not this program",
}


def _other(what: str, folder: Path, server: Server) -> dict[str, str]:
    """The variables of a worker that is unlike the run in one thing."""
    match what:
        case "environment":
            return {
                "ISOMETRIC_ENVIRONMENT": "sandbox",
                "ISOMETRIC_ACCESS_TOKEN": "token-of-the-sandbox",
                "ISOMETRIC_CLIENT_SECRET": "secret-of-the-sandbox",
                "ISOMETRIC_BASE_URL": "",
            }
        case "registry":
            return {"ISOMETRIC_BASE_URL": "http://127.0.0.1:9/mrv/v0"}
        case "ledger":
            return {"PIPELINE_LEDGER_URL": server.ledger()}
        case "version":
            (info := folder / "biochar_batch_uploader-0.0.1.dist-info").mkdir(parents=True)
            (info / "METADATA").write_text(
                "Metadata-Version: 2.1\nName: biochar-batch-uploader\nVersion: 0.0.1\n"
            )
        case _:
            folder.mkdir()
            (folder / "pipeline.py").touch()
    return {"PYTHONPATH": str(folder)}


@pytest.mark.parametrize("what", _OTHERS)
def test_a_worker_that_is_unlike_its_run_sends_nothing_and_is_named(
    tmp_path: Path, postgresql: Server, what: str
) -> None:
    with scene(tmp_path, postgresql.ledger(), rows=20, faults="") as made, fleet(made.shell, 0) as cluster:
        cluster.hire(1, **_other(what, tmp_path / "path", postgresql))
        ran = made.upload("--cluster", cluster.address)
        assert ran.code in {2, 3}, ran.screen
        assert _OTHERS[what] in ran.screen
        assert "tcp://127.0.0.1:" in ran.screen
        assert not made.held
        if ran.code == 3:
            assert set(made.assert_true(ran).values()) == {"not_sent"}
        strike(cluster.workers[0])
        cluster.hire(1)
        poll(lambda: cluster.hired(1))
        made.assert_healed(made.upload("--cluster", cluster.address))


def _refused(shell: Shell, address: str) -> Ran:
    (shell.folder / "log.csv").write_text("Batch ref,Facility,Feedstock,Start,End,Mass (kg)\n")
    ran = shell.run("upload", "--cluster", address, "log.csv")
    assert ran.code == 2, ran.screen
    return ran


@pytest.mark.parametrize("address", ["local", "local:0", "local:1000", "tcp://", "http://h:1", "tcp://a@h:1"])
def test_what_is_no_cluster_is_refused_with_what_would_be_one(
    tmp_path: Path, postgresql: Server, address: str
) -> None:
    ran = _refused(Shell(tmp_path, PIPELINE_LEDGER_URL=postgresql.ledger()), address)
    assert f"--cluster '{address}' is no cluster" in ran.screen


def test_a_ledger_in_a_file_is_refused_for_many_machines(tmp_path: Path) -> None:
    assert "need a ledger that all can reach" in _refused(Shell(tmp_path), "tcp://127.0.0.1:9").screen


def test_without_dask_a_cluster_is_refused_with_how_to_install_it(tmp_path: Path) -> None:
    (hidden := tmp_path / "hidden").mkdir()
    (hidden / "distributed.py").write_text("raise ModuleNotFoundError('no', name='distributed')\n")
    ran = _refused(Shell(tmp_path, PYTHONPATH=str(hidden)), "local:2")
    assert "--cluster needs distributed, which is not installed. Install it with:" in ran.screen


def test_where_no_scheduler_or_no_worker_is_the_run_ends_with_how_to_start_one(
    tmp_path: Path, postgresql: Server
) -> None:
    """Each is waited for, half a minute long: both at once."""
    alone, shell = (Shell(tmp_path / name, PIPELINE_LEDGER_URL=postgresql.ledger()) for name in ("a", "b"))
    with ThreadPoolExecutor() as pool, fleet(shell, 0) as cluster:
        nobody, no_worker = pool.map(_refused, (alone, shell), ("tcp://127.0.0.1:9", cluster.address))
    assert "There is no scheduler at tcp://127.0.0.1:9. Start one with: dask scheduler" in nobody.screen
    assert f"The scheduler at {cluster.address} has no workers" in no_worker.screen


def test_workers_on_this_machine_go_where_the_run_was_told_to_go(tmp_path: Path) -> None:
    with launched(tmp_path / "registry.sqlite3") as url:
        made = Scene(tmp_path, url, tmp_path / "registry.sqlite3", f"sqlite:///{tmp_path}/ledger.sqlite3", 20)
        made.shell.environment |= {"ISOMETRIC_ENVIRONMENT": "sandbox"}
        made.assert_healed(made.upload("--cluster", "local:1", "--target", "local"))
