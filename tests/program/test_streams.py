"""The program where standard input, output or error is closed, lost on the way, or knows few letters."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.program.shell import DEADLINE, HARBOUR, Ran, Shell, held

FEW_LETTERS = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""A locale whose encoding is ASCII, and an interpreter that does not help itself."""


def redirected(shell: Shell, streams: str, *arguments: str) -> Ran:
    """Run the program with its streams redirected as a shell does it."""
    process = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {streams}', "sh", sys.executable, "-m", "pipeline", *arguments],
        cwd=shell.folder,
        env={"PATH": "/bin", "HOME": str(shell.folder), **shell.environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=DEADLINE,
    )
    return Ran(process.returncode, process.stdout, process.stderr)


@pytest.mark.parametrize("streams", ["<&-", "<&- >&-", "<&- >&- 2>&-"])
def test_with_closed_streams_a_log_is_read_and_registered_all_the_same(tmp_path: Path, streams: str) -> None:
    shell = Shell(tmp_path)
    ran = redirected(shell, streams, "upload", shell.copy(HARBOUR))
    assert (ran.code, ran.stderr) == (0, "")
    assert held(shell.store).total() == 60


def test_a_reader_that_goes_away_stops_no_run_and_changes_no_exit_code(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    with shell.start("upload", shell.copy(HARBOUR)) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == f"{HARBOUR.name}: 60 rows\n"
        process.stdout.close()
        assert (process.wait(DEADLINE), process.stderr.read()) == (0, "")
    assert held(shell.store).total() == 60


def test_a_full_disk_behind_the_screen_is_told_and_changes_no_exit_code(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    ran = redirected(shell, ">/dev/full", "upload", shell.copy(HARBOUR))
    assert ran.code == 0
    assert ran.stderr == (
        "Standard output could not be written (No space left on device): what was to be read there is lost.\n"
    )
    assert held(shell.store).total() == 60


@pytest.mark.parametrize("streams", [">/dev/full", ">&-"])
def test_an_answer_for_a_machine_that_does_not_arrive_is_no_success(tmp_path: Path, streams: str) -> None:
    shell = Shell(tmp_path)
    log = shell.copy(HARBOUR)
    unheard = redirected(shell, streams, "upload", "--json", log)
    assert unheard.code == 3
    assert unheard.stderr.startswith("The answer could not be written to standard output (")
    again = shell.run("upload", "--json", log)
    assert (again.code, again.outcomes) == (0, {"already_registered": 60})


def test_where_few_letters_can_be_written_the_others_are_written_as_codes(tmp_path: Path) -> None:
    shell = Shell(tmp_path, **FEW_LETTERS)
    ran = [shell.run(*each) for each in (("upload", shell.copy(HARBOUR)), ("reconcile",), ("doctor",))]
    assert [each.code for each in ran] == [0, 0, 0], ran
    assert "Registry: LOCAL \\u2014 for trying things out" in ran[0].stdout
    assert held(shell.store).total() == 60


def test_where_few_letters_can_be_written_a_bug_is_kept_with_all_of_them(tmp_path: Path) -> None:
    kept = (
        "import datetime as dt; from pipeline.cli import last_resort;"
        "print(last_resort.kept('no \\u2014 sign \\udce4', dt.datetime.now(dt.UTC)))"
    )
    root = str(Path(__file__).parents[2])
    ran = subprocess.run(
        [sys.executable, "-c", kept],
        cwd=tmp_path,
        env={"PYTHONPATH": root, **FEW_LETTERS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.startswith("This is a bug in the program"), ran.stderr
    (path,) = tmp_path.glob(".pipeline/bug-*.log")
    assert path.read_text(encoding="utf-8") == "no — sign \\udce4"
