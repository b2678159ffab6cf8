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
        "netto masse gewicht pflanzenkohle biokohle produziert charge",
        "poids nette net produit produite lot",
        "masa peso neto neta producido producida biocarbón lote",
        "massa líquido líquida produzido produzida biocarvão batelada",
        "vekt biokull produsert parti",
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
_WORD = re.compile(r"[^\s,;/|()\[\]\-\u2010\u2012-\u2015]+")


def unit_named(text: str) -> str | None:
    """The unit that `text` names, or None."""
    return _UNIT_OF.get(unaccented(text))


def says_wet_or_dry(word: str) -> bool:
    """Whether a word beside a mass tells on which basis it was weighed, which says nothing of its unit."""
    return joined(word) in _WET_OR_DRY


def only_speaks_of_a_unit(text: str) -> bool:
    """Whether every word of a text is of units, be it understood or not: "t TM", "tons"."""
    words = [word for word in map(joined, _WORD.findall(text)) if word not in _NO_UNIT]
    return bool(words) and all(unit_named(word) or word in _SEVERAL_MASSES for word in words)


def unit_among(text: str) -> tuple[str | None, bool]:
    """The one unit among the words of a header's brackets, and whether nothing there is in doubt."""
    found = (word.rstrip(".") for word in _WORD.findall(_EACH_BATCH.sub(" ", text)))
    words = [word for word in found if joined(word) not in _NO_UNIT]
    if whole := unit_named(text) or unit_named(" ".join(words)):
        return whole, True
    units = {unit for word in words if (unit := unit_named(word))}
    return (min(units) if len(units) == 1 else None), all(map(unit_named, words)) and len(units) <= 1
