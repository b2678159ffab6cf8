"""A sheet's XML: where the cells to mark are, and what must be known of it to mark them."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from openpyxl.utils.cell import column_index_from_string, get_column_letter

from pipeline.mark.splice import Edit, main, parser_of, prefix_at, tag_at, with_attribute
from pipeline.mark.stretches import stretches
from pipeline.mark.styles import Styles
from pipeline.mark.unmarkable import UnmarkableError

_ROW, _CELL, _COLUMN, _DATA = main("row"), main("c"), main("col"), main("sheetData")
_FORMAT, _DRAWING, _SHEET = main("sheetFormatPr"), main("legacyDrawing"), main("worksheet")
_BEFORE_A_DRAWING = frozenset(
    main(name)
    for name in (
        *("sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter"),
        *("sortState", "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr"),
        *("conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins"),
        *("pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches"),
        *("ignoredErrors", "smartTags", "drawing"),
    )
)
"""The parts of a sheet that stand before the reference to the drawings of its notes."""
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TRUE = ("1", "true")
_USUAL_WIDTH = 9.14


class Standing(NamedTuple):
    """Where a cell to mark stands, or where it belongs when the sheet does not have it, and its style."""

    row: int
    column: int
    at: int
    style: int
    row_at: int
    is_there: bool


class Columns(NamedTuple):
    """Of so many columns from the first on: how wide they are, in characters, and their style."""

    first: int
    last: int
    width: float
    style: int


class Sheet:
    """One pass over a sheet's XML for the cells that are wanted, each a row and a column from 1 on."""

    def __init__(self, xml: bytes, wanted: Iterable[tuple[int, int]]) -> None:
        self.xml = xml
        self.spots: list[Standing] = []
        self.drawing = ""
        """The relation of the drawing that has the notes, if there is one."""
        self._start = self._gap = self._end = 0
        self._columns: list[Columns] = []
        self._usual_width = _USUAL_WIDTH
        self._wanted: dict[int, list[int]] = defaultdict(list)
        for row, column in sorted(wanted):
            self._wanted[row].append(column)
        self._depth = self._row = self._column = self._row_at = self._row_style = 0
        self._waiting: list[int] = []
        self._skips: list[tuple[int, int]] = []
        self._read()

    def width(self, column: int) -> float:
        """How wide a column, counted from 1, is in characters."""
        found = self._of(column)
        return found.width if found else self._usual_width

    def edits(self, colours: dict[tuple[int, int], str], styles: Styles) -> Iterator[Edit]:
        """Every cell that was found gets its colour; one that is not there is made."""
        longer: set[int] = set()
        for spot in self.spots:
            style = styles.coloured(spot.style, colours[spot.row, spot.column])
            if spot.is_there:
                tag = tag_at(self.xml, spot.at)
                yield Edit(spot.at, spot.at + len(tag), with_attribute(tag, "s", style))
                continue
            name = f"{get_column_letter(spot.column)}{spot.row}"
            prefix = prefix_at(self.xml, spot.row_at).decode()
            yield Edit(spot.at, spot.at, f'<{prefix}c r="{name}" s="{style}"/>'.encode())
            longer.add(spot.row_at)
        for at in longer:  # the hint says which columns have cells, and would be wrong now
            tag = tag_at(self.xml, at)
            yield Edit(at, at + len(tag), with_attribute(tag, "spans", "1:16384"))

    def with_drawing(self, relation: str) -> Edit:
        """Refer to the drawing of the notes, where the order of a sheet's parts wants it."""
        prefix, at = prefix_at(self.xml, self._start).decode(), self._gap or self._end
        reference = f'<{prefix}legacyDrawing xmlns:r="{RELATION}" r:id="{relation}"/>'
        return Edit(at, at, reference.encode())

    def _read(self) -> None:
        self._parser = parser_of(self.xml)
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._on_start, self._on_end
        parsed = 0
        for start, end in stretches(self.xml, self._wanted):
            self._skips.append((parsed, start - parsed))
            self._parser.Parse(self.xml[start:end], False)
            parsed += end - start
        self._parser.Parse(b"", True)

    def _here(self) -> int:
        """Where the parser is in the sheet, of which it has been given some stretches only."""
        at = self._parser.CurrentByteIndex
        return at + self._skips[bisect_right(self._skips, (at, len(self.xml))) - 1][1]

    def _on_start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if name == _CELL:
            self._on_cell(attributes)
        elif name == _ROW:
            self._on_row(attributes)
        elif self._depth <= 3:
            self._on_part(name, attributes)

    def _on_end(self, name: str) -> None:
        self._depth -= 1
        if name == _ROW and self._waiting:
            at = self._here()
            if self.xml.startswith(b"</", at):
                self._found_missing(at, self._waiting)
            self._waiting = []
        elif self._depth == 0:
            self._end = self._here()

    def _on_row(self, attributes: dict[str, str]) -> None:
        self._row = int(float(attributes.get("r", self._row + 1)))
        self._column, self._row_at = 0, self._here()
        self._waiting = list(self._wanted.get(self._row, ()))
        self._row_style = int(attributes.get("s", 0)) if attributes.get("customFormat") in _TRUE else -1

    def _on_cell(self, attributes: dict[str, str]) -> None:
        if not self._waiting:
            return
        reference = attributes.get("r")
        self._column = (
            column_index_from_string(reference.rstrip("0123456789")) if reference else self._column + 1
        )
        at = self._here()
        self._found_missing(at, [each for each in self._waiting if each < self._column])
        if self._column in self._waiting:
            style = int(attributes.get("s", 0))
            self.spots.append(Standing(self._row, self._column, at, style, self._row_at, is_there=True))
        self._waiting = [each for each in self._waiting if each > self._column]

    def _found_missing(self, at: int, columns: Iterable[int]) -> None:
        for column in columns:
            found = self._of(column)
            style = self._row_style if self._row_style >= 0 else found.style if found else 0
            self.spots.append(Standing(self._row, column, at, style, self._row_at, is_there=False))

    def _on_part(self, name: str, attributes: dict[str, str]) -> None:
        if self._depth == 1:
            self._start = self._here()
            if name != _SHEET:
                raise UnmarkableError("it is in the strict form of the format, or another that is not usual")
        if self._depth == 2:
            if name in _BEFORE_A_DRAWING:
                self._gap = 0
            elif not self._gap and self._row_at:
                self._gap = self._here()
        if name == _DRAWING:
            self.drawing = attributes.get(f"{RELATION} id", "")
        elif name == _FORMAT:
            self._usual_width = float(attributes.get("defaultColWidth", self._usual_width))
        elif name == _COLUMN:
            self._columns.append(_columns(attributes))

    def _of(self, column: int) -> Columns | None:
        return next((each for each in self._columns if each.first <= column <= each.last), None)


def _columns(attributes: dict[str, str]) -> Columns:
    hidden = attributes.get("hidden") in _TRUE
    width = 0.0 if hidden else float(attributes.get("width", _USUAL_WIDTH))
    return Columns(int(attributes["min"]), int(attributes["max"]), width, int(attributes.get("style", 0)))
