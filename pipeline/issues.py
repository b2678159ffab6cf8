"""What is wrong with a row of a table, told with its cells. Pure: values to values."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from pipeline.model import CheckedRow, CheckedTable, Issue, RowKey, Severity
from schemas.cell import address, text_of
from schemas.run_log.parsed import Problem

Issues = Mapping[RowKey, tuple[Issue, ...]]
"""What there is to tell of rows, by the row."""
_FIELDS_OF_PAYLOAD = {
    "facility_id": ("facility",),
    "feedstock_type_ids": ("feedstock",),
    "mass.standard_deviation": ("mass_standard_deviation",),
    "mass.unit": ("mass_unit", "mass"),
}
"""The log's field of each part of the payload that has another name there; the first that the log has."""


def issue_at(
    table: CheckedTable,
    row: CheckedRow,
    fields: Sequence[str],
    problem: Problem,
    severity: Severity = "error",
) -> Issue:
    """A problem of a row at the cells of these fields, the one to correct first before the others."""
    columns = [column for field in fields for column in table.fields.get(field, ())]
    return Issue(
        severity,
        problem.code,
        table.file,
        table.sheet,
        row.row,
        tuple(address(column, row.row) for column in columns),
        " + ".join(table.header[column].strip() for column in columns),
        " ".join(text_of(row.cells[column]) for column in columns),
        problem.wanted,
        problem.remedy,
        healed_in=problem.healed_in,
    )


IF_BOTH_ARE_RIGHT = 'If both are right, write copied_runs = "warn" under [log] in pipeline.toml.'
COPY_NOT_REFUSED = "This row is not refused for it. If it is a copy, one of the two must go."
DELETE_SUM = f"Delete it if it is their sum, or correct its times or its mass. {IF_BOTH_ARE_RIGHT}"
SUM_NOT_REFUSED = "This row is not refused for it. If it is their sum, it must go."
"""What is said of runs that may stand in the logs twice, under one reference or two, and of sums of runs."""


def columns_of(fields: Mapping[str, tuple[int, ...]], path: str) -> tuple[int, ...]:
    """The log's columns that a part of the payload came from: its own, or else those of what it is a part of.

    A path may go on below a field: the place in a list, or the type that a value was tried as.
    """
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        part = ".".join(parts[:length])
        for field in _FIELDS_OF_PAYLOAD.get(part, (part,)):
            if field in fields:
                return fields[field]
        if part in _FIELDS_OF_PAYLOAD:
            break
    return ()


def source_of(table: CheckedTable) -> str:
    """The file and the sheet that a table stands in, as a message names them."""
    return f"{table.file} [{table.sheet}]" if table.sheet else table.file


def with_issues(tables: Sequence[CheckedTable], issues: Issues) -> list[CheckedTable]:
    """The tables with these issues beside those that their rows had."""
    if not issues:
        return list(tables)
    return [
        replace(
            table,
            rows=[
                replace(row, issues=(*row.issues, *issues[index, row.row]))
                if (index, row.row) in issues
                else row
                for row in table.rows
            ],
        )
        for index, table in enumerate(tables)
    ]


def refused(tables: Sequence[CheckedTable], issues: Issues) -> list[CheckedTable]:
    """The same, and a row with an error among them holds no run any more."""
    wrong = {key for key, found in issues.items() if any(each.severity == "error" for each in found)}
    return [
        replace(
            table,
            rows=[replace(row, run=None) if (index, row.row) in wrong else row for row in table.rows],
        )
        if any(at == index for at, _ in wrong)
        else table
        for index, table in enumerate(with_issues(tables, issues))
    ]
