"""Which column of a log holds which field, as its header says.

A header is compared with those in `headers/`, and with the plant's own, after NFKC and without case, white
space, accents or hyphens (hazard 53); nothing else is guessed: a header that is not known stays the log's
own and travels into the results.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from msgspec import Struct

from schemas.run_log.explaining import only_explains
from schemas.run_log.header_name import HeaderName, header_name
from schemas.run_log.header_order import order_stated
from schemas.run_log.header_zone import UTC, only_speaks_of_a_zone, zone_stated
from schemas.run_log.headers import BY_LANGUAGE
from schemas.run_log.spelling import bare, folded, joined
from schemas.run_log.units import says_wet_or_dry

REQUIRED = ("supplier_reference_id", "facility", "feedstock", "started_at", "ended_at", "mass")
IN_TWO_COLUMNS = MappingProxyType(
    {"started_at": ("started_date", "started_time"), "ended_at": ("ended_date", "ended_time")}
)
WITH_A_UNIT = ("mass", "mass_standard_deviation")
_TIMES = (*IN_TWO_COLUMNS, *(part for parts in IN_TWO_COLUMNS.values() for part in parts))
_MAY_STATE_A_UNIT = (*WITH_A_UNIT, "mass_unit")
_BUILT_IN = [
    (language, field, header)
    for language, table in BY_LANGUAGE.items()
    for field, headers in table.items()
    for header in headers
]
_FIELD_OF = {key: field for _, field, header in _BUILT_IN for key in (bare(header), joined(header))}
_IN_LANGUAGE = {(language, key) for language, _, one in _BUILT_IN for key in (bare(one), joined(one))}
_IN_ONE_WORD = {bare(header) for _, _, header in _BUILT_IN if bare(header) == joined(header)}
_NO_MASS = frozenset(
    word
    for words in (
        "m3 dm3 cbm l ltr liter liters litre litres litros vol % °c c",
        "kwh mwh mj gj h min eur usd nok € $",
    )
    for word in words.split()
)
"""What stands in brackets over another measure of the same thing: "Biochar (m³)" beside "Biochar (t)"."""
_MAY_BE_TONNES = MappingProxyType({"tm": ("Spanish", "Portuguese"), "ts": ("French",)})
"""Trockenmasse and tørrstoff, or toneladas métricas and tonnes sèches: it depends on the language."""


class Columns(Struct, frozen=True):
    """Which columns (counted from 0) hold which field, and the unit that a header states.

    A time in two columns stands as (date, time). `twice` names a field that two columns claim, with
    their indexes; `missing` the required fields that no column holds; `unclear` the words of a mass
    header that might be a unit; `zones` what a time's header says of a zone ("utc", "cet", "utc +2");
    `orders` the order of day and month that it states ("DMY");
    `rivals` the columns that speak of biochar in a unit of mass while the mass was found under a header
    that does not.
    """

    fields: dict[str, tuple[int, ...]]
    units: dict[str, str]
    twice: dict[str, tuple[int, ...]]
    missing: tuple[str, ...]
    unclear: dict[str, str]
    zones: dict[str, str]
    orders: dict[str, str] = {}
    rivals: tuple[int, ...] = ()


def columns_of(header: Sequence[str], configured: Mapping[str, str]) -> Columns:
    """Find every field in a row of headers. A configured header outranks the built-in ones."""
    names = [header_name(text) for text in header]
    own = {folded(text): field for text, field in configured.items()}
    claims: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        if name.whole in own:
            claims.setdefault(own[name.whole], []).append(index)
    by_plant = _outranked(claims)
    for index, name in enumerate(names):
        field = field_named(name)
        if field and field not in by_plant and name.whole not in own:
            claims.setdefault(field, []).append(index)
    _drop_other_measures(claims, names)
    pairs = _join_dates_and_times(claims)
    fields = {field: tuple(found) for field, found in claims.items()}
    stated = {field: names[fields[field][0]] for field in WITH_A_UNIT if field in fields}
    return Columns(
        fields=fields,
        units={field: name.unit for field, name in stated.items() if name.unit},
        twice={f: found for f, found in fields.items() if len(found) > 1 and f not in pairs},
        missing=tuple(field for field in REQUIRED if field not in fields),
        unclear={field: said for field, name in stated.items() if (said := _unclear(name, names))},
        zones={
            field: min(zones, key=UTC.__contains__)
            for field in IN_TWO_COLUMNS
            if (zones := [zone for index in fields.get(field, ()) if (zone := zone_stated(header[index]))])
        },
        orders={
            field: orders[0]
            for field in IN_TWO_COLUMNS
            if (
                orders := [order for index in fields.get(field, ()) if (order := order_stated(header[index]))]
            )
        },
        rivals=() if "mass" in by_plant else _rivals(fields, names),
    )


@lru_cache(maxsize=4096)
def field_named(name: HeaderName) -> str | None:
    """The field of a built-in header; "Feedstock (kg)" is a mass of something and not the feedstock."""
    whole, *rest = name.keys
    field = _field_called(whole) or _with_utc(name)
    if field is None:
        field = next((found for key in rest if (found := _field_called(key))), None)
        if field not in _MAY_STATE_A_UNIT and not _explains(name.brackets):
            return None
    return field if field in _MAY_STATE_A_UNIT or not name.unit else None


def languages_of(names: Sequence[HeaderName]) -> list[str]:
    """The languages in which most of these headers are written; English first."""
    named = [key for name in names if (key := next(filter(None, map(_key_of, name.keys)), None))]
    counted = Counter(
        language for language in BY_LANGUAGE for key in named if (language, key) in _IN_LANGUAGE
    )
    most = max(counted.values(), default=0)
    return [language for language in BY_LANGUAGE if counted[language] == most]


def _field_called(text: str) -> str | None:
    """The field of bare words, written apart or together as in a table of headers."""
    key = _key_of(text)
    return _FIELD_OF[key] if key else None


def _key_of(text: str) -> str | None:
    if text in _FIELD_OF:
        return text
    together = text.replace(" ", "")
    return together if together in _IN_ONE_WORD else None


def _with_utc(name: HeaderName) -> str | None:
    """The field of "Start UTC" and "started_at_utc"."""
    if not name.words or zone_stated(name.whole) != name.words[-1].casefold() or name.brackets:
        return None
    field = _field_called(bare(" ".join(name.words[:-1])))
    return field if field in _TIMES else None


def _explains(brackets: str) -> bool:
    """Whether words in brackets leave a header what it is: a format, a zone, "optional"."""
    return only_speaks_of_a_zone(brackets) or only_explains(brackets)


def _drop_other_measures(claims: dict[str, list[int]], names: Sequence[HeaderName]) -> None:
    """Where "Biochar (t)" stands, "Biochar (m³)" beside it is not the mass."""
    for field in WITH_A_UNIT:
        masses = [index for index in claims.get(field, ()) if not _is_other_measure(names[index])]
        if masses:
            claims[field] = masses


def _is_other_measure(name: HeaderName) -> bool:
    words = [folded(word) for word in name.unclear.split() if not says_wet_or_dry(word)]
    return bool(words) and all(word in _NO_MASS for word in words)


def _unclear(name: HeaderName, row: Sequence[HeaderName]) -> str:
    """The words in brackets that may state a unit which is not understood."""
    if name.unclear or name.unit:
        return name.unclear
    maybe = [word for word in name.brackets.split() if joined(word) in _MAY_BE_TONNES]
    languages = {*languages_of(row)} if maybe else set()
    return " ".join(word for word in maybe if languages & {*_MAY_BE_TONNES[joined(word)]})


def _rivals(fields: Mapping[str, tuple[int, ...]], names: Sequence[HeaderName]) -> tuple[int, ...]:
    """The columns that may be the mass of the biochar rather than the one that only says "mass"."""
    if any(names[index].of_biochar for index in fields.get("mass", ())):
        return ()
    taken = {index for found in fields.values() for index in found}
    return tuple(
        index for index, name in enumerate(names) if name.unit and name.of_biochar and index not in taken
    )


def _outranked(by_plant: Mapping[str, object]) -> frozenset[str]:
    """The fields that no built-in header names any more, since the plant has said which do."""
    whole = {field for field, parts in IN_TWO_COLUMNS.items() if {*parts} & {*by_plant}}
    parts = {part for field in IN_TWO_COLUMNS if field in by_plant for part in IN_TWO_COLUMNS[field]}
    return frozenset({*by_plant} | whole | parts)


def _join_dates_and_times(claims: dict[str, list[int]]) -> set[str]:
    """Make each (date, time) pair one field and name those; a lone part is the whole instant."""
    pairs = set()
    for field, parts in IN_TWO_COLUMNS.items():
        dates, times = (claims.pop(part, []) for part in parts)
        if field not in claims and len(dates) == len(times) == 1:
            pairs.add(field)
        if dates or times:
            claims[field] = [*claims.get(field, []), *dates, *times]
    return pairs
