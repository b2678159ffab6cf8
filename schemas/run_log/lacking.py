"""What a row of headers lacks to be the header of a log, said so that a person can put it right."""

import json
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher, get_close_matches
from types import MappingProxyType

from msgspec import Struct

from schemas.run_log.columns import (
    IN_TWO_COLUMNS,
    REQUIRED,
    WITH_A_UNIT,
    columns_of,
    field_named,
    languages_of,
)
from schemas.run_log.header_name import header_name
from schemas.run_log.headers import BUILT_IN, BY_LANGUAGE
from schemas.run_log.spelling import bare

IN_WORDS = MappingProxyType(
    {
        "supplier_reference_id": "the batch’s reference",
        "facility": "the facility",
        "feedstock": "the feedstock",
        "started_at": "the start",
        "ended_at": "the end",
        "mass": "the mass of the biochar",
    }
)
"""What a required field is, for people who keep logs."""

_NEAR = 0.8
_SHORTEST = 4
"""Of shorter words too many are near to one another."""
_SEARCHED = 200


class Near(Struct, frozen=True):
    """A header of the log, and the one that it may have been meant to be."""

    seen: str
    meant: str


def lacking(
    header: Sequence[str], configured: Mapping[str, str], fields: Sequence[str] = REQUIRED
) -> tuple[str, str]:
    """Which of `fields` no header of the row names, in words; and what to do, in sentences.

    Examples are in the language of the row's other headers, where these tell.
    """
    found = columns_of(header, configured)
    lacks = [field for field in fields if field in found.missing]
    own = {field: [text for text, names in configured.items() if names == field] for field in lacks}
    near = {field: nearest_header(header, configured, field) for field in lacks}
    language = languages_of([header_name(text) for text in header])[0]
    named = [_may_be_called(field, own[field], near[field], language) for field in lacks]
    return listed([IN_WORDS[field] for field in lacks]), " ".join((*named, _or_mapped(near)))


def nearest_row(rows: Sequence[Sequence[str]], configured: Mapping[str, str]) -> int | None:
    """Which row comes nearest to a header: by its fields, then its words. None when all are blank."""
    ranks = [
        (len(columns_of(texts, configured).fields), sum(map(_is_word, texts)), any(map(str.strip, texts)))
        for texts in rows
    ]
    best = max(range(len(rows)), key=lambda index: ranks[index], default=None)
    return best if best is not None and any(ranks[best]) else None


def nearest_header(header: Sequence[str], configured: Mapping[str, str], field: str) -> Near | None:
    """The header that names no field and is spelled most like one of `field`, if it is very much like it."""
    taken = {index for found in columns_of(header, configured).fields.values() for index in found}
    wanted = {bare(text): text for part in (field, *IN_TWO_COLUMNS.get(field, ())) for text in BUILT_IN[part]}
    wanted |= {bare(text): text for text, names in configured.items() if names == field}
    keys = [key for key in wanted if len(key) >= _SHORTEST]
    alike = [
        (SequenceMatcher(None, key, seen).ratio(), Near(" ".join(text.split()), wanted[key]))
        for index, text in enumerate(header[:_SEARCHED])
        if index not in taken and _could_name(text, field)
        for seen in {bare(" ".join(header_name(text).words)), bare(text)}
        if len(seen) >= _SHORTEST
        for key in get_close_matches(seen, keys, n=1, cutoff=_NEAR)
    ]
    return max(alike, key=lambda one: one[0], default=(0, None))[1]


def listed(texts: Sequence[str], last: str = "and") -> str:
    """Texts as a sentence lists them: a, b and c."""
    return f" {last} ".join(part for part in (", ".join(texts[:-1]), *texts[-1:]) if part)


def _is_word(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _could_name(text: str, field: str) -> bool:
    """Not a header with a unit of mass, nor, for the mass, one that says what else was weighed."""
    name = header_name(text)
    other = field_named(name) or next(iter(_fields_without_unit(text)), None)
    return (not name.unit or field in WITH_A_UNIT) and other in (None, field)


def _fields_without_unit(text: str) -> list[str]:
    words = " ".join(header_name(text).words)
    return [field] if (field := field_named(header_name(words))) else []


def _may_be_called(field: str, own: Sequence[str], near: Near | None, language: str) -> str:
    """One sentence: how this plant's settings call the field, or else some built-in headers."""
    examples = [f"“{text}”" for text in own] or _examples(field, language)
    is_near = f"; “{near.seen}” is near “{near.meant}”" if near else ""
    what = IN_WORDS[field]
    return f"{what[0].upper()}{what[1:]} may be called {listed(examples, 'or')}{is_near}."


def _examples(field: str, language: str) -> list[str]:
    table = BY_LANGUAGE[language]
    if field not in IN_TWO_COLUMNS:
        unit = " (kg)" if field in WITH_A_UNIT else ""
        return [f"“{text}{unit}”" for text in table[field][:3]]
    date, time = (table[part][0] for part in IN_TWO_COLUMNS[field])
    return [*(f"“{text}”" for text in table[field][:2]), f"“{date}” beside “{time}”"]


def _or_mapped(near: Mapping[str, Near | None]) -> str:
    lines = [f'{_quoted(one.seen)} = "{field}"' for field, one in near.items() if one]
    example = f'"This plant’s header" = "{next(iter(near), REQUIRED[0])}"'
    return f"Or map this plant’s headers in pipeline.toml under [log.columns]: {listed(lines or [example])}."


def _quoted(key: str) -> str:
    """A key of a TOML file."""
    return json.dumps(key, ensure_ascii=False)
