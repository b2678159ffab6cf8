"""How a plant writes its logs: what the log proves, what has been said, and what is left to ask. Pure.

A setting is proposed only where every cell agrees with it and some cell contradicts each other value.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import get_args

from msgspec import Struct

from pipeline.propose.column import MARKS, ORDERS, UTC, instant
from pipeline.propose.log import Answers, Found, Log
from pipeline.propose.toml import quoted
from schemas.cell import text_of
from schemas.convention import MassUnit
from schemas.run_log import numbers
from schemas.run_log.columns import IN_TWO_COLUMNS, WITH_A_UNIT
from schemas.run_log.parsed import Problem

_SHOWN = 3
_MOSTLY = 0.5
_NO_ZONE = "timezone_unknown"
_ASKS_ORDER = "In which order stand day, month and year in dates"
_ASKS_MARK = "Which is the decimal mark in numbers"
UNITS: tuple[MassUnit, ...] = get_args(MassUnit)
"""The units of mass that the settings know."""


class Setting(Struct, frozen=True):
    """A setting of [log]: its value, if there is one, why, and what is still to be asked about it.

    `choices` are the values that a person may choose from; none: any.
    """

    key: str
    value: str | None
    says: str = ""
    asks: str = ""
    choices: tuple[str, ...] = ()


class _Choice(Struct, frozen=True):
    """A setting with a few values. `reads` tells whether a cell can be read under one, or under none."""

    key: str
    values: tuple[str, ...]
    reads: Callable[[Found, str | None], bool]
    trouble: str
    asks: str


def settings_of(log: Log, answers: Answers) -> list[Setting]:
    """What is to be said of every setting that depends on the log."""
    return [
        _timezone(log, answers.timezone),
        _date_order(log, answers.date_order),
        _decimal(log, answers.decimal),
        _mass_unit(log, answers.mass_unit),
        _sheet(log),
        _one_batch_per(log),
    ]


def _timezone(log: Log, said: str | None) -> Setting:
    times = _times(log)
    in_utc = log.matched.found.zones
    without = [found for field, found in times if field not in in_utc and _lacks_zone(found)]
    if said:
        return Setting("timezone", said, _as_said(without, "times have no offset"))
    if without:
        says = f"To fill in: {_counted(without, 'times have no offset')}."
        return Setting("timezone", None, says, "In which time zone is the plant?")
    if times:
        return Setting("timezone", None, f"Not needed: all {len(times):,} times of the log say their offset.")
    return Setting("timezone", None)


def _lacks_zone(found: Found) -> bool:
    read = [instant(found.cells, None, order) for order in (None, *ORDERS)]
    return any(isinstance(each, Problem) and each.code == _NO_ZONE for each in read)


def _date_order(log: Log, said: str | None) -> Setting:
    dates = [found for _, found in _times(log) if any(isinstance(cell, str) for cell in found.cells)]

    def reads(found: Found, order: str | None) -> bool:
        return not isinstance(instant(found.cells, UTC, order), Problem)  # type: ignore[arg-type]  # one of ORDERS

    choice = _Choice("date_order", ORDERS, reads, "dates in text could be two days", _ASKS_ORDER)
    ordered = [found for found in dates if len({reads(found, order) for order in (None, *ORDERS)}) > 1]
    return _chosen(choice, ordered, said)


def _decimal(log: Log, said: str | None) -> Setting:
    cells = [*(found for field in WITH_A_UNIT for found in log.cells(field)), *log.perhaps("mass")]
    texts = [found for found in cells if isinstance(found.cells[0], str)]
    units = (None, *UNITS, *log.matched.found.units.values())

    def reads(found: Found, mark: str | None) -> bool:
        read = (numbers.magnitude(found.cells[0], mark, unit) for unit in units)  # type: ignore[arg-type]  # of MARKS
        return any(not isinstance(each, Problem) for each in read)

    choice = _Choice("decimal", MARKS, reads, "numbers in text could be two", _ASKS_MARK)
    if not said and all(reads(found, None) for found in texts if any(reads(found, mark) for mark in MARKS)):
        return Setting("decimal", None)
    return _chosen(choice, texts, said)


def _chosen(choice: _Choice, found: Sequence[Found], said: str | None) -> Setting:
    """The one value under which everything is read that can be read at all, where no other does that."""
    readable = [each for each in found if any(choice.reads(each, value) for value in choice.values)]
    doubted = [each for each in readable if not choice.reads(each, None)]
    if said:
        return Setting(choice.key, said, _as_said(doubted, choice.trouble))
    if not readable:
        return Setting(choice.key, None)
    against = {value: [each for each in readable if not choice.reads(each, value)] for value in choice.values}
    left = [value for value in choice.values if not against[value]]
    proof = _proof({value: found[0] for value, found in against.items() if found})
    if len(left) == 1:
        return Setting(choice.key, left[0], f"The log proves it: {proof}.")
    why = (
        f"nothing tells which of {' and '.join(map(quoted, left))} is meant"
        if left
        else f"they are mixed: {proof}"
    )
    says = f"To fill in: {_counted(doubted or readable, choice.trouble)}, and {why}."
    asks = f"{choice.asks} such as {_examples(doubted or readable)}?"
    return Setting(choice.key, None, says, asks, tuple(left) or choice.values)


def _proof(against: Mapping[str, Found]) -> str:
    cells = dict.fromkeys(map(str, against.values()))
    values = {
        cell: [quoted(value) for value, found in against.items() if str(found) == cell] for cell in cells
    }
    return "; ".join(f"{cell} cannot be read as {' or '.join(each)}" for cell, each in values.items())


def _mass_unit(log: Log, said: str | None) -> Setting:
    masses, units = list(log.cells("mass")), list(log.cells("mass_unit"))
    stated = log.matched.found.units.get("mass")
    if said:
        return Setting("mass_unit", said, "As was said.")
    if not masses:
        return Setting("mass_unit", None)
    if stated:
        return Setting("mass_unit", None, f"Not needed: the header of the mass says {stated}.")
    rows = {found.row for found in units}
    without = [found for found in masses if found.row not in rows]
    if not without:
        return Setting("mass_unit", None, "Not needed: a column says it of each mass.")
    why = (
        "neither the header nor a column says the unit"
        if not units
        else _counted(without, "masses have no unit")
    )
    return Setting(
        "mass_unit",
        None,
        f"To fill in: {why}.",
        f"In which unit are masses such as {_examples(without)}?",
        UNITS,
    )


def _sheet(log: Log) -> Setting:
    if len(log.sheets) < 2:
        return Setting("sheet", None)
    titles = ", ".join(map(quoted, log.sheets))
    says = f"To fill in: {len(log.sheets)} sheets have the header of the log: {titles}."
    return Setting("sheet", None, says, "Which sheet is to be read?", log.sheets)


def _one_batch_per(log: Log) -> Setting:
    """Rows that share a reference and differ are runs of one batch, where most rows are like that."""
    starts = {found.row: found.text for found in log.cells("started_at")}
    runs: dict[str, dict[str, int]] = defaultdict(dict)
    rows: dict[str, int] = defaultdict(int)
    for found in log.cells("supplier_reference_id"):
        reference = text_of(found.cells[0]).strip()
        runs[reference].setdefault(starts.get(found.row, str(found.row)), found.row)
        rows[reference] += 1
    several = {reference: list(of.values()) for reference, of in runs.items() if len(of) > 1}
    if not several:
        return Setting("one_batch_per", None)
    reference, at = next(iter(several.items()))
    example = (
        f"{quoted(reference)} in rows {', '.join(map(str, at[:_SHOWN]))}{' …' if len(at) > _SHOWN else ''}"
    )
    counted = f"{len(several):,} of {len(runs):,} references stand in rows that differ, such as {example}"
    if sum(rows[each] for each in several) >= _MOSTLY * log.rows:
        says = f"{counted}: runs of one batch, which are added up. If they are not, take this out."
        return Setting("one_batch_per", "reference", says)
    return Setting("one_batch_per", None, f'{counted}. If these are runs of one batch, say "reference".')


def _times(log: Log) -> list[tuple[str, Found]]:
    return [(field, found) for field in IN_TWO_COLUMNS for found in log.cells(field)]


def _as_said(found: Sequence[Found], trouble: str) -> str:
    return f"As was said: {_counted(found, trouble)}." if found else "As was said; this log does not need it."


def _counted(found: Sequence[Found], trouble: str) -> str:
    return f"{len(found):,} {trouble}, the first in {found[0]}"


def _examples(found: Sequence[Found]) -> str:
    return ", ".join(list(dict.fromkeys(each.text for each in found))[:_SHOWN])
