"""In Python 3.11 Dask's profiler can lock up a worker, which then answers nobody; so none is profiled."""

from pathlib import Path

from distributed import Client, Worker

from pipeline.cluster import crew
from pipeline.settings import Options, load
from tests.cluster.fleet import fleet
from tests.cluster.scene import scene
from tests.postgresql import Server
from tests.program.shell import poll


def profiled(dask_worker: Worker) -> bool:
    return "profile" in dask_worker.periodic_callbacks


def test_no_worker_of_a_run_is_profiled_not_even_one_that_comes_later(
    tmp_path: Path, postgresql: Server
) -> None:
    with scene(tmp_path, postgresql.ledger()) as made, fleet(made.shell, 1) as cluster:
        poll(lambda: cluster.hired(1))
        settings = load(folder=made.shell.folder, environ=made.shell.environment, options=Options())
        with Client(cluster.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            assert list(client.run(profiled).values()) == [True]
            with crew(cluster.address, settings) as workers:
                assert workers.workers() == 1
                cluster.hire(1)
                poll(lambda: cluster.hired(2))
                assert list(client.run(profiled).values()) == [False, False]
