"""The parts of the package: styles, content, and what the document says of itself."""

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import chain
from typing import Protocol
from xml.parsers import expat

from openpyxl.utils.datetime import MAC_EPOCH

from pipeline.read.book import CORRECTIONS, LINKS, MACROS, Book, Layout, SourceRow
from pipeline.read.container import damaged
from pipeline.read.open_document.content import Content, Table
from pipeline.read.open_document.names import Attributes
from pipeline.read.open_document.styles import Styles
from pipeline.read.package import safe_package
from pipeline.read.refused import FileRefused

WITH_OTHER_DOCTYPES = ("Basic/", "Dialogs/", "META-INF/", "Pictures/")
"""Parts in which these programs do declare document types. None of them is parsed here."""

MOST_REPEATS = 100_000
"""A few bytes can repeat a row to the end of the sheet; who filled columns down means fewer rows."""

_BY_HAND = re.compile(rb'config:name="AutoCalculate"[^>]*>\s*false\s*<')
_CORRECTIONS = re.compile(rb"OOXMLCorePropertyCategory[^>]*>" + CORRECTIONS.encode() + rb"<")
"""Where LibreOffice keeps the category of an .xlsx file."""

_NO_MACRO = re.compile(r"(.*/|.*script-l[bc]\.xml)")


class Events(Protocol):
    def start(self, tag: str, attributes: Attributes) -> None: ...
    def end(self, tag: str) -> None: ...
    def text(self, words: str) -> None: ...


@contextmanager
def open_open_document(data: bytes, name: str) -> Iterator[Book]:
    package = safe_package(data, name, without=WITH_OTHER_DOCTYPES)
    try:
        with zipfile.ZipFile(BytesIO(package)) as archive:
            book = _book(archive, name)
    except MemoryError:
        raise
    except Exception as error:  # a broken part is met with any exception
        raise damaged(name) from error
    yield book


def _book(archive: zipfile.ZipFile, name: str) -> Book:
    parts = set(archive.namelist())
    common = Styles()
    if "styles.xml" in parts:
        _parse(archive, "styles.xml", common)
    styles = Styles(common)
    content = Content(styles)
    _parse(archive, "content.xml", content)
    hidden = styles.hidden_tables | common.hidden_tables
    settings = archive.read("settings.xml") if "settings.xml" in parts else b""
    meta = archive.read("meta.xml") if "meta.xml" in parts else b""
    return Book(
        [
            OpenDocumentSheet(table, styles, content.epoch, name, visible=table.style not in hidden)
            for table in content.tables
            if not (table.linked and table.style in hidden)  # what a link to another file last read
        ],
        tuple(_told(parts, linked=any(table.linked for table in content.tables))),
        stale=bool(_BY_HAND.search(settings)),
        corrections=bool(_CORRECTIONS.search(meta)),
    )


def _parse(archive: zipfile.ZipFile, part: str, events: Events) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = events.start
    parser.EndElementHandler = events.end
    parser.CharacterDataHandler = events.text
    with archive.open(part) as file:
        parser.ParseFile(file)


def _told(parts: set[str], *, linked: bool) -> Iterator[str]:
    if any(part.startswith(("Basic/", "Scripts/")) and not _NO_MACRO.fullmatch(part) for part in parts):
        yield MACROS
    if linked:
        yield LINKS


class OpenDocumentSheet:
    def __init__(self, table: Table, styles: Styles, epoch: dt.datetime, name: str, *, visible: bool) -> None:
        self.title = table.title
        self.visible = visible
        self.from_1904 = epoch == MAC_EPOCH
        self._table = table
        self._styles = styles
        self._name = name

    def layout(self) -> Layout:
        rows = self._table.rows
        if sum(repeated.times - 1 for repeated in rows) > MOST_REPEATS:
            raise FileRefused(
                "file_too_large",
                f"“{self._name}” has more than {MOST_REPEATS:,} rows that only repeat the one above, "
                f"in sheet “{self.title}”.",
                "Delete what fills the rows below the log's last, and save it again.",
            )
        return Layout(
            last_row=rows[-1].first + rows[-1].times - 1 if rows else 0,
            last_column=self._table.last_column,
            hidden=list(chain.from_iterable(self._table.hidden)),
            hidden_columns=self._table.hidden_columns,
            merged=self._table.merged,
            has_formulas=self._table.has_formulas,
            struck_by_rule=[*self._struck_by_rules(), *self._table.struck_by_style],
        )

    def _struck_by_rules(self) -> Iterator[str]:
        for areas, style in self._table.rules:
            if self._styles.struck_by(style):
                yield from areas

    def rows(self, last: int) -> Iterator[SourceRow]:
        for repeated in self._table.rows:
            if repeated.first > last:
                return
            yield from repeated.rows(last)
