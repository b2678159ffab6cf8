"""Runs the program as its users do: another process, an empty environment, a folder of its own."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

SAMPLES = Path(__file__).parents[2] / "sample_data"
HARBOUR = SAMPLES / "harbour-kilns" / "firings-2025-06.csv"
STORE = Path(".pipeline") / "local_registry.sqlite3"
"""Where the embedded registry keeps its batches, seen from the program's folder."""

DEADLINE = 50.0
"""Seconds after which a program hangs: less than a lease, which nobody should have to wait for."""
_TRACEBACK = "Traceback (most recent call last)"


class Ran(NamedTuple):
    """What a finished process left behind."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> dict[str, Any]:
        """What `--json` said on standard output; it must be exactly one object."""
        assert self.stdout, self.stderr
        found: dict[str, Any] = json.loads(self.stdout)
        return found

    @property
    def outcomes(self) -> dict[str, int]:
        """The counts by word, without the zeros."""
        return {word: count for word, count in self.json["outcomes"].items() if count}

    @property
    def posts(self) -> int:
        return int(self.json["requests"].get("POST /production_batches", 0))

    @property
    def screen(self) -> str:
        return self.stdout + self.stderr


class Shell:
    """A folder to work in. `environment` is all that the program finds there, besides PATH and HOME."""

    def __init__(self, folder: Path, **environment: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.environment = environment

    @property
    def store(self) -> Path:
        return self.folder / STORE

    def copy(self, path: Path, name: str = "") -> str:
        shutil.copyfile(path, self.folder / (name or path.name))
        return name or path.name

    def start(self, *arguments: str, own_group: bool = False) -> subprocess.Popen[str]:
        """Begun; with a group of its own where signals are to meet it with all its children."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), **self.environment}
        return subprocess.Popen(
            [sys.executable, "-m", "pipeline", *arguments],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=own_group,
        )

    def run(self, *arguments: str) -> Ran:
        return ended(self.start(*arguments))


def ended(process: subprocess.Popen[str], deadline: float = DEADLINE) -> Ran:
    """Wait for the program's end; one that hangs is killed, and fails the test."""
    with process:
        try:
            stdout, stderr = process.communicate(timeout=deadline)
        finally:
            process.kill()
    assert _TRACEBACK not in stderr, stderr
    return Ran(process.returncode, stdout, stderr)


def struck(process: subprocess.Popen[str], blow: signal.Signals, *, when: Callable[[], bool]) -> Ran:
    """Send the signal as soon as `when` is so, and wait for the end."""
    poll(lambda: when() or process.poll() is not None)
    assert process.poll() is None, f"it ended before it could be struck: {process.communicate()}"
    process.send_signal(blow)
    return ended(process)


def poll(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.005)


def held(store: Path) -> Counter[str]:
    """How often the registry holds each reference; read from its file, not asked of the program."""
    return Counter(payload["supplier_reference_id"] for payload in payloads(store))


def payloads(store: Path) -> list[dict[str, Any]]:
    """Every batch, as the registry stored it. A store that was never made holds none."""
    if not store.exists():
        return []
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=30)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE name = 'resources'").fetchall()
        bodies = (
            database.execute("SELECT body FROM resources WHERE kind = 'production_batch'") if tables else ()
        )
        return [json.loads(body) for (body,) in bodies]
