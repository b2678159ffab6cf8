"""What a worker has made may take a while to come: it is waited for, and not fetched again and again."""

import os
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

from distributed import Client

from pipeline.cluster import crew
from pipeline.cluster.part import Done
from pipeline.elsewhere import Place
from pipeline.model import Source
from pipeline.run.company import Looked
from pipeline.settings import Options, load
from tests.cluster.fleet import fleet
from tests.cluster.scene import scene
from tests.postgresql import Server
from tests.program.shell import poll

_SECONDS = 0.8


def slow_to_send() -> None:
    """Have this process take its time whenever the outcomes of a part leave it."""
    plainly: Any = Done.__reduce__

    def slowly(done: Done) -> object:
        time.sleep(_SECONDS)
        return plainly(done)

    Done.__reduce__ = slowly  # type: ignore[assignment, method-assign]


class Heavy:
    """Takes its time when it is sent."""

    def __reduce__(self) -> tuple[type, tuple[()]]:
        time.sleep(_SECONDS)
        return Heavy, ()


def heavy(file: Place) -> Looked:
    """Looked at by this process, with something that is slow to send."""
    assert isinstance(file, Path)
    source = Source(file.name, sha256(file.read_bytes()).hexdigest(), 1, told=(str(os.getpid()),))
    return Looked(source, [Heavy()], is_log=True)  # type: ignore[list-item]


def test_what_was_found_in_files_comes_from_the_worker_however_long_it_takes(
    tmp_path: Path, postgresql: Server
) -> None:
    with scene(tmp_path, postgresql.ledger()) as made, fleet(made.shell, 2) as cluster:
        poll(lambda: cluster.hired(2))
        files = [
            made.shell.folder / made.shell.copy(made.shell.folder / "log.csv", f"{n}.csv") for n in "abc"
        ]
        settings = load(folder=made.shell.folder, environ=made.shell.environment, options=Options())
        with crew(cluster.address, settings) as workers:
            looked = list(workers.each(heavy, files))
        assert [each.source.file for each in looked] == ["a.csv", "b.csv", "c.csv"]
        assert {int(each.source.told[0]) for each in looked} <= {each.pid for each in cluster.workers}


def test_what_became_of_parts_comes_from_the_workers_however_long_it_takes(
    tmp_path: Path, postgresql: Server
) -> None:
    with scene(tmp_path, postgresql.ledger(), faults="") as made, fleet(made.shell, 3) as cluster:
        poll(lambda: cluster.hired(3))
        with Client(cluster.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            client.run(slow_to_send)
        first = made.upload("--cluster", cluster.address)
        assert set(made.assert_true(first).values()) == {"created"}
        assert first.json["notices"] == []
