"""The fields of a log and the headers that name them.

A header is compared after NFKC, folding of case and collapsing of white space (hazard 53); nothing
else is guessed: an unknown header stays the log's own and travels into the results.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from schemas.run_log.units import unit_among, unit_named

BUILT_IN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "supplier_reference_id": (
            "supplier reference id",
            "supplier reference",
            "reference",
            "reference id",
            "ref",
            "batch",
            "batch ref",
            "batch reference",
            "batch id",
            "batch no",
            "batch no.",
            "batch number",
            "production batch",
            "run id",
            "run no",
            "run no.",
            "run number",
            "run ref",
            "run reference",
        ),
        "facility": (
            "facility",
            "facility id",
            "facility name",
            "kiln",
            "kiln id",
            "kiln name",
            "reactor",
            "plant",
            "site",
        ),
        "feedstock": (
            "feedstock",
            "feedstocks",
            "feedstock id",
            "feedstock ids",
            "feedstock type",
            "feedstock types",
            "feedstock type id",
            "feedstock type ids",
            "biomass",
            "biomass type",
        ),
        "started_at": (
            "started at",
            "started",
            "start",
            "start at",
            "start datetime",
            "start date time",
            "start date/time",
            "start date and time",
            "run start",
            "production start",
        ),
        "started_date": ("start date", "started date", "date started"),
        "started_time": ("start time", "started time", "time started"),
        "ended_at": (
            "ended at",
            "ended",
            "end",
            "end at",
            "end datetime",
            "end date time",
            "end date/time",
            "end date and time",
            "run end",
            "production end",
            "finished",
            "finished at",
        ),
        "ended_date": ("end date", "ended date", "date ended"),
        "ended_time": ("end time", "ended time", "time ended"),
        "mass": (
            "mass",
            "biochar",
            "biochar mass",
            "mass of biochar",
            "biochar weight",
            "biochar produced",
            "biochar output",
            "weight",
            "net weight",
        ),
        "mass_unit": ("mass unit", "unit", "units", "unit of mass", "uom"),
        "mass_standard_deviation": (
            "mass standard deviation",
            "standard deviation",
            "std dev",
            "std. dev.",
            "stddev",
            "stdev",
            "sd",
            "±",
            "+/-",
        ),
        "display_name": ("display name", "batch name"),
    }
)
REQUIRED = ("supplier_reference_id", "facility", "feedstock", "started_at", "ended_at", "mass")
IN_TWO_COLUMNS = MappingProxyType(
    {"started_at": ("started_date", "started_time"), "ended_at": ("ended_date", "ended_time")}
)
WITH_A_UNIT = ("mass", "mass_standard_deviation")
UTC = frozenset(("utc", "z", "zulu"))
_ZONES = frozenset(
    word
    for words in (
        "utc z zulu gmt wet west bst ist cet cest met mest mez mesz eet eest msk eat cat wat sast",
        "est edt cst cdt mst mdt pst pdt akst akdt hst brt art clt pet cot pkt npt wib ict sgt pht",
        "jst kst hkt awst acst acdt aest aedt nzst nzdt",
    )
    for word in words.split()
)
_ZONE = re.compile(
    r"(utc|gmt)?[+\-\u2212±][0-9]{1,2}(:?[0-9]{2})?h?"
    r"|(africa|america|antarctica|asia|atlantic|australia|europe|indian|pacific|etc)/.+"
)

_FIELD_OF = {header: field for field, headers in BUILT_IN.items() for header in headers}


class HeaderName(Struct, frozen=True):
    """A header taken apart: the whole, the part before any brackets or unit, and the unit.

    `unclear` holds bracketed words that are neither a unit nor known to say nothing of one.
    """

    whole: str
    base: str
    unit: str | None
    unclear: str


class Columns(Struct, frozen=True):
    """Which columns (counted from 0) hold which field, and the unit that a header states.

    A time in two columns stands as (date, time). `twice` names a field that two columns claim, with
    their indexes; `missing` the required fields that no column holds; `unclear` the words of a mass
    header that might be a unit; `zones` the word of a time's header that names a zone ("utc", "cet").
    """

    fields: dict[str, tuple[int, ...]]
    units: dict[str, str]
    twice: dict[str, tuple[int, ...]]
    missing: tuple[str, ...]
    unclear: dict[str, str]
    zones: dict[str, str]


def folded(text: str) -> str:
    """`text` as headers are compared: NFKC, case folded, white space collapsed."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("_", " ").split())


def header_name(text: str) -> HeaderName:
    """Take a header apart, so that "Biochar mass (kg, dry)" is a mass, in kg."""
    text = unicodedata.normalize("NFKC", text)
    brackets = " ".join(a or b for a, b in re.findall(r"\(([^)]*)\)|\[([^\]]*)\]", text))
    base = folded(re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", text)).rstrip(":*").rstrip()
    unit, understood = unit_among(brackets)
    first, _, last = base.rpartition(" ")
    if not brackets and first and unit_named(last):
        base, unit = first.removesuffix(" in"), unit_named(last)
    return HeaderName(folded(text), base, unit, "" if understood else brackets)


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
        field = _field_named(name)
        if field and field not in by_plant and name.whole not in own:
            claims.setdefault(field, []).append(index)
    pairs = _join_dates_and_times(claims)
    fields = {field: tuple(found) for field, found in claims.items()}
    stated = {field: names[fields[field][0]] for field in WITH_A_UNIT if field in fields}
    return Columns(
        fields=fields,
        units={field: name.unit for field, name in stated.items() if name.unit},
        twice={f: found for f, found in fields.items() if len(found) > 1 and f not in pairs},
        missing=tuple(field for field in REQUIRED if field not in fields),
        unclear={field: name.unclear for field, name in stated.items() if name.unclear},
        zones={
            field: zone
            for field in IN_TWO_COLUMNS
            for index in fields.get(field, ())
            if (zone := zone_stated(header[index]))
        },
    )


def zone_stated(text: str) -> str | None:
    """The word of a header that names a time zone: "Start (UTC)" is not in the plant's own time."""
    words = re.findall(r"[^\s,;()\[\]]+", unicodedata.normalize("NFKC", text).casefold())
    return next((word for word in words if word in _ZONES or _ZONE.fullmatch(word)), None)


def fits(header: Sequence[str], configured: Mapping[str, str]) -> bool:
    """Whether a row of texts is the header of a log: every required field is named in it."""
    return not columns_of(header, configured).missing


def _field_named(name: HeaderName) -> str | None:
    """The field of a built-in header; "Feedstock (kg)" is a mass of something and not the feedstock."""
    field = _FIELD_OF.get(name.whole) or _FIELD_OF.get(name.base)
    return None if name.unit and field not in WITH_A_UNIT else field


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
