"""The lines of the results: the log's own columns, what became of the row, and what it was read as."""

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from pipeline.model import OF_TO_FIX, AsRead, Report, ReportRow, ReportTable
from pipeline.write import messages
from schemas.cell import Cell, Moment, Number, letters
from schemas.zones import zone

OWN = (
    "_file",
    "_sheet",
    "_row",
    "_supplier_reference_id",
    "_outcome",
    "_registry_id",
    "_attempts",
    "_http_status",
    "_cell",
    "_code",
    "_message",
    "_started_local",
    "_started_utc",
    "_ended_local",
    "_ended_utc",
    "_mass_kg",
)
OUTCOME = OWN.index("_outcome") - len(OWN)
"""Where a line's outcome stands, counted from its end."""
MESSAGE = OWN.index("_message") - len(OWN)
"""Where a line's message stands, counted from its end."""
_SHOWN = "yyyy-mm-dd hh:mm:ss"
_NOT_READ = ("",) * 5
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_WALL_EPOCH = _EPOCH.replace(tzinfo=None)


class Layout(NamedTuple):
    """The columns taken from the logs, and for each table which of its columns go where."""

    names: tuple[str, ...]
    moves: tuple[tuple[tuple[int, int], ...], ...]

    @property
    def header(self) -> tuple[str, ...]:
        return (*self.names, *OWN)


def layout(report: Report, most: int | None = None) -> Layout:
    """The columns of all tables in order of appearance, those of one name being one column.

    `most` is how many columns there is room for; those of the logs that do not fit are left out.
    """
    names: dict[str, int] = {}
    moves = []
    for columns in log_columns(report):
        taken = _named(columns)
        for name in taken:
            names.setdefault(name, len(names))
        moves.append([(columns[place][0], names[name]) for place, name in enumerate(taken)])
    room = len(names) if most is None else min(len(names), most - len(OWN))
    return Layout(
        tuple(names)[:room],
        tuple(tuple(move for move in table if move[1] < room) for table in moves),
    )


def log_columns(report: Report) -> list[list[tuple[int, str]]]:
    """For each table its columns (counted from 0) and headers, without the one that `to_fix.xlsx` adds.

    Cells beyond the header belong to the log too; their header is blank.
    """
    widths = [len(table.header) for table in report.tables]
    for row in report.rows:
        if len(row.cells) > widths[row.table]:
            filled = [place for place, cell in enumerate(row.cells, 1) if cell != ""]
            widths[row.table] = max(widths[row.table], *filled[-1:])
    return [
        [
            (column, header)
            for column, header in enumerate((*table.header, *[""] * (width - len(table.header))))
            if header.strip().casefold() != OF_TO_FIX
        ]
        for table, width in zip(report.tables, widths, strict=True)
    ]


class Lines:
    """The lines of a report's results, each as wide as their header."""

    def __init__(self, report: Report, most: int | None = None) -> None:
        self.layout = layout(report, most)
        self._tables = report.tables
        self._taken = [_taking(moves, len(self.layout.names)) for moves in self.layout.moves]

    def of(self, row: ReportRow) -> tuple[Cell, ...]:
        table = self._tables[row.table]
        read = _as_read(row.as_read, table.timezone) if row.as_read else _NOT_READ
        return (*self._taken[row.table](row.cells), *_fate(table, row), *read)


def _taking(moves: Sequence[tuple[int, int]], width: int) -> Callable[[tuple[Cell, ...]], tuple[Cell, ...]]:
    """What takes the cells of a table's row to the columns of the results; those that it lacks are empty."""
    sources = {target: source for source, target in moves}
    longest = max(sources.values(), default=-1) + 1
    filling = ("",) * (longest + 1)
    take = itemgetter(*(sources.get(target, longest) for target in range(width)), longest, longest)

    def taken(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        known = cells[:longest]
        found: tuple[Cell, ...] = take((*known, *filling[len(known) :]))
        return found[:width]

    return taken


def _fate(table: ReportTable, row: ReportRow) -> tuple[Cell, ...]:
    outcome = row.outcome
    return (
        table.file,
        table.sheet,
        Number(row.row),
        row.reference,
        outcome.word,
        outcome.registry_id,
        Number(outcome.attempts),
        "" if outcome.http_status is None else Number(outcome.http_status),
        *messages.told(row),
    )


def _as_read(read: AsRead, timezone: str) -> tuple[Cell, ...]:
    """Each instant as the clocks showed it at the plant, where its zone is known, and in UTC; kilograms."""
    return (
        _local(read.started_at, timezone),
        _utc(read.started_at),
        _local(read.ended_at, timezone),
        _utc(read.ended_at),
        _number(read.mass),
    )


def _local(at: dt.datetime, timezone: str) -> Cell:
    if not timezone:
        return ""
    ahead = at.astimezone(zone(timezone)).utcoffset() or dt.timedelta(0)
    return _wall(_WALL_EPOCH + (at - _EPOCH) + ahead)


def _utc(at: dt.datetime) -> Cell:
    return _wall(_WALL_EPOCH + (at - _EPOCH))  # a fifth of the time of at.replace(tzinfo=None)


def _wall(shown: dt.datetime) -> Cell:
    """A workbook's dates have no zone; the name of the column says which it is."""
    return Moment(shown, _SHOWN, has_time=True)


def _number(value: Decimal) -> Number:
    """To the digits that a workbook's number has; the exact value is what was sent."""
    nearest = float(value)
    is_whole = nearest.is_integer() and value == value.to_integral_value()
    return Number(int(value) if is_whole else nearest)


def _named(columns: list[tuple[int, str]]) -> list[str]:
    """A name for each column, all different; one without a header goes by its letter."""
    taken: dict[str, None] = {}
    for column, header in columns:
        letter = f"(column {letters(column)})"
        name = header if header.strip() else letter
        is_free = name not in taken and name.strip().casefold() not in OWN
        taken[name if is_free else f"{name} {letter}"] = None
    return list(taken)
