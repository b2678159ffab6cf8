"""A scheduler and workers as processes, which speak TCP to one another; each can be struck by itself.

They are Dask's own commands, forked from a server that has imported everything already: a fleet is begun for
many tests, and each process would take seconds for its imports.
"""

import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

from dask import config
from distributed import Client
from distributed.cli import dask_scheduler, dask_worker

from tests.program.shell import Shell, poll

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(
    ["pipeline.cli.commands", "pipeline.cluster.work", "pipeline.transport", "psycopg", __name__]
)
_COMMANDS = {"scheduler": dask_scheduler.main, "worker": dask_worker.main}


class Fleet:
    """The processes of a cluster, in the plant's folder. `address` is the scheduler's."""

    def __init__(self, shell: Shell, stack: ExitStack) -> None:
        self._shell, self._stack = shell, stack
        self._known = shell.folder / "scheduler.json"
        self.scheduler = self._started("scheduler", "--host", "127.0.0.1", "--port", "0")
        poll(lambda: self._known.exists() and self._known.read_text().endswith("}"))
        self.workers: list[BaseProcess] = []

    @property
    def address(self) -> str:
        address: str = json.loads(self._known.read_text())["address"]
        return address

    def hire(self, count: int, folder: Path | None = None, /, **environment: str) -> None:
        """More workers, with these variables besides those of all; in another folder, as another machine."""
        for _ in range(count):
            words = ("--nthreads", "1", "--no-nanny")
            self.workers.append(self._started("worker", *words, folder=folder, **environment))

    def hired(self, count: int) -> bool:
        """Whether so many stand ready."""
        with Client(self.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            return len(client.nthreads()) == count

    def _started(
        self, what: str, *options: str, folder: Path | None = None, **environment: str
    ) -> BaseProcess:
        process = _context.Process(
            target=_run,
            args=(
                what,
                folder or self._shell.folder,
                {
                    "PATH": os.environ["PATH"],
                    "HOME": str(self._shell.folder),
                    **self._shell.environment,
                    **environment,
                },
                ["--scheduler-file", str(self._known), "--no-dashboard", *options],
            ),
        )
        process.start()
        self._stack.callback(_end, process)
        return process


@contextmanager
def fleet(shell: Shell, workers: int) -> Iterator[Fleet]:
    """A cluster with so many workers, for the length of the block."""
    with ExitStack() as stack:
        made = Fleet(shell, stack)
        made.hire(workers)
        yield made


def strike(process: BaseProcess, blow: signal.Signals = signal.SIGKILL) -> None:
    assert process.pid
    os.kill(process.pid, blow)


def log_of(folder: Path) -> str:
    """What scheduler and workers have said."""
    return "\n".join(each.read_text() for each in sorted(folder.glob("*.log")))


def _end(process: BaseProcess) -> None:
    process.kill()
    process.join()


def _run(what: str, folder: Path, environment: dict[str, str], options: list[str]) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    if path := environment.get("PYTHONPATH"):  # what was imported already came another way
        sys.path.insert(0, path)
        for name in [each for each in sys.modules if each.partition(".")[0] == "pipeline"]:
            del sys.modules[name]
    config.set({"temporary-directory": str(folder / "dask")})
    with (folder / f"{what}.log").open("ab") as said:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(said.fileno(), stream.fileno())
    _COMMANDS[what](options)
