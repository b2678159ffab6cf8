"""What a sheet's XML says that openpyxl does not pass on, or passes on wrongly: order, formulas, texts."""

import re
from typing import NamedTuple
from xml.parsers import expat

from openpyxl.formula.translate import Translator
from openpyxl.utils.cell import column_index_from_string, get_column_letter
from openpyxl.xml.constants import SHEET_MAIN_NS

from pipeline.read.writing import Attributes, Writing, Written

_OUT_OF_ORDER = "rows or cells are out of order"
_OFFSET = re.compile(r":[0-9.,:]*\s*(Z|[+-][0-9]{2}(:?[0-9]{2})?)\s*$", re.IGNORECASE)
_XML_SPACE = " \t\r\n"
_RULED_AFTERWARDS = "http://schemas.microsoft.com/office/excel/2006/main sqref"
"""Where a conditional format of a newer kind says, after its rules, to which cells it applies."""
_RANGE = re.compile(r"[A-Z]{1,3}[1-9][0-9]*(:[A-Z]{1,3}[1-9][0-9]*)?")


class _Holds(NamedTuple):
    """What the `v` of a cell of this type may hold. Python, too, reads "1_0", and counts -1 from the end."""

    name: str
    pattern: re.Pattern[str]


_ANYTHING = re.compile(r"[\s\S]*")
_HELD = {
    "n": _Holds("a number", re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")),
    "s": _Holds("a text of the workbook", re.compile(r"[0-9]+")),
    "b": _Holds("TRUE or FALSE", re.compile(r"[01]")),
    "str": _Holds("a text", _ANYTHING),
    "e": _Holds("an error", _ANYTHING),
    "d": _Holds("a date", _ANYTHING),
    "inlineStr": _Holds("a text", re.compile("")),
}


class Survey:
    """One pass over a sheet's XML. Rows count from 1; cells are known by address."""

    def __init__(
        self, xml: bytes, *, zero_is_none: bool = False, striking: frozenset[int] = frozenset()
    ) -> None:
        """`zero_is_none`: a formula's value 0 may stand for one that was never worked out (hazard 58).

        `striking` are the looks that strike through where a conditional format gives them.
        """
        self._zero_is_none = zero_is_none
        self._striking = striking
        self.last_row = 0
        """The last row that holds anything; rows below it are only formatted."""
        self.last_column = 0
        """The last column that holds anything, counted from 1."""
        self.hidden: list[int] = []
        """The hidden rows that hold anything."""
        self.hidden_columns: list[range] = []
        """The hidden columns, counted from 1."""
        self.merged: list[str] = []
        self.struck_by_rule: list[str] = []
        """The ranges in which a conditional format may strike cells through."""
        self.damage = ""
        """What is wrong with the first cell that cannot be trusted; openpyxl drops or misreads such cells."""
        self.has_formulas = False
        self.formulas: dict[str, tuple[str, str]] = {}
        """The formulas without a value by address: the text, and the group that shares it, if any."""
        self.texts: dict[str, Written] = {}
        """The texts inside the sheet that openpyxl does not read as they were written, by address."""
        self.with_offset: dict[str, str] = {}
        """By address: dates in ISO 8601 that end in "Z" or an offset, which openpyxl drops."""
        self._masters: dict[str, tuple[str, str]] = {}
        self._formula: tuple[str, str] | None = None
        self._group = ""
        self._ruled = ""
        self._strikes = False
        self._row = self._column = 0
        self._digits = self._type = ""
        self._has_value = self._row_is_hidden = False
        self._read(xml)

    def formula(self, address: str) -> str | None:
        """The formula without a value as Excel shows it, or None when the cell has none."""
        if address not in self.formulas:
            return None
        text, group = self.formulas[address]
        if not text and group in self._masters:
            return _moved(*self._masters[group], address)
        return f"={text}"

    def _read(self, xml: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        handlers = {
            f"{SHEET_MAIN_NS} {tag}": handler
            for tag, handler in (
                ("row", self._on_row),
                ("c", self._on_cell),
                ("mergeCell", self._on_merge),
                ("col", self._on_columns),
                ("conditionalFormatting", self._on_conditional_format),
                ("cfRule", self._on_rule),
                ("strike", self._on_strike),
            )
        }
        formula, value, writing = (f"{SHEET_MAIN_NS} {tag}" for tag in ("f", "v", "is"))
        texts = {formula: self._on_formula, value: self._on_value, _RULED_AFTERWARDS: self._on_ruled_range}
        pieces: list[str] = []

        def start(tag: str, attributes: Attributes) -> None:
            if handler := handlers.get(tag):
                handler(attributes)
            elif tag in texts:
                self._group = attributes.get("si", "") if attributes.get("t") == "shared" else ""
                pieces.clear()
                parser.CharacterDataHandler = pieces.append
                parser.EndElementHandler = end
            elif tag == writing:
                written = Writing()
                parser.CharacterDataHandler = written.characters
                parser.StartElementHandler = written.start
                parser.EndElementHandler = lambda tag: end_of(written, tag)

        def end(tag: str) -> None:
            parser.CharacterDataHandler = parser.EndElementHandler = None
            texts[tag]("".join(pieces))

        def end_of(written: Writing, tag: str) -> None:
            written.end(tag)
            if tag == writing:
                parser.StartElementHandler = start
                parser.CharacterDataHandler = parser.EndElementHandler = None
                self._on_text(written.text())

        parser.StartElementHandler = start
        parser.Parse(xml, True)
        self._settle()

    def _on_row(self, attributes: Attributes) -> None:
        self._settle()
        number = int(float(attributes.get("r", self._row + 1)))
        if number <= self._row:
            self._damaged(_OUT_OF_ORDER)
        self._row, self._digits, self._column = number, str(number), 0
        self._row_is_hidden = _is_hidden(attributes, "ht")

    def _on_cell(self, attributes: Attributes) -> None:
        self._settle()
        self._type, self._has_value = attributes.get("t", "n"), False
        if attributes.get("s", "0").startswith("-"):
            self._damaged("a cell has a style that the workbook does not define")
        reference = attributes.get("r")
        before = self._column
        if reference is None:
            self._column += 1
            return
        letters = reference.rstrip("0123456789")
        self._column = column_index_from_string(letters)
        if self._column <= before:
            self._damaged(_OUT_OF_ORDER)
        if reference[len(letters) :] != self._digits:
            self._damaged(f"a cell that is called {reference} stands in row {self._row}")

    def _on_formula(self, text: str) -> None:
        self.has_formulas = True
        self._formula = (text, self._group)
        if text and self._group:
            self._masters.setdefault(self._group, (text, self._address))

    def _on_value(self, text: str) -> None:
        kind = _HELD.get(self._type)
        if self._has_value or not kind or (text and not kind.pattern.fullmatch(text.strip(_XML_SPACE))):
            self._damaged(f"cell {self._address} does not hold {kind.name if kind else 'a value'}")
        self._has_value = True
        if (text or self._type == "str") and not (self._zero_is_none and text == "0"):
            self._formula = None
        if text:
            self._on_content()
        if self._type == "d" and _OFFSET.search(text):
            self.with_offset[self._address] = text.strip()

    def _on_text(self, text: str) -> None:
        if self._type != "inlineStr":
            self._damaged(f"cell {self._address} holds a text and does not say so")
        if isinstance(text, Written):
            self.texts[self._address] = text
        self._formula = None
        self._on_content()

    def _settle(self) -> None:
        """The cell that was met last has ended: if its formula is still there, it has no value."""
        if self._formula:
            self.formulas[self._address] = self._formula
            self._formula = None
            self._on_content()

    def _on_content(self) -> None:
        self.last_column = max(self.last_column, self._column)
        if self.last_row != self._row:
            self.last_row = self._row
            if self._row_is_hidden:
                self.hidden.append(self._row)

    def _on_merge(self, attributes: Attributes) -> None:
        name = attributes.get("ref", "")
        if not _RANGE.fullmatch(name):
            self._damaged(f"the merged cells “{name[:20]}” are no cells")
        self.merged.append(name)

    def _on_columns(self, attributes: Attributes) -> None:
        if _is_hidden(attributes, "width"):
            self.hidden_columns.append(range(int(attributes["min"]), int(attributes["max"]) + 1))

    def _on_conditional_format(self, attributes: Attributes) -> None:
        self._ruled = attributes.get("sqref", "")

    def _on_rule(self, attributes: Attributes) -> None:
        look = attributes.get("dxfId", "")
        if look.isdecimal() and int(look) in self._striking:
            self._on_striking_rule(self._ruled)

    def _on_strike(self, attributes: Attributes) -> None:
        """Outside of a text, which has handlers of its own, it is of a rule that brings its look with it."""
        self._strikes |= attributes.get("val", "1") not in {"0", "false"}

    def _on_ruled_range(self, text: str) -> None:
        if self._strikes:
            self._on_striking_rule(text)
        self._strikes = False

    def _on_striking_rule(self, areas: str) -> None:
        for area in areas.split():
            if not _RANGE.fullmatch(area):
                self._damaged(f"the cells “{area[:20]}” of a conditional format are no cells")
            self.struck_by_rule.append(area)

    @property
    def _address(self) -> str:
        return f"{get_column_letter(self._column)}{self._row}"

    def _damaged(self, how: str) -> None:
        self.damage = self.damage or how


def _is_hidden(attributes: Attributes, size: str) -> bool:
    """A row or column that is hidden, or has no height or width."""
    return attributes.get("hidden") in {"1", "true"} or (size in attributes and float(attributes[size]) == 0)


def _moved(text: str, master: str, address: str) -> str:
    """A formula that is shared, as it reads in another cell than the one that holds it."""
    try:
        return str(Translator(f"={text}", master).translate_formula(address))
    except Exception:  # noqa: BLE001  openpyxl meets a formula that is none with any exception
        return f"={text}"
