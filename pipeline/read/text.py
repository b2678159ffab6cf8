"""CSV: bytes become text, text becomes records, and no character is changed on the way."""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from pipeline.model import RawTable
from pipeline.read.encoding import decoded
from pipeline.read.quotes import Marks, lines, not_closed, taking_in_rows
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
from pipeline.read.table import Table
from schemas.cell import Broken, Cell, Row

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
SEP = re.compile(r'"?sep=([^\r\n"])"?[ \t]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)

csv.field_size_limit(2**31 - 1)  # a huge field is refused at its row, not by an exception


class Parsed(NamedTuple):
    """The first records of a text under one delimiter, and what stopped the reading, if anything."""

    delimiter: str
    head: list[Line]
    refused: FileRefused | None
    headers: list[int]


Record = tuple[int, int, str, list[str]]
"""A record: its number from 1, the line it begins in, its text as it stands, and its fields."""


def read_text(data: bytes, name: str, *, fits: Fits, told: tuple[str, ...]) -> Table:
    """The one table of a text. A cell with a stray quote is `Broken`; every other is as it was written."""
    reading = decoded(data, name, lambda text: any(one.headers for one in _tries(text, name, fits)))
    text = reading.text
    if not text or text.isspace():
        raise nothing_in(name)
    found = _under_its_delimiter(text, name, fits)
    head = RawTable(name, "", [], told + reading.told, guessed=reading.guessed)
    return Table(head, _rows(text, found, name))


def _under_its_delimiter(text: str, name: str, fits: Fits) -> Parsed:
    """The one delimiter under which a header appears (hazard 81)."""
    tried = _tries(text, name, fits)
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
    return found[0]


def _tries(text: str, name: str, fits: Fits) -> list[Parsed]:
    """The top of the text under the delimiter that its first line declares, or under each."""
    declared = SEP.match(text)
    candidates = (declared[1],) if declared else tuple(DELIMITERS)
    return [_try(text, delimiter, name, fits) for delimiter in candidates]


def _nothing_fits(tried: list[Parsed], name: str, fits: Fits) -> FileRefused:
    """Speaks of the delimiter that splits the text into most columns."""
    best = max(tried, key=_width)
    broken = [parsed.refused for parsed in tried if parsed.refused]
    if _width(best) <= 1 and broken:
        return broken[0]
    return best.refused or no_header(name, best.head, fits)


def _width(parsed: Parsed) -> int:
    return max((len(line.texts) for line in parsed.head), default=0)


def _try(text: str, delimiter: str, name: str, fits: Fits) -> Parsed:
    head: list[Line] = []
    refused = None
    try:
        for number, _, _, fields in islice(_records(text, delimiter, name), HEAD):
            if fields:
                head.append(Line(number, fields))
    except FileRefused as error:
        refused = error
    return Parsed(delimiter, head, refused, header_rows(head, fits))


def _rows(text: str, found: Parsed, name: str) -> Iterator[Row]:
    marks = Marks(found.delimiter)
    (header,) = found.headers
    last = 0
    width = next(len(line.texts) for line in found.head if line.number == header)
    for number, line, raw, fields in _records(text, found.delimiter, name):
        if len(fields) > MAX_COLUMNS:
            raise too_wide(name, len(fields))
        if not any(fields):
            continue
        last = number
        if '"' not in raw:
            yield number, tuple(fields)
            continue
        if number > header and marks.takes_in_rows(raw, fields, width):
            raise taking_in_rows(name, line)
        yield number, _cells(fields, marks.stray(raw))
    if last in ROW_LIMITS:
        raise cut_off(name, last)


def _cells(fields: list[str], stray: Sequence[int]) -> tuple[Cell, ...]:
    cells: list[Cell] = [*fields]
    for column in stray:
        cells[column] = Broken(fields[column], "quote")
    return tuple(cells)


def _records(text: str, delimiter: str, name: str) -> Iterator[Record]:
    """Every record, numbered as the rows of a spreadsheet that opens the file.

    A quoted line break does not start a new one. The line that declares the delimiter is none: Excel and
    LibreOffice heed it and do not show it.
    """
    declared, rest, line = bool(SEP.match(text)), lines(text), 1
    for number, first in enumerate(rest, 0 if declared else 1):
        taken = [first]
        if '"' in first:
            try:
                fields = _quoted(taken, rest, delimiter)
            except csv.Error as error:
                raise not_closed(text, delimiter, name, line) from error
        else:
            bare = first.rstrip("\r\n")
            fields = bare.split(delimiter) if bare else []
        if number:
            yield number, line, "".join(taken), fields
        line += len(taken)


def _quoted(taken: list[str], rest: Iterator[str], delimiter: str) -> list[str]:
    """The fields of the record whose first line was taken; its other lines are taken from the rest."""

    def taking() -> Iterator[str]:
        yield taken[0]
        for line in rest:
            taken.append(line)
            yield line

    return next(csv.reader(taking(), delimiter=delimiter, strict=True))
