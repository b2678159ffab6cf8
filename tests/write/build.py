"""Small reports, built by hand."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook, load_workbook

from pipeline.model import (
    Issue,
    Outcome,
    Report,
    ReportRow,
    ReportTable,
    Severity,
    Source,
    Target,
    Word,
)
from pipeline.write.delimited import write_delimited
from pipeline.write.to_fix import write_to_fix
from pipeline.write.workbook import write_workbook
from schemas.cell import Cell

START = dt.datetime(2025, 3, 1, 6, 30, tzinfo=dt.UTC)
HEADER = ("Batch ref", "Biochar mass (kg)")
FIELDS: dict[str, tuple[int, ...]] = {"supplier_reference_id": (0,), "mass": (1,)}


def table(header: Sequence[str] = HEADER, file: str = "log.xlsx", sheet: str = "Runs") -> ReportTable:
    return ReportTable(file, sheet, tuple(header), FIELDS)


def row(
    cells: Sequence[Cell] = ("RUN-1", "12"),
    outcome: Outcome | Word = "invalid",
    *issues: Issue,
    number: int = 22,
    place: int = 0,
) -> ReportRow:
    fate = Outcome(outcome) if isinstance(outcome, str) else outcome
    reference = cells[0] if cells and isinstance(cells[0], str) else ""
    return ReportRow(place, number, tuple(cells), reference, fate, tuple(issues))


def issue(*cells: str, severity: Severity = "error", code: str = "mass-text") -> Issue:
    return Issue(
        severity=severity,
        code=code,
        file="log.xlsx",
        sheet="Runs",
        row=22,
        cells=cells,
        column="Biochar mass (kg)",
        found="abc",
        wanted="a mass is a number",
        remedy="Write digits only.",
    )


def report(*rows: ReportRow, tables: Sequence[ReportTable] | None = None) -> Report:
    return Report(
        run_id="20250301T063000Z-ab12",
        command="upload",
        target=Target("sandbox", "https://api.sandbox.example", "Plant Ltd"),
        started_at=START,
        finished_at=START + dt.timedelta(minutes=2),
        sources=(Source("log.xlsx", "0" * 64, len(rows)),),
        tables=tuple(tables or [table()]),
        rows=rows,
        notices=(),
        requests={"POST": 3, "GET": 1},
        exit_code=1,
    )


def lines_of(made: Report) -> list[list[str]]:
    """The lines of the CSV, the header first."""
    file = io.BytesIO()
    write_delimited(made, file)
    text = file.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def records_of(made: Report) -> list[dict[str, str]]:
    header, *lines = lines_of(made)
    return [dict(zip(header, line, strict=True)) for line in lines]


def results_of(made: Report) -> Workbook:
    file = io.BytesIO()
    write_workbook(made, file)
    return load_workbook(file)


def to_fix_of(made: Report) -> Workbook:
    file = io.BytesIO()
    write_to_fix(made, file)
    return load_workbook(file)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
