"""Texts of a workbook as they are written: in runs that look different, with hints for pronunciation.

openpyxl joins the runs, and does not say that one is struck through or raised: then "100" and "120" are
100120, and 10 to the power of 3 is 103 (hazard 64).
"""

import re
from collections.abc import Sequence
from xml.parsers import expat

from openpyxl.xml.constants import SHEET_MAIN_NS

from schemas.cell import Broken, Cell

Attributes = dict[str, str]

_TEXT, _RUN, _HINT, _STRUCK, _PLACED, _ITEM = (
    f"{SHEET_MAIN_NS} {tag}" for tag in ("t", "r", "rPh", "strike", "vertAlign", "si")
)
_ESCAPED = re.compile(r"_x00([01][0-9A-Fa-f]|5[Ff])_")
_NO = frozenset(("0", "false"))


class Written(str):
    """A text whose escapes are undone; `looks` tells that a part of it looks unlike the rest."""

    __slots__ = ("looks",)
    looks: str


def cell_of_text(text: str) -> Cell:
    """The cell that holds this text."""
    if not isinstance(text, Written):
        return unescaped(text)
    match text.looks:
        case "struck":
            return Broken(str(text), "struck")
        case "raised":
            return Broken(str(text), "raised")
    return str(text)


def unescaped(text: str) -> str:
    """Workbooks write control characters as _x000D_, and "_x000D_" itself as _x005F_x000D_.

    Nobody writes other characters so: a text such as "_x0041_" may be part of an id.
    """
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) if "_x" in text else text


def matters(run: str, look: str) -> bool:
    """Whether it changes what a text says that a part of it looks like this."""
    return bool(look) and ((look == "struck" and bool(run.strip())) or any(map(str.isdigit, run)))


def cell_of_runs(runs: Sequence[tuple[str, str]]) -> Cell:
    """The cell whose text consists of these parts, each with how it looks: "struck", "raised", or ""."""
    written = Written("".join(run for run, _ in runs))
    written.looks = next((look for run, look in runs if matters(run, look)), "")
    return cell_of_text(written)


class Writing:
    """The text of one `si` or `is` element, put together from what a parser meets inside it."""

    def __init__(self) -> None:
        self._runs: list[str] = []
        self._pieces: list[str] | None = None
        self._is_hint = False
        self._look = self._looks = ""

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == _HINT:
            self._is_hint = True
        elif tag == _RUN:
            self._look = ""
        elif tag == _STRUCK and attributes.get("val") not in _NO:
            self._look = "struck"
        elif tag == _PLACED and attributes.get("val") == "superscript":
            self._look = self._look or "raised"
        elif tag == _TEXT and not self._is_hint:
            self._pieces = []

    def characters(self, text: str) -> None:
        if self._pieces is not None:
            self._pieces.append(text)

    def end(self, tag: str) -> None:
        if tag == _HINT:
            self._is_hint = False
        elif tag == _TEXT and self._pieces is not None:
            run = unescaped("".join(self._pieces))
            self._runs.append(run)
            self._pieces = None
            if matters(run, self._look):
                self._looks = self._looks or self._look

    def text(self) -> str:
        """The whole; a `Written` where openpyxl would read another text, or a part looks different."""
        text = "".join(self._runs)
        if "_x" not in text and not self._looks:
            return text
        written = Written(text)
        written.looks = self._looks
        return written


def shared_texts(xml: bytes) -> list[str]:
    """The texts that the cells of a workbook share, in their order."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    texts: list[str] = []
    writing = Writing()

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal writing
        if tag == _ITEM:
            writing = Writing()
        writing.start(tag, attributes)

    def characters(text: str) -> None:
        writing.characters(text)

    def end(tag: str) -> None:
        writing.end(tag)
        if tag == _ITEM:
            texts.append(writing.text())

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.Parse(xml, True)
    return texts
