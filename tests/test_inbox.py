import datetime as dt
import errno
import hashlib
import os
import subprocess
import sys
from io import BufferedReader
from pathlib import Path
from zipfile import ZipFile

import pytest

from pipeline import inbox
from pipeline.errors import Exit, LockedError, ResultsError, SettingsError
from tests.read.make import book_of, saved
from tests.read.written import WRITERS, written
from tests.read.written.page import Page

DAY = dt.date(2026, 10, 5)
NOW = 1_790_000_000.0


def drop(folder: Path, name: str, content: bytes = b"Run ID,Mass\n", *, age: float = 60) -> Path:
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (NOW - age, NOW - age))
    return path


def put_away(path: Path, folder: Path) -> Path:
    """Archive a file that is still what was read."""
    place = inbox.archive(path, folder, day=DAY, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    assert place
    return place


def names(folder: Path) -> list[str]:
    return [path.name for path in inbox.ready(folder, now=NOW)[0]]


def test_settled_files_are_ready_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.csv", "a.xlsx.csv", "c.pdf"):
        drop(tmp_path, name)
    assert names(tmp_path) == ["a.xlsx.csv", "b.csv", "c.pdf"]
    assert inbox.ready(tmp_path, now=NOW)[1] == []


def test_a_folder_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    assert inbox.ready(tmp_path / "inbox", now=NOW) == ([], [])


@pytest.mark.parametrize(
    "name",
    [".hidden.csv", ".DS_Store", ".lock", "~$log.xlsx", ".~lock.log.xlsx#", "Thumbs.db",
     "desktop.ini", "Desktop.INI", "log.tmp", "LOG.TMP", "log.csv.part", "log.xlsx.crdownload"],
)  # fmt: skip
def test_what_no_person_dropped_is_ignored(tmp_path: Path, name: str) -> None:
    drop(tmp_path, name)
    assert inbox.ready(tmp_path, now=NOW) == ([], [])


def test_folders_are_ignored_and_links_are_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    elsewhere = tmp_path / "archive" / "secret.csv"
    elsewhere.write_text("x")
    (tmp_path / "log.csv").symlink_to(elsewhere)
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nothing")
    why = "it is a link, which is not followed; drop the file itself"
    assert inbox.ready(tmp_path, now=NOW) == (
        [],
        [(tmp_path / "gone.csv", why), (tmp_path / "log.csv", why)],
    )


@pytest.mark.parametrize(("age", "is_ready"), [(0, False), (1.9, False), (2, True), (-5, False)])
def test_a_file_changed_a_moment_ago_is_left_for_later(tmp_path: Path, age: float, *, is_ready: bool) -> None:
    path = drop(tmp_path, "log.csv", age=age)
    complete, later = inbox.ready(tmp_path, now=NOW)
    assert complete == ([path] if is_ready else [])
    assert [left for left, _ in later] == ([] if is_ready else [path])
    assert all("a moment ago" in reason for _, reason in later)


def test_a_copy_under_way_that_bears_its_original_s_date_is_left_for_later(tmp_path: Path) -> None:
    growing, still = drop(tmp_path, "growing.csv"), drop(tmp_path, "still.csv")
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        with growing.open("ab") as file:
            file.write(b"R1,5\n")
        os.utime(growing, (NOW - 60, NOW - 60))

    complete, later = inbox.ready(tmp_path, now=growing.stat().st_ctime, pause=pause)
    assert complete == [still]
    assert later == [(growing, "it is still being written")]
    assert waited == [inbox.SETTLED]


def test_what_was_dropped_a_while_ago_is_not_waited_for(tmp_path: Path) -> None:
    path = drop(tmp_path, "log.csv")
    waited: list[float] = []
    later_on = path.stat().st_ctime + inbox.SETTLED
    assert inbox.ready(tmp_path, now=later_on, pause=waited.append) == ([path], [])
    assert waited == []


def test_a_file_of_the_far_future_is_not_left_for_ever(tmp_path: Path) -> None:
    drop(tmp_path, "log.csv", age=-86_400)
    assert names(tmp_path) == ["log.csv"]


def test_half_a_workbook_is_left_for_later(tmp_path: Path) -> None:
    content = saved(book_of(["R1", 5]), tmp_path, "whole.xlsx").read_bytes()
    half = drop(tmp_path, "half.xlsx", content[: len(content) // 2])
    space = drop(tmp_path, "space.XLSX", bytes(5_000))
    drop(tmp_path, "whole.xlsx", content)
    complete, later = inbox.ready(tmp_path, now=NOW)
    assert [path.name for path in complete] == ["whole.xlsx"]
    assert [path for path, _ in later] == [half, space]


@pytest.mark.parametrize("kind", WRITERS)
def test_a_whole_workbook_of_any_format_is_ready_and_reserved_space_is_not(tmp_path: Path, kind: str) -> None:
    content = written(tmp_path, kind, Page([["Run ID", "Mass"]])).read_bytes()
    drop(tmp_path, f"log.{kind}", content)
    drop(tmp_path, f"reserved.{kind}", bytes(5_000))
    assert names(tmp_path) == [f"log.{kind}"]


@pytest.mark.parametrize("kind", ["xlsb", "ods"])
def test_half_a_workbook_that_is_a_zip_is_left_for_later(tmp_path: Path, kind: str) -> None:
    content = written(tmp_path, kind, Page([["Run ID", "Mass"]])).read_bytes()
    drop(tmp_path, f"log.{kind}", content[: len(content) // 2])
    assert names(tmp_path) == []


@pytest.mark.parametrize("content", [b"", b"Run ID,Mass\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_what_will_never_be_a_workbook_is_ready_to_be_refused(tmp_path: Path, content: bytes) -> None:
    drop(tmp_path, "log.xlsx", content)
    assert names(tmp_path) == ["log.xlsx"]


HOLD = """
import sys
from io import BufferedReader
from pathlib import Path
from pipeline import inbox
with inbox.locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_another_process_that_holds_the_lock_is_told_of_at_once(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LockedError, match="Wait until it has ended") as caught:
            inbox.locked(tmp_path).__enter__()
        assert caught.value.exit_code == Exit.LOCKED
        holder.kill()
    with inbox.locked(tmp_path):
        pass


def test_the_lock_is_free_again_afterwards_even_when_the_work_failed(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    with pytest.raises(ZeroDivisionError), inbox.locked(folder):
        raise ZeroDivisionError
    with inbox.locked(folder):
        assert inbox.ready(folder, now=NOW) == ([], [])


def test_a_file_is_moved_into_the_archive_of_its_day(tmp_path: Path) -> None:
    path = drop(tmp_path, "log.csv", b"one")
    place = put_away(path, tmp_path)
    assert place == tmp_path / "archive" / "2026-10-05" / "log.csv"
    assert place.read_bytes() == b"one"
    assert not path.exists()


def test_nothing_in_the_archive_is_ever_overwritten(tmp_path: Path) -> None:
    places = [
        put_away(drop(tmp_path, "log.2026.xlsx", content), tmp_path) for content in (b"one", b"two", b"two")
    ]
    assert [place.name for place in places] == ["log.2026.xlsx", "log.2026-2.xlsx", "log.2026-3.xlsx"]
    assert [place.read_bytes() for place in places] == [b"one", b"two", b"two"]


def test_a_run_killed_between_the_two_steps_is_finished_by_the_next(tmp_path: Path) -> None:
    path = drop(tmp_path, "log.csv", b"one")
    shelf = tmp_path / "archive" / "2026-10-05"
    shelf.mkdir(parents=True)
    os.link(path, shelf / "log.csv")
    assert put_away(path, tmp_path) == shelf / "log.csv"
    assert not path.exists()
    assert [one.name for one in shelf.iterdir()] == ["log.csv"]


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EPERM, errno.ENOTSUP])
def test_a_filesystem_without_links_gets_a_whole_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(os, "link", refuse)
    places = [put_away(drop(tmp_path, "log.csv", content), tmp_path) for content in (b"one", b"two")]
    assert [place.read_bytes() for place in places] == [b"one", b"two"]
    assert sorted(one.name for one in places[0].parent.iterdir()) == ["log-2.csv", "log.csv"]
    assert not (tmp_path / "log.csv").exists()


def test_a_copy_that_fails_leaves_the_file_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_link(*_: object) -> None:
        raise OSError(errno.EXDEV, "no")

    def no_space(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", no_link)
    monkeypatch.setattr("shutil.copy2", no_space)
    path = drop(tmp_path, "log.csv", b"one")
    with pytest.raises(ResultsError, match="cannot be moved to the archive: No space left on device"):
        put_away(path, tmp_path)
    assert path.read_bytes() == b"one"
    assert list((tmp_path / "archive" / "2026-10-05").iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_an_archive_that_cannot_be_written_is_named_and_the_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    path = drop(tmp_path, "log.csv", b"one")
    monkeypatch.setattr(os, "link", fail)
    with pytest.raises(
        ResultsError, match=r"log\.csv cannot be moved.*nothing is lost.*archive can be written"
    ):
        put_away(path, tmp_path)
    assert path.read_bytes() == b"one"


def test_what_replaced_a_file_after_it_was_read_stays_for_the_next_run(tmp_path: Path) -> None:
    path = drop(tmp_path, "log.csv", b"new")
    assert inbox.archive(path, tmp_path, day=DAY, sha256=hashlib.sha256(b"old").hexdigest()) is None
    assert path.read_bytes() == b"new"
    assert list((tmp_path / "archive" / "2026-10-05").iterdir()) == []


def test_what_replaces_a_file_just_while_it_is_archived_stays_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def link_and_replace(path: Path, place: Path) -> None:
        link(path, place)
        path.unlink()
        drop(tmp_path, "log.csv", b"new")

    path = drop(tmp_path, "log.csv", b"old")
    monkeypatch.setattr(os, "link", link_and_replace)
    place = put_away(path, tmp_path)
    assert (place.read_bytes(), path.read_bytes()) == (b"old", b"new")


def test_what_takes_a_file_s_name_while_its_content_is_compared_stays_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = hashlib.file_digest

    def digest_and_replace(file: BufferedReader, name: str) -> object:
        found = digest(file, name)
        if file.name == str(path):
            path.unlink()
            drop(tmp_path, "log.csv", b"new")
        return found

    path = drop(tmp_path, "log.csv", b"old")
    monkeypatch.setattr(hashlib, "file_digest", digest_and_replace)
    place = inbox.archive(path, tmp_path, day=DAY, sha256=hashlib.sha256(b"old").hexdigest())
    assert place
    assert (place.read_bytes(), path.read_bytes()) == (b"old", b"new")


def test_an_inbox_that_cannot_be_looked_into_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", fail)
    with pytest.raises(SettingsError, match="cannot be worked in: Permission denied"):
        inbox.ready(tmp_path, now=0.0)


def test_a_file_that_was_taken_away_after_it_was_read_is_no_error(tmp_path: Path) -> None:
    assert inbox.archive(tmp_path / "log.csv", tmp_path, day=DAY, sha256="") is None


def test_the_archive_is_never_looked_into_for_new_files(tmp_path: Path) -> None:
    put_away(drop(tmp_path, "log.csv"), tmp_path)
    assert inbox.ready(tmp_path, now=NOW) == ([], [])


def test_a_zip_with_any_name_but_a_workbook_s_is_not_opened(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "log.csv", "w") as archive:
        archive.writestr("a", "b")
    drop(tmp_path, "log.csv", (tmp_path / "log.csv").read_bytes()[:20])
    assert names(tmp_path) == ["log.csv"]


@pytest.mark.parametrize(("at", "value"), [(6, b"\xff\xff"), (8, b"\x00\x08")])
def test_an_odd_zip_is_left_to_whoever_reads_it_and_stops_nobody(
    tmp_path: Path, at: int, value: bytes
) -> None:
    content = bytearray(saved(book_of(["R1", 5]), tmp_path, "whole.xlsx").read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[directory + at : directory + at + 2] = value
    if at == 8:
        content[directory + 46] = 0xFF  # a name that is no UTF-8, though it is said to be
    (tmp_path / "whole.xlsx").unlink()
    drop(tmp_path, "odd.xlsx", bytes(content))
    drop(tmp_path, "other.csv")
    assert names(tmp_path) == ["odd.xlsx", "other.csv"]
