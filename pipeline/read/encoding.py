"""Bytes become text, and no character is lost or changed on the way (hazards 79, 80, 83).

A mark or strict UTF-8 settles it. Else the encoding is found out: by the header that appears under it,
which is structure. What it then makes of a byte beyond ASCII is a guess, and said to be one.
"""

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from pipeline.read.refused import FileRefused

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, with whose mark it begins
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
UNMARKED: Mapping[str, str] = MappingProxyType(
    {"utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-32-le": "UTF-32", "utf-32-be": "UTF-32"}
)
USUAL = "cp1252"
CODE_PAGES: Mapping[str, str] = MappingProxyType(
    {
        USUAL: "Windows-1252",
        "cp1250": "Windows-1250",
        "cp1251": "Windows-1251",
        "cp1253": "Windows-1253",
        "cp1254": "Windows-1254",
        "cp1257": "Windows-1257",
        "mac_roman": "Mac Roman",
        "cp850": "DOS 850",
    }
)
"""Encodings of one byte a character in which spreadsheets and scales save; ISO-8859-1 is within the first."""

UTF8_WITHIN = re.compile(rb"\xc2[\xa0-\xbf]|[\xc3-\xc5][\x80-\xbf]|\xe2[\x80-\x82][\x80-\xbf]")
"""Letters with accents, and the signs that spreadsheets make of quotes and dashes, as UTF-8 has them.

In a code page they would be such as “Ã¼” and “â€“”, which nobody types: beside bytes that are not UTF-8 they
mean that the file has two encodings.
"""

LINE_END = re.compile(r"\r\n|\r|\n")
HEAD_BYTES = 65_536
END_OF_FILE = "\x1a"
SAVE_AS_UTF8 = "Save it in the spreadsheet as “CSV UTF-8”."

HasHeader = Callable[[str], bool]
"""Whether the header of a log appears in the top of a text."""


class Reading(NamedTuple):
    """A text without its mark. `guessed` names the encoding when its letters beyond ASCII are a guess."""

    text: str
    told: tuple[str, ...] = ()
    guessed: str = ""


def decoded(data: bytes, name: str, has_header: HasHeader) -> Reading:
    """The text of a file's bytes; `FileRefused` when it could be several texts, or none."""
    reading = _decoded(data, name, has_header)
    if "\0" in reading.text:
        raise _nul(name, line_of(reading.text, reading.text.index("\0")))
    text = reading.text.lstrip("\ufeff")
    if not text.endswith(END_OF_FILE):
        return reading._replace(text=text)
    told = (*reading.told, "the sign at its end by which old systems end a file was left out")
    return reading._replace(text=text.rstrip(END_OF_FILE), told=told)


def line_of(text: str, position: int) -> int:
    """The line, counted from 1, that a character stands in."""
    return len(LINE_END.findall(text[:position])) + 1


def _decoded(data: bytes, name: str, has_header: HasHeader) -> Reading:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return Reading(_strictly(data, len(mark), encoding, name))
    if b"\0" in data:
        return _without_mark(data, name, has_header)
    try:
        return Reading(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        found = None if UTF8_WITHIN.search(data) else _by_code_page(data, has_header)
        if found is None:
            raise _undecodable(data, 0, "utf-8", error.start, name) from error
        return found


def _strictly(data: bytes, start: int, encoding: str, name: str) -> str:
    try:
        return data[start:].decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(data, start, encoding, error.start, name) from error


def _without_mark(data: bytes, name: str, has_header: HasHeader) -> Reading:
    """UTF-16 or UTF-32 whose mark is missing: no text of single bytes has a NUL in it."""
    found = [encoding for encoding in UNMARKED if has_header(_head(data, encoding))]
    if len(found) != 1:
        raise _nul(name, data[: data.index(b"\0")].count(b"\n") + 1)
    (encoding,) = found
    text = _strictly(data, 0, encoding, name)
    return Reading(text, (f"read as {UNMARKED[encoding]}, although no byte order mark says so",))


def _by_code_page(data: bytes, has_header: HasHeader) -> Reading | None:
    """The usual code page if the header appears under it; else the only other one under which it does."""
    usual = _text(data, USUAL)
    if usual is not None and has_header(usual):
        label = CODE_PAGES[USUAL]
        return Reading(usual, (f"read as {label}, because it is not UTF-8",), label)
    others = dict(_others(data, has_header))
    if len(others) == 1:
        ((text, label),) = others.items()
        return Reading(text, (f"read as {label}, because its header appears in no other encoding",), label)
    return None if usual is None or others else Reading(usual)


def _others(data: bytes, has_header: HasHeader) -> Iterator[tuple[str, str]]:
    for encoding, label in CODE_PAGES.items():
        if encoding != USUAL and has_header(_head(data, encoding)):
            text = _text(data, encoding)
            if text is not None:
                yield text, label


def _head(data: bytes, encoding: str) -> str:
    """The top of a text in this encoding; nothing when it is none."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data[:HEAD_BYTES])
    except UnicodeDecodeError:
        return ""


def _text(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _undecodable(data: bytes, start: int, encoding: str, position: int, name: str) -> FileRefused:
    before = data[start : start + position].decode(encoding, "ignore")
    return FileRefused(
        "file_encoding",
        f"“{name}” has characters in an unknown or mixed encoding, the first at byte {start + position:,}, "
        f"in line {line_of(before, len(before))}.",
        SAVE_AS_UTF8,
    )


def _nul(name: str, line: int) -> FileRefused:
    return FileRefused(
        "file_binary", f"“{name}” has a NUL byte in line {line}, which no text has.", SAVE_AS_UTF8
    )
