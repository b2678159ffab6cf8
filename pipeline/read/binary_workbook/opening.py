"""The parts of the package: the list of sheets, the shared texts, the styles."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from posixpath import join, normpath
from typing import NamedTuple

from defusedxml.ElementTree import fromstring
from openpyxl.styles.fonts import Font
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from pipeline.read.binary_workbook.records import Code, records, text, u16, u32
from pipeline.read.binary_workbook.sheet import BinarySheet, Shared
from pipeline.read.binary_workbook.styles import rich_text, styles_of
from pipeline.read.book import CORRECTIONS, Book
from pipeline.read.container import damaged
from pipeline.read.package import carried, safe_package
from pipeline.read.refused import FileRefused
from schemas.cell import Cell

WORKBOOK = "xl/workbook.bin"
RELATIONSHIPS = "xl/_rels/workbook.bin.rels"
PROPERTIES = "docProps/core.xml"


class _Sheet(NamedTuple):
    title: str
    visible: bool
    relationship: str


class _Workbook(NamedTuple):
    sheets: list[_Sheet]
    from_1904: bool = False
    by_hand: bool = False
    uncalculated: bool = False


@contextmanager
def open_binary_workbook(data: bytes, name: str) -> Iterator[Book]:
    package = safe_package(data, name)
    with zipfile.ZipFile(BytesIO(package)) as archive:
        try:
            book = _book(archive, name)
        except (FileRefused, MemoryError):
            raise
        except Exception as error:  # a broken part is met with any exception
            raise damaged(name) from error
        yield book


def _book(archive: zipfile.ZipFile, name: str) -> Book:
    parts = archive.namelist()
    targets = _targets(archive.read(RELATIONSHIPS))
    workbook = _workbook(archive.read(WORKBOOK))
    styles = styles_of([archive.read(part) for part in targets.get("styles", {}).values()])
    shared = Shared(
        _texts(archive, targets.get("sharedStrings", {}), styles.fonts),
        styles,
        MAC_EPOCH if workbook.from_1904 else WINDOWS_EPOCH,
        workbook.uncalculated,
    )
    worksheets = targets.get("worksheet", {})
    properties = archive.read(PROPERTIES) if PROPERTIES in parts else b""
    return Book(
        [
            BinarySheet(one.title, one.visible, archive.read(worksheets[one.relationship]), shared, name)
            for one in workbook.sheets
            if one.relationship in worksheets
        ],
        tuple(carried(parts)),
        stale=workbook.by_hand or workbook.uncalculated,
        corrections=f"category>{CORRECTIONS}</".encode() in properties,
    )


def _targets(relationships: bytes) -> Mapping[str, Mapping[str, str]]:
    """The parts that the workbook refers to, by kind and by the identifier it uses."""
    found: dict[str, dict[str, str]] = {}
    for one in fromstring(relationships):
        kind = one.attrib["Type"].rsplit("/", maxsplit=1)[-1]
        part = normpath(join("/xl", one.attrib["Target"])).lstrip("/")
        found.setdefault(kind, {})[one.attrib["Id"]] = part
    return found


def _workbook(part: bytes) -> _Workbook:
    sheets, from_1904, by_hand, uncalculated = [], False, False, False
    for code, data in records(part):
        if code == Code.SHEET:
            relationship, end = text(data, 8)
            sheets.append(_Sheet(text(data, end)[0], u32(data, 0) == 0, relationship))
        elif code == Code.WORKBOOK:
            from_1904 = bool(u32(data, 0) & 1)
        elif code == Code.CALCULATION:
            by_hand, uncalculated = u32(data, 4) == 0, bool(u16(data, 24) & 1)
    return _Workbook(sheets, from_1904, by_hand, uncalculated)


def _texts(archive: zipfile.ZipFile, targets: Mapping[str, str], fonts: Sequence[Font]) -> list[Cell]:
    return [
        rich_text(data, 0, fonts)
        for part in targets.values()
        for code, data in records(archive.read(part))
        if code == Code.SHARED_STRING
    ]
