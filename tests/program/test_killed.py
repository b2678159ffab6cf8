"""Whatever dies, and whenever: each batch is registered once, and the next run says so."""

import csv
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.local_registry.launch import launched
from tests.program.shell import HARBOUR, Shell, ended, held, poll, struck

FAULTY = "lose-answer:every=5; slow:every=1,seconds=0.05,on=post"
SETTINGS = "[delivery]\nquiet_seconds = 0.2\n"
SETTLED = {"created", "already_registered"}


def references() -> Counter[str]:
    """Every reference of the log, once."""
    with HARBOUR.open(encoding="utf-8", newline="") as file:
        return Counter(row["supplier_reference_id"] for row in csv.DictReader(file))


def plant(folder: Path) -> tuple[Shell, str]:
    shell = Shell(folder)
    (shell.folder / "pipeline.toml").write_text(SETTINGS, encoding="utf-8")
    return shell, shell.copy(HARBOUR)


def struck_after(shell: Shell, store: Path, posts: int, blow: signal.Signals, *arguments: str) -> int:
    """Upload to a faulty registry, strike when so many batches are stored, and tell the exit code."""
    with launched(store, faults=FAULTY) as url:
        shell.environment["ISOMETRIC_BASE_URL"] = url
        return struck(
            shell.start("upload", "--json", *arguments), blow, when=lambda: held(store).total() >= posts
        ).code


@pytest.mark.parametrize("posts", [1, 7, 20, 45])
def test_after_a_kill_the_next_run_registers_each_batch_once_and_the_third_sends_nothing(
    tmp_path: Path, posts: int
) -> None:
    shell, log = plant(tmp_path / "plant")
    store = tmp_path / "registry.sqlite3"
    code = struck_after(shell, store, posts, signal.SIGKILL, "--concurrency", "4", log)
    assert code == -signal.SIGKILL
    with closing(sqlite3.connect(shell.folder / ".pipeline" / "ledger.sqlite3")) as ledger:
        assert ledger.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    stored_before = held(store)
    assert posts <= stored_before.total() <= 60
    assert set(stored_before.values()) == {1}
    with launched(store) as url:
        shell.environment["ISOMETRIC_BASE_URL"] = url
        second = shell.run("upload", "--json", log)
        assert held(store) == references()
        third = shell.run("upload", "--json", log)
    assert second.code == 0, second.screen
    assert second.outcomes.keys() <= SETTLED
    assert sum(second.outcomes.values()) == second.json["rows"] == 60
    assert second.posts == 60 - stored_before.total()
    assert (third.code, third.outcomes, third.posts) == (0, {"already_registered": 60}, 0)
    assert held(store) == references()


def test_after_a_kill_the_next_run_copes_with_a_registry_that_is_still_faulty(tmp_path: Path) -> None:
    shell, log = plant(tmp_path / "plant")
    store = tmp_path / "registry.sqlite3"
    struck_after(shell, store, 10, signal.SIGKILL, log)
    with launched(store, faults=f"429:first=2,retry_after=0; {FAULTY}; drop-before:every=7") as url:
        shell.environment["ISOMETRIC_BASE_URL"] = url
        second = shell.run("upload", "--json", log)
    assert second.code == 0, second.screen
    assert second.outcomes.keys() <= SETTLED
    assert held(store) == references()


def test_after_one_ctrl_c_the_counts_add_up_and_retry_heals(tmp_path: Path) -> None:
    shell, log = plant(tmp_path / "plant")
    store = tmp_path / "registry.sqlite3"
    with launched(store, faults=FAULTY) as url:
        shell.environment["ISOMETRIC_BASE_URL"] = url
        process = shell.start("upload", "--json", "--concurrency", "4", log)
        first = struck(process, signal.SIGINT, when=lambda: held(store).total() >= 7)
    assert first.code == first.json["exit_code"] == 130
    assert sum(first.outcomes.values()) == first.json["rows"] == 60
    assert first.outcomes["not_sent"] > 0
    assert first.outcomes["created"] <= held(store).total()
    folder = shell.folder / first.json["folder"]
    assert {"report.html", "results.csv", "results.xlsx", "summary.json"} <= {
        path.name for path in folder.iterdir()
    }
    with (folder / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        assert Counter(row["_outcome"] for row in csv.DictReader(file)) == first.outcomes
    with launched(store) as url:
        shell.environment["ISOMETRIC_BASE_URL"] = url
        healed = shell.run("retry", "--json")
        again = shell.run("upload", "--json", log)
    assert healed.code == 0, healed.screen
    assert healed.outcomes.keys() <= SETTLED
    assert held(store) == references()
    assert (again.code, again.outcomes, again.posts) == (0, {"already_registered": 60}, 0)


def test_of_two_uploads_of_one_log_at_once_each_batch_is_registered_by_one_only(tmp_path: Path) -> None:
    shell, log = plant(tmp_path / "plant")
    store = tmp_path / "registry.sqlite3"
    with launched(store, faults=FAULTY) as url:
        shell.environment["ISOMETRIC_BASE_URL"] = url
        both = [shell.start("upload", "--json", log) for _ in range(2)]
        one, other = (ended(each) for each in both)
    assert (one.code, other.code) == (0, 0), one.screen + other.screen
    assert held(store) == references()
    for ran in (one, other):
        assert ran.outcomes.keys() <= SETTLED
        assert sum(ran.outcomes.values()) == 60
    assert one.outcomes.get("created", 0) + other.outcomes.get("created", 0) == 60


def test_a_run_that_was_killed_can_be_reported_and_nothing_false_is_said(tmp_path: Path) -> None:
    shell, log = plant(tmp_path / "plant")
    store = tmp_path / "registry.sqlite3"
    struck_after(shell, store, 7, signal.SIGKILL, "--concurrency", "4", log)
    reported = shell.run("report", "--json")
    assert reported.code == 0, reported.screen
    assert sum(reported.outcomes.values()) == reported.json["rows"] == 60
    assert reported.outcomes.get("created", 0) <= held(store).total()
    maybe_stored = reported.outcomes.get("created", 0) + reported.outcomes.get("unknown", 0)
    assert held(store).total() <= maybe_stored


def test_a_run_that_goes_on_is_not_reported_as_killed(tmp_path: Path) -> None:
    shell, log = plant(tmp_path / "plant")
    store = tmp_path / "registry.sqlite3"
    with launched(store) as url:
        shell.environment["ISOMETRIC_BASE_URL"] = url
        process = shell.start("upload", "--json", "--rate-limit", "20", log)
        poll(lambda: held(store).total() >= 3)
        early = shell.run("report")
        ran = ended(process)
        late = shell.run("report", "--json")
    assert (early.code, "was still going on" in early.stderr) == (2, True)
    assert (ran.code, ran.outcomes) == (late.code, late.outcomes) == (0, {"created": 60})


def test_a_second_ctrl_c_ends_a_run_at_once_that_had_stopped_for_another_reason(tmp_path: Path) -> None:
    shell, log = plant(tmp_path / "plant")
    store = tmp_path / "registry.sqlite3"
    with launched(store, faults="hang-after:from=3,on=post") as url:
        shell.environment["ISOMETRIC_BASE_URL"] = url
        process = shell.start("upload", "--json", "--max-duration", "1s", "--concurrency", "4", log)
        poll(lambda: held(store).total() >= 6)
        time.sleep(2)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        ran = struck(process, signal.SIGINT, when=lambda: True)
    assert ran.code == 130
    assert time.monotonic() - began < 10
    assert ran.outcomes["created"] == 2
    assert held(store).total() <= 2 + ran.outcomes["unknown"]


def test_a_signal_while_the_interpreter_ends_changes_nothing_of_what_is_decided() -> None:
    struck_at_exit = (
        "import atexit, os, signal, sys\n"
        "strike = lambda number: os.kill(os.getpid(), number)\n"
        "atexit.register(lambda: [strike(signal.SIGINT), strike(signal.SIGTERM)])\n"
        "from pipeline.__main__ import main\n"
        "sys.argv = ['pipeline', '--help']\n"
        "main()\n"
    )
    ran = subprocess.run([sys.executable, "-c", struck_at_exit], check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Usage" in ran.stdout


def heeds(process: subprocess.Popen[str], number: signal.Signals) -> bool:
    """Whether the process has a handler for a signal yet, as the kernel knows it."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:")).split()[1]
    return bool(int(caught, 16) >> (number - 1) & 1)


@pytest.mark.parametrize("delay", [0.0, 0.03, 0.1, 0.2])
def test_ctrl_c_while_the_program_starts_is_one_sentence_and_130(tmp_path: Path, delay: float) -> None:
    shell, log = plant(tmp_path / "plant")
    process = shell.start("upload", log)
    poll(lambda: heeds(process, signal.SIGTERM))
    time.sleep(delay)
    ran = struck(process, signal.SIGINT, when=lambda: True)
    assert (ran.code, ran.stdout, ran.stderr) == (130, "", "Interrupted.\n")


def test_a_closed_terminal_ends_a_run_as_sigterm_does_and_the_next_heals(tmp_path: Path) -> None:
    shell, log = plant(tmp_path / "plant")
    store = tmp_path / "registry.sqlite3"
    code = struck_after(shell, store, 7, signal.SIGHUP, "--concurrency", "4", log)
    assert code == 143
    assert held(store).total() < 60
    with launched(store) as url:
        shell.environment["ISOMETRIC_BASE_URL"] = url
        assert shell.run("upload", "--json", log).code == 0
    assert held(store) == references()
