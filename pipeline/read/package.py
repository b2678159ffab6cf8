"""The zip that a workbook is: its size is checked before it is opened, its XML before it is parsed."""

import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from xml.parsers import expat

from pipeline.read.book import LINKS, MACROS
from pipeline.read.container import damaged, encrypted
from pipeline.read.numerals import without_odd_numbers
from pipeline.read.refused import FileRefused

MAX_PARTS = 1_000
MAX_TOTAL = 200_000_000
MAX_RATIO = 100
SMALL_PART = 10_000_000
SHEETS = "xl/worksheets/"
MANIFEST = "META-INF/manifest.xml"
STRICT = {
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    ),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    ),
}


_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
"""Marks of encodings, halves of wide characters, and space."""

_TOP = 65_536
"""Where a sheet ends is said within these first bytes, before its cells."""

_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*?(?:/>|>\s*</(?:\w+:)?dimension\s*>)")
_RANGE = re.compile(rb"""\sref\s*=\s*["'][A-Z]{1,3}[0-9]{1,7}(?::[A-Z]{1,3}[0-9]{1,7})?["']""")


CARRIED = {
    r".*vbaProject\.bin$": MACROS,
    r"xl/externalLinks/": LINKS,
    r"xl/connections\.(xml|bin)$": "data connections were not refreshed; their last saved values were read",
    r"xl/embeddings/": "embedded documents were not opened",
}
"""What a workbook may carry besides cells, and what is told of it (hazard 76)."""


class _DoctypeError(Exception):
    pass


def safe_package(data: bytes, name: str, *, without: tuple[str, ...] = ()) -> bytes:
    """The workbook's bytes, safe to open.

    A strict OOXML file is put into the usual namespaces; a sheet does not say where it ends when what it
    says is no range (hazard 62), over which openpyxl would fail; and what stands for a number and is none
    is an error (hazard 24). `without` are the folders whose parts are never parsed, and so need not be
    proper XML.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _within_budget(archive, name)
            _not_encrypted(archive, name)
            unusual, odd = _looked_through(archive, name, without)
            _whole(archive, name)
            return _as_usual(archive, odd) if unusual or odd else data
    except FileRefused:
        raise
    except Exception as error:  # zipfile raises many kinds over bytes it did not expect
        raise damaged(name) from error


def carried(parts: Iterable[str]) -> Iterator[str]:
    for pattern, told in CARRIED.items():
        if any(re.match(pattern, part) for part in parts):
            yield told


def _within_budget(archive: zipfile.ZipFile, name: str) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise encrypted(name)
    if len({part.filename for part in parts}) < len(parts):
        raise damaged(name, "two of its parts have the same name")
    bloated = any(
        part.file_size > SMALL_PART and part.file_size > MAX_RATIO * part.compress_size for part in parts
    )
    total = sum(part.file_size for part in parts)
    if bloated or total > MAX_TOTAL or len(parts) > MAX_PARTS:
        raise FileRefused(
            "file_too_large",
            f"“{name}” unpacks to far more than a log needs ({total:,} bytes in {len(parts):,} parts).",
            "Copy the log's cells into a new workbook and save that.",
        )


def _not_encrypted(archive: zipfile.ZipFile, name: str) -> None:
    """An OpenDocument package lists how each of its parts was encrypted."""
    if MANIFEST in archive.namelist() and b"encryption-data" in archive.read(MANIFEST):
        raise encrypted(name)


def _looked_through(
    archive: zipfile.ZipFile, name: str, without: tuple[str, ...]
) -> tuple[bool, dict[str, bytes]]:
    """Whether a part must be changed to be read, and the sheets with odd numbers, mended.

    A DOCTYPE in any part refuses the file.
    """
    unusual, odd = False, {}
    for part in archive.namelist():
        if part.startswith(without):
            continue
        xml = archive.read(part)
        if part.startswith(SHEETS) and (mended := without_odd_numbers(xml)) != xml:
            odd[part] = mended
        named_xml = part.lower().endswith((".xml", ".rels"))
        if not named_xml and not xml.lstrip(_BEFORE_XML).startswith(b"<"):
            continue
        unusual = unusual or any(namespace in xml for namespace in STRICT) or _ends_nowhere(part, xml)
        try:
            _parse(xml)
        except _DoctypeError as error:
            raise FileRefused(
                "file_unsafe",
                f"“{name}” declares a document type in {part}, which no spreadsheet program writes.",
                "Copy the log's cells into a new workbook and save that.",
            ) from error
        except expat.ExpatError as error:
            if named_xml:  # drawings of notes are often no proper XML, and have another ending
                raise damaged(name, f"{part} is not proper XML") from error
    return unusual, odd


def _ends_nowhere(part: str, xml: bytes) -> bool:
    found = _DIMENSION.search(xml, 0, _TOP) if part.startswith(SHEETS) else None
    return found is not None and not _RANGE.search(found[0])


def _whole(archive: zipfile.ZipFile, name: str) -> None:
    """Every sheet that the workbook lists is there; openpyxl passes over one that is not."""
    listed = "xl/_rels/workbook.xml.rels"
    parts = set(archive.namelist())
    for relation in re.findall(
        rb"<[^>]*/worksheet[\"'][^>]*>", archive.read(listed) if listed in parts else b""
    ):
        target = re.search(rb"Target\s*=\s*[\"']([^\"']*)", relation)
        if target and posixpath.normpath(posixpath.join("/xl", target[1].decode()))[1:] not in parts:
            raise damaged(name, "one of its sheets is missing")


def _parse(xml: bytes) -> None:
    def refuse(*_: object) -> None:
        raise _DoctypeError

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(xml, True)


def _as_usual(archive: zipfile.ZipFile, instead: Mapping[str, bytes]) -> bytes:
    copy = BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as changed:
        for part in archive.namelist():
            content = instead.get(part) or archive.read(part)
            if part.lower().endswith((".xml", ".rels")):
                content = _NAMESPACES.sub(lambda found: STRICT[found[0]], content)
            if _ends_nowhere(part, content):
                content = _DIMENSION.sub(b"", content, count=1)
            changed.writestr(part, content)
    return copy.getvalue()


_NAMESPACES = re.compile(b"|".join(map(re.escape, STRICT)))
