"""What a cell's number format lets the operator see: the words, the money, and how many places.

A format has sections for positive and negative numbers and zero, or sections with conditions such as
"[<1000]". Only the section that shows the number counts.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from types import MappingProxyType

from msgspec import Struct

_PIECES = re.compile(
    r"""(?P<quoted>"[^"]*"?) | (?P<escaped>\\.) | (?P<unseen>[_*].) | (?P<bracket>\[[^\]]*\]) | (?P<end>;)
    | (?P<power>E[+-]0+) | (?P<slot>General|[0#?@]) | (?P<mark>[.,]) | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[0-9]+(?:\.[0-9]+)?)\]")
_COMPARE: MappingProxyType[str, Callable[[float, float], bool]] = MappingProxyType(
    {"<=": le, ">=": ge, "<>": ne, "<": lt, ">": gt, "=": eq}
)
_IN_BRACKETS = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_DECIMALS = re.compile(r"[0#?@,]*\.([0#?]+)|[0#?,]*[0#?]")
_SCALED = re.compile(r"[0#?],+(?![0#?,])")


class Section(Struct, frozen=True):
    """One section: `words` are what stands beside the number, `slots` what the number is written into."""

    words: str
    slots: str
    condition: tuple[str, float] | None = None

    @property
    def hides(self) -> bool:
        """Whether the number itself is not shown at all."""
        return not re.search("[0#?@]|General", self.slots)

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

    def shows(self, value: float) -> bool:
        return self.condition is None or _COMPARE[self.condition[0]](value, self.condition[1])


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
    words, slots, condition = "", "", None
    for kind, text in pieces:
        if kind in ("slot", "mark", "power"):
            slots += text
        elif kind == "bracket":
            money, compared = _IN_BRACKETS.fullmatch(text), _CONDITION.fullmatch(text)
            words += money[1] if money else ""
            condition = (compared[1], float(compared[2])) if compared else condition
        elif kind != "unseen":
            words += text.strip('"') if kind == "quoted" else text.removeprefix("\\")
    return Section(words.strip(), slots, condition)
