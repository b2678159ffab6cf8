"""Damaged logs are refused or read right, and the program outlives every one of them."""

import csv
import datetime as dt
from collections.abc import Sequence
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path
from random import Random

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import WINDOWS_EPOCH

from pipeline.check import check
from pipeline.model import CheckedTable, Run
from pipeline.read import FileRefused, Fits, read
from tests.fuzz.mutations import (
    Mutation,
    bytes_anywhere,
    markup_of_a_part,
    parts_of_a_zip,
    structure_of_records,
)
from tests.program.shell import Shell
from tests.pure.build import NOW, PLANT
from tests.read.written import WRITERS
from tests.read.written.page import Page, Shown, Value

MUTANTS_A_SEED = 80
FILES_OF_ONE_RUN = 5
HEADER = (
    "Batch ref",
    "Facility",
    "Feedstock",
    "Start",
    "End",
    "Mass (kg)",
    "Std dev",
    "Batch name",
    "Remarks",
)
DAYS = range(1, 9)


def _rows() -> list[tuple[str, str, str, dt.datetime, dt.datetime, float, float, str, str]]:
    return [
        (
            f"{day:03}-K",
            ("North", "South")[day % 2],
            "Shells, almond",
            dt.datetime(2026, 10, day, 6, 10 + day),  # noqa: DTZ001  a cell has no zone
            dt.datetime(2026, 10, day, 17, 40),  # noqa: DTZ001
            100.5 + day,
            round(0.5 + day / 100, 2),
            f"Firing {day}",
            f'said "{day}", and left',
        )
        for day in DAYS
    ]


@cache
def workbook_log() -> bytes:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Kilns of the north", None, None])
    for row in (HEADER, *_rows()):
        book.active.append(list(row))
    content = BytesIO()
    book.save(content)
    return content.getvalue()


@cache
def csv_log() -> bytes:
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(HEADER)
    writer.writerows(
        [f"{cell:%Y-%m-%d %H:%M}" if isinstance(cell, dt.datetime) else cell for cell in row]
        for row in _rows()
    )
    return text.getvalue().encode("utf-8-sig")


def _shown(value: Value | dt.datetime) -> Value:
    """Dates are numbers in a workbook that says so."""
    if isinstance(value, dt.datetime):
        return Shown((value - WINDOWS_EPOCH) / dt.timedelta(days=1), "dd.mm.yyyy hh:mm")
    return value


@cache
def log_as(kind: str) -> bytes:
    return WRITERS[kind](Page([HEADER, *([_shown(value) for value in row] for row in _rows())]))


KINDS: dict[str, tuple[str, bytes, Mutation]] = {
    "the bytes of a workbook": ("log.xlsx", workbook_log(), bytes_anywhere),
    "the parts of a workbook": ("log.xlsx", workbook_log(), parts_of_a_zip),
    "the markup of a workbook": ("log.xlsx", workbook_log(), markup_of_a_part),
    "the bytes of a binary workbook": ("log.xlsb", log_as("xlsb"), bytes_anywhere),
    "the parts of a binary workbook": ("log.xlsb", log_as("xlsb"), parts_of_a_zip),
    "the bytes of an OpenDocument spreadsheet": ("log.ods", log_as("ods"), bytes_anywhere),
    "the parts of an OpenDocument spreadsheet": ("log.ods", log_as("ods"), parts_of_a_zip),
    "the structure of a CSV": ("log.csv", csv_log(), structure_of_records),
}


OF_NO_CHECKSUM: dict[str, tuple[str, bytes, Mutation]] = {
    "the bytes of an old workbook": ("log.xls", log_as("xls"), bytes_anywhere),
}
"""Where nobody can tell that a value was another."""


def mutants(kind: str, seed: int, count: int) -> Sequence[tuple[str, bytes]]:
    """Files with names that tell how each is made again."""
    name, content, mutate = (KINDS | OF_NO_CHECKSUM)[kind]
    chances = [Random(f"{kind} {seed} {number}") for number in range(count)]  # noqa: S311  to be found again
    return [(f"{seed}-{number}-{name}", mutate(chance, content)) for number, chance in enumerate(chances)]


def accepted(path: Path) -> list[Run]:
    """The runs of a log that would be registered."""
    _, tables = read(path, path.name, fits=Fits(PLANT.columns))
    checked = [check(table, PLANT, NOW) for table in tables]
    return [row.run for table in checked if isinstance(table, CheckedTable) for row in table.rows if row.run]


@pytest.mark.parametrize("kind", KINDS)
def test_no_damage_makes_a_row_that_the_log_did_not_have(tmp_path: Path, kind: str, seed: int) -> None:
    name, content, _ = KINDS[kind]
    (tmp_path / name).write_bytes(content)
    meant = accepted(tmp_path / name)
    assert len(meant) == len(DAYS)
    for mutant, damaged in mutants(kind, seed, MUTANTS_A_SEED):
        path = tmp_path / mutant
        path.write_bytes(damaged)
        try:
            found = accepted(path)
        except FileRefused:
            continue
        strangers = [run for run in found if run not in meant]
        assert not strangers, f"{mutant} of {kind}"


@pytest.mark.parametrize("kind", [*KINDS, *OF_NO_CHECKSUM])
def test_damaged_logs_never_end_the_program_in_a_traceback(tmp_path: Path, kind: str, seed: int) -> None:
    shell = Shell(tmp_path)
    (tmp_path / "pipeline.toml").write_text(
        "[log]\ntimezone = 'Europe/Berlin'\n[facilities]\n"
        + "".join(f"'{name}' = '{identity}'\n" for name, identity in PLANT.facilities.items())
        + "[feedstocks]\n"
        + "".join(f"'{name}' = '{identity}'\n" for name, identity in PLANT.feedstocks.items()),
        encoding="utf-8",
    )
    names = []
    for name, damaged in mutants(kind, seed, FILES_OF_ONE_RUN):
        (tmp_path / name).write_bytes(damaged)
        names.append(name)
    ran = shell.run("check", "--json", *names)
    assert ran.code in (0, 1), ran.screen
    assert [each["name"] for each in ran.json["files"]] == names
