"""CSV: bytes become text, text becomes records, and no character is changed on the way."""

import codecs
import csv
import re
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from typing import NamedTuple

from pipeline.model import RawTable
from pipeline.read.refused import (
    HEAD,
    MAX_COLUMNS,
    ROW_LIMITS,
    FileRefused,
    Fits,
    Line,
    cut_off,
    header_rows,
    no_header,
    nothing_in,
    too_wide,
    two_headers,
)
from schemas.cell import Row

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
FIELD_LIMIT = 131_072
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SEP = re.compile(r'"?sep=([^\r\n"])"?[ \t]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
QUOTED = re.compile(r'"[^"]*(?:""[^"]*)*"')
SAVE_AS_UTF8 = "Save it in the spreadsheet as “CSV UTF-8”."


class Parsed(NamedTuple):
    """The first records of a text under one delimiter, and what stopped the reading, if anything."""

    delimiter: str
    head: list[Line]
    refused: FileRefused | None
    headers: list[int]


def read_text(data: bytes, name: str, *, fits: Fits, told: tuple[str, ...]) -> RawTable:
    text, notices = decode(data, name)
    if "\0" in text:
        raise FileRefused(
            "file_binary",
            f"“{name}” has a NUL byte in line {_line_of(text, text.index(chr(0)))}, which no text has.",
            SAVE_AS_UTF8,
        )
    if not text.strip():
        raise nothing_in(name)
    declared = SEP.match(text)
    delimiter = _delimiter(text, name, fits, declared[1] if declared else None)
    rows = list(_rows(text, delimiter, name, skip=1 if declared else 0))
    if rows[-1][0] in ROW_LIMITS:
        raise cut_off(name, rows[-1][0])
    if (used := max(map(_used, rows))) > MAX_COLUMNS:
        raise too_wide(name, used)
    return RawTable(name, "", rows, told + notices)


def decode(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """The text without its byte order mark, and a notice when its encoding had to be found out."""
    for bom, encoding in BOMS:
        if data.startswith(bom):
            return _strictly(data[len(bom) :], encoding, name, offset=len(bom)), ()
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        if not data[: error.start].isascii():  # valid UTF-8 up to here: two encodings in one file
            raise _undecodable(name, error.start) from error
    text = _strictly(data, "cp1252", name, offset=0)
    return text, ("read as Windows-1252, because it is not UTF-8",)


def _strictly(data: bytes, encoding: str, name: str, *, offset: int) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(name, offset + error.start) from error


def _undecodable(name: str, offset: int) -> FileRefused:
    return FileRefused(
        "file_encoding",
        f"“{name}” has characters in an unknown or mixed encoding, the first at byte {offset:,}.",
        SAVE_AS_UTF8,
    )


def _delimiter(text: str, name: str, fits: Fits, declared: str | None) -> str:
    """The one delimiter under which a header appears."""
    candidates = (declared,) if declared else tuple(DELIMITERS)
    tried = [_try(text, delimiter, name, fits, skip=bool(declared)) for delimiter in candidates]
    found = [parsed for parsed in tried if parsed.headers]
    if not found:
        raise _nothing_fits(tried, name, fits)
    if len(found) > 1:
        names = " and ".join(DELIMITERS[parsed.delimiter] for parsed in found)
        raise FileRefused(
            "two_delimiters",
            f"“{name}” has a header whichever of {names} separates its columns.",
            "Keep one table in the file, with one delimiter.",
        )
    if len(found[0].headers) > 1:
        raise two_headers(name, found[0].headers)
    return found[0].delimiter


def _nothing_fits(tried: list[Parsed], name: str, fits: Fits) -> FileRefused:
    """Speaks of the delimiter that splits the text into most columns."""
    best = max(tried, key=_width)
    broken = [parsed.refused for parsed in tried if parsed.refused]
    if _width(best) <= 1 and broken:
        return broken[0]
    return best.refused or no_header(name, best.head, fits)


def _width(parsed: Parsed) -> int:
    return max((len(line.texts) for line in parsed.head), default=0)


def _try(text: str, delimiter: str, name: str, fits: Fits, *, skip: bool) -> Parsed:
    head: list[Line] = []
    refused = None
    try:
        for number, record in islice(_records(text, delimiter, name), HEAD):
            if record and not (skip and number == 1):
                head.append(Line(number, record))
    except FileRefused as error:
        refused = error
    return Parsed(delimiter, head, refused, header_rows(head, fits))


def _rows(text: str, delimiter: str, name: str, *, skip: int) -> Iterator[Row]:
    for number, record in _records(text, delimiter, name):
        if number > skip and any(record):
            yield number, tuple(record)


def _used(row: Row) -> int:
    """How many fields a record has up to the last that holds something, if there are very many."""
    _, fields = row
    return 0 if len(fields) <= MAX_COLUMNS else max(n for n, field in enumerate(fields, 1) if field)


def _records(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with its number from 1; a quoted line break does not start a new one."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    last_line = 0
    try:
        for number, record in enumerate(reader, 1):
            last_line = reader.line_num
            yield number, record
    except csv.Error as error:
        raise _broken(text, delimiter, name, last_line + 1, error) from error


def _broken(text: str, delimiter: str, name: str, first_line: int, error: csv.Error) -> FileRefused:
    quote = _wrong_quote(text, delimiter, first_line)
    if quote is None and "field larger" in str(error):
        return FileRefused(
            "field_too_long",
            f"“{name}” has a field of more than {FIELD_LIMIT:,} characters in line {first_line}.",
            "Shorten it to what the log needs.",
        )
    line = first_line if quote is None else _line_of(text, quote)
    return FileRefused(
        "quote_not_closed",
        f"“{name}” opens a quote in line {line} that is not closed where its field ends.",
        "Close it, or double every quote that is meant to stay, inside a quoted field.",
    )


def _wrong_quote(text: str, delimiter: str, first_line: int) -> int | None:
    """Where the quote stands that spoils the record beginning in this line."""
    field = re.compile(rf"[^\r\n{re.escape(delimiter)}]*")
    position = sum(map(len, islice(StringIO(text, newline=""), first_line - 1)))
    while position < len(text):
        pattern = QUOTED if text[position] == '"' else field
        matched = pattern.match(text, position)
        if matched is None or text[matched.end() : matched.end() + 1] not in {
            "", "\r", "\n", delimiter,
        }:  # fmt: skip
            return position
        if text[matched.end() : matched.end() + 1] != delimiter:
            return None
        position = matched.end() + 1
    return None


def _line_of(text: str, position: int) -> int:
    return len(re.findall(r"\r\n|\r|\n", text[:position])) + 1
