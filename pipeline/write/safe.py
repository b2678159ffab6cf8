"""Text from logs and registries that no spreadsheet will run as a formula.

What makes a formula is the first character a spreadsheet heeds: it skips spaces and invisible
characters, and an East Asian one takes the full-width variants as well.
"""

import re
import unicodedata

MOST_UNITS = 32_767
"""The most UTF-16 units a cell of a workbook can hold."""

CUT = "… [cut]"

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PLAIN_NUMBER = re.compile(r"[+-][0-9]+(?:[.,][0-9]+)?")
_SEPARATOR = re.compile(r"([;\t\r\n])")
HARMLESS = re.compile(r'[^\W_][^";\x00-\x1f\ud800-\udfff\ufffe\uffff]*')
"""A text that goes into a field as it is; others may, after a closer look."""
_STARTERS = frozenset("=+-@\u2212")
_UNHEEDED = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp"))


def legible(text: str) -> str:
    r"""The text with every character that XML cannot hold shown as \uXXXX."""
    return _NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04X}", text)


def fitted(text: str) -> str:
    """The legible text, cut with a mark when a cell cannot hold it."""
    text = legible(text)
    if len(text) <= MOST_UNITS // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MOST_UNITS:
        return text
    return units[: 2 * (MOST_UNITS - len(CUT))].decode("utf-16-le", "ignore") + CUT


def dangerous(text: str) -> bool:
    """Whether a spreadsheet might run the text, were it typed into a cell; "-12.5" it would not."""
    first = text[:1]
    if first.isalnum() or not first:
        return False
    if text.lstrip(" ")[:1] in ("\t", "\r", "\n"):
        return True
    head = next((char for char in text if _heeded(char)), "")
    return unicodedata.normalize("NFKC", head) in _STARTERS and not _PLAIN_NUMBER.fullmatch(text)


def guarded(text: str) -> str:
    """The text for a field of a CSV file, with an apostrophe before everything that might be run.

    Quotes do not protect what follows a semicolon, a tab or a line break inside the text: where the
    system's list separator is not the comma, the rest of the field becomes a cell of its own.
    """
    if HARMLESS.fullmatch(text):
        return text
    text = legible(text)
    pieces = _SEPARATOR.split(text)  # every second one is a separator
    pieces[2::2] = [f"'{piece}" if dangerous(piece) else piece for piece in pieces[2::2]]
    return ("'" if dangerous(text) else "") + "".join(pieces)


def _heeded(char: str) -> bool:
    return char != '"' and unicodedata.category(char) not in _UNHEEDED
