"""Whatever the umask says, what a run writes is its owner's alone. Real processes."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.local_registry.launch import launched
from tests.program.shell import DEADLINE, HARBOUR, Shell, ended, held, poll

OPEN = stat.S_IRWXG | stat.S_IRWXO


def open_to_others(folder: Path) -> dict[str, str]:
    """What lies below the folder and may be read, written or entered by anybody else."""
    return {
        str(path.relative_to(folder)): oct(mode)
        for path in folder.rglob("*")
        if (mode := stat.S_IMODE(path.lstat().st_mode)) & OPEN
    }


class OpenShell(Shell):
    """A shell whose umask closes nothing."""

    def start(self, *arguments: str, own_group: bool = False) -> subprocess.Popen[str]:
        before = os.umask(0)
        try:
            return super().start(*arguments, own_group=own_group)
        finally:
            os.umask(before)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = OpenShell(tmp_path / "plant")
    log = made.folder / made.copy(HARBOUR, "log.csv")
    log.chmod(0o600)
    return made


def test_everything_that_a_run_leaves_is_closed_to_others(shell: Shell) -> None:
    assert shell.run("upload", "log.csv").code == 0
    assert shell.run("report").code == 0
    assert shell.run("check", "log.csv").code == 0
    names = {path.name for path in shell.folder.rglob("*")}
    assert {"ledger.sqlite3", "local_registry.sqlite3", "run.log.jsonl", "results.xlsx", "home"} <= names
    assert open_to_others(shell.folder) == {}


def test_the_inbox_and_the_archive_are_closed_to_others(shell: Shell) -> None:
    assert shell.run("upload").code == 0
    (shell.folder / "log.csv").rename(shell.folder / "inbox" / "log.csv")
    os.utime(shell.folder / "inbox" / "log.csv", (1, 1))
    assert shell.run("upload").code == 0
    assert list(shell.folder.glob("archive/*/log.csv"))
    assert open_to_others(shell.folder) == {}


def test_what_lies_open_while_a_run_is_at_work_is_closed_to_others(shell: Shell, tmp_path: Path) -> None:
    """The write-ahead log, its index, the locks: seen while they are there, and after a kill."""
    with launched(tmp_path / "registry.sqlite3", faults="slow:every=1,seconds=0.1") as url:
        shell.environment["ISOMETRIC_BASE_URL"] = url
        process = shell.start("upload", "--concurrency", "2", "log.csv")
        poll(lambda: held(tmp_path / "registry.sqlite3").total() >= 3)
        during = open_to_others(shell.folder)
        names = {path.name for path in shell.folder.rglob("*")}
        process.send_signal(signal.SIGKILL)
        ended(process)
    assert {"ledger.sqlite3-wal", "ledger.sqlite3-shm"} <= names
    assert any(name.endswith(".lock") for name in names)
    assert during == {}
    assert open_to_others(shell.folder) == {}


def test_what_is_kept_of_a_bug_is_closed_to_others(shell: Shell) -> None:
    broken(shell)
    assert list(shell.folder.glob(".pipeline/bug-*.log"))
    assert open_to_others(shell.folder) == {}


def test_the_store_of_a_registry_by_itself_is_closed_to_others(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.local_registry", "store.sqlite3"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            text=True,
        )
    finally:
        os.umask(before)
    with process:
        assert process.stdout
        assert process.stdout.readline().startswith('{"url"')
        found = open_to_others(tmp_path)
        process.terminate()
        process.wait(DEADLINE)
    assert (tmp_path / "store.sqlite3").exists()
    assert found == {}


def broken(shell: Shell) -> None:
    """Make the program meet what it cannot foresee: a report in the ledger that is no report."""
    shell.run("upload", "log.csv")
    with sqlite3.connect(shell.folder / ".pipeline" / "ledger.sqlite3") as ledger:
        ledger.execute("UPDATE runs SET report = x'00'")
    ledger.close()
    assert shell.run("retry").code == 70
