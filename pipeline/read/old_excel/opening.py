"""The file is unpacked, its records are counted, and xlrd makes sheets of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import NamedTuple

import xlrd
from xlrd.compdoc import SIGNATURE, CompDoc

from pipeline.read.book import CORRECTIONS, LINKS, MACROS, Book
from pipeline.read.container import damaged, encrypted, not_a_log, too_large, too_old
from pipeline.read.old_excel.records import (
    SAVED_BY_A_LIBRARY,
    SAVED_BY_A_PROGRAM,
    SAVED_BY_EXCEL,
    Empty,
    globals_of,
    sheet_of,
)
from pipeline.read.old_excel.sheet import OldSheet
from pipeline.read.old_excel.styles import looks_of
from pipeline.read.refused import FileRefused

WITH_SHEETS_IN_GLOBALS = 45
"""Workbooks of Excel 4 with several sheets, which lie where the others have none."""


@contextmanager
def open_old_excel(data: bytes, name: str) -> Iterator[Book]:
    too_large(data, name)
    try:
        book = _book(data, name)
    except (FileRefused, MemoryError):
        raise
    except Exception as error:  # xlrd meets a broken part with any exception
        if "encrypted" in str(error):
            raise encrypted(name) from error
        raise damaged(name) from error
    yield book


def _book(data: bytes, name: str) -> Book:
    unpacked = _unpacked(data, name)
    stream = unpacked.stream
    log = StringIO()  # where xlrd writes what it wonders about
    book = xlrd.open_workbook(file_contents=stream, logfile=log, formatting_info=True, ragged_rows=True)
    if book.biff_version == WITH_SHEETS_IN_GLOBALS:
        raise too_old(name)
    found = globals_of(stream, book.biff_version)
    believed = _believed(unpacked.summary)
    records = [sheet_of(stream, start, book.biff_version, believed) for start in found.starts]
    looks = looks_of(book)
    pairs = zip(book.sheets(), records, strict=True)
    return Book(
        [OldSheet(book, sheet, of_sheet, looks, name) for sheet, of_sheet in pairs],
        tuple(_told(book, data, links=found.links)),
        stale=any(of_sheet.by_hand for of_sheet in records),
        corrections=CORRECTIONS.encode() in unpacked.properties,
    )


class _Unpacked(NamedTuple):
    """The records, and two lists of the document's properties; the oldest files are nothing but records."""

    stream: bytes
    summary: bytes = b""
    properties: bytes = b""


def _unpacked(data: bytes, name: str) -> _Unpacked:
    if not data.startswith(SIGNATURE):
        return _Unpacked(data)
    container = CompDoc(data, logfile=StringIO())
    for stream in ("Workbook", "Book"):
        content, start, size = container.locate_named_stream(stream)
        if content:
            summaries = ("\x05SummaryInformation", "\x05DocumentSummaryInformation")
            summary, properties = (container.get_named_stream(one) or b"" for one in summaries)
            return _Unpacked(content[start : start + size], summary, properties)
    raise not_a_log(name, "a document of another Office program")


def _believed(summary: bytes) -> frozenset[Empty]:
    """Every spreadsheet program says who saved the file; libraries do not."""
    if not summary:
        return SAVED_BY_A_LIBRARY
    return SAVED_BY_EXCEL if b"Microsoft Excel" in summary else SAVED_BY_A_PROGRAM


def _told(book: xlrd.Book, data: bytes, *, links: bool) -> Iterator[str]:
    if "_VBA_PROJECT_CUR".encode("utf-16-le") in data:
        yield MACROS
    if links:
        yield LINKS
    if book.biff_version < 80 and book.codepage is None:
        yield "text was read as ISO 8859-1, because the workbook does not say what it is"
