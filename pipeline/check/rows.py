"""Every cell of every row, column by column, then pandera over the typed frame."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import pandas as pd

from pipeline.check.fields import UNIT_MISSING, Fields
from pipeline.check.header import Header
from pipeline.check.marks import Mixed, mixed
from pipeline.check.merged import Merged
from pipeline.check.written import read_as
from pipeline.model import CheckedRow, Issue, RawTable, Run
from schemas.cell import Cell, Row, address, quoted, text_of
from schemas.run_log.columns import WITH_A_UNIT
from schemas.run_log.judge import UTC_INSTANT, failures
from schemas.run_log.numbers import DecimalMark
from schemas.run_log.parsed import Problem, Tidied, Tidying
from schemas.run_log.spelling import folded
from schemas.run_log.stated import MAX_CELL, TOO_LONG, stated
from schemas.run_log.words import says_total

_OPTIONAL = frozenset(("mass_standard_deviation", "display_name"))
_SHOWN = 3
_QUOTED = 100
_LONGEST = 40


def data_rows(table: RawTable, header: Header) -> tuple[list[Row], list[Issue]]:
    """The rows below the header that are not blank, and a notice for each total passed over."""
    data: list[Row] = []
    skipped = []
    for number, cells in table.rows:
        if number <= header.row or not any(text_of(cell).strip() for cell in cells):
            continue
        padding = ("",) * (len(header.texts) - len(cells)) if header.sheet else ()
        row = (number, cells + padding)
        if _is_total(row, header):
            skipped.append(_passed_over(row, header))
        else:
            data.append(row)
    return data, skipped


def checked_rows(
    data: Sequence[Row], parse: Fields, header: Header, merged: Merged, now: dt.datetime
) -> tuple[list[CheckedRow], list[Issue]]:
    """Each data row as a Run, or with everything that is wrong with it; then the table's notices."""
    misshapen = {row[0]: issue for row in data if (issue := _misshapen(row, header))}
    columns = _Columns([row for row in data if row[0] not in misshapen], header, parse)
    problems = columns.judged(now, merged)
    runs = columns.runs(without=problems)
    checked = []
    for number, cells in data:
        if number in misshapen:
            issues = [misshapen[number]]
        else:
            issues = [
                _of_field(header, (number, cells), *wrong) for wrong in problems.get(number, {}).items()
            ]
        reference = columns.reference(merged.first_row("supplier_reference_id", number))
        checked.append(CheckedRow(number, cells, reference, runs.get(number), tuple(issues)))
    return checked, [*columns.notices(), *merged.notices()]


class _Columns:
    """The typed columns of a table, and what could not be read or was tidied on the way."""

    def __init__(self, rows: Sequence[Row], header: Header, parse: Fields) -> None:
        self._rows, self._header = rows, header
        self._problems: dict[int, dict[str, Problem]] = defaultdict(dict)
        self._tidied: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        self._examples: dict[tuple[str, str, str], Tidying] = {}
        self._mixed = self._marks(parse.decimal)
        has_units = "mass_unit" in header.columns.fields
        units = self._read("mass_unit", parse.unit) if has_units else [parse.unit("")] * len(rows)
        self._values: dict[str, list[object]] = {
            "supplier_reference_id": [*self._read("supplier_reference_id", parse.reference)],
            "facility": [*self._read("facility", parse.facility)],
            "feedstock": [*self._read("feedstock", parse.feedstock)],
            "started_at": [*self._read("started_at", parse.started_at)],
            "ended_at": [*self._read("ended_at", parse.ended_at)],
            "mass": [*self._read("mass", parse.mass, units)],
            "mass_standard_deviation": [*self._read("mass_standard_deviation", parse.deviation, units)],
            "display_name": [*self._read("display_name", parse.display_name)],
        }
        references = self._values["supplier_reference_id"]
        self._references = dict(zip((row[0] for row in rows), references, strict=True))

    def judged(self, now: dt.datetime, merged: Merged) -> dict[int, dict[str, Problem]]:
        """Row by row, the one problem of each field that has one: merged, unreadable, then judged."""
        for row, field, problem in merged.problems([number for number, _ in self._rows]):
            self._problems[row][field] = problem
        for failure in failures(self._frame(), pd.Timestamp(now)):
            wrong = self._problems[failure.row]
            if not (failure.field == "mass" and "mass_unit" in wrong):
                wrong.setdefault(failure.field, failure.problem)
        return self._problems

    def runs(self, *, without: dict[int, dict[str, Problem]]) -> dict[int, Run]:
        """The rows as runs, by row number, without those that have a problem."""
        rows = zip((row[0] for row in self._rows), *self._values.values(), strict=True)
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

    def _marks(self, mark: DecimalMark | None) -> Mixed | None:
        """Whether the typed numbers of the table contradict each other (hazard 21)."""
        columns = [c for field in WITH_A_UNIT for c in self._header.columns.fields.get(field, ())]
        return mixed(
            [
                (address(column, number), text)
                for number, cells in self._rows
                for column in columns
                if isinstance(text := cells[column], str)
            ],
            mark,
        )

    def _frame(self) -> pd.DataFrame:
        index = [number for number, _ in self._rows]
        dtypes = {"started_at": UTC_INSTANT, "ended_at": UTC_INSTANT}
        series = {
            name: pd.Series(values, index=index, dtype=dtypes.get(name, "object"))
            for name, values in self._values.items()
        }
        return pd.DataFrame(series)

    def _read(self, field: str, parse: Callable[..., object], *beside: Sequence[object]) -> list[object]:
        at = self._header.columns.fields.get(field)
        if at is None:
            return [None] * len(self._rows)
        return [
            self._parsed(field, number, parse, [cells[column] for column in at], others)
            for (number, cells), *others in zip(self._rows, *beside, strict=True)
        ]

    def _parsed(
        self,
        field: str,
        number: int,
        parse: Callable[..., object],
        cells: Sequence[Cell],
        others: Sequence[object],
    ) -> object:
        read: list[Cell] = []
        for said in (stated(cell, optional=field in _OPTIONAL) for cell in cells):
            if isinstance(said, Problem):
                return self._kept(field, number, said)
            if isinstance(said, Tidied):
                self._kept(field, number, said)
                read.append("")
            else:
                read.append(said)
        return self._kept(field, number, read_as(field, parse, read, others, self._header.guessed))

    def _kept(self, field: str, number: int, parsed: object) -> object:
        if self._mixed and self._mixed.doubtful.intersection(self._header.cells(field, number)):
            parsed = parsed if isinstance(parsed, Problem) else self._mixed.problem
        if isinstance(parsed, Problem):
            if not (parsed.code == UNIT_MISSING and "mass_unit" in self._problems[number]):
                self._problems[number][field] = parsed
            return None
        if isinstance(parsed, Tidied):
            for tidying in parsed.tidyings:
                key = (field, tidying.code, tidying.how)
                self._tidied[key].append(number)
                self._examples.setdefault(key, tidying)
            return parsed.value
        return parsed


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


def _is_total(row: Row, header: Header) -> bool:
    """A cell says "total", and no reference, start or end stands in the row (hazard 50)."""
    _, cells = row
    fields = ("supplier_reference_id", "started_at", "ended_at")
    of_a_run = [column for field in fields for column in header.columns.fields[field] if column < len(cells)]
    texts = (text_of(cells[column]).strip() for column in of_a_run)
    return all(not text or says_total(text) for text in texts) and any(
        says_total(text_of(cell)) for cell in cells
    )


def _passed_over(row: Row, header: Header) -> Issue:
    what = " ".join(text_of(cell).strip() for cell in row[1] if text_of(cell).strip())
    return Issue(
        "notice", "total_passed_over", header.file, header.sheet, row[0], (), "", what,
        f"row {row[0]} is a total, not a run, and was passed over", "",
    )  # fmt: skip


def _misshapen(row: Row, header: Header) -> Issue | None:
    """Why no cell of a row is read: it is none, or one of its cells is no cell (hazards 50, 66, 84)."""
    number, cells = row
    texts = tuple(text_of(cell) for cell in cells)
    for column, text in enumerate(texts):
        if len(text) > MAX_CELL:
            title = header.texts[column].strip() if column < len(header.texts) else ""
            return _issue(header, number, (address(column, number),), title, text, TOO_LONG)
    if len(texts) == len(header.texts) and all(
        folded(text) == folded(title) for text, title in zip(texts, header.texts, strict=True)
    ):
        repeated = Problem("header_repeated", "a run; this row repeats the header", "Delete the row.")
        return _issue(header, number, (), "", "", repeated)
    wide = len(header.texts)
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
