"""The correction as a process: asked on a terminal, killed between delete and create, finished."""

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

from pipeline.local_registry.launch import launched
from tests.program.shell import DEADLINE, HARBOUR, Shell, payloads, struck

REFERENCE = "000318"


def conflicting(shell: Shell) -> str:
    """Upload a log, and then the same with another mass in its first row; its name."""
    log = shell.copy(HARBOUR, "log.csv")
    assert shell.run("upload", log).code == 0
    path = shell.folder / log
    path.write_text(path.read_text(encoding="utf-8").replace("816.0", "861.0"), encoding="utf-8")
    assert shell.run("upload", "--json", log).outcomes == {"already_registered": 59, "conflict": 1}
    return log


def masses(store: Path) -> list[float]:
    return [
        each["mass"]["magnitude"] for each in payloads(store) if each["supplier_reference_id"] == REFERENCE
    ]


def answered(shell: Shell, answer: str) -> tuple[int, str]:
    """Type an answer on a terminal; the exit code, and all that stood on the screen."""
    ours, theirs = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "HOME": str(shell.folder), **shell.environment}
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", "amend", REFERENCE],
        cwd=shell.folder,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        screen = b""
        deadline = time.monotonic() + DEADLINE
        while b"Type yes: " not in screen:
            assert time.monotonic() < deadline
            screen += os.read(ours, 65536)
        os.write(ours, f"{answer}\n".encode())
        while chunk := _read(ours):
            screen += chunk
        code = process.wait(DEADLINE)
    os.close(ours)
    return code, screen.decode()


def _read(terminal: int) -> bytes:
    """What the screen shows next; nothing when the program has ended, which is an error on Linux."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def test_no_on_a_terminal_changes_nothing_and_yes_replaces_the_batch(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    log = conflicting(shell)
    code, screen = answered(shell, "no")
    assert (code, masses(shell.store)) == (1, [816.0]), screen
    assert "mass: “816 kg” → “861 kg”" in screen
    assert "Nothing was changed." in screen
    code, screen = answered(shell, "yes")
    assert (code, masses(shell.store)) == (0, [861.0]), screen
    assert "was deleted, and this one is in its place" in " ".join(screen.split())
    assert shell.run("upload", "--json", log).outcomes == {"already_registered": 60}


def test_without_a_terminal_it_needs_yes_and_a_dry_run_needs_nothing(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    conflicting(shell)
    refused = shell.run("amend", REFERENCE)
    assert (refused.code, masses(shell.store)) == (2, [816.0])
    assert "--yes" in refused.stderr
    looked = shell.run("amend", "-n", "--json", REFERENCE)
    assert (looked.code, masses(shell.store)) == (0, [816.0]), looked.screen
    assert looked.json[REFERENCE]["differences"] == [{"field": "mass", "wanted": "861 kg", "held": "816 kg"}]
    done = shell.run("amend", "--yes", "--json", REFERENCE)
    assert (done.code, masses(shell.store)) == (0, [861.0]), done.screen
    assert done.json["amended"][REFERENCE]["word"] == "created"


def test_a_reference_without_another_wish_is_a_sentence_and_2(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    conflicting(shell)
    refused = shell.run("amend", "--yes", REFERENCE, "000319")
    assert refused.code == 2
    assert "000319" in refused.stderr
    assert masses(shell.store) == [816.0]


def test_after_a_kill_between_delete_and_create_the_same_command_finishes_without_a_second_yes(
    tmp_path: Path,
) -> None:
    shell = Shell(tmp_path / "plant")
    (shell.folder / "pipeline.toml").write_text("[delivery]\nquiet_seconds = 0.2\n", encoding="utf-8")
    store = tmp_path / "registry.sqlite3"
    with launched(store) as url:
        shell.environment["ISOMETRIC_BASE_URL"] = url
        log = conflicting(shell)
    with launched(store, faults="hang:on=post") as url:
        shell.environment["ISOMETRIC_BASE_URL"] = url
        killed = struck(
            shell.start("amend", "--yes", REFERENCE), signal.SIGKILL, when=lambda: masses(store) == []
        )
    assert (killed.code, masses(store)) == (-signal.SIGKILL, [])
    with launched(store) as url:
        shell.environment["ISOMETRIC_BASE_URL"] = url
        finished = shell.run("amend", REFERENCE)
        assert (finished.code, masses(store)) == (0, [861.0]), finished.screen
        assert "no second approval is needed" in finished.stdout
        assert shell.run("upload", "--json", log).outcomes == {"already_registered": 60}
