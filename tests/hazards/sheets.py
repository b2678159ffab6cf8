"""Whole logs as workbooks, by openpyxl and as raw XML, and what reading and checking makes of them."""

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.check import check
from pipeline.model import CheckedTable, Issue, RawTable, Refusal, Run
from pipeline.read import FileRefused, Fits, read
from schemas.convention import Convention
from tests.hazards.hostile import parts_of, with_parts
from tests.pure.build import HEADER, NOW, PLANT
from tests.read.make import saved, with_sheet, write

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
START, END = "2026-10-01 06:00Z", "2026-10-01 18:00Z"
WITH_OPTIONAL = (*HEADER, "Std dev", "Batch name", "Note")
_SHARED = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def line(reference: object = "A1", mass: object = 100, **cells: object) -> list[object]:
    """A row in order, but for the named cells."""
    usual = {"reference": reference, "facility": "North", "feedstock": "Wood", "start": START, "end": END}
    assert cells.keys() <= usual.keys()
    return [*(usual | cells).values(), mass]


def book(*rows: Sequence[object], header: Sequence[str] = HEADER) -> tuple[Workbook, Worksheet]:
    """A workbook with one log, to be spoilt; text that begins with "=" is a formula without a value."""
    made = Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Runs"
    for row in (header, *rows):
        sheet.append(list(row))
    return made, sheet


def logged(folder: Path, *rows: Sequence[object], header: Sequence[str] = HEADER) -> Path:
    return saved(book(*rows, header=header)[0], folder)


def csv_log(folder: Path, *rows: Sequence[object], header: Sequence[str] = HEADER) -> Path:
    text = StringIO()
    csv.writer(text).writerows((header, *rows))
    return write(folder, "log.csv", text.getvalue())


def xml_row(number: int, *cells: object, start: int = 0) -> str:
    """A row as XML; a cell that begins with "<" is taken as it is, others are texts or numbers."""
    letters = "ABCDEFGHIJ"[start:]
    written = "".join(
        _xml_cell(f"{letter}{number}", cell) for letter, cell in zip(letters, cells, strict=False)
    )
    return f'<row r="{number}">{written}</row>'


def _xml_cell(at: str, cell: object) -> str:
    if isinstance(cell, str) and cell.startswith("<"):
        return cell.replace("<c", f'<c r="{at}"', 1)
    if isinstance(cell, str):
        return f'<c r="{at}" t="inlineStr"><is><t>{cell}</t></is></c>'
    return f'<c r="{at}"><v>{cell}</v></c>'


def raw(folder: Path, *rows: str, after: str = "", header: Sequence[str] = HEADER) -> Path:
    """A workbook whose rows under the header are this XML."""
    return with_sheet(logged(folder), xml_row(1, *header) + "".join(rows), after)


def shared(path: Path, items: str) -> Path:
    """The workbook with these shared texts, each an `si` element."""
    types = parts_of(path)["[Content_Types].xml"].decode()
    if "sharedStrings" not in types:
        part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_SHARED}"/></Types>'
        types = types.replace("</Types>", part)
    strings = f'<sst xmlns="{MAIN}">{items}</sst>'
    return with_parts(path, {"xl/sharedStrings.xml": strings.encode(), "[Content_Types].xml": types.encode()})


def table_of(path: Path, plant: Convention = PLANT) -> RawTable:
    (table,) = read(path, path.name, fits=Fits(plant.columns), sheet=plant.sheet)[1]
    return table


def judged(path: Path, plant: Convention = PLANT) -> CheckedTable:
    found = check(table_of(path, plant), plant, NOW)
    assert isinstance(found, CheckedTable), found
    return found


def accepted(path: Path, plant: Convention = PLANT) -> list[Run]:
    """The runs of a log in which every row is in order."""
    rows = judged(path, plant).rows
    assert [row.issues for row in rows if row.run is None] == []
    return [row.run for row in rows if row.run]


def wrong(path: Path, plant: Convention = PLANT) -> list[tuple[str, str, str]]:
    """Everything wrong with the log's rows: code, cells (or the row) and the text that was found."""
    return [
        (issue.code, "/".join(issue.cells) or f"row {issue.row}", issue.found)
        for issue in issues(path, plant)
    ]


def issues(path: Path, plant: Convention = PLANT) -> list[Issue]:
    found = [issue for row in judged(path, plant).rows for issue in row.issues]
    for issue in found:
        assert (issue.severity, issue.file) == ("error", path.name)
        assert issue.sheet or path.suffix == ".csv"
        assert issue.wanted
        assert issue.remedy.endswith(".")
    return found


def told(path: Path, plant: Convention = PLANT) -> list[str]:
    """What is told of a log, by its reading and its check."""
    notices = judged(path, plant).notices
    assert all(notice.severity == "notice" for notice in notices)
    return [*table_of(path, plant).told, *(notice.wanted for notice in notices)]


def refused(path: Path, plant: Convention = PLANT) -> Refusal:
    """Why the whole log was refused, by its reading or its check."""
    try:
        found = check(table_of(path, plant), plant, NOW)
    except FileRefused as caught:
        found = caught.refusal
    assert isinstance(found, Refusal), found
    assert path.name in found.message
    assert found.message.endswith(".")
    assert found.remedy.endswith(".")
    return found
