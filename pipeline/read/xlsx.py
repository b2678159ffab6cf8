"""XLSX: a workbook of XML parts, as openpyxl reads it and as its XML says."""

import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import cast

from openpyxl import Workbook
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.constants import SHARED_STRINGS

from pipeline.read.book import CORRECTIONS, Book, Layout, SourceRow
from pipeline.read.cells import ASIAN_FORMATS, Found, built_in_format, cell_of, general
from pipeline.read.container import damaged
from pipeline.read.looks import FIRST_OWN_FORMAT, looks_of, striking_rules
from pipeline.read.package import carried, safe_package
from pipeline.read.plain_cells import Kinds
from pipeline.read.plain_sheet import Plain, plain_sheet
from pipeline.read.plain_texts import plain_texts
from pipeline.read.refused import MAX_COLUMNS
from pipeline.read.survey import Survey
from pipeline.read.writing import cell_of_text, shared_texts
from schemas.cell import Broken, Cell, text_of

STALE = re.compile(
    rb"""<(?:\w+:)?calcPr\s[^>]*\b(?:fullCalcOnLoad\s*=\s*.(?:1|true)|calcMode\s*=\s*.manual"""
    rb"""|calcCompleted\s*=\s*.(?:0|false))"""
)

TO_BE_WORKED_OUT = re.compile(rb"""<(?:\w+:)?calcPr\s[^>]*\bfullCalcOnLoad\s*=\s*.(?:1|true)""")
"""A program that cannot work formulas out wrote the workbook, and 0 where a value would stand (hazard 58)."""

_GAP: object = EMPTY_CELL


@contextmanager
def open_xlsx(data: bytes, name: str, *, careful: bool = False) -> Iterator[Book]:
    """The workbook in these bytes. `careful`: plain sheets, too, are read element by element."""
    package = safe_package(data, name)
    with warnings.catch_warnings(), zipfile.ZipFile(BytesIO(package)) as archive:
        warnings.filterwarnings("ignore", module=r"openpyxl\b")  # parts that are of no use here
        book = _open(package, name, careful=careful)
        to_be_worked_out = _says(archive, TO_BE_WORKED_OUT)
        yield Book(
            [
                _XlsxSheet(sheet, name, to_be_worked_out=to_be_worked_out, careful=careful)
                for sheet in book.worksheets
            ],
            tuple(carried(archive.namelist())),
            stale=_says(archive, STALE),
            corrections=book.properties.category == CORRECTIONS,
        )


class _Reader(ExcelReader):
    """Reads a workbook as `load_workbook` does, but its shared texts as they are written."""

    def __init__(self, package: bytes, *, careful: bool) -> None:
        super().__init__(BytesIO(package), read_only=True, data_only=True, keep_links=False)
        self._careful = careful

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]  # the stubs forget it
        if not part:
            return
        xml = self.archive.read(part.PartName[1:])
        texts = None if self._careful else plain_texts(xml)
        if texts is None:
            super().read_strings()  # for what it refuses
            texts = shared_texts(xml)
        self.shared_strings = texts


def _open(package: bytes, name: str, *, careful: bool) -> Workbook:
    try:
        reader = _Reader(package, careful=careful)
        reader.read()
    except Exception as error:  # openpyxl meets a broken part with any exception
        raise damaged(name) from error
    _name_formats(reader.wb)
    return reader.wb


def _name_formats(book: Workbook) -> None:
    """Gives styles the formats that openpyxl does not know, and the general one its name."""
    styles, formats = book._cell_styles, book._number_formats  # type: ignore[attr-defined]  # noqa: SLF001 - openpyxl has no public names for them
    for index, style in enumerate(styles):
        if style.numFmtId in ASIAN_FORMATS:
            style.numFmtId = FIRST_OWN_FORMAT + formats.add(built_in_format(style.numFmtId))
            book._date_formats.add(index)  # type: ignore[attr-defined]  # noqa: SLF001 - the same
    book._number_formats = [general(one) for one in formats]  # type: ignore[attr-defined]  # noqa: SLF001 - the same


def _says(archive: zipfile.ZipFile, what: re.Pattern[bytes]) -> bool:
    book = "xl/workbook.xml"
    return book in archive.namelist() and bool(what.search(archive.read(book)))


class _XlsxSheet:
    def __init__(self, sheet: ReadOnlyWorksheet, name: str, *, to_be_worked_out: bool, careful: bool) -> None:
        sheet.reset_dimensions()  # they are often wrong
        self.title = sheet.title
        self.visible = sheet.sheet_state == "visible"
        self.from_1904 = sheet.parent.epoch == MAC_EPOCH
        self._sheet = sheet
        self._name = name
        self._careful = careful
        self._to_be_worked_out = to_be_worked_out
        self._plain: Plain | None = None
        self._survey: Survey | None = None

    def layout(self) -> Layout:
        part = self._sheet._worksheet_path  # type: ignore[attr-defined]  # noqa: SLF001 - openpyxl has no public name for it
        archive = self._sheet.parent._archive  # type: ignore[attr-defined]  # noqa: SLF001 - the same
        xml = archive.read(part)
        self._looks = looks_of(self._sheet.parent)
        striking = striking_rules(self._sheet.parent)
        if not self._careful:
            kinds = Kinds(self._sheet, self._looks)
            self._plain = plain_sheet(xml, kinds, zero_is_none=self._to_be_worked_out, striking=striking)
        return self._plain.layout if self._plain else self._surveyed(xml, striking)

    def _surveyed(self, xml: bytes, striking: frozenset[int]) -> Layout:
        survey = Survey(xml, zero_is_none=self._to_be_worked_out, striking=striking)
        if survey.damage:
            raise damaged(self._name, f"in sheet “{self.title}”, {survey.damage}")
        self._survey = survey
        return Layout(
            survey.last_row,
            survey.last_column,
            survey.hidden,
            survey.hidden_columns,
            survey.merged,
            has_formulas=survey.has_formulas,
            struck_by_rule=survey.struck_by_rule,
        )

    def rows(self, last: int) -> Iterator[SourceRow]:
        if self._plain:
            yield from self._plain.rows
            return
        columns = self._survey.last_column if self._survey else MAX_COLUMNS
        found = cast(Worksheet, self._sheet).iter_rows(max_row=last, max_col=columns)  # the stubs forget it
        for number, row in enumerate(cast(Iterator[tuple[Found, ...]], found), 1):
            cells = ["" if one is _GAP else self._cell(one, self._survey) for one in row]
            yield SourceRow(
                number, cells, self._unseen(row, cells) if self._survey and self._looks.unseen else ()
            )

    def _cell(self, found: Found, survey: Survey | None) -> Cell:
        """The value as cached, unless the cell has none, or is written so that the value says too little."""
        epoch = self._sheet.parent.epoch
        if survey is None:
            return cell_of(found, epoch)
        if survey.with_offset and found.coordinate in survey.with_offset:
            return Broken(survey.with_offset[found.coordinate], "offset")
        formula = survey.formula(found.coordinate) if survey.formulas else None
        if formula is not None:
            return Broken(formula, "formula")
        written = survey.texts.get(found.coordinate) if survey.texts else None
        cell = cell_of(found, epoch) if written is None else cell_of_text(written)
        if cell != "" and found._style_id in self._looks.struck:  # noqa: SLF001 - openpyxl has no public name for it
            return Broken(text_of(cell), "struck")
        return cell

    def _unseen(self, row: Sequence[Found], cells: Sequence[Cell]) -> list[int]:
        return [
            column
            for column, (found, cell) in enumerate(zip(row, cells, strict=True))
            if cell != "" and found._style_id in self._looks.unseen  # noqa: SLF001 - openpyxl has no public name for it
        ]
