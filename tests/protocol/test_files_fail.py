"""Whatever file of a run cannot be written: the ledger has the outcomes, and says how to get the file."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import Exit, ResultsError
from pipeline.model import Report
from pipeline.report import counts
from pipeline.run.recall import report as report_again
from pipeline.write import write_results
from tests.protocol.plant import Plant
from tests.protocol.truth import assert_nothing_false

NAMES = {"report.html", "results.csv", "results.xlsx", "summary.json"}
CALLS = ("open", "fsync", "replace", "unlink", "mkdir", "chmod")


class Disk:
    """The calls that change a runs folder, counted; the one of that number fails with this error."""

    def __init__(self, number: int, error: int) -> None:
        self.calls = 0
        self._number, self._error = number, error

    @property
    def failed(self) -> bool:
        return self.calls >= self._number

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            place = str(arguments[0]) if not isinstance(arguments[0], int) else _path_of(arguments[0])
            if "/runs" in place:
                self.calls += 1
                if self.calls == self._number:
                    raise OSError(self._error, os.strerror(self._error), place)
            return call(*arguments, **options)

        return counted


def _path_of(descriptor: int) -> str:
    return str(Path(f"/proc/self/fd/{descriptor}").readlink())


@contextmanager
def failing(patch: pytest.MonkeyPatch, disk: Disk) -> Iterator[None]:
    with patch.context() as patched:
        for name in CALLS:
            patched.setattr(os, name, disk.around(getattr(os, name)))
        yield


def assert_whole(folder: Path) -> None:
    """Nothing half-written stands under a final name: the summary comes last and vouches for all."""
    found = {path.name for path in folder.iterdir()}
    assert not {name for name in found if name.endswith(".part")}
    if "summary.json" in found:
        assert found >= NAMES


def upload_on(disk: Disk, plant: Plant, patch: pytest.MonkeyPatch) -> ResultsError | Report | None:
    """The upload of the inbox: its report, or what it says about the file that it could not write."""
    with failing(patch, disk):
        try:
            return plant.upload_inbox()
        except ResultsError as failure:
            return failure


def assert_told(ended: object, plant: Plant) -> None:
    """Everything was sent and is known; the file is named, with the way to have it."""
    assert isinstance(ended, ResultsError)
    assert ended.exit_code == Exit.UNFINISHED
    assert "/runs" in str(ended)
    assert "Write them with: pipeline report" in str(ended)
    assert plant.held() == {"B-001": 1, "B-002": 1}
    assert (plant.folder / "inbox" / "log.csv").exists()
    for folder in (plant.folder / "runs").glob("*"):
        assert_whole(folder)


def assert_heals(plant: Plant) -> None:
    again, _ = report_again(None, plant.settings())
    assert_nothing_false(again, plant)
    assert counts(again.rows)["created"] == 2
    after = plant.upload_inbox()
    assert after
    assert counts(after.rows)["already_registered"] == 2
    assert not (plant.folder / "inbox" / "log.csv").exists()


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES])
def test_whatever_call_for_the_results_fails_the_run_is_told_kept_and_can_be_reported_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    number = 0
    while True:
        number += 1
        (tmp_path / f"{number}").mkdir()
        plant, disk = Plant(tmp_path / f"{number}", rows=2), Disk(number, error)
        plant.write_files = write_results
        plant.drop()
        ended = upload_on(disk, plant, monkeypatch)
        if not disk.failed:
            break
        assert_told(ended, plant)
        assert_heals(plant)
    assert number > 10
