"""One measurement: a fresh process, its wall clock, its processor time and its memory, children included."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[1]
CORES = str(os.cpu_count() or 1)
THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
)
"""What libraries ask how many threads they may use; every contender is told the number of cores."""
KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
PIPELINE = (sys.executable, "-m", "pipeline")
_LOOKS_A_SECOND = 50
LONGEST_SECONDS = 1_800
_MEGABYTE = 1e6
_PAGE = os.sysconf("SC_PAGE_SIZE")


class FailedError(Exception):
    """A contender did not do its work; what it said is the reason."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a process took: seconds by the wall clock and of processor time, and the peak of memory in MB.

    The peak is that of the process and its children together, seen 50 times a second; 0 where the system
    does not tell. `told` is what the process itself told.
    """

    wall: float
    cpu: float
    peak: float = 0.0
    told: Mapping[str, float] = field(default_factory=dict)


def numbers(said: str) -> dict[str, float]:
    """The JSON object in the last line of what a task printed; other commands tell nothing."""
    *_, last = ["", *said.splitlines()]
    with suppress(ValueError):
        told = json.loads(last)
        return told if isinstance(told, dict) else {}
    return {}


def process(
    command: Sequence[str],
    folder: Path,
    *,
    fine: Sequence[int] = (0,),
    read: Callable[[str], Mapping[str, float]] = numbers,
    **environ: str,
) -> Taken:
    """Run a command in `folder` and measure it; `read` finds in its output what it told.

    FailedError when its exit code is not `fine`.
    """
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complaints:
        began = time.perf_counter()
        started = subprocess.Popen(  # noqa: S603  this program and its yardsticks
            command,
            cwd=folder,
            env=_environ(environ),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=complaints,
        )
        with _watched(started.pid) as peaks:
            _, status, used = os.wait4(started.pid, 0)
        wall = time.perf_counter() - began
        started.returncode = os.waitstatus_to_exitcode(status)
        if started.returncode not in fine:
            raise FailedError(f"{_name(command)} ended with {started.returncode}: {_last(complaints, said)}")
        # Not ru_maxrss: it begins with what the process held that started this one, which is this benchmark.
        return Taken(wall, used.ru_utime + used.ru_stime, max(peaks) / _MEGABYTE, read(_text(said)))


def task(module: str, function: str, *arguments: object) -> tuple[str, ...]:
    """The command that runs a function of a module of this package in a process of its own: see `task`."""
    return (sys.executable, "-m", "bench.task", module, function, *map(str, arguments))


def _environ(more: Mapping[str, str]) -> dict[str, str]:
    """The same for everyone: no settings of the person who measures, no telemetry, all cores."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    quiet = {"DO_NOT_TRACK": "1", "RUNTIME__DLTHUB_TELEMETRY": "false"}
    return {**kept, **dict.fromkeys(THREADS, CORES), **quiet, "PYTHONPATH": str(ROOT), **more}


@contextmanager
def _watched(pid: int) -> Iterator[list[float]]:
    """The sums of memory of a process and its descendants, looked at until the context ends.

    A process that takes too long is ended, or nothing would be measured after it.
    """
    peaks, over = [0.0], threading.Event()

    deadline = time.monotonic() + LONGEST_SECONDS

    def look() -> None:
        while not over.wait(1 / _LOOKS_A_SECOND):
            peaks[0] = max(peaks[0], _resident(pid))
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peaks
    finally:
        over.set()
        watcher.join()


def _resident(pid: int, parent: bytes = b"") -> float:
    """Bytes in memory of a process and its descendants; 0 where the system does not tell, or it has ended.

    A child that is only about to become another program still shares its parent's memory, and its command
    line: it is not counted.
    """
    total = 0.0
    with suppress(OSError, IndexError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if command == parent:
            return 0.0
        total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                total += _resident(int(child), command)
    return total


def _name(command: Sequence[str]) -> str:
    return " ".join(Path(word).name for word in command[:6])


def _last(*files: IO[bytes]) -> str:
    found = (_text(file).strip().splitlines() for file in files)
    return next((lines[-1][:200] for lines in found if lines), "it said nothing")


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
