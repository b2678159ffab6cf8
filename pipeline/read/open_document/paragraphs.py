"""The text of a cell, as it is seen: spaces and line breaks are elements, and layout is no text.

ODF 1.3, part 3, 6.1.2: any run of white space in the XML is one space, none at a paragraph's beginning.
"""

import re
from collections.abc import Callable

from pipeline.read.open_document.names import TEXT, Attributes
from pipeline.read.writing import matters

LONGEST = 32_767
"""Characters that a cell can hold."""

_SPAN = f"{TEXT}span"
_PARAGRAPHS = {f"{TEXT}p", f"{TEXT}h"}
_SPACES = re.compile(r"[ \t\r\n]+")
_MEANT = {f"{TEXT}s": "\x01", f"{TEXT}tab": "\x02", f"{TEXT}line-break": "\x03"}
_AS_MEANT = str.maketrans({"\x01": " ", "\x02": "\t", "\x03": "\n"})
"""XML has no such characters, so that none of the text is taken for one."""


class Paragraphs:
    """`look_of` tells of a style for parts of texts whether they are struck through or raised."""

    def __init__(self, look_of: Callable[[str], str]) -> None:
        self._look_of = look_of
        self._looks: list[str] = []
        self._look = ""
        self._done: list[str] = []
        self._pieces: list[str] = []
        self._depth = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        self._looks.append(self._look_of(attributes.get(f"{TEXT}style-name", "")) if tag == _SPAN else "")
        if tag in _PARAGRAPHS:
            self._depth += 1
        elif tag in _MEANT and self._depth:
            times = int(attributes.get(f"{TEXT}c", "1")) if tag == f"{TEXT}s" else 1
            if times > LONGEST:
                raise ValueError("more spaces than a cell can hold")
            self._pieces.append(_MEANT[tag] * times)

    def end(self, tag: str) -> None:
        self._looks.pop()
        if tag in _PARAGRAPHS:
            self._depth -= 1
            self._done.append(_SPACES.sub(" ", "".join(self._pieces)).removeprefix(" "))
            self._pieces.clear()

    def text(self, words: str) -> None:
        if self._depth:
            self._pieces.append(words)
            look = next(filter(None, self._looks), "")
            self._look = self._look or (look if matters(words, look) else "")

    def taken(self) -> tuple[str | None, str]:
        """The text of the paragraphs that ended since it was last taken, and how a part of it looks.

        None when there were no paragraphs.
        """
        text = "\n".join(self._done).translate(_AS_MEANT) if self._done else None
        look, self._look = self._look, ""
        self._done.clear()
        return text, look
