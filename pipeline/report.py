"""Issues + Outcomes -> Report: every row once, the counts, the exit code, and what to do next. Pure."""

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from pipeline.errors import Exit
from pipeline.model import (
    NEEDS_A_PERSON,
    REFERENCE_TAKEN,
    UNFINISHED,
    WORDS,
    AsRead,
    CheckedTable,
    Issue,
    Outcome,
    Report,
    ReportRow,
    ReportTable,
    RowKey,
    Run,
    Word,
)
from schemas.cell import address, text_of

_FIELD_OF_PAYLOAD = {
    "facility_id": "facility",
    "feedstock_type_ids": "feedstock",
    "mass.standard_deviation": "mass_standard_deviation",
}
"""The log's field of each part of the payload that has another name there."""
_WAITS = "batch_has_bad_row"
ONLY_LOOKS = ("check", "dry-run")
"""Commands that send nothing, so that a row which is not sent is as wanted."""
_MAY_PASS = frozenset((404, 405, 409, 410, 421, 423, 424, 425, 426, 428, 451))
"""Statuses of a refusal whose reason may be gone tomorrow; the others want another body."""


class Place(Struct, frozen=True):
    """One row that is wrong: where, with the cells and what they hold, and what to do about it."""

    where: str
    what: str


class Problem(Struct, frozen=True):
    """All the rows that are wrong in the same way, in the order of the log."""

    code: str
    places: tuple[Place, ...]


def rows_of(tables: Sequence[CheckedTable], outcomes: Mapping[RowKey, Outcome]) -> tuple[ReportRow, ...]:
    """Every data row with its outcome; KeyError when one has none, so that none is ever lost."""
    return tuple(
        ReportRow(
            index, row.row, row.cells, row.reference, outcomes[index, row.row], row.issues, _as_read(row.run)
        )
        for index, table in enumerate(tables)
        for row in table.rows
    )


def _as_read(run: Run | None) -> AsRead | None:
    return AsRead(run.started_at, run.ended_at, run.mass) if run else None


def headings(tables: Sequence[CheckedTable]) -> tuple[ReportTable, ...]:
    """Where the rows of a report came from."""
    return tuple(
        ReportTable(table.file, table.sheet, table.header, table.fields, table.timezone) for table in tables
    )


def counts(rows: Iterable[ReportRow]) -> dict[Word, int]:
    """How many rows have each outcome; all seven words, zeros too."""
    counted = Counter(row.outcome.word for row in rows)
    return {word: counted[word] for word in WORDS}


def errors(rows: Iterable[ReportRow]) -> int:
    """How many rows need a person."""
    return sum(row.outcome.word in NEEDS_A_PERSON for row in rows)


def exit_code(report: Report, *, stopped: Exit | None = None) -> Exit:
    """What the shell is told; `stopped` is a reason that outranks what became of the rows."""
    if stopped is not None:
        return stopped
    words = {row.outcome.word for row in report.rows}
    refused = [source.refusal.code for source in report.sources if source.refusal]
    as_wanted = {"not_sent"} if report.command in ONLY_LOOKS else set()
    if words & UNFINISHED - as_wanted:
        return Exit.UNFINISHED
    if words & NEEDS_A_PERSON or any(code != "file_missing" for code in refused):
        return Exit.NEEDS_A_PERSON
    return Exit.USAGE if refused else Exit.OK


def may_be_retried(row: ReportRow) -> bool:
    """Whether `retry` sends a row again: open, not sent, or rejected for a reason that may pass."""
    outcome = row.outcome
    may_pass = outcome.http_status in _MAY_PASS or outcome.code == REFERENCE_TAKEN
    return outcome.word in UNFINISHED or (outcome.word == "rejected" and may_pass)


def refreshed(report: Report, now_known: Mapping[str, Outcome]) -> Report:
    """A report whose run died, with what the ledger knows of its rows by now."""
    rows = (
        traced(replace(row, outcome=now_known.get(row.reference, row.outcome)), report.tables[row.table])
        if row.outcome.word in UNFINISHED
        else row
        for row in report.rows
    )
    return replace(report, rows=tuple(rows))


def traced(row: ReportRow, table: ReportTable) -> ReportRow:
    """A refused row with each of the registry's reasons at the cells that its value came from."""
    return replace(row, issues=(*row.issues, *(_reason(row, table, *each) for each in row.outcome.reasons)))


def _reason(row: ReportRow, table: ReportTable, path: str, message: str) -> Issue:
    top = path.split(".", maxsplit=1)[0]
    field = _FIELD_OF_PAYLOAD.get(path) or _FIELD_OF_PAYLOAD.get(top, top)
    columns = table.fields.get(field, ())
    taken = row.outcome.code == REFERENCE_TAKEN
    return Issue(
        severity="error",
        code=row.outcome.code,
        file=table.file,
        sheet=table.sheet,
        row=row.row,
        cells=tuple(address(column, row.row) for column in columns),
        column=" + ".join(table.header[column].strip() for column in columns),
        found=" ".join(text_of(row.cells[column]) for column in columns),
        wanted=f"{'a free reference' if taken else 'what the registry takes'}: "
        f"{path + ': ' if path and not taken else ''}{message.rstrip('.')}",
        remedy=row.outcome.message if taken else "Correct it, or ask the registry.",
    )


def problems(report: Report) -> list[Problem]:
    """What is wrong, grouped by kind: what to correct, then the rows that wait for it, then warnings.

    A row that the registry or the ledger refused is told with the reason that they gave.
    """
    grouped: dict[str, list[Place]] = {}
    several = len({(table.file, table.sheet) for table in report.tables}) > 1
    for row in report.rows:
        table = report.tables[row.table]
        file = f"{table.file}{f' [{table.sheet}]' if table.sheet else ''} " if several else ""
        for issue in row.issues:
            kind = issue.code if issue.severity == "error" else f"{issue.severity}: {issue.code}"
            cells = "/".join(issue.cells) or f"row {row.row}"
            grouped.setdefault(kind, []).append(Place(f"{file}{cells}", issue.sentence))
        speaks = row.outcome.word in NEEDS_A_PERSON | {"unknown"} and not row.outcome.reasons
        if row.outcome.message and speaks:
            what = " ".join((row.outcome.message, *differing(row.outcome)))
            place = Place(f"{file}row {row.row} ({row.reference})", what)
            grouped.setdefault(f"{row.outcome.word}: {row.outcome.code}", []).append(place)
    kinds = sorted(grouped, key=lambda kind: (kind.startswith(("warning", "notice")), kind == _WAITS))
    return [Problem(kind, tuple(grouped[kind])) for kind in kinds]


def next_command(report: Report, folder: PurePath, *, by_make: bool, options: Sequence[str] = ()) -> str:
    """The command to type next, or nothing when there is nothing left to do.

    `options` are those that must be typed again for it to mean the same, such as --config.
    """
    words = {row.outcome.word for row in report.rows}
    files = [source.file for source in report.sources if not source.refusal]
    if report.command in ONLY_LOOKS:
        return (
            ""
            if words & NEEDS_A_PERSON or "not_sent" not in words
            else _typed("upload", files, options, by_make)
        )
    if report.command == "amend":
        left = [row.reference for row in report.rows if row.outcome.word in UNFINISHED]
        return _typed("amend", left, options, by_make=False) if left else ""
    if words & UNFINISHED:
        return _typed("retry", [], options, by_make)
    if words & NEEDS_A_PERSON:
        return _typed("upload", [str(folder / "to_fix.xlsx")], options, by_make)
    return ""


def differing(outcome: Outcome) -> list[str]:
    """The fields of a conflict in words: the log against what is held, or one row against another."""
    one, other = (
        ("one row says", "another") if outcome.code == "rows_disagree" else ("the log says", "held is")
    )
    return [f"{each.field}: {one} “{each.wanted}”, {other} “{each.held}”." for each in outcome.differences]


def _typed(command: str, files: Sequence[str], options: Sequence[str], by_make: bool) -> str:
    if not by_make:
        return shlex.join(["pipeline", command, *options, *files])
    parts = [f"make {command}"]
    if files:
        parts.append(f"FILES={_in_make(shlex.join(files))}")
    if options:
        parts.append(f'ARGS="{shlex.join(options)}"')
    return " ".join(parts)


def _in_make(files: str) -> str:
    return f'"{files}"' if " " in files or "'" in files else files
