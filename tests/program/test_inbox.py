"""The inbox: what is dropped there is registered and put away, by one run at a time."""

import datetime as dt
import os
import re
import time
from pathlib import Path

from filelock import FileLock

from tests.program.shell import HARBOUR, Shell, held


def dropped(shell: Shell, name: str = HARBOUR.name, *, seconds_ago: float = 10) -> Path:
    (shell.folder / "inbox").mkdir(exist_ok=True)
    path = shell.folder / shell.copy(HARBOUR, f"inbox/{name}")
    changed = time.time() - seconds_ago
    os.utime(path, (changed, changed))
    return path


def archived(shell: Shell) -> list[Path]:
    """The files in archive/, relative to the plant's folder."""
    found = (shell.folder / "archive").rglob("*")
    return sorted(path.relative_to(shell.folder) for path in found if path.is_file())


def test_a_file_in_the_inbox_is_registered_and_then_lies_in_the_archive_of_its_day(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    log = dropped(shell)
    content = log.read_bytes()
    ran = shell.run("upload", "--json")
    assert (ran.code, ran.outcomes) == (0, {"created": 60})
    assert not log.exists()
    (put_away,) = archived(shell)
    top, day, name = put_away.parts
    assert (top, name) == ("archive", log.name)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", day)
    assert abs(dt.date.fromisoformat(day) - dt.datetime.now(dt.UTC).date()) <= dt.timedelta(days=1)
    assert (shell.folder / put_away).read_bytes() == content


def test_the_same_file_dropped_again_is_not_registered_again_and_overwrites_nothing(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    dropped(shell)
    shell.run("upload", "--json")
    dropped(shell)
    ran = shell.run("upload", "--json")
    assert (ran.code, ran.outcomes, ran.posts) == (0, {"already_registered": 60}, 0)
    assert len(archived(shell)) == 2
    assert set(held(shell.store).values()) == {1}


def test_of_a_file_that_cannot_be_archived_the_outcomes_are_told_all_the_same(tmp_path: Path) -> None:
    """It stays in the inbox, and what was registered must not look as if it had failed."""
    shell = Shell(tmp_path)
    logs = [dropped(shell, "again.csv"), dropped(shell)]
    (tmp_path / "archive").write_text("no folder")
    ran = shell.run("upload")
    assert ran.code == 3
    assert "60  created" in ran.stdout
    assert "Results: runs/" in ran.stdout
    assert "inbox/again.csv cannot be moved to the archive: Not a directory." in ran.stderr
    assert ran.stderr.endswith("and moves it. Nor can 1 more.\n")
    assert all(log.exists() for log in logs)
    ran = shell.run("upload", "--json")
    assert (ran.code, ran.json["exit_code"], ran.posts) == (3, 3, 0)


def test_a_run_ends_with_5_at_once_while_another_process_holds_the_inbox(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    log = dropped(shell)
    with FileLock(log.parent / ".lock"):
        ran = shell.run("upload", "--json")
    assert ran.code == 5
    assert log.exists()
    assert held(shell.store).total() == 0
    assert shell.run("upload", "--json").code == 0


def test_an_empty_inbox_is_in_order_and_says_so(tmp_path: Path) -> None:
    ran = Shell(tmp_path).run("upload")
    assert ran.code == 0
    assert "inbox" in ran.screen


def test_a_file_that_may_still_be_being_copied_stays_in_the_inbox(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    late = dropped(shell, "late.csv", seconds_ago=-60)  # a clock that is ahead must not hasten it either
    ran = shell.run("upload")
    assert ran.code == 0
    assert late.name in ran.screen
    assert late.exists()
    assert held(shell.store).total() == 0


def test_a_file_that_no_reader_understands_stays_in_the_inbox_beside_the_registered_one(
    tmp_path: Path,
) -> None:
    shell = Shell(tmp_path)
    log = dropped(shell)
    bad = dropped(shell, "notes.csv")
    bad.write_bytes(b"%PDF-1.7\n")
    os.utime(bad, (0, 0))
    ran = shell.run("upload", "--json")
    assert (ran.code, ran.outcomes) == (1, {"created": 60})
    assert bad.exists()
    assert [path.name for path in archived(shell)] == [log.name]
