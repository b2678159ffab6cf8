"""A scheduler and workers as processes, which speak TCP to one another; each can be struck by itself."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.program.shell import Shell, poll

_MODULES = {"scheduler": "distributed.cli.dask_scheduler", "worker": "distributed.cli.dask_worker"}


class Fleet:
    """The processes of a cluster, all in the plant's folder. `address` is the scheduler's."""

    def __init__(self, shell: Shell, stack: ExitStack) -> None:
        self._shell, self._stack = shell, stack
        self._known = shell.folder / "scheduler.json"
        self.scheduler = self._started("scheduler", "--host", "127.0.0.1", "--port", "0")
        poll(lambda: self._known.exists() and self._known.read_text().endswith("}"))
        self.workers: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> str:
        address: str = json.loads(self._known.read_text())["address"]
        return address

    def hire(self, count: int, **environment: str) -> None:
        """More workers, with these variables besides those of all."""
        for _ in range(count):
            self.workers.append(self._started("worker", "--nthreads", "1", "--no-nanny", **environment))

    def _started(self, what: str, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        folder = self._shell.folder
        said = self._stack.enter_context((folder / f"{what}.log").open("ab"))
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                _MODULES[what],
                "--scheduler-file",
                self._known,
                "--no-dashboard",
                *options,
            ],
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(folder),
                "DASK_TEMPORARY_DIRECTORY": str(folder / "dask"),
                **self._shell.environment,
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        self._stack.callback(_end, process)
        return process


@contextmanager
def fleet(shell: Shell, workers: int) -> Iterator[Fleet]:
    """A cluster with so many workers, for the length of the block."""
    with ExitStack() as stack:
        made = Fleet(shell, stack)
        made.hire(workers)
        yield made


def strike(process: subprocess.Popen[bytes], blow: signal.Signals = signal.SIGKILL) -> None:
    process.send_signal(blow)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def log_of(folder: Path) -> str:
    """What scheduler and workers have said."""
    return "\n".join(each.read_text() for each in sorted(folder.glob("*.log")))
