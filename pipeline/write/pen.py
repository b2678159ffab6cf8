"""Cells as the XML of a sheet. Pure."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from pipeline.write.kept import Kept
from pipeline.write.safe import MOST_UNITS, dangerous, fitted
from schemas.cell import Cell, Clock, Moment, Number, Span, letters, text_of

ROW = "\0"
"""Stands for the number of the row in the XML of a cell; no text that XML can hold has it."""
NO_NUMBER = 1e308
"""From here on a workbook has no numbers; digits this many are kept as text."""

_FIRST_DAY, _DAY = dt.datetime(1899, 12, 31), dt.timedelta(days=1)  # noqa: DTZ001  a workbook has no zones
_LEAP_DAY = 60
"""A workbook takes 1900 for a leap year: from this day on, it counts one more."""
_PLAIN = re.compile(r"[0-9A-Za-z](?:[ -%'-;=?-~]*[!-%'-;=?-~])?")
_ESCAPE = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
"""The first one first, or it would be taken for a part of the others."""


class Look(NamedTuple):
    """How a cell looks. `format` is the number format of a text or empty cell; `ink` is the text's colour.

    At the `top` stands what is in one row with wrapped text. An empty cell is left out, unless it looks
    otherwise than a sheet's own, or is `always` there.
    """

    fill: str = ""
    bold: bool = False
    wrap: bool = False
    format: str = "General"
    ink: str = ""
    top: bool = False
    always: bool = False


PLAIN = Look()


class Styles(Protocol):
    """Whoever knows a workbook's styles."""

    def __call__(self, look: Look, shown: str, *, quote: bool = False) -> str:
        """The attribute of a cell that looks so, with this number format; `quote` marks it as text."""


class Pen(Kept):
    """Draws cells of one column, counted from 0, that look alike: texts are items, `drawn` takes any."""

    def __init__(self, column: int, look: Look, styles: Styles) -> None:
        super().__init__(self._text)
        self._look, self._styles = look, styles
        self._cell = f'<c r="{letters(column)}{ROW}"'
        self._usual = styles(look, look.format)
        self._heads = Kept(self._head)

    def drawn(self, cell: Cell) -> str:
        """The XML of a cell in its own type; what a workbook cannot hold so becomes text."""
        match cell:  # what is frequent comes first
            case Number(value=value, format=shown) if abs(value) < NO_NUMBER:
                return f"{self._heads[shown]}><v>{value!r}</v></c>"
            case Moment(value=value, format=shown) if value.year >= 1900:
                return f"{self._heads[shown]}><v>{days(value)!r}</v></c>"
            case bool():
                return f'{self._heads[PLAIN.format]} t="b"><v>{cell:d}</v></c>'
            case Clock(value=value, format=shown):
                return f"{self._heads[shown]}><v>{days(dt.datetime.combine(_FIRST_DAY, value))!r}</v></c>"
            case Span(value=value, format=shown):
                return f"{self._heads[shown]}><v>{value / _DAY!r}</v></c>"
        return self[text_of(cell)]

    def _head(self, shown: str) -> str:
        return f"{self._cell}{self._styles(self._look, shown)}"

    def _text(self, text: str) -> str:
        if plainly := in_xml_plainly(text):
            return f'{self._cell}{self._usual} t="inlineStr">{plainly}</c>'
        if not text:
            shows = self._look.always or self._look.fill or self._look.format != PLAIN.format
            return f"{self._cell}{self._usual}/>" if shows else ""
        text = fitted(text)
        style = self._styles(self._look, self._look.format, quote=dangerous(text))
        return f'{self._cell}{style} t="inlineStr">{in_xml(text)}</c>'


def in_xml_plainly(text: str) -> str:
    """A text that no reader takes for anything else, as XML; empty when it is not seen to be one."""
    if _PLAIN.fullmatch(text) and "_x" not in text and len(text) <= MOST_UNITS // 2:
        return f"<is><t>{text}</t></is>"
    return ""


def in_xml(text: str) -> str:
    """A legible text as XML that every reader reads as it is.

    "_x0041_" stands for a letter, and not every reader undoes an escape of it; two runs of text need none.
    """
    keep = "" if text.isprintable() and text == text.strip() else ' xml:space="preserve"'
    for character, entity in _ENTITIES.items():  # str.translate takes ten times as long
        text = text.replace(character, entity)
    run = f"<t{keep}>{text}</t>"
    if "_x" in text:
        run = _ESCAPE.sub(f"_</t></r><r><t{keep}>", f"<r>{run}</r>")
    return f"<is>{run}</is>"


def row_in_xml(number: int, cells: Iterable[Cell], pens: Sequence[Pen], height: int | None) -> str:
    """A row, by its number counted from 1; `height` in points, when it is not the usual one."""
    tall = "" if height is None else f' ht="{height}" customHeight="1"'
    drawn = "".join(
        [pen[cell] if type(cell) is str else pen.drawn(cell) for pen, cell in zip(pens, cells, strict=False)]
    )
    return f'<row r="{ROW}"{tall}>{drawn}</row>'.replace(ROW, str(number))


def days(at: dt.datetime) -> float:
    """The time as a workbook counts it, from 1900 on; a time of the day before is one without a date."""
    since = at - _FIRST_DAY
    count = since.days + (since.seconds + since.microseconds / 1e6) / 86_400
    return count + 1 if count >= _LEAP_DAY else count
