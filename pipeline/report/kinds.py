"""What is wrong, and what was tidied, grouped by kind: once the rule, once the remedy, every cell. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pipeline.catalogue import title
from pipeline.model import (
    NEEDS_A_PERSON,
    ROWS_DISAGREE,
    Issue,
    Outcome,
    Report,
    ReportRow,
    ReportTable,
    Severity,
    Word,
)

WAITS = "batch_has_bad_row"
_GRAVITY: dict[Severity, int] = {"error": 0, "warning": 1, "notice": 2}


class Place(Struct, frozen=True):
    """One row that is wrong: where it is, and what is wrong as a sentence and in its parts.

    `where` names the file only where there are several. `details` are the fields of a conflict.
    """

    where: str
    what: str
    file: str
    sheet: str
    row: int
    reference: str
    cells: tuple[str, ...] = ()
    found: str = ""
    wanted: str = ""
    remedy: str = ""
    details: tuple[str, ...] = ()


class Problem(Struct, frozen=True):
    """All the rows that are wrong in the same way in the same column, in the order of the log.

    `found`, `wanted` and `remedy` are empty where not all of its places have the same. `outcome` is the word
    of rows that the registry, the ledger or another row stands against; else it is empty.
    """

    code: str
    severity: Severity
    title: str
    outcome: str
    column: str
    rows: int
    cells: tuple[str, ...]
    found: str
    wanted: str
    remedy: str
    places: tuple[Place, ...]


class Notice(Struct, frozen=True):
    """What was tidied or passed over in one column of a table: how many cells, and the first of them."""

    code: str
    title: str
    file: str
    sheet: str
    column: str
    count: int
    cells: tuple[str, ...]
    rows: tuple[int, ...]
    says: tuple[str, ...]


class _Kind(Struct, frozen=True):
    severity: Severity
    code: str
    outcome: str


def problems(report: Report) -> list[Problem]:
    """What is wrong: what to correct, then the rows that wait for it, then warnings, then notices.

    A kind whose rows stand in several columns is several problems, one after the other. A row that the
    registry or the ledger refused is told with the reason that they gave.
    """
    grouped: dict[_Kind, dict[str, list[Place]]] = {}
    several = len({(table.file, table.sheet) for table in report.tables}) > 1
    for row in report.rows:
        for kind, column, place in _wrongs(row, report.tables[row.table], several=several):
            grouped.setdefault(kind, {}).setdefault(column, []).append(place)
    kinds = sorted(grouped, key=lambda kind: (_GRAVITY[kind.severity], kind.code == WAITS))
    return [_problem(kind, column, grouped[kind][column]) for kind in kinds for column in grouped[kind]]


def notices(report: Report) -> list[Notice]:
    """What was tidied or passed over, once for each kind, table and column."""
    grouped: dict[tuple[str, ...], list[Issue]] = {}
    for each in report.notices:
        grouped.setdefault((each.code, each.file, each.sheet, each.column), []).append(each)
    return [
        Notice(
            code,
            title(code),
            file,
            sheet,
            column,
            sum(each.count for each in found),
            tuple(cell for each in found for cell in each.cells),
            tuple(each.row for each in found if each.row is not None),
            tuple(dict.fromkeys(each.wanted for each in found)),
        )
        for (code, file, sheet, column), found in grouped.items()
    ]


def differing(outcome: Outcome) -> list[str]:
    """The fields of a conflict in words: the log against what is held, or one row against another."""
    differences = outcome.differences
    if outcome.code == ROWS_DISAGREE:
        return [f"{each.field}: one row says {each.wanted}, another {each.held}." for each in differences]
    return [f"{each.field}: the log says “{each.wanted}”, held is “{each.held}”." for each in differences]


def speaks(outcome: Outcome) -> bool:
    """Whether an outcome says itself what is wrong, beside what the checks have found."""
    words: frozenset[Word] = NEEDS_A_PERSON | {"unknown"}
    return bool(outcome.message) and outcome.word in words and not outcome.reasons


def _wrongs(row: ReportRow, table: ReportTable, *, several: bool) -> Iterator[tuple[_Kind, str, Place]]:
    at = _Row(row, table, f"{table.file}{f' [{table.sheet}]' if table.sheet else ''} " if several else "")
    for issue in row.issues:
        yield _Kind(issue.severity, issue.code, ""), issue.column, at.of_issue(issue)
    if speaks(row.outcome):
        severity: Severity = "warning" if row.outcome.word == "unknown" else "error"
        yield _Kind(severity, row.outcome.code, row.outcome.word), "", at.of_outcome(row.outcome)


class _Row(Struct, frozen=True):
    """A row with its table, and the name of its file where that has to be told."""

    row: ReportRow
    table: ReportTable
    file: str

    def of_issue(self, issue: Issue) -> Place:
        where = "/".join(issue.cells) or f"row {self.row.row}"
        told = {"cells": issue.cells, "found": issue.found, "wanted": issue.wanted, "remedy": issue.remedy}
        return replace(self._place(where, issue.sentence), **told)

    def of_outcome(self, outcome: Outcome) -> Place:
        details = tuple(differing(outcome))
        where = f"row {self.row.row} ({self.row.reference})"
        return replace(self._place(where, " ".join((outcome.message, *details))), details=details)

    def _place(self, where: str, what: str) -> Place:
        row, table = self.row, self.table
        return Place(f"{self.file}{where}", what, table.file, table.sheet, row.row, row.reference)


def _problem(kind: _Kind, column: str, places: Sequence[Place]) -> Problem:
    return Problem(
        kind.code,
        kind.severity,
        title(kind.code or kind.outcome),
        kind.outcome,
        column,
        len(places),
        tuple(cell for place in places for cell in place.cells),
        _same(place.found for place in places),
        _same(place.wanted for place in places),
        _same(place.remedy for place in places),
        tuple(places),
    )


def _same(texts: Iterable[str]) -> str:
    """The one text, if all are the same."""
    different = set(texts)
    return different.pop() if len(different) == 1 else ""
