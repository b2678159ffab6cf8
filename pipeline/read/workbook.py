"""Workbooks: which sheets are logs, and what a person should know about the others."""

import difflib
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from pipeline.model import RawTable
from pipeline.read.book import Book
from pipeline.read.refused import FileRefused, Fits, no_header, nothing_in, two_headers
from pipeline.read.sheet import Sheet


def read_workbook(
    book: Book, name: str, *, fits: Fits, sheet: str | None, told: tuple[str, ...]
) -> list[RawTable]:
    """The log's sheet, or every sheet with a header when the workbook holds corrections."""
    sheets = [Sheet(source, name, fits) for source in book.sources]
    chosen = (
        _named(sheets, sheet, name, fits) if sheet and not book.corrections else _fitting(sheets, name, fits)
    )
    if len(chosen) > 1 and not book.corrections:
        raise _two_sheets(name, chosen)
    for one in chosen:
        if len(one.headers) > 1:
            raise two_headers(name, one.headers, one.title)
    tables = [one.table() for one in chosen]
    notices = [*told, *_left_out(sheets, chosen)]
    if book.stale and any(one.has_formulas for one in chosen):
        notices.append("formulas were read as last saved, and the workbook says that they may be out of date")
    first, *others = tables
    return [
        replace(first, told=(*notices, *book.told, *first.told), corrections=book.corrections),
        *(replace(other, corrections=book.corrections) for other in others),
    ]


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


def _quoted(titles: Sequence[str]) -> str:
    return ", ".join(f"“{title}”" for title in titles)
