"""Every cell of every row, column by column, then pandera over the typed frame."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence

import pandas as pd
from msgspec import Struct

from pipeline.check.fields import UNIT_MISSING, Fields
from pipeline.check.header import Header
from pipeline.check.marks import mixed
from pipeline.check.merged import Merged
from pipeline.check.written import read_as
from pipeline.model import CheckedRow, Issue, Run
from schemas.cell import Cell, Row, address, quoted, text_of
from schemas.run_log.columns import WITH_A_UNIT
from schemas.run_log.judge import UTC_INSTANT, failures
from schemas.run_log.parsed import Problem, Tidied, Tidying
from schemas.run_log.spelling import folded
from schemas.run_log.stated import MAX_CELL, TOO_LONG, stated
from schemas.run_log.words import says_total

_OPTIONAL = frozenset(("mass_standard_deviation", "display_name"))
_OF_A_RUN = ("supplier_reference_id", "started_at", "ended_at")
_SHOWN = 3
_QUOTED = 100
_LONGEST = 40


def data_rows(below: Sequence[Row], header: Header) -> tuple[list[Row], list[Issue]]:
    """The rows below the header that are not blank, and a notice for each total passed over."""
    data: list[Row] = []
    skipped = []
    wide = len(header.texts) if header.sheet else 0
    of_a_run = [column for field in _OF_A_RUN for column in header.columns.fields[field]]
    for row in below:
        number, cells = row
        if not any(map(_says_something, cells)):
            continue
        if len(cells) < wide:
            row = number, cells + ("",) * (wide - len(cells))  # noqa: PLW2901  as wide as its header
        if _is_total(row[1], of_a_run):
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
    misshapen = {
        row[0]: issue for row in data if (issue := _misshapen(row, header, heads, too_long=too_long))
    }
    columns = _Columns([row for row in data if row[0] not in misshapen], header, parse)
    problems = columns.judged(now, merged)
    runs = columns.runs(without=problems)
    checked = []
    for number, cells in data:
        issues: tuple[Issue, ...] = ()
        if number in problems:
            issues = tuple(_of_field(header, (number, cells), *wrong) for wrong in problems[number].items())
        elif number in misshapen:
            issues = (misshapen[number],)
        reference = columns.reference(merged.first_row("supplier_reference_id", number))
        checked.append(CheckedRow(number, cells, reference, runs.get(number), issues))
    return checked, [*columns.notices(), *merged.notices()]


class _Columns:
    """The typed columns of a table, and what could not be read or was tidied on the way."""

    def __init__(self, rows: Sequence[Row], header: Header, parse: Fields) -> None:
        self._rows, self._header, self._parse = rows, header, parse
        self._numbers = [number for number, _ in rows]
        self._problems: dict[int, dict[str, Problem]] = {}
        self._tidied: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        self._examples: dict[tuple[str, str, str], Tidying] = {}
        fields = header.columns.fields
        self._mixed = mixed(rows, [c for field in WITH_A_UNIT for c in fields.get(field, ())], parse.decimal)
        units = (
            self._read("mass_unit")
            if "mass_unit" in fields
            else [parse.carefully["mass_unit"]("")] * len(rows)
        )
        self._values: dict[str, list[object]] = {
            "supplier_reference_id": self._read("supplier_reference_id"),
            "facility": self._read("facility"),
            "feedstock": self._read("feedstock"),
            "started_at": self._read("started_at"),
            "ended_at": self._read("ended_at"),
            "mass": self._read("mass", units),
            "mass_standard_deviation": self._read("mass_standard_deviation", units),
            "display_name": self._read("display_name"),
        }
        self._references = dict(zip(self._numbers, self._values["supplier_reference_id"], strict=True))

    def judged(self, now: dt.datetime, merged: Merged) -> dict[int, dict[str, Problem]]:
        """Row by row, the one problem of each field that has one: merged, unreadable, then judged."""
        for row, field, problem in merged.problems(self._numbers):
            self._problems.setdefault(row, {})[field] = problem
        for failure in failures(self._frame(), pd.Timestamp(now)):
            wrong = self._problems.setdefault(failure.row, {})
            if not (failure.field == "mass" and "mass_unit" in wrong):
                wrong.setdefault(failure.field, failure.problem)
        return self._problems

    def runs(self, *, without: dict[int, dict[str, Problem]]) -> dict[int, Run]:
        """The rows as runs, by row number, without those that have a problem."""
        rows = zip(self._numbers, *self._values.values(), strict=True)
        return {number: Run(*values) for number, *values in rows if number not in without}

    def reference(self, number: int) -> str:
        """The reference of a row as far as it could be read."""
        return str(self._references.get(number) or "")

    def notices(self) -> Iterator[Issue]:
        """What was tidied, told once for each kind and column (hazards 10, 12, 22, 27, 30, 43)."""
        header = self._header
        for (field, code, how), rows in self._tidied.items():
            first = [cell for row in rows[:_SHOWN] for cell in header.cells(field, row)]
            example = self._examples[field, code, how]
            yield Issue(
                "notice", code, header.file, header.sheet, None, tuple(first), header.title(field),
                example.before, f"{how} ({_count(rows, first)}){_such_as(example)}", "", len(rows),
            )  # fmt: skip
        if found := self._mixed:
            yield Issue(
                "notice", found.problem.code, header.file, header.sheet, None, found.at, "",
                "", found.told, "", found.count,
            )  # fmt: skip

    def _frame(self) -> pd.DataFrame:
        index = pd.Index(self._numbers)
        dtypes = {"started_at": UTC_INSTANT, "ended_at": UTC_INSTANT}
        series = {
            name: pd.Series(values, index=index, dtype=dtypes.get(name, "object"))
            for name, values in self._values.items()
        }
        return pd.DataFrame(series)

    def _read(self, field: str, *beside: Sequence[object]) -> list[object]:
        """The values of a field, row by row. What stands in several rows is read once."""
        at = self._header.columns.fields.get(field)
        if at is None:
            return [None] * len(self._rows)
        wide = len(at)
        stands = [*zip(*([cells[column] for _, cells in self._rows] for column in at), *beside, strict=True)]
        quickly = self._parse.quickly.get(field, _not_quickly) if wide == 1 else _not_quickly
        answers = {each: quickly(each[0]) for each in dict.fromkeys(stands)}
        for each in [each for each, value in answers.items() if value is None]:
            answers[each] = self._answer(field, each[:wide], each[wide:])
        values = [*map(answers.__getitem__, stands)]
        if _Odd not in map(type, answers.values()):
            return values
        return [
            self._noted(field, number, value) if type(value) is _Odd else value
            for number, value in zip(self._numbers, values, strict=True)
        ]

    def _answer(self, field: str, cells: Sequence[Cell], beside: Sequence[object]) -> object:
        """What a field's cells mean: a value, or what there is to say of it, or why there is none."""
        read: list[Cell] = []
        told: list[Tidying] = []
        for said in (stated(cell, optional=field in _OPTIONAL) for cell in cells):
            if isinstance(said, Problem):
                return _Odd(None, said, tuple(told))
            if isinstance(said, Tidied):
                told += said.tidyings
                read.append("")
            else:
                read.append(said)
        parsed = read_as(field, self._parse.carefully[field], read, beside, self._header.guessed)
        if isinstance(parsed, Problem):
            return _Odd(None, parsed, tuple(told))
        if self._mixed and field in WITH_A_UNIT and not self._mixed.doubtful.isdisjoint(cells):
            return _Odd(None, self._mixed.problem, tuple(told))
        if isinstance(parsed, Tidied):
            return _Odd(parsed.value, None, (*told, *parsed.tidyings))
        return _Odd(parsed, None, tuple(told)) if told else parsed

    def _noted(self, field: str, number: int, odd: "_Odd") -> object:
        for tidying in odd.told:
            key = (field, tidying.code, tidying.how)
            self._tidied[key].append(number)
            self._examples.setdefault(key, tidying)
        if odd.problem:
            wrong = self._problems.setdefault(number, {})
            if not (odd.problem.code == UNIT_MISSING and "mass_unit" in wrong):
                wrong[field] = odd.problem
        return odd.value


class _Odd(Struct, frozen=True):
    """A value that there is something to tell of, or a problem in place of one."""

    value: object
    problem: Problem | None
    told: tuple[Tidying, ...]


def _not_quickly(_: Cell) -> None:
    """Every cell is read with care."""


def _count(rows: Sequence[int], first: Sequence[str]) -> str:
    more = ", …" if len(rows) > _SHOWN else ""
    return f"{len(rows):,} cell{'' if len(rows) == 1 else 's'}: {', '.join(first)}{more}"


def _such_as(example: Tidying) -> str:
    before, after = (
        text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…" for text in (example.before, example.after)
    )
    if not before:
        return ""
    return f", such as “{before}”" if after in ("", before) else f", such as “{before}” → “{after}”"


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
            return _issue(header, number, (address(column, number),), title, text, TOO_LONG)
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


def _of_field(header: Header, row: Row, field: str, problem: Problem) -> Issue:
    number, cells = row
    found = " ".join(quoted(cells[column]) for column in header.columns.fields.get(field, ()))
    return _issue(header, number, header.cells(field, number), header.title(field), found.strip(), problem)


def _issue(
    header: Header, row: int, cells: tuple[str, ...], column: str, found: str, problem: Problem
) -> Issue:
    return Issue(
        "error", problem.code, header.file, header.sheet, row, cells, column, _short(found),
        problem.wanted, problem.remedy,
    )  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}… ({len(text):,} characters)"
