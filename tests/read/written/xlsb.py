"""XLSB, record by record ([MS-XLSB]): no library that is kept writes it."""

import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from struct import pack

from tests.read.written.page import ERRORS, Error, Page, Shown, Value, bounds

FIRST_OWN_FORMAT = 164
NO_FORMULA = bytes(10)  # no flags, no tokens, nothing beside them

_TYPES = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels"
 ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="bin"
 ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>%s</Types>"""
_TYPE = b'<Override PartName="/xl/%s" ContentType="application/vnd.ms-excel.%s"/>'
_RELATIONS = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>"""
_RELATION = (
    b'<Relationship Id="%s" Target="%s"'
    b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s"/>'
)


def record(code: int, *content: bytes) -> bytes:
    data = b"".join(content)
    number = bytes([code]) if code < 128 else bytes([code & 0x7F | 0x80, code >> 7])
    size = len(data)
    groups = [size & 0x7F]
    while size := size >> 7:
        groups[-1] |= 0x80
        groups.append(size & 0x7F)
    return number + bytes(groups) + data


def text(words: str) -> bytes:
    encoded = words.encode("utf-16-le")
    return pack("<I", len(encoded) // 2) + encoded


def relation(identifier: str, target: str, kind: str) -> bytes:
    """A part that the workbook refers to."""
    return _RELATION % (identifier.encode(), target.encode(), kind.encode())


def color(kind: int, index: int = 0, red: int = 0, green: int = 0, blue: int = 0) -> bytes:
    """Kind 1 is by index, 2 by red, green and blue, 3 of the theme."""
    return bytes([kind << 1 | 1, index, 0, 0, red, green, blue, 255])


def font(*, struck: bool = False, raised: bool = False, ink: bytes = color(3, 1)) -> bytes:
    said = pack("<HHHHBBBB", 220, 8 if struck else 0, 400, int(raised), 0, 2, 0, 0)
    return record(43, said, ink, b"\2", text("Calibri"))


def fill(pattern: int = 0, paper: bytes = color(1, 64)) -> bytes:
    return record(45, pack("<I", pattern), paper, color(1, 65), bytes(48))


class Styles:
    """The cell styles that were asked for; style 0 is General. `looks` are more: format, font, fill."""

    def __init__(self) -> None:
        self.formats: list[str] = []
        self.fonts = [font()]
        self.fills = [fill()]
        self.looks: list[tuple[int, int, int]] = []

    def style(self, shown: str) -> int:
        if shown == "General":
            return 0
        if shown not in self.formats:
            self.formats.append(shown)
        return self.formats.index(shown) + 1

    def part(self) -> bytes:
        own = enumerate(self.formats, FIRST_OWN_FORMAT)
        formats = [record(44, pack("<H", number), text(shown)) for number, shown in own]
        numbers = [0, *range(FIRST_OWN_FORMAT, FIRST_OWN_FORMAT + len(self.formats))]
        styles = [*((number, 0, 0) for number in numbers), *self.looks]
        of_nothing = record(47, pack("<HH", 0xFFFF, 0), bytes(6), b"\x10\x10\0\0")
        return b"".join(
            (
                record(278),
                _listed(615, 616, formats),
                _listed(611, 612, self.fonts),
                _listed(603, 604, self.fills),
                _listed(613, 614, [record(46, bytes(51))]),
                _listed(626, 627, [of_nothing]),
                _listed(617, 618, [record(47, pack("<HHHH", 0, *style), bytes(2), b"\x10\x10\1\0")
                                   for style in styles]),
                record(279),
            )
        )  # fmt: skip


class Texts:
    def __init__(self) -> None:
        self.known: list[str] = []

    def index(self, words: str) -> int:
        if words not in self.known:
            self.known.append(words)
        return self.known.index(words)

    def part(self) -> bytes:
        strings = [record(19, b"\0", text(words)) for words in self.known]
        counts = pack("<II", len(strings), len(strings))
        return record(159, counts) + b"".join(strings) + record(160)


def cell(code: int, column: int, style: int, value: bytes) -> bytes:
    return record(code, pack("<II", column, style), value)


def row(number: int, cells: Iterable[bytes], *, hidden: bool = False) -> bytes:
    """`number` counts from 1."""
    flags = bytes([0, 0x10 if hidden else 0, 0])
    spans = pack("<III", 1, 0, 16_383)
    return record(0, pack("<IIH", number - 1, 0, 300), flags, spans) + b"".join(cells)


def sheet(rows: Iterable[bytes], merged: Iterable[str] = ()) -> bytes:
    areas = []
    for area in merged:
        left, top, right, bottom = bounds(area)
        areas.append(record(176, pack("<IIII", top - 1, bottom - 1, left - 1, right - 1)))
    table = record(145) + b"".join(rows) + record(146)
    return (
        record(129)
        + record(148, pack("<IIII", 0, 1_048_575, 0, 16_383))
        + table
        + (_listed(177, 178, areas) if areas else b"")
        + record(130)
    )


def workbook(
    sheets: Iterable[tuple[str, int]], *, from_1904: bool = False, calculation: bytes = b""
) -> bytes:
    """Each sheet by its title and its state: 0 is visible, 1 is hidden, 2 is very hidden."""
    listed = b"".join(
        record(156, pack("<II", state, number), text(f"rId{number}"), text(title))
        for number, (title, state) in enumerate(sheets, 1)
    )
    said = record(153, pack("<III", from_1904, 0, 0), bytes(4))
    return record(131) + said + record(143) + listed + record(144) + calculation + record(132)


def package(
    book: bytes, sheets: list[bytes], styles: bytes, texts: bytes, **others: bytes
) -> dict[str, bytes]:
    """The parts of a workbook by name."""
    names = [f"worksheets/sheet{number}.bin" for number in range(1, len(sheets) + 1)]
    kinds = [
        *(("worksheet", name) for name in names),
        ("styles", "styles.bin"),
        ("sharedStrings", "sharedStrings.bin"),
    ]
    relations = b"".join(relation(f"rId{number}", name, kind) for number, (kind, name) in enumerate(kinds, 1))
    types = b"".join(_TYPE % (name.encode(), kind.encode()) for kind, name in kinds)
    return {
        "[Content_Types].xml": _TYPES % types,
        "_rels/.rels": _RELATIONS % (relation("rId1", "xl/workbook.bin", "officeDocument")),
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": _RELATIONS % relations,
        "xl/styles.bin": styles,
        "xl/sharedStrings.bin": texts,
        **{f"xl/{name}": content for name, content in zip(names, sheets, strict=True)},
        **others,
    }


def zipped(parts: Mapping[str, bytes]) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return content.getvalue()


def as_xlsb(*pages: Page, from_1904: bool = False) -> bytes:
    styles, texts = Styles(), Texts()
    sheets = [
        sheet(
            (
                row(
                    number,
                    (
                        _cell(column, value, styles, texts)
                        for column, value in enumerate(values)
                        if value is not None
                    ),
                    hidden=number in page.hidden,
                )
                for number, values in enumerate(page.rows, 1)
            ),
            page.merged,
        )
        for page in pages
    ]
    book = workbook([(page.title, int(not page.visible)) for page in pages], from_1904=from_1904)
    return zipped(package(book, sheets, styles.part(), texts.part()))


def _cell(column: int, value: Value, styles: Styles, texts: Texts) -> bytes:
    match value:
        case Error(text=words):
            return cell(11, column, 0, bytes([ERRORS[words]]) + NO_FORMULA)
        case Shown(value=number, format=shown):
            return cell(5, column, styles.style(shown), pack("<d", number))
        case bool():
            return cell(4, column, 0, bytes([value]))
        case str():
            return cell(7, column, 0, pack("<I", texts.index(value)))
    return cell(5, column, 0, pack("<d", value))


def _listed(begin: int, end: int, items: list[bytes]) -> bytes:
    return record(begin, pack("<I", len(items))) + b"".join(items) + record(end)
