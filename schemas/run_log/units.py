"""Units of mass, as words people write, and their exact factors to kilograms.

A unit says nothing of wet or dry: that is the operator's to state and never converted (contract,
"The body"). "ton" alone is left out on purpose: it is three different masses.
"""

import re
from decimal import Decimal
from types import MappingProxyType

KILOGRAMS = MappingProxyType(
    {
        "g": Decimal("0.001"),
        "kg": Decimal(1),
        "t": Decimal(1000),
        "lb": Decimal("0.45359237"),
        "short ton": Decimal("907.18474"),
        "long ton": Decimal("1016.0469088"),
    }
)

_ALIASES = {
    "g": "g gr gram grams gramm gramme grammes",
    "kg": "kg kgs kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes",
    "t": "t to tonne tonnes tonnen",
    "lb": "lb lbs pound pounds",
}
_WORDS = {word: unit for unit, words in _ALIASES.items() for word in words.split()} | {
    "metric ton": "t",
    "metric tons": "t",
    "metric tonne": "t",
    "metric tonnes": "t",
    "short ton": "short ton",
    "short tons": "short ton",
    "long ton": "long ton",
    "long tons": "long ton",
}

SAYS_NO_UNIT = frozenset(
    word
    for words in (
        "dry wet dm d.m db basis net gross as received biochar char mass weight of per and batch run total",
        "ms mb sèche humide seco seca",
        "tm ts atro trocken feucht netto brutto tørr tørrstoff våt local time utc",
    )
    for word in words.split()
)
"""Words that stand beside or instead of a unit in a header's brackets: "(kg, dry)", "[t TM]"."""


def unit_named(text: str) -> str | None:
    """The unit that `text` names, or None. "Mg" is refused: too easily a milligram."""
    if text.strip() == "Mg":
        return None
    return _WORDS.get(" ".join(text.casefold().split()))


def unit_among(text: str) -> tuple[str | None, bool]:
    """The one unit among the words of a header's brackets, and whether nothing there is in doubt."""
    whole = unit_named(text)
    if whole:
        return whole, True
    words = re.findall(r"[^\s,;/()\[\]]+", text)
    units = {unit for word in words if (unit := unit_named(word))}
    understood = all(unit_named(word) or word.casefold().rstrip(".") in SAYS_NO_UNIT for word in words)
    return (min(units) if len(units) == 1 else None), understood and len(units) <= 1


def to_kilograms(magnitude: Decimal, unit: str) -> Decimal:
    """`magnitude` in kilograms, exactly. `unit` is a key of KILOGRAMS."""
    return magnitude * KILOGRAMS[unit]
