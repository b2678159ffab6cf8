"""Every row of a table: a run, or what is wrong with it."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from pipeline.check.columns import ValueColumns
from pipeline.check.fields import Fields
from pipeline.check.header import Header
from pipeline.check.merged import Merged
from pipeline.model import CheckedRow, Issue
from schemas.cell import Cell, Moment, Row, address, letters, quoted, text_of
from schemas.run_log.parsed import Problem
from schemas.run_log.spelling import folded
from schemas.run_log.stated import MAX_CELL, TOO_LONG
from schemas.run_log.words import says_total

_OF_A_RUN = ("supplier_reference_id", "started_at", "ended_at")
_QUOTED = 100


def data_rows(below: Sequence[Row], header: Header) -> tuple[list[Row], list[Issue]]:
    """The rows below the header that are not blank, and a notice for each total passed over."""
    data: list[Row] = []
    skipped = []
    wide = len(header.texts) if header.sheet else 0
    of_a_run = [column for field in _OF_A_RUN for column in header.columns.fields[field]]
    start = header.columns.fields["started_at"][0]
    starts = frozenset(filter(_says_a_start, {cells[start] for _, cells in below if start < len(cells)}))
    for row in below:
        number, cells = row
        if len(cells) < wide:
            cells += ("",) * (wide - len(cells))  # as wide as its header
            row = number, cells  # noqa: PLW2901
        if start < len(cells) and cells[start] in starts:
            data.append(row)
        elif not any(map(_says_something, cells)):
            continue
        elif _is_total(cells, of_a_run):
            skipped.append(_passed_over(row, header))
        else:
            data.append(row)
    return data, skipped


def checked_rows(
    data: Sequence[Row], parse: Fields, header: Header, merged: Merged, now: dt.datetime, *, too_long: bool
) -> tuple[list[CheckedRow], list[Issue]]:
    """Each data row as a Run, or with everything that is wrong with it; then the table's notices.

    Without `too_long` no cell is longer than a cell can be.
    """
    heads = _heads(data, header)
    wide = len(header.texts)
    suspects = data if heads or too_long else [row for row in data if len(row[1]) != wide]
    misshapen = {
        row[0]: issue for row in suspects if (issue := _misshapen(row, header, heads, too_long=too_long))
    }
    shapely = [row for row in data if row[0] not in misshapen] if misshapen else data
    columns = ValueColumns(shapely, header, parse)
    problems = columns.judged(now, merged)
    runs, references = columns.runs(without=problems), columns.references()
    first_rows = merged.first_rows("supplier_reference_id", [number for number, _ in data])
    issues: dict[int, tuple[Issue, ...]] = {number: (issue,) for number, issue in misshapen.items()}
    issues |= _told(header, data, problems)
    checked = [
        CheckedRow(number, cells, references.get(first, ""), runs.get(number), issues.get(number, ()))
        for (number, cells), first in zip(data, first_rows, strict=True)
    ]
    return checked, [*columns.notices(), *merged.notices()]


def _says_a_start(cell: Cell) -> bool:
    """A run begins then: its row is neither blank nor a total, whatever else stands in it."""
    return type(cell) is Moment or (type(cell) is str and bool(cell.strip()) and not says_total(cell.strip()))


def _says_something(cell: Cell) -> bool:
    return bool((cell if type(cell) is str else text_of(cell)).strip())


def _is_total(cells: Sequence[Cell], of_a_run: Sequence[int]) -> bool:
    """A cell says "total", and no reference, start or end stands in the row (hazard 50)."""
    for column in of_a_run:
        text = text_of(cells[column]).strip() if column < len(cells) else ""
        if text and not says_total(text):
            return False
    return any(says_total(text_of(cell)) for cell in cells)


def _passed_over(row: Row, header: Header) -> Issue:
    what = " ".join(text_of(cell).strip() for cell in row[1] if text_of(cell).strip())
    return Issue(
        "notice", "total_passed_over", header.file, header.sheet, row[0], (), "", what,
        f"row {row[0]} is a total, not a run, and was passed over", "",
    )  # fmt: skip


def _heads(data: Sequence[Row], header: Header) -> frozenset[Cell]:
    """What stands under the header of the facility and says the same: a row with it may repeat the header."""
    column = header.columns.fields["facility"][0]
    stand = {cells[column] for _, cells in data if column < len(cells)}
    return frozenset(cell for cell in stand if folded(text_of(cell)) == folded(header.texts[column]))


def _misshapen(row: Row, header: Header, heads: frozenset[Cell], *, too_long: bool) -> Issue | None:
    """Why no cell of a row is read: it is none, or one of its cells is no cell (hazards 50, 66, 84)."""
    number, cells = row
    for column, cell in enumerate(cells) if too_long else ():
        if len(text := text_of(cell)) > MAX_CELL:
            title = header.texts[column].strip() if column < len(header.texts) else ""
            return _issue(header, number, (address(column, number),), title, _short(text), TOO_LONG)
    wide = len(header.texts)
    if (
        heads
        and len(cells) == wide
        and all(
            folded(text_of(cell)) == folded(title) for cell, title in zip(cells, header.texts, strict=True)
        )
    ):
        repeated = Problem("header_repeated", "a run; this row repeats the header", "Delete the row.")
        return _issue(header, number, (), "", "", repeated)
    if header.sheet or len(cells) == wide:
        return None
    ragged = Problem(
        "ragged_row",
        f"{wide} cells, as in the header; row {number} has {len(cells)}",
        "A delimiter or a quotation mark is missing or doubled; correct the row.",
    )
    return _issue(header, number, (), "", "", ragged)


def _told(
    header: Header, data: Sequence[Row], problems: Mapping[int, Mapping[str, Problem]]
) -> dict[int, tuple[Issue, ...]]:
    """Row by row, the problems of its fields, each with its cells."""
    tellers = {
        field: _teller(header, field) for field in {each for wrong in problems.values() for each in wrong}
    }
    return {
        number: tuple([tellers[field](number, cells, wrong) for field, wrong in problems[number].items()])
        for number, cells in (data if problems else ())
        if number in problems
    }


def _teller(header: Header, field: str) -> Callable[[int, Sequence[Cell], Problem], Issue]:
    """What tells a problem of this field in a row, by the row's number and cells.

    What is wrong in many rows is often the same in all: each different content is quoted once.
    """
    title, columns = header.title(field), header.columns.fields.get(field, ())
    above = [*map(letters, columns)]
    found = cache(lambda *cells: _short(" ".join(map(quoted, cells)).strip()))

    def tell(number: int, cells: Sequence[Cell], problem: Problem) -> Issue:
        at = [f"{each}{number}" for each in above]
        if len(at) > 1:
            at.insert(0, at.pop(problem.cell))
        there = found(*[cells[column] for column in columns])
        return _issue(header, number, tuple(at), title, there, problem)

    return tell


def _issue(
    header: Header, row: int, cells: tuple[str, ...], column: str, found: str, problem: Problem
) -> Issue:
    return Issue(
        "error", problem.code, header.file, header.sheet, row, cells, column, found,
        problem.wanted, problem.remedy, healed_in=problem.healed_in,
    )  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}… ({len(text):,} characters)"
