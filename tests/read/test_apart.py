"""Files are read by a child process: what it may take, what it knows, and what becomes of its death."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from pipeline.model import RawTable
from pipeline.read import FileRefused, read, read_apart
from pipeline.read.apart import parse_apart
from pipeline.read.limits import Limits, limits_for
from pipeline.read.spool import spooled
from tests.program.shell import SAMPLES, Shell, ended, poll
from tests.read.make import book_of, fits, saved, write

GENEROUS = limits_for(0)
READ_WITH_LITTLE = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20))
resource.setrlimit(resource.RLIMIT_CPU, (40, 40))
from pipeline.read import Fits, read_apart
path = Path(sys.argv[1])
print(len(read_apart(path, path.name, fits=Fits(fields=("supplier_reference_id", "mass")))[1][0].rows))
"""


def long_log(folder: Path) -> Path:
    """A workbook that takes seconds to read, because it is not plain: a row of it is hidden."""
    book = xlsxwriter.Workbook(folder / "long.xlsx", {"constant_memory": True})
    sheet = book.add_worksheet("Runs")
    sheet.write_row(0, 0, ["Run ID", "Mass", "Facility", "Feedstock", "Start", "End"])
    sheet.set_row(1, None, None, {"hidden": True})
    for row in range(1, 60_000):
        sheet.write_row(row, 0, [f"R{row}", row])
    book.close()
    return folder / "long.xlsx"


def within(limits: Limits, path: Path) -> list[RawTable]:
    with spooled(path, path.name) as spool:
        return parse_apart(spool, path.name, fits=fits, sheet=None, limits=limits)


def refused_within(limits: Limits, path: Path) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        within(limits, path)
    assert path.name in caught.value.refusal.message
    return caught.value


def children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task")
    return [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]


@pytest.mark.parametrize("sample", ["harbour-kilns/firings-2025-06.csv", "hollin-farm/log-2025-10.xlsx"])
def test_a_child_reads_what_this_process_reads(sample: str) -> None:
    path = SAMPLES / sample
    assert read_apart(path, path.name, fits=fits) == read(path, path.name, fits=fits)


def test_a_refusal_by_a_child_is_the_same_as_one_by_this_process(tmp_path: Path) -> None:
    path = write(tmp_path, "log.csv", "a,b\n")
    with pytest.raises(FileRefused) as apart:
        read_apart(path, path.name, fits=fits)
    with pytest.raises(FileRefused) as here:
        read(path, path.name, fits=fits)
    assert apart.value.refusal == here.value.refusal
    assert apart.value.sha256 == here.value.sha256 != ""


def test_a_file_that_takes_too_long_is_refused(tmp_path: Path) -> None:
    refused = refused_within(Limits(GENEROUS.memory, 1), long_log(tmp_path))
    assert refused.refusal.code == "file_too_slow"
    assert "1 second" in refused.refusal.message


def test_a_file_that_takes_too_much_memory_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "log.csv", "Run ID,Mass\nR1," + "1" * (1 << 27))
    refused = refused_within(Limits(1 << 28, GENEROUS.seconds), path)
    assert refused.refusal.code == "file_too_large"


def test_an_ordinary_file_is_read_within_the_limits_of_the_smallest(tmp_path: Path) -> None:
    (table,) = within(GENEROUS, saved(book_of(["R1", 1]), tmp_path))
    assert len(table.rows) == 2


def test_a_file_is_read_where_the_system_allows_less_than_reading_may_take(tmp_path: Path) -> None:
    path = saved(book_of(["R1", 1]), tmp_path)
    ran = subprocess.run(
        [sys.executable, "-c", READ_WITH_LITTLE, path], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (0, "2\n"), ran.stderr


@pytest.mark.parametrize(
    ("blow", "code"),
    [(signal.SIGSEGV, "file_damaged"), (signal.SIGABRT, "file_damaged"), (signal.SIGKILL, "file_too_large")],
)
def test_a_child_that_is_killed_refuses_its_file_and_knew_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blow: signal.Signals, code: str
) -> None:
    monkeypatch.setenv("ISOMETRIC_CLIENT_SECRET", "not-for-children")
    path = long_log(tmp_path)
    refusals: list[FileRefused] = []
    reading = threading.Thread(target=lambda: refusals.append(refused_within(GENEROUS, path)))
    before = set(children(os.getpid()))
    reading.start()
    poll(lambda: bool(set(children(os.getpid())) - before))
    (child,) = set(children(os.getpid())) - before
    poll(lambda: b"pipeline.read" in Path(f"/proc/{child}/cmdline").read_bytes())
    environment = Path(f"/proc/{child}/environ").read_bytes()
    os.kill(child, blow)
    reading.join()
    assert [refused.refusal.code for refused in refusals] == [code]
    assert b"not-for-children" not in environment
    assert b"PYTHONPATH" in environment


def test_an_interrupt_while_a_file_is_read_ends_the_program_and_the_child(tmp_path: Path) -> None:
    process = Shell(tmp_path).start("check", str(long_log(tmp_path)))
    poll(lambda: bool(children(process.pid)))
    (child,) = children(process.pid)
    process.send_signal(signal.SIGINT)
    assert ended(process).code == 130
    poll(lambda: not Path(f"/proc/{child}").exists())
