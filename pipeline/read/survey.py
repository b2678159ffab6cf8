"""What a sheet's XML says that openpyxl does not pass on: formulas, hidden rows, merges, order."""

import re
from xml.parsers import expat

from openpyxl.formula.translate import Translator
from openpyxl.utils.cell import column_index_from_string, get_column_letter
from openpyxl.xml.constants import SHEET_MAIN_NS

Attributes = dict[str, str]
_OFFSET = re.compile(r":[0-9.,:]*\s*(Z|[+-][0-9]{2}(:?[0-9]{2})?)\s*$", re.IGNORECASE)


class Survey:
    """One pass over a sheet's XML. Rows count from 1; cells are known by address."""

    def __init__(self, xml: bytes) -> None:
        self.last_row = 0
        """The last row that holds anything; rows below it are only formatted."""
        self.hidden: list[int] = []
        """The hidden rows that hold anything."""
        self.merged: list[str] = []
        self.in_order = True
        """Whether rows and cells ascend; openpyxl silently drops those that do not."""
        self.formulas: dict[str, tuple[list[str], str]] = {}
        """By address: the pieces of the formula's text, and the group that shares it, if any."""
        self.with_offset: dict[str, str] = {}
        """By address: dates in ISO 8601 that end in "Z" or an offset, which openpyxl drops."""
        self._row = 0
        self._row_is_hidden = False
        self._letters = ""
        self._is_iso = False
        self._read(xml)

    def formula(self, address: str) -> str | None:
        """The formula as Excel shows it, or None when the cell has none."""
        if address not in self.formulas:
            return None
        pieces, group = self.formulas[address]
        if pieces or not group:
            return "=" + "".join(pieces)
        for master, (text, shared) in self.formulas.items():
            if shared == group and text:
                moved = Translator("=" + "".join(text), master).translate_formula(address)
                return str(moved)
        return "="

    def _read(self, xml: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        handlers = {
            f"{SHEET_MAIN_NS} {tag}": handler
            for tag, handler in (
                ("row", self._on_row),
                ("c", self._on_cell),
                ("v", self._on_content),
                ("is", self._on_content),
                ("mergeCell", self._on_merge),
            )
        }
        formula, value = f"{SHEET_MAIN_NS} f", f"{SHEET_MAIN_NS} v"
        pieces: list[str] = []

        def start(tag: str, attributes: Attributes) -> None:
            nonlocal pieces
            if handler := handlers.get(tag):
                handler(attributes)
            if tag == formula or (self._is_iso and tag == value):
                pieces = self._on_formula(attributes) if tag == formula else []
                parser.CharacterDataHandler = pieces.append
                parser.EndElementHandler = end

        def end(tag: str) -> None:
            parser.CharacterDataHandler = None
            parser.EndElementHandler = None
            if tag == value:
                self._on_iso_date("".join(pieces))

        parser.StartElementHandler = start
        parser.Parse(xml, True)

    def _on_row(self, attributes: Attributes) -> None:
        number = int(float(attributes.get("r", self._row + 1)))
        self.in_order = self.in_order and number > self._row
        self._row, self._letters = number, ""
        self._row_is_hidden = attributes.get("hidden") in {"1", "true"}

    def _on_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        letters = reference.rstrip("0123456789") if reference else self._next_letters()
        before = self._letters
        if (len(letters), letters) <= (len(before), before):
            self.in_order = False
        self._letters = letters
        self._is_iso = attributes.get("t") == "d"

    def _next_letters(self) -> str:
        return get_column_letter((column_index_from_string(self._letters) if self._letters else 0) + 1)

    def _on_content(self, _: Attributes) -> None:
        if self.last_row != self._row:
            self.last_row = self._row
            if self._row_is_hidden:
                self.hidden.append(self._row)

    def _on_formula(self, attributes: Attributes) -> list[str]:
        self._on_content(attributes)
        pieces: list[str] = []
        group = attributes.get("si", "") if attributes.get("t") == "shared" else ""
        self.formulas[f"{self._letters}{self._row}"] = (pieces, group)
        return pieces

    def _on_iso_date(self, text: str) -> None:
        if _OFFSET.search(text):
            self.with_offset[f"{self._letters}{self._row}"] = text.strip()

    def _on_merge(self, attributes: Attributes) -> None:
        self.merged.append(attributes.get("ref", ""))
