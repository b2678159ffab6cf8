"""A header taken apart: what it names, and what stands beside it in brackets or as a unit."""

import re
import unicodedata
from functools import lru_cache

from msgspec import Struct

from schemas.run_log.spelling import apart, bare, folded, joined
from schemas.run_log.units import says_wet_or_dry, scale_stated, unit_among, unit_outside_brackets

LONGEST = 250
"""A longer text is no header."""

_BETWEEN_WORDS = re.compile(r"[\s_,;:/|*.\-\u2010\u2012-\u2015]+")
_SAYS_SOMETHING = re.compile(r"[^\W\d_]|±|\+/-")
_LEADS_TO_A_UNIT = ("in", "en", "em", "i")
_LEADS_TO_A_NAME = ("of", "de", "du", "del", "do", "av")
_BIOCHAR = ("biochar", "biokohle", "pflanzenkohle", "biocarbon", "biocarvao", "biokull")


class HeaderName(Struct, frozen=True):
    """The whole as headers are compared, the words outside any brackets and unit, the words in brackets.

    `unclear` is what the brackets say when they hold more than a unit and words that say nothing of it, or
    the words outside that make more or less of it.
    """

    whole: str
    words: tuple[str, ...]
    brackets: str
    unit: str | None
    unclear: str

    @property
    def keys(self) -> tuple[str, ...]:
        """What it may be called in a table of headers, the surest first.

        Dry or wet biochar is biochar; a dry or wet mass may be that of anything.
        """
        whole, outside = bare(re.sub(r"[()\[\]]", " ", self.whole)), bare(" ".join(self.words))
        weighed = [word for word in self.words if not says_wet_or_dry(word)]
        return whole, outside, *((bare(" ".join(weighed)),) if self.of_biochar else ())

    @property
    def of_biochar(self) -> bool:
        """Whether it speaks of the biochar itself, and not just of a mass."""
        words = [joined(word) for word in _BETWEEN_WORDS.split(self.whole)]
        return "char" in words or any(word.startswith(_BIOCHAR) for word in words)


def header_name(text: str) -> HeaderName:
    """Take a header apart, so that "Biochar mass (kg, dry)", "Mass_kg" and "kg biochar" are masses, in kg."""
    if len(text) > LONGEST:
        return HeaderName("", (), "", None, "")
    if not _SAYS_SOMETHING.search(text):
        return HeaderName(folded(text), (), "", None, "")
    return _taken_apart(text)


@lru_cache(maxsize=4096)
def _taken_apart(text: str) -> HeaderName:
    text = unicodedata.normalize("NFKC", text).replace("+/-", "±").replace("±", " ± ")
    outside, inside = apart(text)
    brackets = " ".join(inside)
    words = tuple(word for word in _BETWEEN_WORDS.split(outside) if word)
    unit, understood = unit_among(brackets)
    if unit is None:
        words, unit = _without_unit(words)
    return HeaderName(folded(text), words, brackets, unit, scale_stated(outside) if understood else brackets)


def _without_unit(words: tuple[str, ...]) -> tuple[tuple[str, ...], str | None]:
    """What is left of the words when a unit stands at their end or at their beginning, and the unit."""
    for some in (words, tuple(word for word in words if not says_wet_or_dry(word))):
        for long in (2, 1):
            if len(some) <= long:
                continue
            if unit := unit_outside_brackets(" ".join(some[-long:])):
                rest = some[:-long]
                return (rest[:-1] if rest[-1].casefold() in _LEADS_TO_A_UNIT else rest), unit
            if unit := unit_outside_brackets(" ".join(some[:long])):
                rest = some[long:]
                return (rest[1:] if rest[0].casefold() in _LEADS_TO_A_NAME else rest), unit
    return words, None
