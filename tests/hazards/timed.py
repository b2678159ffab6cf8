"""Logs of which only the starts matter, as real files, and what the program makes of them."""

import csv
import datetime as dt
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from pipeline.check import check
from pipeline.model import CheckedTable, Issue, Refusal
from pipeline.read import Fits, read
from schemas.convention import Convention
from tests.pure.build import KILN, NOW, WOOD

HEADER = ("Batch ref", "Facility", "Feedstock", "Start", "End", "Mass (kg)")
IN_TWO = ("Batch ref", "Facility", "Feedstock", "Start date", "Start time", "End", "Mass (kg)")
END = "2026-11-24T11:00:00Z"
SHOWN = "yyyy-mm-dd hh:mm:ss"
BERLIN = Convention(timezone="Europe/Berlin")
Value = str | float | dt.datetime | dt.time
Start = Value | tuple[Value, str]
"""What is written as a start; in a workbook also with the number format that it is shown in."""


def rows(starts: Sequence[Start | Sequence[Start]]) -> list[list[Start]]:
    """A row in order for each start, or for each (date, time)."""
    found = []
    for number, start in enumerate(starts, 1):
        parts = start if isinstance(start, list) else [start]
        found.append([f"R{number}", KILN, WOOD, *parts, END, "100"])
    return found


def text_log(folder: Path, *starts: str | list[str], header: Sequence[str] = HEADER) -> Path:
    stream = StringIO()
    csv.writer(stream, delimiter=";").writerows([header, *rows(starts)])
    path = folder / "log.csv"
    path.write_bytes(stream.getvalue().encode())
    return path


def workbook_log(
    folder: Path, *starts: Start | list[Start], header: Sequence[str] = HEADER, **options: object
) -> Path:
    """A workbook by XlsxWriter: numbers and dates are stored as serials and shown in their format."""
    path = folder / "log.xlsx"
    book = xlsxwriter.Workbook(path, options)
    sheet = book.add_worksheet("Runs")
    sheet.write_row(0, 0, header)
    for row, cells in enumerate(rows(starts), 1):
        for column, cell in enumerate(cells):
            value, shown = cell if isinstance(cell, tuple) else (cell, SHOWN)
            if isinstance(value, str):
                sheet.write_string(row, column, value)
            else:
                sheet.write(row, column, value, book.add_format({"num_format": shown}))
    book.close()
    return path


def made_of(path: Path, plant: Convention = BERLIN, now: dt.datetime = NOW) -> CheckedTable | Refusal:
    _, (table,) = read(path, path.name, fits=Fits())
    return check(table, plant, now)


def table_of(path: Path, plant: Convention = BERLIN, now: dt.datetime = NOW) -> CheckedTable:
    found = made_of(path, plant, now)
    assert isinstance(found, CheckedTable), found
    return found


def refusal_of(path: Path, plant: Convention = BERLIN) -> Refusal:
    found = made_of(path, plant)
    assert isinstance(found, Refusal)
    assert found.message.startswith(path.name)
    assert found.message.endswith(".")
    assert found.remedy.endswith(".")
    return found


def starts_of(path: Path, plant: Convention = BERLIN) -> list[dt.datetime | str]:
    """Row by row the start that was read, in UTC, or the code of what is wrong with it."""
    found: list[dt.datetime | str] = []
    for row in table_of(path, plant).rows:
        wrong = [issue.code for issue in row.issues]
        assert (row.run is None) == bool(wrong)
        found.append(row.run.started_at if row.run else " ".join(wrong))
    return found


def issue_of(path: Path, plant: Convention = BERLIN, cells: tuple[str, ...] = ("D2",)) -> Issue:
    """The one thing that is wrong with the first row, said completely and about the start."""
    row = table_of(path, plant).rows[0]
    assert row.run is None
    (issue,) = row.issues
    assert (issue.severity, issue.file, issue.row, issue.cells) == ("error", path.name, 2, cells)
    assert issue.wanted
    assert issue.remedy.endswith(".")
    return issue


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def wall(text: str) -> dt.datetime:
    """What a clock shows, in no zone."""
    return dt.datetime.fromisoformat(text)
