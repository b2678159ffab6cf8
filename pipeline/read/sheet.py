"""One sheet of a workbook: its top, to see whether it is a log, then all of its rows."""

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import cast

from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils.cell import get_column_letter
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.model import RawTable
from pipeline.read.cells import Found, cell_of
from pipeline.read.container import damaged
from pipeline.read.looks import Looks
from pipeline.read.refused import (
    HEAD,
    MAX_COLUMNS,
    ROW_LIMITS,
    FileRefused,
    Fits,
    Line,
    cut_off,
    header_rows,
    too_wide,
)
from pipeline.read.survey import Survey
from pipeline.read.writing import cell_of_text
from schemas.cell import Broken, Cell, Row, text_of

BLANK_ROWS = 1_000
MAX_CELLS = 50_000_000

FoundRow = tuple[Found, ...]
_GAP: object = EMPTY_CELL


class Sheet:
    """A sheet whose first rows were looked at. `headers` are those that could head a log."""

    def __init__(self, source: ReadOnlyWorksheet, name: str, fits: Fits) -> None:
        source.reset_dimensions()  # they are often wrong
        self.title = source.title
        self.visible = source.sheet_state == "visible"
        self._source = source
        self._name = name
        rows = islice(self._found_rows(HEAD), HEAD)
        self.head = [
            Line(number, [text_of(cell) for cell in cells], self.title)
            for number, cells in ((number, self._cells(row, None)) for number, row in rows)
            if cells
        ]
        self.headers = header_rows(self.head, fits)
        self.has_formulas = False
        self._unseen: list[str] = []

    def table(self) -> RawTable:
        survey = self._survey()
        self.has_formulas = survey.has_formulas
        if survey.last_row in ROW_LIMITS:
            raise cut_off(self._name, survey.last_row)
        if survey.last_column > MAX_COLUMNS:
            raise too_wide(self._name, survey.last_column, self.title)
        self._looks = Looks(self._source.parent)
        rows = list(self._rows(survey))
        told = (*self._told(survey), *_told_unread(rows, survey))
        return RawTable(self._name, self.title, rows, told, merged=tuple(survey.merged))

    def _rows(self, survey: Survey) -> Iterator[Row]:
        blank = handled = 0
        for number, found in self._found_rows(survey.last_row, survey.last_column):
            cells = self._cells(found, survey)
            blank = 0 if cells else blank + 1
            handled += len(found)
            if handled > MAX_CELLS:
                raise FileRefused(
                    "file_too_large",
                    f"“{self._name}” has more than {MAX_CELLS:,} cells in sheet “{self.title}”.",
                    "Copy the log's cells into a new workbook and save that.",
                )
            if blank >= BLANK_ROWS:
                return
            if cells:
                yield number, cells

    def _found_rows(self, last: int, columns: int = MAX_COLUMNS) -> Iterator[tuple[int, FoundRow]]:
        try:
            sheet = cast(Worksheet, self._source)  # the stubs forget it
            rows = sheet.iter_rows(max_row=last, max_col=columns)
            yield from enumerate(cast(Iterator[FoundRow], rows), 1)
        except Exception as error:  # openpyxl meets a broken part with any exception
            raise damaged(self._name, f"sheet “{self.title}” is broken") from error

    def _cells(self, found: FoundRow, survey: Survey | None) -> tuple[Cell, ...]:
        epoch = self._source.parent.epoch
        try:
            cells = ["" if one is _GAP else self._cell(one, survey, epoch) for one in found]
        except IndexError as error:  # a format that the workbook does not define
            raise damaged(self._name, f"sheet “{self.title}” is broken") from error
        while cells and cells[-1] == "":
            cells.pop()
        return tuple(cells)

    def _cell(self, found: Found, survey: Survey | None, epoch: dt.datetime) -> Cell:
        """The value as cached, unless the cell has none, or is written so that the value says too little."""
        if survey is None:
            return cell_of(found, epoch)
        if survey.with_offset and found.coordinate in survey.with_offset:
            return Broken(survey.with_offset[found.coordinate], "offset")
        if found.value is None and survey.formulas:
            formula = survey.formula(found.coordinate)
            return "" if formula is None else Broken(formula, "formula")
        written = survey.texts.get(found.coordinate) if survey.texts else None
        cell = cell_of(found, epoch) if written is None else cell_of_text(written)
        if cell != "":
            if found._style_id in self._looks.struck:  # noqa: SLF001 - openpyxl has no public name for it
                return Broken(text_of(cell), "struck")
            if found._style_id in self._looks.unseen and found.row >= min(self.headers):  # noqa: SLF001 - the same
                self._unseen.append(found.coordinate)
        return cell

    def _survey(self) -> Survey:
        try:
            part = self._source._worksheet_path  # type: ignore[attr-defined]  # noqa: SLF001 - openpyxl has no public name for it
            archive = self._source.parent._archive  # type: ignore[attr-defined]  # noqa: SLF001 - the same
            survey = Survey(archive.read(part))
        except Exception as error:
            raise damaged(self._name, f"sheet “{self.title}” is broken") from error
        if survey.damage:
            raise damaged(self._name, f"in sheet “{self.title}”, {survey.damage}")
        return survey

    def _told(self, survey: Survey) -> Iterator[str]:
        if self._source.parent.epoch == MAC_EPOCH:
            yield "dates are counted from 1904, as the workbook says"
        if survey.hidden:
            yield f"hidden rows were read too: {_numbers(survey.hidden)}"
        columns = {index for hidden in survey.hidden_columns for index in hidden if index <= MAX_COLUMNS}
        if hidden := [title for title in self._titles() if title[0] in columns]:
            yield f"hidden columns were read too: {_listed([title for _, title in hidden])}"
        if self._unseen:
            yield (
                "cells that show nothing, for their colour or their format, were read too: "
                f"{_listed(self._unseen)}"
            )

    def _titles(self) -> Iterator[tuple[int, str]]:
        """The columns that have a header, counted from 1, as a person would name them."""
        (header,) = (line for line in self.head if line.number == min(self.headers))
        for index, text in enumerate(header.texts, 1):
            if text.strip():
                yield index, f"{get_column_letter(index)} “{' '.join(text.split())}”"


def _told_unread(rows: list[Row], survey: Survey) -> Iterator[str]:
    if rows and rows[-1][0] < survey.last_row - BLANK_ROWS:
        yield (
            f"nothing below row {rows[-1][0]} was read, because {BLANK_ROWS:,} blank rows follow it; "
            f"row {survey.last_row} holds something"
        )


def _numbers(ascending: list[int]) -> str:
    """Row numbers as a person lists them: 5, 7–9."""
    runs: list[list[int]] = []
    for number in ascending:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return _listed(["–".join(map(str, run)) for run in runs])


def _listed(items: list[str], limit: int = 20) -> str:
    more = f" and {len(items) - limit} more" if len(items) > limit else ""
    return ", ".join(items[:limit]) + more
