"""XLSX: which sheets of a workbook are logs, and what a person should know about the others."""

import difflib
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from io import BytesIO

from msgspec.structs import replace
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from pipeline.model import RawTable
from pipeline.read.container import damaged
from pipeline.read.package import safe_package
from pipeline.read.refused import FileRefused, Fits, no_header, nothing_in, two_headers
from pipeline.read.sheet import Sheet
from pipeline.read.writing import share_texts_as_written

CORRECTIONS = "pipeline:to-fix"
"""The category of a workbook that this program wrote for its rows to be corrected."""

_CARRIED = {
    r".*vbaProject\.bin$": "macros were not run",
    r"xl/externalLinks/": "links to other workbooks were not followed; their last saved values were read",
    r"xl/connections\.xml$": "data connections were not refreshed; their last saved values were read",
    r"xl/embeddings/": "embedded documents were not opened",
}
"""What a workbook may carry besides cells, and what is told of it (hazard 76)."""

STALE = re.compile(
    rb"""<(?:\w+:)?calcPr\s[^>]*\b(?:fullCalcOnLoad\s*=\s*.(?:1|true)|calcMode\s*=\s*.manual"""
    rb"""|calcCompleted\s*=\s*.(?:0|false))"""
)


def read_workbook(
    data: bytes, name: str, *, fits: Fits, sheet: str | None, told: tuple[str, ...]
) -> list[RawTable]:
    """The log's sheet, or every sheet with a header when the workbook holds corrections."""
    package = safe_package(data, name)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"openpyxl\b")  # parts that are of no use here
        book = _open(package, name)
        corrections = book.properties.category == CORRECTIONS
        sheets = [Sheet(source, name, fits) for source in _sources(book)]
        chosen = (
            _named(sheets, sheet, name, fits) if sheet and not corrections else _fitting(sheets, name, fits)
        )
        if len(chosen) > 1 and not corrections:
            raise _two_sheets(name, chosen)
        for one in chosen:
            if len(one.headers) > 1:
                raise two_headers(name, one.headers, one.title)
        tables = [one.table() for one in chosen]
    has_formulas = any(one.has_formulas for one in chosen)
    notices = (*told, *_left_out(sheets, chosen), *_not_up_to_date(package, has_formulas=has_formulas))
    first, *others = tables
    return [
        replace(first, told=notices + first.told, corrections=corrections),
        *(replace(other, corrections=corrections) for other in others),
    ]


def _open(package: bytes, name: str) -> Workbook:
    try:
        book = load_workbook(BytesIO(package), read_only=True, data_only=True, keep_links=False)
        share_texts_as_written(book)
    except Exception as error:  # openpyxl meets a broken part with any exception
        raise damaged(name) from error
    return book


def _sources(book: Workbook) -> Iterator[ReadOnlyWorksheet]:
    """The sheets with cells; charts have none."""
    for source in book.worksheets:
        if isinstance(source, ReadOnlyWorksheet):
            yield source


def _named(sheets: Sequence[Sheet], title: str, name: str, fits: Fits) -> list[Sheet]:
    """The one sheet asked for, hidden or not; Excel, too, takes no account of case in titles."""
    for one in sheets:
        if one.title.strip().casefold() == title.strip().casefold():
            if not one.headers:
                raise no_header(name, one.head, fits)
            return [one]
    titles = [one.title for one in sheets]
    close = difflib.get_close_matches(title, titles, n=1)
    meant = f"Did you mean “{close[0]}”? " if close else ""
    raise FileRefused(
        "sheet_missing",
        f"“{name}” has no sheet “{title}”; it has {_quoted(titles)}.",
        f"{meant}Name one of its sheets in the settings, or rename the sheet.",
    )


def _fitting(sheets: Sequence[Sheet], name: str, fits: Fits) -> list[Sheet]:
    visible = [one for one in sheets if one.visible]
    fitting = [one for one in visible if one.headers]
    if fitting:
        return fitting
    hidden = [one.title for one in sheets if one.headers]
    if not hidden and not any(one.head for one in visible):
        raise nothing_in(name)
    hint = f" Or show the hidden sheet {_quoted(hidden)}, which has a header." if hidden else ""
    raise no_header(name, [line for one in visible for line in one.head], fits, hint)


def _two_sheets(name: str, sheets: Sequence[Sheet]) -> FileRefused:
    titles = [one.title for one in sheets]
    refused = FileRefused(
        "two_headers",
        f"“{name}” has more than one sheet with the header of a log: {_quoted(titles)}.",
        "Say which one to read with `sheet` under [log], or move the others elsewhere.",
    )
    refused.sheets = titles
    return refused


def _left_out(sheets: Sequence[Sheet], chosen: Sequence[Sheet]) -> Iterator[str]:
    rest = [one for one in sheets if one not in chosen]
    hidden = [one.title for one in rest if not one.visible]
    if hidden:
        yield f"hidden sheets were not read: {_quoted(hidden)}"
    visible = [one.title for one in rest if one.visible and one.head]
    if visible:
        yield f"other sheets were not read: {_quoted(visible)}"


def _not_up_to_date(package: bytes, *, has_formulas: bool) -> Iterator[str]:
    with zipfile.ZipFile(BytesIO(package)) as archive:
        parts = archive.namelist()
        book = archive.read("xl/workbook.xml") if "xl/workbook.xml" in parts else b""
    if has_formulas and STALE.search(book):
        yield "formulas were read as last saved, and the workbook says that they may be out of date"
    for pattern, told in _CARRIED.items():
        if any(re.match(pattern, part) for part in parts):
            yield told


def _quoted(titles: Sequence[str]) -> str:
    return ", ".join(f"“{title}”" for title in titles)
