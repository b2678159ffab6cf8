"""The columns of a table as values: each different cell of a column is read once, each row judged."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from itertools import compress, starmap
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from pipeline.check.fields import UNIT_MISSING, Fields
from pipeline.check.header import Header
from pipeline.check.marks import mixed
from pipeline.check.merged import Merged
from pipeline.check.written import read_as
from pipeline.model import Issue, Run
from schemas.cell import Cell, Row
from schemas.run_log.columns import WITH_A_UNIT
from schemas.run_log.in_order import doubtful, in_place
from schemas.run_log.parsed import Problem, Tidied, Tidying
from schemas.run_log.stated import stated

if TYPE_CHECKING:
    from schemas.run_log.judge import Failure

_OPTIONAL = frozenset(("mass_standard_deviation", "display_name"))
_SHOWN = 3
_LONGEST = 40


class ValueColumns:
    """The typed columns of a table, and what could not be read or was tidied on the way."""

    def __init__(self, rows: Sequence[Row], header: Header, parse: Fields) -> None:
        self._header, self._parse = header, parse
        self._numbers = [number for number, _ in rows]
        self._cells = [cells for _, cells in rows]
        self._problems: dict[int, dict[str, Problem]] = {}
        self._tidied: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        self._examples: dict[tuple[str, str, str], Tidying] = {}
        self._unread: dict[str, list[int]] = defaultdict(list)
        fields = header.columns.fields
        self._mixed = mixed(rows, [c for field in WITH_A_UNIT for c in fields.get(field, ())], parse.decimal)
        units = self._read("mass_unit") if "mass_unit" in fields else None
        of_all = () if units else (parse.carefully["mass_unit"](""),)
        self._values: dict[str, list[object]] = {
            "supplier_reference_id": self._read("supplier_reference_id"),
            "facility": self._read("facility"),
            "feedstock": self._read("feedstock"),
            "started_at": self._read("started_at"),
            "ended_at": self._read("ended_at"),
            "mass": self._read("mass", units, of_all),
            "mass_standard_deviation": self._read("mass_standard_deviation", units, of_all),
            "display_name": self._read("display_name"),
        }

    def judged(self, now: dt.datetime, merged: Merged) -> dict[int, dict[str, Problem]]:
        """Row by row, the one problem of each field that has one: merged, unreadable, then judged."""
        for row, field, problem in merged.problems(self._numbers):
            self._problems.setdefault(row, {})[field] = problem
        for failure in self._failures(now):
            wrong = self._problems.setdefault(failure.row, {})
            if not (failure.field == "mass" and "mass_unit" in wrong):
                wrong.setdefault(failure.field, failure.problem)
        return self._problems

    def runs(self, *, without: Container[int]) -> dict[int, Run]:
        """The rows as runs, by row number, without those that have a problem."""
        rows: Iterator[Any] = zip(*self._values.values(), strict=True)
        fine = [number not in without for number in self._numbers]
        return dict(zip(compress(self._numbers, fine), starmap(Run, compress(rows, fine)), strict=True))

    def references(self) -> dict[int, str]:
        """The references of the rows, as far as they could be read."""
        read = zip(self._numbers, self._values["supplier_reference_id"], strict=True)
        return {number: str(reference) for number, reference in read if reference}

    def notices(self) -> Iterator[Issue]:
        """What was tidied, told once for each kind and column (hazards 10, 12, 22, 27, 30, 43)."""
        header = self._header
        for (field, code, how), rows in self._tidied.items():
            first = [cell for row in rows[:_SHOWN] for cell in header.cells(field, row)]
            count = len(rows) * len(header.columns.fields[field])
            example = self._examples[field, code, how]
            yield Issue(
                "notice", code, header.file, header.sheet, None, tuple(first), header.title(field),
                example.before, f"{how} ({_count(count, first)}){_such_as(example)}", "", count,
            )  # fmt: skip
        if found := self._mixed:
            yield Issue(
                "notice", found.problem.code, header.file, header.sheet, None, found.at, "",
                "", found.told, "", found.count,
            )  # fmt: skip

    def _failures(self, now: dt.datetime) -> "Iterable[Failure]":
        """What the rules find in the rows that are not plainly in order."""
        places = doubtful(self._seen(now), now)
        if not places:
            return ()
        from schemas.run_log.judge import failures, frame_of

        values = {field: [column[place] for place in places] for field, column in self._values.items()}
        return failures(frame_of(values, [self._numbers[place] for place in places]), now)

    def _seen(self, now: dt.datetime) -> dict[str, list[object]]:
        """The values, with what no rule minds in place of those that could not be read."""
        seen = dict(self._values)
        for field, places in self._unread.items():
            if field in seen:
                seen[field] = list(seen[field])
                for place in places:
                    seen[field][place] = in_place(field, now)
        return seen

    def _read(
        self, field: str, beside: Sequence[object] | None = None, of_all: tuple[object, ...] = ()
    ) -> list[object]:
        """The values of a field, row by row. What stands in several rows is read once.

        `beside` is what belongs to the cells of each row, `of_all` to all of them.
        """
        at = self._header.columns.fields.get(field)
        if at is None:
            return [None] * len(self._cells)
        wide = len(at)
        columns = [list(map(itemgetter(column), self._cells)) for column in at]
        stands: list[Any] = columns[0]
        parts: Callable[[Any], tuple[Any, ...]] = lambda cell: (cell,)  # noqa: E731
        if wide > 1 or beside:
            stands = [*zip(*columns, *([beside] if beside else []), strict=True)]
            parts = tuple
        quickly = self._parse.quickly.get(field, _not_quickly) if parts is not tuple else _not_quickly
        different = dict.fromkeys(stands)
        answers = dict(zip(different, map(quickly, different), strict=True))
        for each in [each for each, value in answers.items() if value is None]:
            stand = parts(each)
            answers[each] = self._answer(field, stand[:wide], stand[wide:] or of_all)
        values = [*map(answers.__getitem__, stands)]
        if _Odd not in map(type, answers.values()):
            return values
        return [
            self._noted(field, place, value) if type(value) is _Odd else value
            for place, value in enumerate(values)
        ]

    def _answer(self, field: str, cells: Sequence[Cell], beside: Sequence[object]) -> object:
        """What a field's cells mean: a value, or what there is to say of it, or why there is none."""
        read: list[Cell] = []
        told: list[Tidying] = []
        for place, said in enumerate(stated(cell, optional=field in _OPTIONAL) for cell in cells):
            if isinstance(said, Problem):
                return _Odd(None, replace(said, cell=place), tuple(told))
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

    def _noted(self, field: str, place: int, odd: "_Odd") -> object:
        number = self._numbers[place]
        for tidying in odd.told:
            key = (field, tidying.code, tidying.how)
            self._tidied[key].append(number)
            self._examples.setdefault(key, tidying)
        if odd.problem:
            self._unread[field].append(place)
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


def _count(count: int, first: Sequence[str]) -> str:
    more = ", …" if count > len(first) else ""
    return f"{count:,} cell{'' if count == 1 else 's'}: {', '.join(first)}{more}"


def _such_as(example: Tidying) -> str:
    before, after = (
        text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…" for text in (example.before, example.after)
    )
    if not before:
        return ""
    return f", such as “{before}”" if after in ("", before) else f", such as “{before}” → “{after}”"
