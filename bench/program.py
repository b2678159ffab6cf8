"""What the benchmarks start of this program: its commands as processes, its parts as calls."""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.data import SETTINGS
from bench.measure import PIPELINE, Taken, process

if TYPE_CHECKING:
    from pipeline.model import CheckedTable, RawTable
    from schemas.convention import Convention

JUDGED_AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
AT_ONCE = 32


def settled(folder: Path) -> Path:
    """The folder, with the settings that the logs need."""
    (folder / "pipeline.toml").write_text(SETTINGS, encoding="utf-8")
    return folder


def checked(log: Path, folder: Path) -> Taken:
    return process((*PIPELINE, "check", str(log)), settled(folder), fine=(0, 1))


def uploaded(log: Path, folder: Path, url: str, *options: str, fine: tuple[int, ...] = (0,)) -> Taken:
    """`pipeline upload` with 32 requests at once, to the registry at `url`."""
    command = (*PIPELINE, "upload", "--concurrency", str(AT_ONCE), *options, str(log))
    return process(command, settled(folder), fine=fine, ISOMETRIC_BASE_URL=url)


def summary(folder: Path) -> dict[str, Any]:
    """The summary of the latest run in a folder."""
    latest = max((folder / "runs").iterdir(), key=lambda each: each.stat().st_mtime_ns)
    found: dict[str, Any] = json.loads((latest / "summary.json").read_text(encoding="utf-8"))
    return found


@contextmanager
def registry(store: Path, wait: float = 0, *, faults: str = "", port: int = 0) -> Iterator[str]:
    """The local registry in a process of its own, every POST answered after `wait` seconds; its URL."""
    from pipeline.local_registry.launch import launched

    script = f"slow:seconds={wait}" if wait else faults
    with launched(store, faults=script, port=port) as url:
        yield url


def raw(log: Path) -> "list[RawTable]":
    from pipeline.read import Fits, read_apart

    return read_apart(log, log.name, fits=Fits(convention().columns))[1]


def judged(tables: "list[RawTable]") -> "list[CheckedTable]":
    """Judged as `gather` does it."""
    from pipeline.check import check
    from pipeline.model import CheckedTable

    found = [check(table, convention(), JUDGED_AT) for table in tables]
    return [each for each in found if isinstance(each, CheckedTable)]


def gathered(log: Path) -> object:
    """From a file to its batches, as every command does it."""
    from pipeline.read import read_apart
    from pipeline.run.gather import gather

    return gather([log], convention(), JUDGED_AT, None, read_apart)


def convention() -> "Convention":
    from schemas.convention import Convention

    return Convention(timezone="UTC")
