"""One sheet of a workbook: its top, to see whether it is a log, then all of its rows."""

from collections.abc import Iterator, Sequence

from pipeline.model import RawTable
from pipeline.read.book import Layout, Source, SourceRow
from pipeline.read.container import damaged
from pipeline.read.refused import (
    HEAD,
    MAX_COLUMNS,
    FileRefused,
    Fits,
    Line,
    cut_off,
    header_rows,
    struck_by_rule,
    too_wide,
)
from schemas.cell import Cell, Row, address, letters, place, text_of
from schemas.run_log.columns import columns_of

BLANK_ROWS = 1_000
MAX_CELLS = 50_000_000


class Sheet:
    """A sheet whose first rows were looked at. `headers` are those that could head a log."""

    def __init__(self, source: Source, name: str, fits: Fits) -> None:
        self.title = source.title
        self.visible = source.visible
        self._source = source
        self._name = name
        self._fits = fits
        self.head = [
            Line(row.number, [text_of(cell) for cell in cells], self.title)
            for row in self._source_rows(HEAD)
            if (cells := _without_blanks(row.cells))
        ]
        self.headers = header_rows(self.head, fits)
        self.has_formulas = False
        self._unseen: list[str] = []

    def table(self) -> RawTable:
        layout = self._layout()
        self.has_formulas = layout.has_formulas
        if layout.last_row in layout.limits:
            raise cut_off(self._name, layout.last_row)
        if layout.last_column > MAX_COLUMNS:
            raise too_wide(self._name, layout.last_column, self.title)
        if struck := [area for area in layout.struck_by_rule if self._is_read(area, layout.last_row)]:
            raise struck_by_rule(self._name, self.title, _listed(struck))
        rows = list(self._rows(layout))
        told = (*self._told(layout), *_told_unread(rows, layout))
        return RawTable(self._name, self.title, rows, told, merged=tuple(layout.merged))

    def _rows(self, layout: Layout) -> Iterator[Row]:
        filled = handled = 0
        header = min(self.headers)
        for number, found, unseen in self._source_rows(layout.last_row):
            cells = _without_blanks(found)
            blank = number - filled - bool(cells)
            handled += len(found)
            if handled > MAX_CELLS:
                raise FileRefused(
                    "file_too_large",
                    f"“{self._name}” has more than {MAX_CELLS:,} cells in sheet “{self.title}”.",
                    "Copy the log's cells into a new workbook and save that.",
                )
            if blank >= BLANK_ROWS:
                return
            if unseen and number >= header:
                self._unseen += [address(column, number) for column in unseen]
            if cells:
                filled = number
                yield number, cells

    def _source_rows(self, last: int) -> Iterator[SourceRow]:
        try:
            yield from self._source.rows(last)
        except (FileRefused, MemoryError):
            raise
        except Exception as error:  # a broken part is met with any exception
            raise self._broken() from error

    def _layout(self) -> Layout:
        try:
            return self._source.layout()
        except (FileRefused, MemoryError):
            raise
        except Exception as error:
            raise self._broken() from error

    def _broken(self) -> FileRefused:
        return damaged(self._name, f"sheet “{self.title}” is broken")

    def _told(self, layout: Layout) -> Iterator[str]:
        if self._source.from_1904:
            yield "dates are counted from 1904, as the workbook says"
        if layout.hidden:
            yield f"hidden rows were read too: {_numbers(layout.hidden)}"
        columns = {index for hidden in layout.hidden_columns for index in hidden if index <= MAX_COLUMNS}
        if hidden := [title for title in self._titles() if title[0] in columns]:
            yield f"hidden columns were read too: {_listed([title for _, title in hidden])}"
        if self._unseen:
            yield (
                "cells that show nothing, for their colour or their format, were read too: "
                f"{_listed(self._unseen)}"
            )

    def _is_read(self, area: str, last_row: int) -> bool:
        """Whether an area, such as "A2:G9", holds a cell below the header from which a field is read."""
        first, _, last = area.partition(":")
        (left, top), (right, bottom) = place(first), place(last or first)
        (header,) = (line for line in self.head if line.number == min(self.headers))
        found = columns_of(header.texts, self._fits.columns).fields.values()
        below = top <= last_row and bottom > header.number
        return below and any(left <= column <= right for columns in found for column in columns)

    def _titles(self) -> Iterator[tuple[int, str]]:
        """The columns that have a header, counted from 1, as a person would name them."""
        (header,) = (line for line in self.head if line.number == min(self.headers))
        for index, text in enumerate(header.texts, 1):
            if text.strip():
                yield index, f"{letters(index - 1)} “{' '.join(text.split())}”"


def _without_blanks(found: Sequence[Cell]) -> tuple[Cell, ...]:
    width = len(found)
    while width and found[width - 1] == "":
        width -= 1
    return tuple(found[:width])


def _told_unread(rows: list[Row], layout: Layout) -> Iterator[str]:
    if rows and rows[-1][0] < layout.last_row - BLANK_ROWS:
        yield (
            f"nothing below row {rows[-1][0]} was read, because {BLANK_ROWS:,} blank rows follow it; "
            f"row {layout.last_row} holds something"
        )


def _numbers(ascending: Sequence[int]) -> str:
    """Row numbers as a person lists them: 5, 7–9."""
    runs: list[list[int]] = []
    for number in ascending:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return _listed(["–".join(map(str, run)) for run in runs])


def _listed(items: Sequence[str], limit: int = 20) -> str:
    more = f" and {len(items) - limit} more" if len(items) > limit else ""
    return ", ".join(items[:limit]) + more
