"""The styles of a binary workbook: number formats, and what a person does not see or not count."""

from collections.abc import Iterable, Iterator, Sequence
from struct import unpack_from
from typing import NamedTuple

from openpyxl.styles.colors import Color
from openpyxl.styles.fills import PatternFill
from openpyxl.styles.fonts import Font

from pipeline.read.binary_workbook.records import Code, records, text, u16, u32
from pipeline.read.cells import built_in_format, general
from pipeline.read.looks import Looks, Style, rgb
from pipeline.read.writing import cell_of_runs
from schemas.cell import Cell

STRUCK = 0x08
RAISED = 1
RICH = 0x01


class Styles(NamedTuple):
    """`formats` and `looks` are those of the styles that cells may have."""

    formats: Sequence[str]
    looks: Looks
    fonts: Sequence[Font]


def styles_of(parts: Iterable[bytes]) -> Styles:
    own: dict[int, str] = {}
    fonts: list[Font] = []
    fills: list[PatternFill] = []
    of_cells: list[bytes] = []
    within = False
    for code, data in (record for part in parts for record in records(part)):
        if code == Code.FORMAT:
            own[u16(data, 0)] = general(text(data, 2)[0])
        elif code == Code.FONT:
            fonts.append(_font(data))
        elif code == Code.FILL:
            fills.append(_fill(data))
        elif code in {Code.BEGIN_CELL_STYLES, Code.END_CELL_STYLES}:
            within = code == Code.BEGIN_CELL_STYLES
        elif code == Code.STYLE and within:
            of_cells.append(data)
    formats = [own.get(u16(data, 2)) or built_in_format(u16(data, 2)) for data in of_cells]
    styles = [
        Style(fonts[u16(data, 4)], fills[u16(data, 6)], shown)
        for data, shown in zip(of_cells, formats, strict=True)
    ]
    return Styles(formats, Looks(styles), fonts)


def rich_text(data: bytes, at: int, fonts: Sequence[Font]) -> Cell:
    """A text that may change its font within."""
    words, end = text(data, at + 1)
    if not data[at] & RICH:
        return words
    count = u32(data, end)
    changes = [unpack_from("<HH", data, end + 4 + 4 * index) for index in range(count)]
    return cell_of_runs(list(_runs(words, changes, fonts))) if changes else words


def _runs(words: str, changes: Sequence[tuple[int, int]], fonts: Sequence[Font]) -> Iterator[tuple[str, str]]:
    yield words[: changes[0][0]], ""
    ends = [start for start, _ in changes[1:]] + [len(words)]
    for (start, index), end in zip(changes, ends, strict=True):
        font = fonts[index]
        raised = "raised" if font.vertAlign == "superscript" else ""
        yield words[start:end], "struck" if font.strike else raised


def _font(data: bytes) -> Font:
    struck, color = bool(u16(data, 2) & STRUCK), _color(data, 12)
    return Font(strike=struck, color=color, vertAlign="superscript" if u16(data, 6) == RAISED else None)


def _fill(data: bytes) -> PatternFill:
    match u32(data, 0):
        case 0:
            return PatternFill()
        case 1:
            return PatternFill(patternType="solid", fgColor=_color(data, 4) or Color())
    return PatternFill(patternType="gray125")


def _color(data: bytes, at: int) -> Color | None:
    """A colour by its number, its red, green and blue, or its place in the theme, and how it is tinted."""
    kind, index = data[at] >> 1, data[at + 1]
    tint = int(unpack_from("<h", data, at + 2)[0]) / 0x7FFF
    match kind:
        case 1:
            return Color(indexed=index, tint=tint)
        case 2:
            return rgb(*data[at + 4 : at + 7])
        case 3:
            return Color(theme=index, tint=tint)
    return None
