"""XlsxWriter, held so that text stays text and numbers stay exact.

This is the only module that knows the library; the rest speaks of cells and how they look.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Self

from xlsxwriter import Workbook  # type: ignore[import-untyped] # it ships no py.typed
from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped] # as above
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped] # as above

from pipeline.write.pen import PLAIN, Look, Pen, Styles, row_in_xml
from pipeline.write.safe import fitted, legible
from schemas.cell import Cell

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
MOST_NAME_UNITS = 31
NOTE_WIDTH = 300
"""Pixels."""
NOTE_AUTHOR = "Biochar pipeline"
LINE, MOST_LINES = 15, 20
"""How high a line is, in points, and how many lines a row shows at most."""
_KNOWN_HEIGHTS = 2_000
"""Of how many rows the library knows the height, by which it places notes; each takes memory."""

_A4 = 9
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


HEADER = Look(fill="#D9E1F2", bold=True, wrap=True)
"""A header that the log has."""
OWN_HEADER = Look(fill="#44546A", bold=True, wrap=True, ink="#FFFFFF")
"""A header that this program adds."""


class Sheet(Worksheet):  # type: ignore[misc] # the library is untyped
    """A worksheet whose rows are put in whole, from top to bottom, each cell exactly as it is.

    The library's own ways take text between <r> and </r> for markup, and round to 16 digits.
    """

    columns: int
    _styles: Styles
    _pens: dict[Look, list[Pen]]

    def ruled(self, columns: int, styles: Styles) -> Self:
        """The sheet, made ready for rows of so many columns."""
        self.columns, self._styles, self._pens = columns, styles, {}
        return self

    def pens(self, look: Look) -> list[Pen]:
        """For each column the pen that draws cells of this look."""
        if look not in self._pens:
            self._pens[look] = [Pen(column, look, self._styles) for column in range(self.columns)]
        return self._pens[look]

    def put(self, row: int, cells: Iterable[Cell], pens: Sequence[Pen], lines: int = 1) -> None:
        """Put in a row, counted from 0, so many lines high; not every program does that by itself."""
        height = LINE * min(lines, MOST_LINES) if lines > 1 else None
        if height and len(self.row_info) < _KNOWN_HEIGHTS:
            self.set_row(row, height)
        self.row_data_fh.write(row_in_xml(row + 1, cells, pens, height))
        self.dim_rowmin, self.dim_rowmax = 0, row
        self.dim_colmin, self.dim_colmax = 0, self.columns - 1

    def _write_single_row(self, current_row_num: int = 0) -> None:
        """The library keeps no row: all are written already."""


class Book:
    """A workbook under way."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._styles: dict[tuple[Look, str, bool], str] = {(PLAIN, PLAIN.format, False): ""}
        self._names: set[str] = set()

    def sheet(self, name: str, columns: int) -> Sheet:
        """A new sheet of so many columns, called as asked, or nearly so if that is taken or not allowed."""
        name = _name(name, self._names)
        self._names.add(name.casefold())
        sheet: Sheet = self._inner.add_worksheet(name, worksheet_class=Sheet)
        return sheet.ruled(columns, self._style)

    def _style(self, look: Look, shown: str, *, quote: bool = False) -> str:
        key = (look, shown, quote)
        if key not in self._styles:
            properties: dict[str, object] = {"num_format": legible(shown), "quote_prefix": quote}
            properties |= {"bold": look.bold, "text_wrap": look.wrap}
            properties |= {"bg_color": look.fill} if look.fill else {}
            properties |= {"font_color": look.ink} if look.ink else {}
            properties |= {"valign": "top"} if look.top or look.wrap else {}
            number = self._inner.add_format(properties)._get_xf_index()  # noqa: SLF001  as it does itself
            self._styles[key] = f' s="{number}"'
        return self._styles[key]


@contextmanager
def book(file: BinaryIO, created: dt.datetime, *, title: str, category: str) -> Iterator[Book]:
    """A workbook that is written into the file when the block ends well."""
    with TemporaryDirectory(prefix="pipeline-", ignore_cleanup_errors=True) as scratch:
        inner = Workbook(file, _options(scratch))
        inner.set_properties(
            {
                "title": legible(title),
                "category": category,
                "created": created.astimezone(dt.UTC),
            }
        )
        try:
            yield Book(inner)
            inner.close()
        except FileCreateError as failure:
            raise failure.args[0] from failure
        finally:
            for sheet in inner.worksheets():
                sheet._opt_close()  # noqa: SLF001 # after a failure nobody else closes it


def note(sheet: Any, row: int, column: int, text: str) -> None:
    """Pin a note to a cell, in a box that its text fits into."""
    size = {"width": NOTE_WIDTH, "height": note_height(text), "author": NOTE_AUTHOR}
    sheet.write_comment(row, column, fitted(text), size)


def note_height(text: str) -> int:
    """How high, in pixels, the box of a note must be to show all of its text."""
    return 24 + 14 * sum(1 + len(part) // 44 for part in text.splitlines())


def as_a_table(sheet: Any, rows: int, columns: int) -> None:
    """A header in the first row that stays in sight, filters, and heads every page on paper."""
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, rows, columns - 1)
    sheet.repeat_rows(0)


def one_page_wide(sheet: Any) -> None:
    """On paper, the sheet is as wide as a page."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(0.4, 0.4, 0.5, 0.5)
    sheet.fit_to_pages(1, 0)


def _options(scratch: str) -> dict[str, object]:
    return {
        "constant_memory": True,
        "tmpdir": scratch,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "use_zip64": True,
    }


def _name(wanted: str, taken: set[str]) -> str:
    """A name that Excel accepts: short, without its forbidden characters, and unlike the others."""
    base = _NOT_IN_A_NAME.sub("_", legible(wanted).strip()).strip("'") or "log"
    base = "History_" if base.casefold() == "history" else base
    name, number = _short(base, ""), 1
    while name.casefold() in taken:
        number += 1
        name = _short(base, f" ({number})")
    return name


def _short(base: str, ending: str) -> str:
    room = 2 * (MOST_NAME_UNITS - len(ending))
    return base.encode("utf-16-le")[:room].decode("utf-16-le", "ignore").rstrip("'") + ending
