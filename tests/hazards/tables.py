"""Tables of any shape as real files, and what the program makes of them."""

import csv
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path

from openpyxl import Workbook

from pipeline.check import check
from pipeline.model import CheckedTable, Refusal
from pipeline.read import FileRefused, Fits, read
from schemas.convention import Convention
from tests.pure.build import GOOD, NOW, PLANT

Written = Callable[..., Path]
ROW: tuple[object, ...] = (*GOOD[:5], 100)
"""A row in order, under HEADER."""


def as_text(folder: Path, *rows: Sequence[object]) -> Path:
    """A CSV file with semicolons; an empty row is a blank line."""
    stream = StringIO()
    csv.writer(stream, delimiter=";").writerows(rows)
    path = folder / "log.csv"
    path.write_bytes(stream.getvalue().encode())
    return path


def as_workbook(folder: Path, *rows: Sequence[object], merged: Sequence[str] = ()) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Runs"
    for row in rows:
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)
    book.save(folder / "log.xlsx")
    return folder / "log.xlsx"


def made_of(path: Path, plant: Convention = PLANT) -> CheckedTable | Refusal:
    """The file's one table after reading and checking, or why the file was left alone."""
    try:
        _, (table,) = read(path, path.name, fits=Fits(plant.columns), sheet=plant.sheet)
    except FileRefused as refused:
        return refused.refusal
    return check(table, plant, NOW)


def table_in(path: Path, plant: Convention = PLANT) -> CheckedTable:
    found = made_of(path, plant)
    assert isinstance(found, CheckedTable), found
    return found


def refusal_of(path: Path, plant: Convention = PLANT) -> Refusal:
    found = made_of(path, plant)
    assert isinstance(found, Refusal), found
    assert path.name in found.message
    assert found.message.endswith(".")
    assert found.remedy.endswith(".")
    return found


def notices(table: CheckedTable) -> dict[str, str]:
    """What the table tells, by code; each code is told once."""
    told = {notice.code: notice.wanted for notice in table.notices}
    assert len(told) == len(table.notices)
    return told
