"""The styles of a document: in which number format each cell is shown, and which tables are hidden."""

from typing import NamedTuple

from pipeline.read.open_document.names import NUMBER, STYLE, TABLE, Attributes
from pipeline.read.open_document.number_formats import MAP, STYLES, WORDS, NumberFormat, whole_code

DEFAULT = "Default"
_GENERATIONS = 20


class _CellStyle(NamedTuple):
    parent: str
    data_style: str


class Styles:
    """Filled by the events of an XML parser. `common` are the styles that these may build upon."""

    def __init__(self, common: "Styles | None" = None) -> None:
        self.hidden_tables: set[str] = set()
        self._common = common
        self._numbers: dict[str, NumberFormat] = {}
        self._cells: dict[str, _CellStyle] = {}
        self._number: NumberFormat | None = None
        self._within: list[tuple[str, Attributes]] = []
        self._words: list[str] = []
        self._table = ""
        self._codes: dict[str, str] = {}

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag in STYLES:
            self._number = NumberFormat(attributes)
        elif self._number and tag == MAP:
            self._number.map(attributes)
        elif self._number and tag.startswith(NUMBER):
            self._within.append((tag, attributes))
        elif tag in {f"{STYLE}style", f"{STYLE}default-style"}:
            self._style(attributes)
        elif tag == f"{STYLE}table-properties" and attributes.get(f"{TABLE}display") == "false":
            self.hidden_tables.add(self._table)

    def end(self, tag: str) -> None:
        if self._number and tag in STYLES:
            self._numbers[self._number.name] = self._number
            self._number = None
        elif self._number and self._within and self._within[-1][0] == tag:
            self._number.add(*self._within.pop(), "".join(self._words))
            self._words.clear()

    def text(self, words: str) -> None:
        if self._within and self._within[-1][0] in WORDS:
            self._words.append(words)

    def code_of(self, cell_style: str) -> str:
        """The number format of the cells of this style, as a code."""
        if cell_style not in self._codes:
            self._codes[cell_style] = self._code(cell_style or DEFAULT)
        return self._codes[cell_style]

    def _style(self, attributes: Attributes) -> None:
        name = attributes.get(f"{STYLE}name", "")
        family = attributes.get(f"{STYLE}family")
        if family == "table":
            self._table = name
        elif family == "table-cell":
            parent = attributes.get(f"{STYLE}parent-style-name", "")
            self._cells[name] = _CellStyle(parent, attributes.get(f"{STYLE}data-style-name", ""))

    def _code(self, name: str) -> str:
        """From the style, or the nearest that it builds upon and that names a number format."""
        for _ in range(_GENERATIONS):
            owner = self if name in self._cells else self._common
            style = owner._cells.get(name) if owner else None  # noqa: SLF001 - one of its own kind
            if owner is None or style is None:
                break
            if style.data_style:
                return owner._code_of_number(style.data_style)  # noqa: SLF001
            if not name:
                break
            name = style.parent
        return "General"

    def _code_of_number(self, name: str) -> str:
        if name in self._numbers:
            return whole_code(self._numbers[name], self._numbers)
        return self._common._code_of_number(name) if self._common else "General"  # noqa: SLF001
