"""The styles of an old workbook, as far as they change what a person takes a cell for."""

import xlrd
from openpyxl.styles.colors import Color
from openpyxl.styles.fills import PatternFill
from openpyxl.styles.fonts import Font
from xlrd.formatting import XF

from pipeline.read.cells import built_in_format, general
from pipeline.read.looks import Looks, Style, rgb

RAISED = 1
PAPER_OF_WINDOWS = 65
SOLID = 1


def looks_of(book: xlrd.Book) -> Looks:
    return Looks(
        Style(_font(book, style), _fill(book, style), format_of(book, style.format_key))
        for style in book.xf_list
    )


def format_of(book: xlrd.Book, key: int) -> str:
    """The number format of this key."""
    shown = book.format_map.get(key)
    return general(shown.format_str) if shown and shown.format_str else built_in_format(key)


def look_of_font(book: xlrd.Book, index: int) -> str:
    """Whether what is written in this font is struck through or raised."""
    font = book.font_list[index]
    return "struck" if font.struck_out else "raised" if font.escapement == RAISED else ""


def _font(book: xlrd.Book, style: XF) -> Font:
    """In the oldest files fonts may be missing."""
    if not style.font_index < len(book.font_list):
        return Font()
    font = book.font_list[style.font_index]
    return Font(strike=bool(font.struck_out), color=_color(book, font.colour_index))


def _fill(book: xlrd.Book, style: XF) -> PatternFill:
    paper = style.background
    if paper is None or not paper.fill_pattern:
        return PatternFill()
    if paper.fill_pattern != SOLID:
        return PatternFill(patternType="gray125")
    return PatternFill(patternType="solid", fgColor=_color(book, paper.pattern_colour_index) or Color())


def _color(book: xlrd.Book, index: int) -> Color | None:
    if index == PAPER_OF_WINDOWS:
        return rgb(255, 255, 255)
    found = book.colour_map.get(index)
    return rgb(*found) if found else None
