"""A sheet whose rows are all plain, read by one pattern for a row: ten times as fast as element by element.

Plain is what the pattern describes. What it does not describe, and whatever is hidden or damaged, makes the
sheet one to be read the careful way, which also decides what is wrong with it. All parts are known to be
proper XML before.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from itertools import count, pairwise, repeat
from typing import NamedTuple

from openpyxl.utils.cell import column_index_from_string
from openpyxl.worksheet._reader import WorkSheetParser

from pipeline.read.book import Layout, SourceRow
from pipeline.read.plain_cells import Kinds, holds_something
from pipeline.read.plain_xml import NotPlain, beginning
from pipeline.read.sheet import MAX_CELLS
from pipeline.read.survey import Survey
from schemas.cell import Cell, letters

_WIDEST = 100
_PIECE = 1 << 20
"""So many bytes, to the end of a row, are taken apart at once: as objects they take more room."""
_TOP = beginning("worksheet")
_BEGIN, _END, _ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"
_FORMULA = r'(<c r="[A-Z]++[0-9]++"[^/>]*+>)<f(?: [^/>]*+)?+(?:/>|>[^<]*+</f>)(?=<v>{value})'
_WITH_VALUE = re.compile(_FORMULA.format(value="[^<]"))
"""A formula that has a value, and the beginning of its cell."""
_WITH_TRUE_VALUE = re.compile(_FORMULA.format(value="(?!0<)[^<]"))
"""The same, when 0 may stand for a value that was never worked out."""
_CELL = (
    r'(?:<c r="{letters}\1"([^/>]*+(?:/|><v|><is><t(?: xml:space="\w+")?+))>([^<]*+)'
    r"(?:</v></c>|</t></is></c>|)|)"
)
"""A cell in this column, if the row has one: its kind, and the text of its value."""
_REFERENCE = re.compile(r'<c r="([A-Z]{1,3})[0-9]')


class Plain(NamedTuple):
    """The rows of a sheet and its layout."""

    rows: Sequence[SourceRow]
    layout: Layout


def plain_sheet(xml: bytes, kinds: Kinds, *, zero_is_none: bool, striking: frozenset[int]) -> Plain | None:
    """The sheet in this part of a workbook; None unless it is plain. The options are those of a `Survey`."""
    try:
        top, within, bottom = _parts(xml)
        has_formulas = xml.find(b"<f", within.start, within.stop) >= 0
        pieces = _pieces(xml, within)
        if has_formulas:
            formula = _WITH_TRUE_VALUE if zero_is_none else _WITH_VALUE
            pieces = (formula.sub(r"\1", piece) for piece in pieces)
        found = _Found(pieces, kinds)
        survey = _surveyed(top, found.looks_of_rows, bottom, striking)
    except (NotPlain, UnicodeDecodeError):
        return None
    layout = Layout(
        found.last_row,
        found.last_column,
        (),
        survey.hidden_columns,
        survey.merged,
        has_formulas=has_formulas,
        struck_by_rule=survey.struck_by_rule,
    )
    return Plain(found.rows, layout) if found.last_row * found.last_column <= MAX_CELLS else None


def _parts(xml: bytes) -> tuple[str, range, str]:
    """What stands before the element of the rows, where its content stands, and what stands after it."""
    within = range(xml.find(_BEGIN) + len(_BEGIN), xml.rfind(_END))
    top, bottom = xml[: within.start].decode(), xml[within.stop :].decode()
    if not _TOP.match(top) or top.count("xmlns=") > 1 or "<!" in top + bottom:
        raise NotPlain
    if xml.find(b"\r", within.start, within.stop) >= 0:  # it means another character
        raise NotPlain
    return top, within, bottom


def _surveyed(top: str, looks_of_rows: Iterable[str], bottom: str, striking: frozenset[int]) -> Survey:
    """What a survey finds in the sheet with one row for each look of its rows, which openpyxl reads too."""
    rows = (f'<row r="{number}"{look}><c><v>0</v></c></row>' for number, look in enumerate(looks_of_rows, 1))
    xml = "".join((top, *rows, bottom)).encode()
    try:
        survey = Survey(xml, striking=striking)
        for _ in WorkSheetParser(BytesIO(xml), [], data_only=True).parse():
            pass
    except Exception as error:  # a broken part is met with any exception
        raise NotPlain from error
    if survey.damage or survey.hidden:
        raise NotPlain
    return survey


class _Found:
    """The rows that one pattern finds, one after the other. `NotPlain` where it finds none."""

    def __init__(self, pieces: Iterable[str], kinds: Kinds) -> None:
        self.rows: list[SourceRow] = []
        self.last_row = self.last_column = 0
        self.looks_of_rows: dict[str, None] = {}
        self._kinds = kinds
        for some in _rows(pieces):
            numbers, looks, *cells, _ = zip(*some, strict=True)
            self.looks_of_rows |= dict.fromkeys(looks)
            self._take(list(map(int, numbers)), cells[::2], cells[1::2])

    def _take(
        self, numbers: list[int], kinds: Sequence[Sequence[str]], values: Sequence[Sequence[str]]
    ) -> None:
        before = self.rows[-1].number if self.rows else 0
        if any(number <= above for above, number in pairwise((before, *numbers))):
            raise NotPlain
        columns = []
        for column, of_kinds, of_values in zip(count(1), kinds, values, strict=False):
            cells, filled = self._column(of_kinds, of_values)
            columns.append(cells)
            if filled:
                self.last_row = max(self.last_row, numbers[filled - 1])
                self.last_column = max(self.last_column, column)
        self.rows += map(SourceRow, numbers, zip(*columns, strict=True) if columns else repeat(()))

    def _column(self, kinds: Sequence[str], values: Sequence[str]) -> tuple[Sequence[Cell], int]:
        """A column's cells, and how many of these rows there are down to its last that holds something."""
        only = kinds[0]
        if holds_something(only) and kinds.count(only) == len(kinds):
            return self._kinds.reader(only)(values), len(kinds)
        places: dict[str, list[int]] = {}
        for place, kind in enumerate(kinds):
            if kind:
                places.setdefault(kind, []).append(place)
        cells: list[Cell] = [""] * len(kinds)
        filled = 0
        for kind, at in places.items():
            for place, cell in zip(at, self._kinds.reader(kind)([values[one] for one in at]), strict=True):
                cells[place] = cell
            filled = max(filled, at[-1] + 1 if holds_something(kind) else 0)
        return cells, filled


def _pieces(xml: bytes, within: range) -> Iterator[str]:
    """The text of the rows, piece by piece."""
    position = within.start
    while position < within.stop:
        end = xml.find(_ROW_END, position + _PIECE, within.stop)
        end = within.stop if end < 0 else end + len(_ROW_END)
        yield xml[position:end].decode()
        position = end


def _rows(pieces: Iterable[str]) -> Iterator[list[tuple[str, ...]]]:
    """The number and the look of rows, and the kind and the value of their cells; no kind for a gap."""
    width, row = 0, _row_of(0)
    for piece in pieces:
        rest = piece
        while rest:
            *found, last = row.findall(rest)
            rest = last[-1]
            if some := found if rest else [*found, last]:
                yield some
            if rest:
                wider = _width(rest)
                if wider <= width:
                    raise NotPlain
                width, row = wider, _row_of(wider)


def _row_of(width: int) -> re.Pattern[str]:
    """A row of at most so many columns, any of which may be missing; else all that is left."""
    cells = "".join(_CELL.format(letters=letters(column)) for column in range(width))
    return re.compile(rf'<row r="([1-9][0-9]{{0,6}}+)"([^/>]*+)(?:/>|>{cells}</row>)|([\s\S]++)')


def _width(text: str) -> int:
    """How many columns the row uses that begins here."""
    row, _, _ = text.partition("</row>")
    width = max(map(column_index_from_string, _REFERENCE.findall(row)), default=0)
    if width > _WIDEST:
        raise NotPlain
    return width
