"""A night that fails, or has nobody to tell: what it leaves to the next one, and what it does not count."""

import os
import re
from pathlib import Path

from pipeline.errors import Exit
from pipeline.inbox import locked
from pipeline.outstanding.failing import Earlier
from pipeline.run.night_state import earlier, leave
from tests.protocol.test_nights import Nights, with_token


def test_a_file_that_was_refused_is_as_old_as_it_was_after_a_night_that_read_nothing(tmp_path: Path) -> None:
    plant = Nights(tmp_path, rows=1)
    plant.drop()
    (tmp_path / "inbox" / "notes.csv").write_bytes(b"%PDF-1.7\n")
    os.utime(tmp_path / "inbox" / "notes.csv", (0, 0))
    plant.night()
    (tmp_path / "runs").rename(tmp_path / "runs of before")
    (tmp_path / "runs").write_text("where the results of a night would lie")
    plant.a_day_passes()
    plant.drop()
    ended = plant.night()
    assert (ended.report, "run.log.jsonl cannot be written" in ended.failure) == (None, True)
    assert [(Path(each.file).name, each.nights) for each in ended.waiting] == [("notes.csv", 2)]


def test_credentials_that_are_refused_while_a_night_sends_are_told_on_its_first_night(tmp_path: Path) -> None:
    plant = Nights(tmp_path, rows=3)
    plant.drop()
    ended = plant.night("401:on=post,from=2")
    assert ended.exit_code == Exit.UNFINISHED
    assert ended.message
    assert "The night's run ended with 3" in ended.message.subject


def test_a_night_without_files_that_cannot_look_what_waits_is_no_good_night(tmp_path: Path) -> None:
    (tmp_path / "no folder").touch()
    (tmp_path / "inbox").mkdir()
    ended = Nights(tmp_path, rows=1, ledger=f"sqlite:///{tmp_path}/no folder/ledger.sqlite3").night()
    assert (ended.exit_code, ended.failure) == (Exit.USAGE, "The ledger cannot be used.")
    assert earlier(tmp_path).succeeded_at is None


def test_a_night_that_finds_another_at_work_neither_counts_nor_tells_what_waits(tmp_path: Path) -> None:
    plant = Nights(tmp_path, rows=3)
    plant.drop_bad()
    plant.night()
    plant.a_day_passes()
    with locked(tmp_path / "inbox"):
        second = plant.night()
    assert (second.exit_code, second.message) == (Exit.LOCKED, None)
    assert [each.nights for each in second.waiting] == [1]
    assert [each.nights for each in plant.night().waiting] == [2]


def test_what_nobody_could_be_told_of_a_token_is_left_to_the_next_night(tmp_path: Path) -> None:
    nobody = '[notify]\nurls = ["json://127.0.0.1:9/people"]\n'
    plant = Nights(tmp_path, rows=1, toml=f"{nobody}{with_token(tmp_path)}")
    ended = plant.night()
    assert ended.message
    assert "in 9 days" in ended.message.subject
    assert earlier(tmp_path).token_told is None


def test_a_token_of_which_a_night_that_failed_said_nothing_is_told_by_the_next_one(tmp_path: Path) -> None:
    (tmp_path / "no folder").touch()
    (tmp_path / "inbox").mkdir()
    plant = Nights(tmp_path, 1, with_token(tmp_path), f"sqlite:///{tmp_path}/no folder/ledger.sqlite3")
    failed = plant.night()
    (tmp_path / "no folder").unlink()
    (tmp_path / "no folder").mkdir()
    subjects = [each.message.subject if each.message else "" for each in (failed, plant.night())]
    assert [re.findall(r"in (\d+) days", subject) for subject in subjects] == [[], ["9"]]


def test_what_a_night_has_left_in_a_damaged_file_is_that_of_a_first_night(tmp_path: Path) -> None:
    leave(Earlier(nights=3), tmp_path)
    assert earlier(tmp_path).nights == 3
    file = tmp_path / ".pipeline" / "nightly.json"
    file.write_bytes(file.read_bytes()[:-1])
    assert earlier(tmp_path) == Earlier()
