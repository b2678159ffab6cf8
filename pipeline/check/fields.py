"""Each field's own way from cells to values, under the plant's conventions."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from functools import partial
from zoneinfo import ZoneInfo

from schemas.cell import Cell, quoted
from schemas.convention import Convention, DateOrder
from schemas.run_log import instants, numbers, texts
from schemas.run_log.columns import IN_TWO_COLUMNS, Columns
from schemas.run_log.converted import day_and_month_of_text
from schemas.run_log.header_order import contradicted
from schemas.run_log.parsed import HealedIn, Parsed, Problem, Tidied, Tidying, also_told, told
from schemas.run_log.units import ALL_UNITS, unit_among
from schemas.visible import visible
from schemas.zones import zone

_ID = re.compile(r"[a-z]{3}_[0-9A-Za-z]+")
ID_LENGTH = range(20, 38)
UNIT_MISSING = "unit_missing"
_SEPARATORS = re.compile(r"[;\r\n]+")
_UTC_IN_ONE_HEADER = Problem(
    "timezone_unknown",
    "a time whose zone is known; of start and end, only the other one's header says UTC",
    "Write “(UTC)” into its header too when it is in UTC; or else write it with its offset, such as "
    "2026-10-05 14:30+02:00.",
)
"""It may be in UTC as well, or in the plant's own zone (hazard 41)."""


class Fields:
    """Parsers for one table: `carefully` from a field's cells to a value, and what there is to say of it.

    Some fields can be read `quickly`, too: a cell that nothing can be wrong with gives its value, and any
    other None, for which it has to be read with care.

    `typed` says that cells have types, as in a workbook: there, a number in a text cell is told
    (hazard 27). In the fields of `real_dates`, a date is a date of the workbook, and not text (hazard
    34).
    """

    def __init__(
        self,
        columns: Columns,
        convention: Convention,
        real_dates: frozenset[str] = frozenset(),
        *,
        typed: bool,
    ) -> None:
        self._real_dates = real_dates
        self.decimal = convention.decimal
        self._convention = convention
        self._typed = typed
        self._facilities = _composed(convention.facilities)
        self._feedstocks = _composed(convention.feedstocks)
        self._units = columns.units
        plants = zone(convention.timezone) if convention.timezone else None
        self._orders = columns.orders
        self._silent = {*IN_TWO_COLUMNS}.difference(columns.zones) if columns.zones else set()
        self._zones = {field: zone("UTC") if field in columns.zones else plants for field in IN_TWO_COLUMNS}
        self.carefully: Mapping[str, Callable[..., object]] = {
            "supplier_reference_id": texts.reference,
            "facility": self._facility,
            "feedstock": self._feedstock,
            "started_at": partial(self._instant, "started_at"),
            "ended_at": partial(self._instant, "ended_at"),
            "mass": self._mass,
            "mass_unit": self._unit,
            "mass_standard_deviation": self._deviation,
            "display_name": texts.text,
        }
        self.quickly: Mapping[str, Callable[[Cell], object]] = {
            "supplier_reference_id": texts.plain_reference,
            **{
                field: partial(instants.plain_instant, zone=where)
                for field, where in self._zones.items()
                if self._orders.get(field) != "YDM" and field not in self._silent
            },
        }

    def _unit(self, cell: Cell) -> str | Problem | None:
        """The unit of a row's mass: from its unit column, else the header, else the settings."""
        stated = cell.strip() if isinstance(cell, str) else "?"
        (unit, clear), of_header = unit_among(stated), self._units.get("mass")
        if stated and not (unit and clear):
            return Problem("unit_unknown", f"a unit of mass: {ALL_UNITS}", "Correct the unit.")
        if unit and of_header and unit != of_header:
            return Problem(
                "units_disagree",
                f"one unit; the header of the mass says {of_header}",
                "Correct one of them.",
            )
        return unit or of_header or self._convention.mass_unit

    def _mass(self, cell: Cell, unit: str | None) -> Parsed[Decimal]:
        parsed = self._told_if_text(cell, numbers.magnitude(cell, self.decimal, unit))
        if unit is None and parsed is not None and not isinstance(parsed, Problem):
            return Problem(
                UNIT_MISSING,
                "a mass whose unit is known",
                'Name it in the header, as in "Mass (kg)", or set mass_unit under [log] in pipeline.toml.',
                healed_in="settings",
            )
        return _in_kilograms(parsed, unit)

    def _deviation(self, cell: Cell, unit_of_mass: str | None) -> Parsed[Decimal] | Tidied[None]:
        unit = self._units.get("mass_standard_deviation") or unit_of_mass
        parsed = numbers.magnitude(cell, self.decimal, unit)
        if (parsed.value if isinstance(parsed, Tidied) else parsed) == Decimal(0):
            how = "a standard deviation of zero was left out, as unknown"
            return Tidied(None, "deviation_left_out", how, quoted(cell))
        return _in_kilograms(self._told_if_text(cell, parsed), unit)

    def _told_if_text(self, cell: Cell, parsed: Parsed[Decimal]) -> Parsed[Decimal]:
        if not (self._typed and isinstance(cell, str)):
            return parsed
        return also_told(parsed, Tidying("text_as_number", "a number stored as text was read", visible(cell)))

    def _instant(self, field: str, cell: Cell, time: Cell | None = None) -> Parsed[dt.datetime]:
        """In UTC where the header says so, else in the plant's own zone; in an order that it allows."""
        if field in self._real_dates and day_and_month_of_text(cell):
            return instants.AS_TEXT
        order = self._convention.date_order
        stated = self._orders.get(field)
        if stated and (problem := contradicted(cell, stated, order)):
            return problem
        read = partial(_placed, cell, time, order)
        found = read(self._zones[field])
        in_doubt = field in self._silent and not isinstance(found, Problem) and found != read(zone("UTC"))
        return _UTC_IN_ONE_HEADER if in_doubt else found

    def _facility(self, cell: Cell) -> Parsed[str]:
        return _named(texts.text(cell), "facility", "fcl_", self._facilities)

    def _feedstock(self, cell: Cell) -> Parsed[tuple[str, ...]]:
        """One or several: split at semicolons and line breaks, at commas only between known names."""
        names = self._feedstocks
        raw = _SEPARATORS.sub(";", cell) if isinstance(cell, str) else cell
        parsed = texts.text(raw)
        whole = parsed.value if isinstance(parsed, Tidied) else parsed
        if not isinstance(whole, str):
            return whole
        parts = [part.strip() for part in whole.split(";") if part.strip()]
        ids = []
        for name in (name for part in parts for name in _at_commas(part, names)):
            found = _named(name, "feedstock", "ftt_", names)
            if not isinstance(found, str):
                return found if isinstance(found, Problem) else None
            ids.append(found)
        if not ids:
            return None
        return told(tuple(dict.fromkeys(ids)), parsed.tidyings if isinstance(parsed, Tidied) else ())


def _placed(
    cell: Cell, time: Cell | None, order: DateOrder | None, where: ZoneInfo | None
) -> Parsed[dt.datetime]:
    if time is None:
        return instants.instant(cell, where, order)
    return instants.instant_of(cell, time, where, order)


def _composed(names: Mapping[str, str]) -> dict[str, str]:
    """The plant's names as a log's are compared: "é" typed in one key or in two is the same (hazard 12).

    A name that would then stand for two ids stands for none.
    """
    ids: dict[str, set[str]] = {}
    for name, found in names.items():
        ids.setdefault(unicodedata.normalize("NFC", name), set()).add(found)
    return {name: min(found) for name, found in ids.items() if len(found) == 1}


def _in_kilograms(parsed: Parsed[Decimal], unit: str | None) -> Parsed[Decimal]:
    if isinstance(parsed, Decimal) and unit:
        return numbers.kilograms(parsed, unit)
    if isinstance(parsed, Tidied) and unit:
        return parsed.holding(numbers.kilograms(parsed.value, unit))
    return parsed


def _id(name: str, prefix: str, known: Mapping[str, str]) -> str | None:
    if name in known:
        return known[name]
    is_id = name.startswith(prefix) and _ID.fullmatch(name) and len(name) in ID_LENGTH
    return name if is_id else None


def _at_commas(part: str, known: Mapping[str, str]) -> list[str]:
    """A name that is known as it stands, or the names between its commas when all of them are."""
    bits = [bit.strip() for bit in part.split(",")]
    whole = _id(part, "ftt_", known) or not all(_id(bit, "ftt_", known) for bit in bits)
    return [part] if whole else bits


def _named(parsed: Parsed[str], kind: str, prefix: str, known: Mapping[str, str]) -> Parsed[str]:
    """The registry's id for a name of the log; a name that is not known is never guessed."""
    name = parsed.value if isinstance(parsed, Tidied) else parsed
    if not isinstance(name, str):
        return name
    found = _id(name, prefix, known)
    if found is None:
        return _unknown(name, kind, prefix, known)
    return parsed.holding(found) if isinstance(parsed, Tidied) else found


def _unknown(name: str, kind: str, prefix: str, known: Mapping[str, str]) -> Problem:
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    table = {"facility": "[facilities]", "feedstock": "[feedstocks]"}[kind]
    healed_in: HealedIn
    if near:
        healed_in = "log"
        remedy = f"Did you mean “{near[0]}”?"
    elif known:
        healed_in = "either"
        remedy = f"Known here: {', '.join(sorted(known))}. Or add “{name}” under {table} in pipeline.toml."
    else:
        healed_in = "settings"
        remedy = f"Add “{name}” with its registry id under {table} in pipeline.toml, unless it is misspelt."
    return Problem(
        f"unknown_{kind}",
        f"a {kind} that is known: its name in pipeline.toml or its {prefix}… id",
        remedy,
        healed_in=healed_in,
    )
