import json
import os
import resource
import stat
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.errors import PipelineError
from pipeline.model import Outcome, Word
from pipeline.report import Following
from pipeline.write import write_results
from pipeline.write.counts import agree
from pipeline.write.folder import _put
from pipeline.write.whole import _exclusive, whole
from tests.write.build import issue, names, report, row

ALL = {"summary.json", "results.csv", "results.xlsx", "to_fix.xlsx", "report.html"}


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def test_a_run_with_a_wrong_row_gets_five_files(tmp_path: Path) -> None:
    paths = write_results(report(row()), tmp_path / "runs" / "one")
    assert {path.name for path in paths} == names(tmp_path / "runs" / "one") == ALL


@pytest.mark.parametrize("word", ["created", "already_registered", "unknown", "not_sent"])
def test_no_file_to_fix_when_nobody_is_needed(tmp_path: Path, word: Word) -> None:
    assert "to_fix.xlsx" not in {path.name for path in write_results(report(row(outcome=word)), tmp_path)}


@pytest.mark.parametrize("word", ["invalid", "rejected", "conflict"])
def test_a_file_to_fix_when_a_person_is_needed(tmp_path: Path, word: Word) -> None:
    assert "to_fix.xlsx" in {path.name for path in write_results(report(row(outcome=word)), tmp_path)}


def test_a_file_to_fix_of_an_earlier_writing_goes_when_nothing_is_left_to_fix(tmp_path: Path) -> None:
    write_results(report(row()), tmp_path)
    write_results(report(row(outcome="created")), tmp_path)
    assert names(tmp_path) == ALL - {"to_fix.xlsx"}


def test_a_report_without_rows_is_written_too(tmp_path: Path) -> None:
    write_results(replace(report(), tables=()), tmp_path)
    assert json.loads((tmp_path / "summary.json").read_text())["rows"] == 0


@pytest.mark.parametrize("mask", [0o000, 0o777])
def test_folder_and_files_are_the_owners_alone_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    folder = tmp_path / "run"
    with umask(mask):
        paths = write_results(report(row()), folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}


def test_a_folder_open_to_others_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    write_results(report(row()), tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_what_a_killed_run_left_half_written_is_replaced(tmp_path: Path) -> None:
    for name in ALL:
        (tmp_path / f".{name}.part").write_bytes(b"half")
    write_results(report(row()), tmp_path)
    assert names(tmp_path) == ALL


def test_a_half_written_file_that_is_a_link_does_not_lead_the_writing_elsewhere(
    tmp_path: Path,
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / ".summary.json.part").symlink_to(victim)
    write_results(report(row()), tmp_path)
    assert victim.read_text() == "mine"
    assert not (tmp_path / "summary.json").is_symlink()


def test_a_failure_in_the_middle_leaves_the_old_file_and_no_half_one(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("old")

    def fail() -> None:
        with whole(path) as file:
            file.write(b"new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert path.read_text() == "old"
    assert names(tmp_path) == {"results.csv"}


def test_the_old_file_stands_until_the_new_one_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("old")
    with whole(path) as file:
        file.write(b"new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_the_bytes_are_on_the_disk_before_the_name_and_the_name_before_the_end(
    tmp_path: Path,
) -> None:
    calls: list[object] = []
    sys.setprofile(lambda _frame, event, called: calls.append(called) if event == "c_call" else None)
    try:
        with whole(tmp_path / "results.csv") as file:
            file.write(b"new")
    finally:
        sys.setprofile(None)
    assert [call for call in calls if call in (os.fsync, os.replace)] == [
        os.fsync,
        os.replace,
        os.fsync,
    ]


def test_two_writers_never_share_a_half_written_file(tmp_path: Path) -> None:
    half = tmp_path / ".results.csv.part"
    half.touch()
    with pytest.raises(FileExistsError):
        _exclusive(half)


def test_a_file_that_cannot_be_replaced_is_named(tmp_path: Path) -> None:
    (tmp_path / "results.xlsx").mkdir()
    with pytest.raises(PipelineError, match=r"results\.xlsx cannot be written: Is a directory"):
        write_results(report(row()), tmp_path)
    assert names(tmp_path) == {"results.csv", "results.xlsx"}


def test_a_file_that_is_locked_says_to_close_it(tmp_path: Path) -> None:
    def locked() -> None:
        with whole(tmp_path / "results.xlsx"):
            raise PermissionError

    with pytest.raises(PipelineError, match=r"results\.xlsx cannot be replaced.* open in Excel"):
        locked()
    assert names(tmp_path) == set()


@pytest.mark.parametrize("room", [0, 2_000])
def test_a_full_disk_is_told_and_leaves_no_half_file(tmp_path: Path, room: int) -> None:
    many = report(*(row(number=number) for number in range(2, 300)))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        with pytest.raises(PipelineError, match=r"results\.csv cannot be written: File too large"):
            write_results(many, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert names(tmp_path) == set()


def test_the_summary_comes_last_so_that_it_vouches_for_the_others(tmp_path: Path) -> None:
    (tmp_path / "to_fix.xlsx").mkdir()
    with pytest.raises(PipelineError):
        write_results(report(row()), tmp_path)
    assert "summary.json" not in names(tmp_path)


def test_a_row_with_two_outcomes_is_a_bug_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="2 outcomes were given to 1 rows"):
        write_results(report(row(), row(outcome="created")), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_an_outcome_of_another_name_is_a_bug(tmp_path: Path) -> None:
    strange = Outcome("lost")  # type: ignore[arg-type] # meant
    with pytest.raises(RuntimeError, match="no outcome is called lost"):
        write_results(report(row(outcome=strange)), tmp_path)


@pytest.mark.parametrize("place", [1, -1])
def test_a_row_of_no_table_is_a_bug(tmp_path: Path, place: int) -> None:
    with pytest.raises(RuntimeError, match="1 of 1 rows belong to no table"):
        write_results(report(row(place=place)), tmp_path)


def test_a_file_that_lost_a_row_is_refused_with_the_numbers() -> None:
    written: Counter[Word] = Counter({"created": 1})
    expected: Counter[Word] = Counter({"created": 2})
    with pytest.raises(RuntimeError, match=r"results.csv holds 1 rows .* instead of 2 "):
        agree("results.csv", written, expected)


def test_a_file_that_does_not_hold_the_reports_rows_does_not_appear(tmp_path: Path) -> None:
    expected: Counter[Word] = Counter({"created": 2})
    with pytest.raises(RuntimeError, match="holds 0 rows"):
        _put(tmp_path / "results.csv", lambda _file: Counter(), expected)
    assert names(tmp_path) == set()


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    made = report(row(("RUN-1", "abc"), "invalid", issue("B22")))
    then = Following(command="pipeline upload to_fix.xlsx")
    first = [path.read_bytes() for path in write_results(made, tmp_path / "a", then)]
    second = [path.read_bytes() for path in write_results(made, tmp_path / "b", then)]
    assert first == second


def test_workbooks_bear_the_time_of_the_run_not_of_their_writing(tmp_path: Path) -> None:
    for path in write_results(report(row()), tmp_path):
        if path.suffix == ".xlsx":
            core = zipfile.ZipFile(path).read("docProps/core.xml").decode()
            assert core.count(">2025-03-01T06:30:00Z<") == 2
