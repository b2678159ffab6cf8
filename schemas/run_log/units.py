"""Units of mass, as words people write.

A unit says nothing of wet or dry: that is the operator's to state and never converted (contract,
"The body"). A word that is several masses is no unit: ton, Pfund, livre, libra, quintal, Zentner, Mg.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from schemas.run_log.spelling import joined, unaccented


class Unit(NamedTuple):
    """What a unit is, in the language of pint's definitions, and what people call it, in six languages."""

    definition: str
    words: str


UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        "g": Unit("0.001 kg", "g, gr, gram, grams, gramm, gramme, grammes, gramo, gramos, gramas"),
        "kg": Unit(
            "[mass]",
            "kg, kgs, kilo, kilos, kilogram, kilograms, kilogramm, kilogramme, kilogrammes, kilogramo, "
            "kilogramos, quilo, quilos, quilograma, quilogramas",
        ),
        "t": Unit(
            "1000 kg",
            "t, to, tonne, tonnes, tonnen, tonn, tonelada, toneladas, metric ton, metric tons, metric tonne, "
            "metric tonnes, metrische tonne, metrische tonnen, metriske tonn, tonne métrique, "
            "tonnes métriques, tonelada métrica, toneladas métricas",
        ),
        "lb": Unit("0.45359237 kg", "lb, lbs, pound, pounds"),
        "short ton": Unit(
            "2000 lb",
            "short ton, short tons, us ton, us tons, tonne courte, tonnes courtes, tonelada corta, "
            "toneladas cortas, tonelada curta, toneladas curtas",
        ),
        "long ton": Unit(
            "2240 lb",
            "long ton, long tons, imperial ton, imperial tons, tonne longue, tonnes longues, tonelada larga, "
            "toneladas largas, tonelada longa, toneladas longas",
        ),
    }
)
"""The units that a log may use. Not "grama": it is a gram and grass."""

ALL_UNITS = f"{', '.join([*UNITS][:-1])} or {[*UNITS][-1]}"
"""For messages: g, kg, t, lb, short ton or long ton."""

_UNIT_OF = {unaccented(word): unit for unit, (_, words) in UNITS.items() for word in words.split(",")}
_WET_OR_DRY = frozenset(
    joined(word)
    for words in (
        "dry wet dm db wb basis as received ar",
        "trocken feucht frisch atro tm ts",
        "sec sèche secs sèches humide ms mb",
        "seco seca húmedo húmeda base en",
        "úmido úmida em",
        "tørr tørt tørrstoff våt vått",
    )
    for word in words.split()
)
_NO_UNIT = _WET_OR_DRY | {
    joined(word)
    for words in (
        "net mass weight of total and biochar char produced batch run",
        "in netto masse gewicht pflanzenkohle biokohle produziert charge",
        "poids nette net produit produite lot",
        "masa peso neto neta producido producida biocarbón lote",
        "massa líquido líquida produzido produzida biocarvão batelada",
        "i vekt biokull produsert parti",
    )
    for word in words.split()
}
"""Words that stand beside or instead of a unit in a header's brackets: "(kg, dry)", "[t TM]"."""
_SEVERAL_MASSES = frozenset(
    word
    for words in (
        "ton tons tn mt mg dt dz oz quintal quintals zentner",
        "pfund pund livre livres libra libras arroba",
    )
    for word in words.split()
)
_EACH_BATCH = re.compile(
    r"\b(per|pro|je|par|por|pr\.?) (batch|run|charge|lot|lote|batelada|parti|partie)\b", re.IGNORECASE
)
_TIMES_OR_OVER = re.compile(
    r"(?<![^\W_])[x×·]\s?\d[\d.,]*|\*\s?\d{2,}|(?<![^\W_])\d+\s?[x×](?![^\W_])|[/÷]\s?10+(?!\d)"
    r"|(?<![\w.,/-])1[., ]?000(?!\w)",
    re.IGNORECASE,
)
_RATE = re.compile(
    r"\bper \w+|(/|\b(pro|je|par|por|pr\.?))\s?"
    r"(h|hr|hours?|d|days?|min|bags?|ha|m[23]|std|stunde|tag|sack|heure|jour|sac|hora|d[ií]a|saco|time|døgn|sekk)\b",
    re.IGNORECASE,
)
_MANY = re.compile(
    r"(?<![^\W_])(\d+(?:[.,^]\d+)*|thousand|tausend|tsd\.?|mille|mil|tusen)\s?([^\W\d_]+)", re.IGNORECASE
)
_NO_LETTERS = re.compile(r"[\W\d_]+")
_WORD = re.compile(r"[^\s,;/|()\[\]\-\u2010\u2012-\u2015]+")


def unit_named(text: str) -> str | None:
    """The unit that `text` names, or None."""
    return _UNIT_OF.get(unaccented(text))


def unit_outside_brackets(text: str) -> str | None:
    """The unit that words of a header name, where a "T" is a temperature and "to" is a word."""
    return None if text in ("T", "G") or text.casefold() == "to" else unit_named(text)


def says_wet_or_dry(word: str) -> bool:
    """Whether a word beside a mass tells on which basis it was weighed, which says nothing of its unit."""
    return joined(word) in _WET_OR_DRY


def only_speaks_of_a_unit(text: str) -> bool:
    """Whether every word of a text is of units, be it understood or not: "t TM", "tons"."""
    words = [word for word in map(joined, _WORD.findall(text)) if word not in _NO_UNIT]
    return bool(words) and all(unit_named(word) or word in _SEVERAL_MASSES for word in words)


def units_mentioned(text: str) -> set[str]:
    """The units that words anywhere in a text name, and those that are several: "weights in t", "tons"."""
    words = [word for word in _NO_LETTERS.split(text) if word]
    if only_speaks_of_a_unit(text):
        return {unit_named(word) or word for word in words if joined(word) not in _NO_UNIT}
    return {unit for word in words if (unit := unit_outside_brackets(word) or _several_tons(word))}


def scale_stated(text: str) -> str:
    """The words outside a header's brackets that make more or less of its unit: "x 10", "1000 kg", "/h".

    Empty when there are none: a number elsewhere may be that of a kiln.
    """
    rest = _EACH_BATCH.sub(" ", text)
    many = [found[0] for found in _MANY.finditer(rest) if unit_outside_brackets(found[2])]
    scales = [found[0] for pattern in (_TIMES_OR_OVER, _RATE) for found in pattern.finditer(rest)]
    return next(iter((*many, *scales)), "").strip()


def unit_among(text: str) -> tuple[str | None, bool]:
    """The one unit among the words of a header's brackets, and whether nothing there is in doubt."""
    found = (word.rstrip(".") for word in _WORD.findall(_EACH_BATCH.sub(" ", text)))
    words = [word for word in found if joined(word) not in _NO_UNIT]
    if whole := unit_named(text) or unit_named(" ".join(words)):
        return whole, True
    units = {unit for word in words if (unit := unit_named(word))}
    return (min(units) if len(units) == 1 else None), all(map(unit_named, words)) and len(units) <= 1


def _several_tons(word: str) -> str | None:
    return word if joined(word) in ("ton", "tons") else None
