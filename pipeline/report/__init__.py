"""Issues + Outcomes -> Report: every row once, the counts, the exit code, and what to do next. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from pipeline.errors import Exit
from pipeline.issues import columns_of
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
from pipeline.report.kinds import Notice, Place, Problem, differing, notices, problems
from pipeline.report.next_step import (
    NOTHING,
    ONLY_LOOKS,
    Again,
    Following,
    following,
    has_looked,
    retry_of,
    to_do,
    typed,
)
from schemas.cell import address, text_of

__all__ = [
    "NOTHING",
    "ONLY_LOOKS",
    "Again",
    "Following",
    "Notice",
    "Place",
    "Problem",
    "counts",
    "differing",
    "errors",
    "exit_code",
    "following",
    "headings",
    "may_be_retried",
    "notices",
    "problems",
    "reopened",
    "retry_of",
    "rows_of",
    "to_do",
    "traced",
    "typed",
]

_OF_THE_CALL = frozenset(
    (
        "address_denied",
        "address_malformed",
        "address_unknown",
        "address_with_credential",
        "address_without_credentials",
        "address_without_driver",
        "file_missing",
        "host_key_changed",
        "host_key_unknown",
        "nothing_matches",
    )
)
"""Why a file was refused that is no matter of its content, but of what was typed, set or installed."""
_NOTHING: Mapping[str, str] = MappingProxyType({})
_MAY_PASS = frozenset((404, 405, 409, 410, 421, 423, 424, 425, 426, 428, 451))
"""Statuses of a refusal whose reason may be gone tomorrow; the others want another body."""


def rows_of(
    tables: Sequence[CheckedTable],
    outcomes: Mapping[RowKey, Outcome],
    asked_for: Mapping[str, str] = _NOTHING,
) -> tuple[ReportRow, ...]:
    """Every data row with its outcome; KeyError when one has none, so that none is ever lost.

    `asked_for` are the fingerprints of the batches that are to be sent, by reference.
    """
    return tuple(
        ReportRow(
            index,
            row.row,
            row.cells,
            row.reference,
            outcomes[index, row.row],
            row.issues,
            _as_read(row.run),
            asked_for.get(row.reference, "") if row.run else "",
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
    as_wanted = {"not_sent"} if has_looked(report) else set()
    if words & UNFINISHED - as_wanted:
        return Exit.UNFINISHED
    if "address_unreachable" in refused:
        return Exit.UNFINISHED
    if words & NEEDS_A_PERSON or not _OF_THE_CALL.issuperset(refused):
        return Exit.NEEDS_A_PERSON
    return Exit.USAGE if refused else Exit.OK


def may_be_retried(row: ReportRow) -> bool:
    """Whether `retry` sends a row again: open, not sent, or rejected for a reason that may pass."""
    outcome = row.outcome
    may_pass = outcome.http_status in _MAY_PASS or outcome.code == REFERENCE_TAKEN
    return outcome.word in UNFINISHED or (outcome.word == "rejected" and may_pass)


def traced(row: ReportRow, table: ReportTable) -> ReportRow:
    """A refused row with each of the registry's reasons at the cells that its value came from."""
    if not row.outcome.reasons:
        return row
    return replace(row, issues=(*row.issues, *(_reason(row, table, *each) for each in row.outcome.reasons)))


def reopened(row: ReportRow, outcome: Outcome) -> ReportRow:
    """A row that is tried again, without the reasons for which it was rejected before."""
    kept = row.issues
    if row.outcome.word == "rejected":  # it had passed every check, so what is an error is the registry's
        kept = tuple(issue for issue in row.issues if issue.severity != "error")
    return replace(row, outcome=outcome, issues=kept)


def _reason(row: ReportRow, table: ReportTable, path: str, message: str) -> Issue:
    columns = columns_of(table.fields, path)
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
