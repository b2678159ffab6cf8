"""What the look of a cell says of its value: struck through it is cancelled, and some show nothing."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.styles.colors import Color
from openpyxl.styles.fills import Fill, PatternFill
from openpyxl.styles.fonts import Font

_SHOWS_NOTHING = re.compile(r"\s*;\s*;\s*(;.*)?")
_WHITE = {("rgb", "FFFFFF"), ("theme", 0), ("indexed", 1), ("indexed", 9)}
_WHITE_PAPER = ("rgb", "FFFFFF")
FIRST_OWN_FORMAT = 164
"""The number of the first format that a workbook defines itself."""


class Style(NamedTuple):
    """What a style of a workbook makes of the cells that have it."""

    font: Font
    fill: Fill
    format: str


class Looks:
    """The styles of a workbook, by their numbers in it, that change what a person takes a cell for."""

    def __init__(self, styles: Iterable[Style]) -> None:
        numbered = list(enumerate(styles))
        self.struck = frozenset(number for number, style in numbered if style.font.strike)
        self.unseen = frozenset(
            number
            for number, style in numbered
            if shows_nothing(style.format) or _same(_ink(style.font), _paper(style.fill))
        )


def shows_nothing(number_format: str) -> bool:
    return bool(_SHOWS_NOTHING.fullmatch(number_format))


def rgb(red: int, green: int, blue: int) -> Color:
    return Color(rgb=f"FF{red:02X}{green:02X}{blue:02X}")


def looks_of(book: Workbook) -> Looks:
    fonts, fills = book._fonts, book._fills  # type: ignore[attr-defined]  # noqa: SLF001 - openpyxl has no public names for them
    formats = dict(_formats(book))
    return Looks(
        Style(fonts[style.fontId], fills[style.fillId], formats.get(style.numFmtId, "General"))
        for style in book._cell_styles  # type: ignore[attr-defined]  # noqa: SLF001 - the same
    )


def striking_rules(book: Workbook) -> frozenset[int]:
    """The looks that only conditional formats give and that strike through, by their numbers."""
    looks = book._differential_styles.styles  # type: ignore[attr-defined]  # noqa: SLF001 - the same
    return frozenset(number for number, look in enumerate(looks) if look.font and look.font.strike)


def _formats(book: Workbook) -> Iterator[tuple[int, str]]:
    """The number formats that a workbook defines, by their numbers."""
    return enumerate(book._number_formats, FIRST_OWN_FORMAT)  # type: ignore[attr-defined]  # noqa: SLF001 - the same


def _same(ink: tuple[str, object] | None, paper: tuple[str, object] | None) -> bool:
    return ink is not None and ink == paper


def _ink(font: Font) -> tuple[str, object] | None:
    return _named(font.color) if font.color else None


def _paper(fill: Fill) -> tuple[str, object] | None:
    """The colour behind a text; that of a pattern or a gradient is none."""
    if not isinstance(fill, PatternFill):
        return None
    if fill.patternType in (None, "none"):
        return _WHITE_PAPER
    return _named(fill.fgColor) if fill.patternType == "solid" else None


def _named(color: Color) -> tuple[str, object] | None:
    """A colour as it can be compared; None for one with a tint."""
    if color.tint:
        return None
    value = str(color.value)[-6:].upper() if color.type == "rgb" else color.value
    return _WHITE_PAPER if (color.type, value) in _WHITE else (color.type, value)
