"""Which cells of a row are marked: the colour of each, and what the note on it says. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from pipeline.model import NEEDS_A_PERSON, Issue, ReportRow, ReportTable, Word
from pipeline.write import messages
from schemas.cell import place

RED, AMBER = "#FFC7CE", "#FFEB9C"
FILLS: Mapping[Word, str] = {
    "created": "#C6EFCE",
    "already_registered": "#DDEBF7",
    "conflict": "#FFD699",
    "invalid": RED,
    "rejected": RED,
    "unknown": AMBER,
    "not_sent": "#EDEDED",
}
"""The colour of each outcome."""

MOST_NOTES = 1_000
"""Notes of a sheet: each is a drawing, and a sheet of many thousands opens and scrolls slowly."""

_TOLD = NEEDS_A_PERSON | {"unknown"}
_AT_THE_REFERENCE = "supplier_reference_id"


class Mark(NamedTuple):
    """A cell's colour, and its note."""

    fill: str
    note: str


class Notes:
    """The notes of one sheet, of which only so many are pinned; the last of them says where the rest is."""

    def __init__(self, rest: str) -> None:
        self._rest, self._pinned = rest, 0

    def pinned(self, text: str) -> str:
        """The text to pin to the next cell; empty when there are enough."""
        self._pinned += 1
        if self._pinned > MOST_NOTES:
            return ""
        return f"{text}\n{self._rest}" if self._pinned == MOST_NOTES else text


def marks(table: ReportTable, row: ReportRow, *, warnings: bool = True) -> dict[int, Mark]:
    """The marks of a row by column, counted from 0; a row that is in order has none.

    Cells with an error are red, those with a warning only are amber, and the reference of a row that
    the registry, the ledger or another row stands against has the colour of its outcome. An issue may name
    cells of other rows too; these are marked with their own row.
    """
    if not row.issues and row.outcome.word not in _TOLD:
        return {}
    found: dict[int, list[str]] = defaultdict(list)
    fills: dict[int, str] = {}
    for issue in sorted(row.issues, key=_is_no_error):
        if issue.severity == "error" or (warnings and issue.severity == "warning"):
            for column in columns_of(issue, row):
                found[column].append(issue.sentence)
                fills.setdefault(column, AMBER if _is_no_error(issue) else RED)
    for column in table.fields.get(_AT_THE_REFERENCE, ())[:1]:
        if said := _said_of_all(row, told=bool(fills)):
            found[column].append(said)
            fills[column] = fills.get(column, FILLS[row.outcome.word])
    return {column: Mark(fills[column], "\n".join(found[column])) for column in sorted(found)}


def columns_of(issue: Issue, row: ReportRow) -> list[int]:
    """The columns, counted from 0, of the row's own cells that an issue names."""
    return [column for column, number in map(place, issue.cells) if number == row.row]


def _said_of_all(row: ReportRow, *, told: bool) -> str:
    """What is said of the row as a whole, and so at its reference; nothing when its cells say it all."""
    if row.outcome.word not in _TOLD or (row.outcome.word == "invalid" and told):
        return ""
    return messages.fate(row)


def _is_no_error(issue: Issue) -> bool:
    return issue.severity != "error"
