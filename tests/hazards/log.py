"""Whole logs as bytes of real files, and what reading and checking makes of them."""

import csv
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from types import MappingProxyType

from openpyxl import Workbook

from pipeline.check import check
from pipeline.model import CheckedTable, Issue, Run
from pipeline.read import Fits, read
from schemas.convention import Convention
from tests.pure.build import HEADER, NOW, PLANT
from tests.read.make import with_sheet, write

START, END = "2026-10-01 06:00Z", "2026-10-01 18:00Z"


LogOf = Callable[..., Path]


def row(**cells: object) -> tuple[object, ...]:
    """A row in order, but for the named cells."""
    usual: dict[str, object] = {
        "reference": "A1",
        "facility": "North",
        "feedstock": "Wood",
        "start": START,
        "end": END,
        "mass": 100,
    }
    assert cells.keys() <= usual.keys()
    return tuple({**usual, **cells}.values())


def csv_log(
    folder: Path, *rows: Sequence[object], header: Sequence[object] = HEADER, delimiter: str = ","
) -> Path:
    text = StringIO()
    csv.writer(text, delimiter=delimiter).writerows((header, *rows))
    return write(folder, "log.csv", text.getvalue())


def book_log(
    folder: Path,
    *rows: Sequence[object],
    formats: Mapping[str, str] = MappingProxyType({}),
    header: Sequence[object] = HEADER,
) -> Path:
    """A workbook; `formats` are number formats by address. Text that begins with "=" stays text."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Runs"
    for line in (header, *rows):
        sheet.append(list(line))
    for cell in (cell for line in sheet.iter_rows() for cell in line):
        if cell.data_type == "f":
            cell.data_type = "s"
    for address, number_format in formats.items():
        sheet[address].number_format = number_format
    book.save(folder / "log.xlsx")
    return folder / "log.xlsx"


def stored_log(folder: Path, *rows: Sequence[object]) -> Path:
    """A workbook whose masses are stored with all their digits, as Excel stores them."""
    return raw_log(
        folder, *({"F": f'<c r="F{n}"><v>{mass!r}</v></c>'} for n, (*_, mass) in enumerate(rows, 2))
    )


def raw_log(folder: Path, *rows: Mapping[str, str]) -> Path:
    """A workbook whose cells are the given XML, each by its column's letter; the others are in order."""
    usual = dict(zip("ABCDEF", row(), strict=True))
    xml = _xml_row(1, dict(zip("ABCDEF", HEADER, strict=True)), {})
    for number, cells in enumerate(rows, 2):
        xml += _xml_row(number, {**usual, "A": f"A{number - 1}"}, cells)
    return with_sheet(book_log(folder, row()), xml)


def _xml_row(number: int, usual: Mapping[str, object], instead: Mapping[str, str]) -> str:
    cells = (instead.get(letter) or _xml_cell(f"{letter}{number}", usual[letter]) for letter in sorted(usual))
    return f'<row r="{number}">{"".join(cells)}</row>'


def _xml_cell(address: str, value: object) -> str:
    if isinstance(value, int):
        return f'<c r="{address}"><v>{value}</v></c>'
    return f'<c r="{address}" t="inlineStr"><is><t>{value}</t></is></c>'


def checked(path: Path, plant: Convention = PLANT) -> CheckedTable:
    """The log's one table, read and checked."""
    (raw,) = read(path, path.name, fits=Fits(plant.columns), sheet=plant.sheet)[1]
    table = check(raw, plant, NOW)
    assert isinstance(table, CheckedTable), table
    return table


def runs(table: CheckedTable) -> list[Run]:
    """The runs of a table in which every row is in order."""
    assert [row.issues for row in table.rows if row.run is None] == []
    return [row.run for row in table.rows if row.run]


def refused(table: CheckedTable, row: int = 2) -> tuple[str, str, str]:
    """The one thing that is wrong with a row: its code, its cell and the text that was found there."""
    (issue,) = [issue for each in table.rows if each.row == row for issue in each.issues]
    assert (issue.severity, issue.row, issue.file) == ("error", row, table.file)
    assert issue.sheet == table.sheet
    assert issue.column
    assert_helpful(issue)
    (cell,) = issue.cells
    return issue.code, cell, issue.found


def wanted(table: CheckedTable, row: int = 2) -> str:
    """What is wanted instead, and the remedy."""
    (issue,) = [issue for each in table.rows if each.row == row for issue in each.issues]
    return f"{issue.wanted}. {issue.remedy}"


def assert_helpful(issue: Issue) -> None:
    assert issue.wanted
    assert not issue.wanted.endswith(".")
    assert issue.remedy.endswith((".", "?"))


def told(table: CheckedTable) -> list[tuple[str, str, str]]:
    """What the table tells: each notice's code, column and text."""
    assert all(notice.severity == "notice" for notice in table.notices)
    return [(notice.code, notice.column, notice.wanted) for notice in table.notices]
