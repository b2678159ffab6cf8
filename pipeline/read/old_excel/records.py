"""What the records of an old workbook say that xlrd does not pass on.

The numbers of the records, and where their fields stand, are those of [MS-XLS] and, for what is older
than Excel 97, of OpenOffice's documentation of the Excel file format.
"""

from collections.abc import Iterator
from struct import unpack_from
from typing import Literal, NamedTuple

BOFS = (0x0009, 0x0209, 0x0409, 0x0809)
EOF = 0x000A
CALC_MODE = 0x000D
BOUND_SHEET = 0x0085
SUPBOOK = 0x01AE
MANY_NUMBERS = 0x00BD
FORMULAS = (0x0006, 0x0206, 0x0406)
ON_LOAD = 0x02
NO_TEXT = 3
VALUES = frozenset(
    (*FORMULAS, 0x0002, 0x0003, 0x0004, 0x0005, 0x0203, 0x0204, 0x0205, 0x027E, 0x00D6, 0x00FD)
)
"""Integers, numbers, texts, logical values and errors: one cell each."""

_OWN_SHEETS, _ADD_INS = b"\x01\x04", b"\x01\x3a"

Record = tuple[int, bytes]
Empty = Literal["zero", "text"]
"""What a program may save as the result of a formula that it did not calculate: 0, or no text."""

SAVED_BY_EXCEL: frozenset[Empty] = frozenset(("zero", "text"))
SAVED_BY_A_PROGRAM: frozenset[Empty] = frozenset(("text",))
"""LibreOffice saves 0 for every text that a formula makes."""

SAVED_BY_A_LIBRARY: frozenset[Empty] = frozenset()


class Globals(NamedTuple):
    """Where each worksheet begins in the stream, and whether formulas look into other workbooks."""

    starts: list[int]
    links: bool


class SheetRecords(NamedTuple):
    """`values` are all cells that hold something; `uncalculated` the formulas whose result was not saved.

    Rows and columns count from 0, as in xlrd.
    """

    values: int
    formulas: int
    uncalculated: set[tuple[int, int]]
    by_hand: bool


def globals_of(stream: bytes, version: int) -> Globals:
    """`version` is that of xlrd: 80 for Excel 97 to 2003, 20 to 40 for those without sheets to choose."""
    if version < 50:
        return Globals([0], links=False)
    starts, links = [], False
    for code, data in _records(stream, 0):
        if code == BOUND_SHEET and data[5] == 0:  # a worksheet, not a chart or a macro
            starts.append(int(unpack_from("<I", data)[0]))
        if code == SUPBOOK and data[2:4] not in {_OWN_SHEETS, _ADD_INS}:
            links = True
    return Globals(starts, links)


def sheet_of(stream: bytes, start: int, version: int, believed: frozenset[Empty]) -> SheetRecords:
    """`believed` are the empty results that are results, unless the formula waits to be calculated."""
    values = formulas = 0
    uncalculated: set[tuple[int, int]] = set()
    by_hand = False
    result_at = 6 if version >= 30 else 7
    for code, data in _records(stream, start):
        if code == MANY_NUMBERS:
            values += (len(data) - 6) // 6
        elif code in VALUES:
            values += 1
        elif code == CALC_MODE:
            by_hand = data[:2] == b"\0\0"
        if code in FORMULAS:
            formulas += 1
            empty = _empty(data[result_at : result_at + 8])
            if empty and (data[result_at + 8] & ON_LOAD or empty not in believed):
                uncalculated.add(unpack_from("<HH", data))
    return SheetRecords(values, formulas, uncalculated, by_hand)


def _empty(result: bytes) -> Empty | None:
    if result[6:] == b"\xff\xff":
        return "text" if result[0] == NO_TEXT else None
    return "zero" if unpack_from("<d", result)[0] == 0 else None


def _records(stream: bytes, start: int) -> Iterator[Record]:
    """From a BOF to its EOF, without what is embedded between them (the charts of a sheet)."""
    position, depth = start, 0
    while True:
        code, size = unpack_from("<HH", stream, position)
        position += 4
        if code in BOFS:
            depth += 1
        elif code == EOF:
            depth -= 1
        elif depth == 1:
            yield code, stream[position : position + size]
        position += size
        if depth <= 0:
            return
