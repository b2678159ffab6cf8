"""Which column holds which field: what is built in, what is nearly so, and what only its cells tell. Pure.

Times, references and names are guessed from their cells too, where only one guess is left: starts come before
ends in every row, and under a name nothing is registered before a person has given it its id. A mass is never
guessed from its numbers: a wrong one would be registered.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType

from msgspec import Struct

from pipeline.propose import column as cells
from pipeline.propose.column import Column, any_instant
from pipeline.propose.near import NEAR, PERHAPS, VERY_NEAR, nearness
from schemas.cell import text_of
from schemas.run_log.columns import IN_TWO_COLUMNS, REQUIRED, Columns, columns_of
from schemas.run_log.header_name import header_name
from schemas.run_log.spelling import folded

FITS: Mapping[str, cells.Could] = MappingProxyType(
    {
        "supplier_reference_id": cells.could_be_reference,
        "facility": cells.could_be_name,
        "feedstock": cells.could_be_name,
        "started_at": cells.could_be_instant,
        "ended_at": cells.could_be_instant,
        "mass": cells.could_be_mass,
        "mass_unit": cells.could_be_unit,
        "mass_standard_deviation": cells.could_be_mass,
        "display_name": cells.could_be_name,
    }
)
"""What the cells of each field could be. The order of the fields is that of the proposal."""
_MASSES = ("mass", "mass_standard_deviation")
_NAMES = ("facility", "feedstock")
_IDS = MappingProxyType({"facility": cells.is_id("fcl"), "feedstock": cells.is_id("ftt")})
_MOST, _FULL, _IN_ORDER, _HARDLY = 0.8, 0.9, 0.95, 0.3
_FEWEST_NAMES, _JUDGED, _SHOWN = 12, 300, 3


class Mapped(Struct, frozen=True):
    """A column that holds a field, or may hold it, and how that is known."""

    column: Column
    field: str
    reason: str


class Matched(Struct, frozen=True):
    """What each column holds: `found` with all that is sure, and what is `doubtful` beside it.

    `missing` are the required fields that no column is sure to hold.
    """

    found: Columns
    sure: tuple[Mapped, ...]
    doubtful: tuple[Mapped, ...]
    missing: tuple[str, ...]


def match(columns: Sequence[Column]) -> Matched:
    """What each column of a log holds, as far as headers and cells tell, the surest evidence first."""
    search = _Search(columns)
    for step in (search.twice, search.ids, search.near, search.times, search.reference, search.names):
        step()
    found = search.found()
    sure = sorted(search.sure, key=lambda each: (_place(each.field), each.column.index))
    missing = tuple(field for field in REQUIRED if field not in found.fields or field in found.twice)
    return Matched(found, tuple(sure), tuple(search.doubtful(missing)), missing)


class _Search:
    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._header = [column.header for column in columns]
        self._named = Counter(map(folded, self._header))
        self._rows = len(columns[0].rows) if columns else 0
        self.sure: list[Mapped] = []

    def found(self) -> Columns:
        return columns_of(self._header, {each.column.header: each.field for each in self.sure})

    def twice(self) -> None:
        """Of several columns that are called the same thing, the only one whose cells fit."""
        for field, at in self.found().twice.items():
            fit = [column for column in map(self._columns.__getitem__, at) if self._fits(field, column)]
            if len(fit) == 1:
                self._take(field, fit[0], "several headers may mean it; of these only its cells fit")

    def ids(self) -> None:
        for field, is_id in _IDS.items():
            columns = [column for column in self._free() if column.share(is_id) >= _FULL]
            if self._lacks(field) and len(columns) == 1:
                self._take(field, columns[0], "its cells hold the registry's ids of this kind")

    def near(self) -> None:
        """Headers that are spelled nearly like a built-in one, when the cells fit and no other is as near."""
        for field in filter(self._lacks, FITS):
            enough = VERY_NEAR if field in _MASSES else NEAR
            near = [
                (column, header)
                for column in self._free()
                for ratio, header in [nearness(field, column.header)]
                if ratio >= enough and self._fits(field, column)
            ]
            if len(near) == 1:
                column, header = near[0]
                self._take(field, column, f"its header is nearly “{header}”, and its cells fit")

    def times(self) -> None:
        """The only two columns of times, or two pairs of a date and a time, when one is before the other."""
        lacking = [field for field in IN_TWO_COLUMNS if self._lacks(field)]
        columns = [column for column in self._free() if self._fits("started_at", column)]
        if len(lacking) == len(columns) == 1:
            self._take_one_time(lacking[0], columns[0])
        elif len(lacking) == len(columns) == 2 and _in_order([columns[0]], [columns[1]]):
            for field, column in zip(lacking, columns, strict=True):
                self._take(field, column, "the only two columns of times; the first is before the second")
        elif len(lacking) == 2 and not columns:
            self._take_pairs()

    def reference(self) -> None:
        field = "supplier_reference_id"
        columns = [column for column in self._free() if self._identifies(column)]
        with_letters = [each for each in columns if each.share(_has_letters) >= _MOST]
        found = with_letters if len(with_letters) == 1 else columns
        if self._lacks(field) and len(found) == 1:
            self._take(field, found[0], "the only column whose cells tell the rows, or groups of rows, apart")

    def names(self) -> None:
        """The facility has the fewest names; of the others, a feedstock may have several in one cell."""
        columns = [each for each in self._free() if self._repeats(each)]
        for field, key in (("facility", _variety), ("feedstock", _singleness)):
            if self._lacks(field) and columns:
                column = min(columns, key=key)
                columns.remove(column)
                others = [f"“{each.header}”" for each in columns[:_SHOWN]]
                beside = f"; {', '.join(others)} could hold it as well" if others else ""
                self._take(field, column, f"guessed: its cells hold a few names that repeat{beside}")

    def doubtful(self, missing: Sequence[str]) -> Iterator[Mapped]:
        """For each missing field, the columns that may hold it, the nearest first."""
        for field in missing:
            twice = self.found().twice.get(field, ())
            columns = [
                column for column in self._free(claimed=twice) if column.filled and _may_hold(field, column)
            ]
            weighed = [column for column in columns if header_name(column.header).unit]
            columns = weighed if field in _MASSES and weighed else columns
            ranked = sorted((-nearness(field, each.header)[0], each.index) for each in columns)
            for _, index in ranked[:_SHOWN]:
                yield Mapped(self._columns[index], field, _why(field, self._columns[index]))

    def _take(self, field: str, column: Column, reason: str) -> None:
        self.sure.append(Mapped(column, field, reason))

    def _take_one_time(self, field: str, column: Column) -> None:
        (other,) = (each for each in IN_TWO_COLUMNS if each != field)
        beside = [self._columns[index] for index in self.found().fields.get(other, ())]
        pair = ([column], beside) if field == "started_at" else (beside, [column])
        if beside and _in_order(*pair):
            self._take(
                field,
                column,
                f"the only other column of times, {'before' if beside == pair[1] else 'after'} "
                f"“{beside[0].header}” in every row",
            )

    def _take_pairs(self) -> None:
        dates = [column for column in self._free() if column.share(cells.could_be_date) >= _MOST]
        times = [column for column in self._free() if column.share(cells.could_be_time) >= _MOST]
        if len(dates) != 2 or len(times) != 2:
            return
        pairs = list(zip(dates, times, strict=True))
        if _in_order(*pairs):
            for parts, pair in zip(IN_TWO_COLUMNS.values(), pairs, strict=True):
                for part, column in zip(parts, pair, strict=True):
                    self._take(
                        part, column, "the only two dates and times of day; the first are before the second"
                    )

    def _lacks(self, field: str) -> bool:
        found = self.found()
        needless = field == "mass_unit" and "mass" in found.units
        return not needless and (
            field not in found.fields or field in found.twice or field in self._dismissed()
        )

    def _dismissed(self) -> dict[str, int]:
        """Fields whose built-in header stands over cells that are nothing of the kind: “Unité” over names."""
        at = self.found().fields.get("mass_unit", ())
        mapped = any(each.field == "mass_unit" for each in self.sure)
        units = [self._columns[index].share(cells.could_be_unit) for index in at]
        return {"mass_unit": at[0]} if units and units[0] < _HARDLY and not mapped else {}

    def _free(self, claimed: Sequence[int] = ()) -> list[Column]:
        """The columns with a header of their own that hold no field yet."""
        taken = {index for at in self.found().fields.values() for index in at}
        free = {*range(len(self._columns))} - taken | {*self._dismissed().values(), *claimed}
        return [
            each
            for each in self._columns
            if each.index in free and self._named[folded(each.header)] == 1 and each.header.strip()
        ]

    def _fits(self, field: str, column: Column) -> bool:
        if field == "supplier_reference_id":
            return self._identifies(column)
        could = FITS[field]
        is_id = _IDS.get(field)
        fits = column.share(could) >= _MOST or (is_id is not None and column.share(is_id) >= _MOST)
        return fits and (column.fullness() >= _FULL or field not in REQUIRED)

    def _identifies(self, column: Column) -> bool:
        """Filled, and different in every row, or the same in rows that follow one another."""
        texts = [text_of(cell).strip() for _, cell in column.filled]
        different = len(set(texts))
        blocks = sum(1 for _ in groupby(texts))
        apart = different >= _FULL * len(texts) or (
            different >= _FULL * blocks and different > self._rows / 20
        )
        is_id = any(column.share(could) >= _MOST for could in _IDS.values())
        return (
            apart and not is_id and column.fullness() >= _FULL
            and column.share(cells.could_be_reference) >= _MOST
            and header_name(column.header).unit is None
        )  # fmt: skip

    def _repeats(self, column: Column) -> bool:
        """Filled with a few names that come again and again."""
        few = _variety(column)[0] <= max(_FEWEST_NAMES, self._rows / 20)
        again = _variety(column)[0] < max(2, self._rows / 2)
        return few and again and self._fits("facility", column)


def _place(field: str) -> int:
    """Where a field comes in a proposal; the parts of a time come with it."""
    whole = next((whole for whole, parts in IN_TWO_COLUMNS.items() if field in parts), field)
    return [*FITS].index(whole)


def _in_order(starts: Sequence[Column], ends: Sequence[Column]) -> bool:
    """Whether the one is before the other in all but a few of the rows in which both can be read."""
    pairs = [
        (any_instant(*(each.cells[row] for each in starts)), any_instant(*(each.cells[row] for each in ends)))
        for row in range(min(_JUDGED, len(starts[0].cells)))
    ]
    both = [(start, end) for start, end in pairs if start and end]
    return bool(both) and sum(start < end for start, end in both) >= _IN_ORDER * len(both)


def _variety(column: Column) -> tuple[int, int]:
    return len({text_of(cell).strip() for _, cell in column.filled}), column.index


def _singleness(column: Column) -> tuple[bool, int]:
    return column.share(_has_several) == 0, column.index


def _has_several(cell: object) -> bool:
    return isinstance(cell, str) and any(mark in cell.strip() for mark in ",;\n")


def _may_hold(field: str, column: Column) -> bool:
    return nearness(field, column.header)[0] >= PERHAPS or column.share(FITS[field]) >= _MOST


def _has_letters(cell: object) -> bool:
    return isinstance(cell, str) and any(map(str.isalpha, cell))


def _why(field: str, column: Column) -> str:
    ratio, header = nearness(field, column.header)
    fits = column.share(FITS[field]) >= _MOST
    near = f"its header is not far from “{header}”" if ratio >= PERHAPS else ""
    return " and ".join(part for part in (near, "its cells could be it" if fits else "") if part)
