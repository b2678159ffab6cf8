"""The text of a cell, as it is seen: spaces and line breaks are elements, and layout is no text.

ODF 1.3, part 3, 6.1.2: any run of white space in the XML is one space, none at a paragraph's beginning.
"""

import re

from pipeline.read.open_document.names import TEXT, Attributes

LONGEST = 32_767
"""Characters that a cell can hold."""

_PARAGRAPHS = {f"{TEXT}p", f"{TEXT}h"}
_SPACES = re.compile(r"[ \t\r\n]+")
_MEANT = {f"{TEXT}s": "\x01", f"{TEXT}tab": "\x02", f"{TEXT}line-break": "\x03"}
_AS_MEANT = str.maketrans({"\x01": " ", "\x02": "\t", "\x03": "\n"})
"""XML has no such characters, so that none of the text is taken for one."""


class Paragraphs:
    def __init__(self) -> None:
        self._done: list[str] = []
        self._pieces: list[str] = []
        self._depth = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag in _PARAGRAPHS:
            self._depth += 1
        elif tag in _MEANT and self._depth:
            times = int(attributes.get(f"{TEXT}c", "1")) if tag == f"{TEXT}s" else 1
            if times > LONGEST:
                raise ValueError("more spaces than a cell can hold")
            self._pieces.append(_MEANT[tag] * times)

    def end(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self._depth -= 1
            self._done.append(_SPACES.sub(" ", "".join(self._pieces)).removeprefix(" "))
            self._pieces.clear()

    def text(self, words: str) -> None:
        if self._depth:
            self._pieces.append(words)

    def taken(self) -> str | None:
        """The text of the paragraphs that ended since it was last taken; None when there were none."""
        text = "\n".join(self._done).translate(_AS_MEANT) if self._done else None
        self._done.clear()
        return text
