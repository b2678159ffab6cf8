"""Old workbooks record by record: what xlwt does not write, and what is older than it."""

from collections.abc import Iterable, Mapping
from struct import pack, unpack_from

SECTOR = 512
FREE, END, OF_TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
BOF, EOF, FILE_PASSWORD = 0x0809, 0x000A, 0x002F


def record(code: int, *content: bytes) -> bytes:
    data = b"".join(content)
    return pack("<HH", code, len(data)) + data


def inserted(stream: bytes, *records: bytes) -> bytes:
    """The records of a workbook with these behind the first."""
    end = 4 + unpack_from("<H", stream, 2)[0]
    return stream[:end] + b"".join(records) + stream[end:]


def of_2(*cells: bytes, formats: Iterable[str] = ("General",)) -> bytes:
    """A workbook of Excel 2: nothing but one sheet."""
    shown = [record(0x1E, bytes([len(one)]), one.encode()) for one in formats]
    return record(0x0009, pack("<HH", 2, 0x10)) + b"".join((*shown, *cells)) + record(EOF)


def cell_of_2(code: int, row: int, column: int, value: bytes, shown: int = 0) -> bytes:
    return record(code, pack("<HH", row, column), bytes([0x40, shown, 0]), value)


def of_95(
    *cells: bytes, code_page: int | None = 1252, formats: Iterable[str] = (), **globals_: bytes
) -> bytes:
    """A workbook of Excel 95 with one sheet, “Runs”. Style 0 is General, style 1 the first of `formats`."""
    own = list(enumerate(formats, 164))
    said = record(0x42, pack("<H", code_page)) if code_page else b""
    shown = b"".join(record(0x41E, pack("<HB", number, len(one)), one.encode()) for number, one in own)
    styles = b"".join(
        record(0xE0, pack("<HH", 0, number), bytes(12)) for number in (0, *(key for key, _ in own))
    )
    before = _begin(0x0500, 5) + said + shown + styles + b"".join(globals_.values())
    listed = len(record(0x85, bytes(7), b"Runs"))
    start = len(before) + listed + 4
    sheet = record(0x85, pack("<IBB", start, 0, 0), b"\x04Runs")
    return before + sheet + record(EOF) + _begin(0x0500, 0x10) + b"".join(cells) + record(EOF)


def _begin(version: int, kind: int) -> bytes:
    return record(BOF, pack("<HHHH", version, kind, 0x096C, 0x07C9))


def label(row: int, column: int, text: bytes) -> bytes:
    return record(0x0204, pack("<HHHH", row, column, 0, len(text)), text)


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    return record(0x0203, pack("<HHHd", row, column, style, value))


def formula(row: int, column: int, result: float | bytes, flags: int = 0) -> bytes:
    """A formula (1+1) with its saved result: a number, or the eight bytes that say what else it is."""
    value = result if isinstance(result, bytes) else pack("<d", result)
    return record(
        0x0006, pack("<HHH", row, column, 0), value, pack("<HI", flags, 0), b"\x07\0\x1e\1\0\x1e\1\0\x03"
    )


def text_result(text: bytes) -> bytes:
    """What follows a formula whose result is a text."""
    return record(0x0207, pack("<H", len(text)), text)


TEXT_FOLLOWS = bytes(6) + b"\xff\xff"
NO_TEXT = b"\x03" + bytes(5) + b"\xff\xff"


def compound(streams: Mapping[str, bytes]) -> bytes:
    """The container that old workbooks lie in, with streams of up to 50 kB in all."""
    sectors: list[bytes] = []
    table: list[int] = []
    starts = []
    for content in streams.values():
        starts.append(len(sectors))
        _append(sectors, table, content.ljust(4096, b"\0"))
    directory = len(sectors)
    _append(sectors, table, _directory(streams, starts))
    table.append(OF_TABLE)
    table += [FREE] * (128 - len(table))
    sectors.append(pack("<128I", *table))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    )
    header += pack("<IIIIIIII", 1, directory, 0, 4096, END, 0, END, 0)
    return header + pack("<109I", len(sectors) - 1, *[FREE] * 108) + b"".join(sectors)


def _append(sectors: list[bytes], table: list[int], content: bytes) -> None:
    content = content.ljust(-(-len(content) // SECTOR) * SECTOR, b"\0")
    for start in range(0, len(content), SECTOR):
        sectors.append(content[start : start + SECTOR])
        table.append(len(sectors))
    table[-1] = END


def _directory(streams: Mapping[str, bytes], starts: list[int]) -> bytes:
    entries = _entry("Root Entry", 5, FREE, 1, END, 0)
    for index, (name, content) in enumerate(streams.items(), 1):
        following = index + 1 if index < len(streams) else FREE
        entries += _entry(name, 2, following, FREE, starts[index - 1], max(len(content), 4096))
    return entries


def _entry(name: str, kind: int, following: int, within: int, start: int, size: int) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    tree = pack("<IIII", FREE, following, within, 0)
    return (
        encoded.ljust(64, b"\0")
        + pack("<HBB", len(encoded), kind, 1)
        + tree
        + bytes(32)
        + pack("<III", start, size, 0)
    )
