"""Hazards 67 to 69, 77 and 78: what lies in a folder, half copied, empty, hostile or twice."""

import datetime as dt
import gzip
import hashlib
import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pipeline import inbox
from pipeline.read import FileRefused
from pipeline.read.spool import _pieces
from pipeline.run.drop import upload_inbox
from pipeline.run.world import World
from pipeline.settings import Options, load
from tests.hazards.raw import HEADER, NOW, accepted, dropped, line, ready, refused, settled, text
from tests.program.shell import Ran, Shell
from tests.pure.build import KILN, WOOD
from tests.read.make import book_of, edited, saved

DAY = dt.date(2026, 10, 5)
SETTINGS = f"""
[log]
timezone = "Europe/Berlin"
[log.columns]
"Name" = "display_name"
[facilities]
"North" = "{KILN}"
[feedstocks]
"Wood" = "{WOOD}"
"""
LITTER = [
    ("~$log.xlsx", "file_lock"),
    (".~lock.log.xlsx#", "file_lock"),
    ("Thumbs.db", "file_not_a_log"),
    (".DS_Store", "file_not_a_log"),
    ("desktop.ini", "file_not_a_log"),
    ("._log.csv", "file_not_a_log"),
    ("log.tmp", "file_unfinished"),
    ("LOG.CSV.PART", "file_unfinished"),
    ("log.csv.crdownload", "file_unfinished"),
    ("log.csv.partial", "file_unfinished"),
    ("log.csv.filepart", "file_unfinished"),
    ("log.csv.download", "file_unfinished"),
]
NAMES = [
    "a b.csv",
    "a'b\".csv",
    "$(touch owned).csv",
    "=cmd|' C'!A0.csv",
    "-n.csv",
    "a\nb.csv",
    "a\x1b[31mb.csv",
    "\u202evsc.log.csv",
    "a\\b.csv",
    "con.csv",
    "..csv",
    "u\u0308.csv",
    "x" * 251 + ".csv",
]


def plant(folder: Path) -> Shell:
    shell = Shell(folder, PYTHONUTF8="1")
    (folder / "pipeline.toml").write_text(SETTINGS)
    (folder / "inbox").mkdir()
    return shell


def waiting(folder: Path) -> list[tuple[str, str]]:
    return [(path.name, why) for path, why in inbox.ready(folder, now=NOW)[1]]


def files_of(ran: Ran) -> dict[str, str]:
    """Each file that a run names, with the code of its refusal."""
    return {each["name"]: (each["refusal"] or {}).get("code", "") for each in ran.json["files"]}


# 67: litter


@pytest.mark.parametrize(("name", "code"), LITTER)
def test_hazard_67_what_no_person_wrote_is_passed_over_in_the_inbox_and_refused_when_it_is_named(
    tmp_path: Path, name: str, code: str
) -> None:
    path = settled(dropped(tmp_path, text(line()), name))
    assert inbox.ready(tmp_path, now=NOW) == ([], [])
    assert refused(path).code == code


def test_hazard_67_a_lock_file_names_the_log_that_it_stands_for(tmp_path: Path) -> None:
    assert refused(dropped(tmp_path, b"\x17Ana", "~$log.xlsx")).remedy == "Name the log itself: log.xlsx."
    assert refused(dropped(tmp_path, b",ana", ".~lock.log.ods#")).remedy == "Name the log itself: log.ods."


@pytest.mark.parametrize("name", ["tmp.csv", "part.csv", "log~.csv", "thumbs.db.csv", "download", "log.csv"])
def test_hazard_67_a_log_that_is_only_called_like_litter_is_read(tmp_path: Path, name: str) -> None:
    path = settled(dropped(tmp_path, text(line()), name))
    assert ready(tmp_path) == [name]
    assert len(accepted(path)) == 1


# 68: half copies


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


@pytest.mark.parametrize("name", ["log.xlsx", "log.XLSM", "log.xltx", "log.xlsb", "log.ods"])
@pytest.mark.parametrize("cut", [half, lambda content: bytes(len(content))], ids=["half", "only its space"])
def test_hazard_68_a_workbook_without_its_directory_waits_until_it_is_whole(
    tmp_path: Path, name: str, cut: Callable[[bytes], bytes]
) -> None:
    content = saved(book_of(["R1", 5]), tmp_path, "whole").read_bytes()
    (tmp_path / "whole").unlink()
    path = settled(dropped(tmp_path, cut(content), name))
    ((left, why),) = waiting(tmp_path)
    assert (left, ready(tmp_path)) == (name, [])
    assert "not a complete workbook" in why
    path.write_bytes(content)
    settled(path)
    assert (waiting(tmp_path), ready(tmp_path)) == ([], [name])


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_hazard_68_half_a_gzip_archive_waits_until_it_is_whole(tmp_path: Path, kept: float) -> None:
    content = gzip.compress(text(*(line(f"A{n}") for n in range(500))).encode())
    path = settled(dropped(tmp_path, content[: int(len(content) * kept)], "log.csv.gz"))
    ((left, why),) = waiting(tmp_path)
    assert left == path.name
    assert "not a complete gzip archive" in why
    path.write_bytes(content)
    settled(path)
    assert (waiting(tmp_path), ready(tmp_path)) == ([], [path.name])


def test_hazard_68_what_was_changed_less_than_two_seconds_ago_waits(tmp_path: Path) -> None:
    path = settled(dropped(tmp_path, text(line())), age=1.9)
    assert [name for name, _ in waiting(tmp_path)] == [path.name]
    settled(path, age=2)
    assert ready(tmp_path) == [path.name]


def test_hazard_68_a_file_that_is_written_to_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = dropped(tmp_path, text(*(line(f"A{n}") for n in range(20_000))))
    pieces = _pieces(path, path.name, links=True)
    next(pieces)
    with path.open("a") as writer:
        writer.write(text(line("late")))
    with pytest.raises(FileRefused) as caught:
        list(pieces)
    assert caught.value.refusal.code == "file_changing"


# 69: empty files


@pytest.mark.parametrize(
    "content", [b"", b"\r\n \t\r\n", b"\xef\xbb\xbf", b"\xff\xfe\r\0\n\0", gzip.compress(b"", mtime=0)]
)
def test_hazard_69_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refused(dropped(tmp_path, content)).code == "file_empty"


@pytest.mark.parametrize("rows", ["", "\r\n\r\n", ";;;;;;;\r\n", "; ;\t;;;;;\r\n"])
def test_hazard_69_a_header_without_rows_is_refused_and_needs_a_person(tmp_path: Path, rows: str) -> None:
    shell = plant(tmp_path)
    path = dropped(tmp_path, text() + rows)
    assert refused(path).code == "no_rows"
    ran = shell.run("check", "--json", path.name)
    assert (ran.code, ran.json["rows"], files_of(ran)) == (1, 0, {"log.csv": "no_rows"})


def test_hazard_69_a_log_that_is_empty_does_not_hold_up_another(tmp_path: Path) -> None:
    shell = plant(tmp_path)
    dropped(tmp_path, text(), "empty.csv")
    dropped(tmp_path, text(line()), "log.csv")
    ran = shell.run("upload", "--json", "empty.csv", "log.csv")
    assert (ran.code, ran.outcomes) == (1, {"created": 1})
    assert files_of(ran) == {"empty.csv": "no_rows", "log.csv": ""}


# 77: names and links


def test_hazard_77_hostile_names_are_shown_harmlessly_and_put_away_as_they_are(tmp_path: Path) -> None:
    shell = plant(tmp_path)
    for number, name in enumerate(NAMES):
        settled(dropped(tmp_path / "inbox", text(line(f"A{number}"), line(f"B{number}", mass="?")), name))
    ran = shell.run("upload")
    assert ran.code == 1
    assert all(sign not in ran.screen for sign in ("\x1b", "\u202e", "a\nb.csv"))
    assert "a\\u000ab.csv" in ran.screen
    assert not (tmp_path / "owned").exists()
    (shelf,) = (tmp_path / "archive").iterdir()
    assert sorted(path.name for path in shelf.iterdir()) == sorted(name for name in NAMES if name[0] != ".")
    (log,) = tmp_path.glob("runs/*/run.log.jsonl")
    assert all(json.loads(event) for event in log.read_bytes().splitlines())
    assert log.read_bytes().isascii()


def test_hazard_77_the_name_of_a_sheet_never_becomes_a_path(tmp_path: Path) -> None:
    shell = plant(tmp_path)
    book = book_of()
    assert book.active is not None
    book.active.delete_rows(1)
    for row in (HEADER.split(";"), line(mass="?").split(";")):
        book.active.append(row)
    path = saved(book, tmp_path)
    hostile = "../../x\u202e/&quot;.."
    edited(path, "xl/workbook.xml", 'name="Runs"', f'name="{hostile}"')
    before = {found.name for found in tmp_path.parent.iterdir()}
    ran = shell.run("upload", path.name)
    assert (ran.code, "\u202e" in ran.screen) == (1, False)
    assert {found.name for found in tmp_path.parent.iterdir()} == before
    (folder,) = (tmp_path / "runs").iterdir()
    assert {found.name for found in folder.iterdir()} == {
        "report.html", "results.csv", "results.xlsx", "to_fix.xlsx", "marked-log.xlsx", "summary.json",
        "run.log.jsonl",
    }  # fmt: skip


def test_hazard_77_a_name_that_is_no_text_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    shell = plant(tmp_path)
    path = os.fsencode(tmp_path / "inbox") + b"/log\xff.csv"
    Path(os.fsdecode(path)).write_text(text(line()))
    os.utime(path, (NOW - 60, NOW - 60))
    ran = shell.run("upload", "--json")
    assert (ran.code, files_of(ran)) == (1, {"inbox/log\\xff.csv": "file_name_not_text"})
    assert Path(os.fsdecode(path)).exists()


@pytest.mark.parametrize("name", ["x" * 251 + ".csv", "ü" * 125 + ".csv", "x." + "y" * 253])
def test_hazard_77_a_name_as_long_as_can_be_is_put_away_as_often_as_it_comes(
    tmp_path: Path, name: str
) -> None:
    places = []
    for content in (b"one", b"two", b"three"):
        path = dropped(tmp_path, content, name)
        places.append(inbox.archive(path, tmp_path, day=DAY, sha256=hashlib.sha256(content).hexdigest()))
    assert [place.read_bytes() for place in places if place] == [b"one", b"two", b"three"]


def test_hazard_77_a_link_in_the_inbox_is_told_and_not_followed(tmp_path: Path) -> None:
    shell = plant(tmp_path)
    (tmp_path / "inbox" / "log.csv").symlink_to(dropped(tmp_path, text(line())))
    for command in ("check", "upload"):
        ran = shell.run(command)
        assert ran.code == 0
        assert "log.csv is left for the next run: it is a link, which is not followed" in ran.stdout
    assert not (tmp_path / "archive").exists()


def test_hazard_77_a_link_that_takes_a_file_s_place_after_it_was_found_is_not_followed_either(
    tmp_path: Path,
) -> None:
    plant(tmp_path)
    secret = dropped(tmp_path, text(line()), "secret.csv")
    log = settled(dropped(tmp_path / "inbox", text(line()), "log.csv"))

    def replaced(ready: Sequence[Path], later: Sequence[tuple[Path, str]]) -> None:
        assert (ready, later) == ([log], [])
        log.unlink()
        log.symlink_to(secret)

    settings = load(folder=tmp_path, environ={}, options=Options())
    ended = upload_inbox(tmp_path / "inbox", settings, World(), replaced)
    assert ended
    ((refusal, sha256),) = [(source.refusal, source.sha256) for source in ended.sources]
    assert refusal
    assert (refusal.code, sha256, ended.rows) == ("file_link", "", ())
    assert (log.is_symlink(), secret.exists()) == (True, True)


def test_hazard_77_a_link_that_a_person_names_is_followed(tmp_path: Path) -> None:
    (tmp_path / "log.csv").symlink_to(dropped(tmp_path, text(line()), "elsewhere.csv"))
    assert len(accepted(tmp_path / "log.csv")) == 1


# 78: files replaced, renamed, copied


def test_hazard_78_a_copy_under_another_name_is_read_once_and_told(tmp_path: Path) -> None:
    shell = plant(tmp_path)
    for name in ("a.csv", "b.csv"):
        settled(dropped(tmp_path / "inbox", text(line()), name))
    ran = shell.run("upload")
    assert ran.code == 0
    assert "inbox/b.csv has the same content as inbox/a.csv and was not read again" in ran.stdout
    assert re.search(r"^ *1 +rows *$", ran.stdout, re.MULTILINE)
    assert list((tmp_path / "inbox").glob("*.csv")) == []


def test_hazard_78_a_packed_copy_beside_the_log_makes_no_second_batch(tmp_path: Path) -> None:
    shell = plant(tmp_path)
    dropped(tmp_path, text(line()), "log.csv")
    dropped(tmp_path, gzip.compress(text(line()).encode()), "log.csv.gz")
    ran = shell.run("upload", "--json", "log.csv", "log.csv.gz")
    assert (ran.code, ran.posts, ran.json["rows"]) == (0, 1, 2)


def test_hazard_78_the_content_renamed_later_is_registered_already(tmp_path: Path) -> None:
    shell = plant(tmp_path)
    assert shell.run("upload", "--json", dropped(tmp_path, text(line()), "a.csv").name).outcomes == {
        "created": 1
    }
    (tmp_path / "a.csv").rename(tmp_path / "b.csv")
    again = shell.run("upload", "--json", "b.csv")
    assert (again.code, again.outcomes, again.posts) == (0, {"already_registered": 1}, 0)


def test_hazard_78_other_values_under_a_name_that_was_uploaded_are_a_conflict(tmp_path: Path) -> None:
    shell = plant(tmp_path)
    shell.run("upload", "--json", dropped(tmp_path, text(line(mass="100"))).name)
    again = shell.run(
        "upload", "--json", dropped(tmp_path, text(line(mass="101"), line("A2", mass="90"))).name
    )
    assert (again.code, again.outcomes) == (1, {"created": 1, "conflict": 1})
