"""The styles of a document: in which number format each cell is shown, and which tables are hidden."""

import re
from typing import NamedTuple

from pipeline.read.looks import shows_nothing
from pipeline.read.open_document.names import FO, NUMBER, STYLE, TABLE, Attributes
from pipeline.read.open_document.number_formats import MAP, STYLES, WORDS, NumberFormat, whole_code

DEFAULT = "Default"
_PROPERTIES = {f"{STYLE}text-properties", f"{STYLE}table-cell-properties"}
_STRIKES = (f"{STYLE}text-line-through-style", f"{STYLE}text-line-through-type")
_POSITION, _INK, _PAPER = f"{STYLE}text-position", f"{FO}color", f"{FO}background-color"
_THAT_MATTER = {*_STRIKES, _POSITION, _INK, _PAPER}
_RAISED = re.compile(r"super|[1-9][0-9]*%")
_GENERATIONS = 20


class _Own(NamedTuple):
    """A style as it is written. `said` are the properties of its own that matter, by attribute.

    `in_place` are the styles that take its place under a condition: so OpenOffice writes conditional formats.
    """

    parent: str
    data_style: str
    said: dict[str, str]
    in_place: list[str]


class Look(NamedTuple):
    """What a style makes of a value: its number format, as a code, and whether it counts and can be seen."""

    code: str
    struck: bool
    raised: bool
    unseen: bool
    in_place: tuple[str, ...] = ()
    """The styles that may take its place under a condition."""


class Styles:
    """Filled by the events of an XML parser. `common` are the styles that these may build upon."""

    def __init__(self, common: "Styles | None" = None) -> None:
        self.hidden_tables: set[str] = set()
        self._common = common
        self._numbers: dict[str, NumberFormat] = {}
        self._own: dict[tuple[str, str], _Own] = {}
        """By family and name."""
        self._names: dict[str, str] = common._names if common else {}  # noqa: SLF001 - one of its own kind
        """By the name that a spreadsheet shows, under which conditional formats know a style."""
        self._style = ""
        self._said: dict[str, str] = {}
        self._in_place: list[str] = []
        self._number: NumberFormat | None = None
        self._within: list[tuple[str, Attributes]] = []
        self._words: list[str] = []
        self._looks: dict[tuple[str, str], Look] = {}

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag in STYLES:
            self._number = NumberFormat(attributes)
        elif self._number and tag == MAP:
            self._number.map(attributes)
        elif self._number and tag.startswith(NUMBER):
            self._within.append((tag, attributes))
        elif tag in {f"{STYLE}style", f"{STYLE}default-style"}:
            self._begin(attributes)
        elif tag == MAP:
            self._in_place.append(attributes.get(f"{STYLE}apply-style-name", ""))
        elif tag == f"{STYLE}table-properties" and attributes.get(f"{TABLE}display") == "false":
            self.hidden_tables.add(self._style)
        elif tag in _PROPERTIES:
            self._said |= {name: said for name, said in attributes.items() if name in _THAT_MATTER}

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

    def of_cell(self, name: str) -> Look:
        """How cells of this style look."""
        return self._look("table-cell", name or DEFAULT)

    def struck_by(self, shown: str) -> bool:
        """Whether a conditional format strikes cells through that gives them the style of this name."""
        return self.of_cell(self._names.get(shown, shown)).struck

    def may_strike(self, look: Look) -> bool:
        """Whether a style that takes the place of this look under a condition strikes cells through."""
        return any(self.of_cell(name).struck for name in look.in_place)

    def of_text(self, name: str) -> str:
        """Whether a part of a text that has this style is struck through or raised."""
        look = self._look("text", name)
        return "struck" if look.struck else "raised" if look.raised else ""

    def _begin(self, attributes: Attributes) -> None:
        family = attributes.get(f"{STYLE}family", "")
        self._style = attributes.get(f"{STYLE}name", "")
        self._names[attributes.get(f"{STYLE}display-name", self._style)] = self._style
        parent = attributes.get(f"{STYLE}parent-style-name", "")
        self._said, self._in_place = {}, []
        style = _Own(parent, attributes.get(f"{STYLE}data-style-name", ""), self._said, self._in_place)
        self._own[family, self._style] = style

    def _look(self, family: str, name: str) -> Look:
        if (family, name) not in self._looks:
            self._looks[family, name] = self._inherited(family, name)
        return self._looks[family, name]

    def _inherited(self, family: str, name: str) -> Look:
        """Of each property what the style says, or else the nearest that it builds upon."""
        said: dict[str, str] = {}
        shown_as, in_place = "", list[str]()
        for _ in range(_GENERATIONS):
            owner = self if (family, name) in self._own else self._common
            style = owner._own.get((family, name)) if owner else None  # noqa: SLF001 - one of its own kind
            if owner is None or style is None:
                break
            said = style.said | said
            in_place += style.in_place
            if style.data_style and not shown_as:
                shown_as = owner._code_of_number(style.data_style)  # noqa: SLF001
            if not name:
                break
            name = style.parent
        return _look(shown_as or "General", said, tuple(in_place))

    def _code_of_number(self, name: str) -> str:
        if name in self._numbers:
            return whole_code(self._numbers[name], self._numbers)
        return self._common._code_of_number(name) if self._common else "General"  # noqa: SLF001


def _look(shown_as: str, said: dict[str, str], in_place: tuple[str, ...]) -> Look:
    paper = said.get(_PAPER, "transparent").lower()
    ink = said.get(_INK, "").lower()
    return Look(
        shown_as,
        struck=any(said.get(strike, "none") != "none" for strike in _STRIKES),
        raised=bool(_RAISED.match(said.get(_POSITION, ""))),
        unseen=shows_nothing(shown_as) or ink == ("#ffffff" if paper == "transparent" else paper),
        in_place=in_place,
    )
