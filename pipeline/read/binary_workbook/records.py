"""The records of a binary part: their numbers, and how their fields are laid out ([MS-XLSB])."""

from collections.abc import Iterator
from enum import IntEnum
from struct import unpack_from


class Code(IntEnum):
    """The records that are read; all others are passed over."""

    ROW = 0
    BLANK = 1
    RK = 2
    ERROR = 3
    BOOL = 4
    REAL = 5
    TEXT = 6
    SHARED_TEXT = 7
    FORMULA_TEXT = 8
    FORMULA_NUMBER = 9
    FORMULA_BOOL = 10
    FORMULA_ERROR = 11
    RICH_TEXT = 62
    SHARED_STRING = 19
    COLUMNS = 60
    FONT = 43
    FORMAT = 44
    FILL = 45
    STYLE = 47
    BEGIN_SHEET_DATA = 145
    END_SHEET_DATA = 146
    WORKBOOK = 153
    SHEET = 156
    CALCULATION = 157
    MERGED = 176
    BEGIN_CELL_STYLES = 617
    END_CELL_STYLES = 618


FORMULAS = frozenset((Code.FORMULA_TEXT, Code.FORMULA_NUMBER, Code.FORMULA_BOOL, Code.FORMULA_ERROR))
CELLS = FORMULAS | {
    Code.BLANK, Code.RK, Code.ERROR, Code.BOOL, Code.REAL, Code.TEXT, Code.SHARED_TEXT, Code.RICH_TEXT,
}  # fmt: skip
SHORT_CELLS = range(12, 19)
"""Cells that do not say in which column they are. No program is known to write them."""

Record = tuple[int, bytes]


def records(part: bytes) -> Iterator[Record]:
    """Each record's number and content; IndexError or ValueError where the part is not whole.

    A whole part begins with the record that begins something, and ends with the one that ends it, which
    has the next number.
    """
    position, end = 0, len(part)
    first: int | None = None
    code = -1
    while position < end:
        code, position = _number(part, position, 2)
        size, position = _number(part, position, 4)
        if position + size > end:
            raise ValueError("a record goes beyond the end of its part")
        first = code if first is None else first
        yield code, part[position : position + size]
        position += size
    if first is None or code != first + 1:
        raise ValueError("a part is cut off")


def _number(part: bytes, position: int, longest: int) -> tuple[int, int]:
    """A number in groups of seven bits, the lowest first, and the position after it."""
    value = 0
    for group in range(longest):
        byte = part[position + group]
        value |= (byte & 0x7F) << 7 * group
        if byte < 0x80:
            return value, position + group + 1
    return value, position + longest


def u16(data: bytes, at: int) -> int:
    return int(unpack_from("<H", data, at)[0])


def u32(data: bytes, at: int) -> int:
    return int(unpack_from("<I", data, at)[0])


def f64(data: bytes, at: int) -> float:
    return float(unpack_from("<d", data, at)[0])


def text(data: bytes, at: int) -> tuple[str, int]:
    """A text that is preceded by its length in UTF-16 units, and where it ends."""
    end = at + 4 + 2 * u32(data, at)
    if end > len(data):
        raise ValueError("a text goes beyond the end of its record")
    return data[at + 4 : end].decode("utf-16-le"), end


def rk(data: bytes, at: int) -> float:
    """A number in four bytes: an integer or the upper half of a float, as it is or in hundredths."""
    raw = u32(data, at)
    if raw & 2:
        value = float(int(unpack_from("<i", data, at)[0]) >> 2)
    else:
        value = float(unpack_from("<d", bytes(4) + (raw & 0xFFFFFFFC).to_bytes(4, "little"))[0])
    return value / 100 if raw & 1 else value
