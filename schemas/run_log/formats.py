"""What a cell's number format lets the operator see: the words, the money, the signs, the places, the day.

A format has sections for positive and negative numbers and zero, or sections with conditions such as
"[<1000]". Only the section that shows the number counts.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from types import MappingProxyType
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

_PIECES = re.compile(
    r"""(?P<quoted>"[^"]*"?) | (?P<escaped>\\.) | (?P<unseen>_.|\*[^-.,0-9]) | (?P<bracket>\[[^\]]*\])
    | (?P<end>;) | (?P<power>E[+-]0+) | (?P<slot>(?i:General)|[0#?@]|(?<=[^\\]/)[0-9]+) | (?P<mark>[.,])
    | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[0-9]+(?:\.[0-9]+)?)\]")
_COMPARE: MappingProxyType[str, Callable[[float, float], bool]] = MappingProxyType(
    {"<=": le, ">=": ge, "<>": ne, "<": lt, ">": gt, "=": eq}
)
_IN_BRACKETS = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_DECIMALS = re.compile(r"[0#?@,]*\.([0#?]+)|[0#?,]*[0#?]")
_SCALED = re.compile(r"[0#?],+(?![0#?,])")

_MARK = "\0"
_IN_PLACE = {",": "", ".": _MARK, "@": "0"}
_LIKE_DIGITS = re.compile(rf"[\d#?@{_MARK}]")
_LETTERS = r"[^\W\d_]++"
_WORDS = rf"[(\[]?{_LETTERS}(?:[\s.,;:/|-]++{_LETTERS})*+(?:[.,;:](?=[\s)\]]|\Z))?[)\]]?"
_BESIDE = rf"(?:\s|{_WORDS})*+"
_FRACTION = r"[0#?]*+\s*+[0#?]*+/\s*+[0-9#?]++"
_WHOLE = r"[0#?]*+(?:[\s'’][0#?]{3}(?![0#?]))*+"
_WHOLE_OF_THOUSANDS = r"#{1,3}([.,])(?:#{2,3}\1)*##[0#]"
_REST = rf"(?:{_MARK}[0#?]*+)?(?:E[+-]0+)?"
_LEGIBLE = re.compile(rf"{_BESIDE}\+?(?:{_FRACTION}|{_WHOLE}{_REST}){_BESIDE}")
_LEGIBLE_THOUSANDS = re.compile(rf"{_BESIDE}\+?{_WHOLE_OF_THOUSANDS}{_REST}{_BESIDE}")
"""With a mark of the format's own between the groups: less than a thousand is shown as ".812"."""
_NO_PART_OF_A_DATE = re.compile(r'"[^"]*"?|\\.|[_*].|\[[^\]]*\]|;.*', re.DOTALL)
_DAY = "(?<!d)d{1,2}(?!d)"
"""Three or four of them are a day of the week."""
_SIGNS = re.compile(r"[-()\u2010-\u2015\u2212]")


class Section(Struct, frozen=True):
    """One section: `words` are what stands beside the number, `slots` what the number is written into.

    `whole` is both in their places: a digit of a `0`, the decimal mark as a NUL, other slots as they are.
    """

    words: str
    slots: str
    whole: str
    condition: tuple[str, float] | None = None

    @property
    def hides(self) -> bool:
        """Whether the number itself is not shown at all."""
        return not re.search("[0#?@]|(?i:general)", self.slots)

    @property
    def divides(self) -> bool:
        """Whether a thousandth (or less) of the number is shown."""
        return bool(_SCALED.search(self.slots))

    @property
    def decimals(self) -> int | None:
        """To how many places the number is rounded where it is shown; None when that is not plain."""
        found = _DECIMALS.fullmatch(self.slots)
        is_fraction = "/" in self.words
        return len(found[1] or "") if found and not (self.divides or is_fraction) else None

    def is_legible(self, value: float) -> bool:
        """Whether what stands beside and between the digits leaves the number the one that is stored."""
        if _LIKE_DIGITS.search(self.words):
            return False
        in_thousands = value >= 1000 and _LEGIBLE_THOUSANDS.fullmatch(self.whole)
        return bool(in_thousands or _LEGIBLE.fullmatch(self.whole))

    @property
    def unsigned(self) -> "Section":
        """The section without what makes a number look like a negative one."""
        return replace(self, whole=_SIGNS.sub("", self.whole))

    def shows(self, value: float) -> bool:
        return self.condition is None or _COMPARE[self.condition[0]](value, self.condition[1])


class ShownDate(NamedTuple):
    """Whether a format lets one see the day of a date, its year, or any part of it, be it the day's name."""

    day: bool
    year: bool
    any: bool


@lru_cache(maxsize=256)
def shown_date(shown: str) -> ShownDate:
    """What the format `shown` lets one see of a date; a date that has no format of its own is seen whole."""
    if shown in ("", "General"):
        return ShownDate(day=True, year=True, any=True)
    code = _NO_PART_OF_A_DATE.sub("", shown.lower())
    day, year, any_part = (bool(re.search(part, code)) for part in (_DAY, "[yeb]", "[yebd]|mmm"))
    return ShownDate(day, year, any_part)


def section_for(shown: str, value: float) -> Section:
    """The section of the format `shown` that `value` is displayed by."""
    sections = _sections(shown)
    if any(section.condition for section in sections):
        return next((section for section in sections if section.shows(value)), sections[-1])
    if len(sections) == 1 or value > 0:
        return sections[0]
    return sections[2] if value == 0 and len(sections) > 2 else sections[value < 0]


@lru_cache(maxsize=256)
def _sections(shown: str) -> tuple[Section, ...]:
    parts: list[list[tuple[str, str]]] = [[]]
    for piece in _PIECES.finditer(shown):
        if piece.lastgroup == "end":
            parts.append([])
        else:
            parts[-1].append((str(piece.lastgroup), piece[0]))
    sections = [_section(part) for part in parts]
    of_numbers = [section for section in sections if "@" not in section.slots]
    return tuple(of_numbers or sections)


def _section(pieces: list[tuple[str, str]]) -> Section:
    words, slots, whole, condition = "", "", "", None
    for kind, text in pieces:
        before = words
        if kind in ("slot", "mark", "power"):
            slots += text
            whole += "0" if text.lower() == "general" else _IN_PLACE.get(text, text)
        elif kind == "bracket":
            money, compared = _IN_BRACKETS.fullmatch(text), _CONDITION.fullmatch(text)
            words += money[1] if money else ""
            condition = (compared[1], float(compared[2])) if compared else condition
        elif kind != "unseen":
            words += text.strip('"') if kind == "quoted" else text.removeprefix("\\")
        whole += words.removeprefix(before)
    return Section(words.strip(), slots, whole, condition)
