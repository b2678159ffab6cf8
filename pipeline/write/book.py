"""XlsxWriter, held so that text stays text and numbers stay exact.

This is the only module that knows the library; the rest speaks of cells and how they look.
"""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, NamedTuple

from xlsxwriter import Workbook  # type: ignore[import-untyped] # it ships no py.typed
from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped] # as above
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped] # as above

from pipeline.write.safe import dangerous, fitted, legible
from schemas.cell import Cell, Clock, Moment, Number, Span, text_of

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
MOST_NAME_UNITS = 31
NOTE_WIDTH = 300
"""Pixels."""
NOTE_AUTHOR = "Biochar pipeline"
LINE, MOST_LINES = 15, 20
"""How high a line is, in points, and how many lines a row shows at most."""
NO_NUMBER = 10**308
"""From here on a workbook has no numbers; digits this many are kept as text."""

_A4 = 9
_ESCAPE = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class Look(NamedTuple):
    """How a cell looks. `format` is the number format of a text or empty cell; `ink` is the text's colour.

    At the `top` stands what is in one row with wrapped text.
    """

    fill: str = ""
    bold: bool = False
    wrap: bool = False
    format: str = "General"
    ink: str = ""
    top: bool = False


PLAIN = Look()
HEADER = Look(fill="#D9E1F2", bold=True, wrap=True)
"""A header that the log has."""
OWN_HEADER = Look(fill="#44546A", bold=True, wrap=True, ink="#FFFFFF")
"""A header that this program adds."""


class Sheet(Worksheet):  # type: ignore[misc] # the library is untyped
    """A worksheet that passes every text and number on exactly as it is.

    The library takes text between <r> and </r> for markup, rounds to 16 digits, and escapes
    "_x0041_" in a way that not every reader undoes; two runs of text need no escape.
    """

    @staticmethod
    def _escape_control_characters(data: str) -> str:
        return data

    def _xml_rich_inline_string(self, string: str, attributes: list[tuple[str, object]]) -> None:
        self._xml_inline_string(string, True, attributes)

    def _xml_inline_string(
        self, string: str, _preserve: object, attributes: list[tuple[str, object]]
    ) -> None:
        text = string.translate(_ENTITIES)
        run = f'<t xml:space="preserve">{text}</t>'
        if "_x" in text:
            run = _ESCAPE.sub('_</t></r><r><t xml:space="preserve">', f"<r>{run}</r>")
        self.fh.write(f'<c{_xml(attributes)} t="inlineStr"><is>{run}</is></c>')

    def _xml_number_element(self, number: float, attributes: list[tuple[str, object]]) -> None:
        self.fh.write(f"<c{_xml(attributes)}><v>{number!r}</v></c>")


class Book:
    """A workbook under way: cells can be put into a sheet row by row, from top to bottom."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._formats: dict[tuple[Look, str, bool], Any] = {(PLAIN, "General", False): None}
        self._names: set[str] = set()

    def sheet(self, name: str) -> Any:
        """A new sheet called as asked, or nearly so if that is taken or not allowed."""
        name = _name(name, self._names)
        self._names.add(name.casefold())
        return self._inner.add_worksheet(name, worksheet_class=Sheet)

    def put(self, sheet: Any, row: int, column: int, cell: Cell, look: Look = PLAIN) -> None:
        """Put a cell in its own type; what a workbook cannot hold so becomes text."""
        match cell:
            case str():
                self._put_text(sheet, row, column, cell, look)
            case bool():
                sheet.write_boolean(row, column, cell, self._format(look))
            case Number(value=value, format=shown) if abs(value) < NO_NUMBER:
                sheet.write_number(row, column, value, self._format(look, shown))
            case Moment(value=value, format=shown) if value.year >= 1900:
                sheet.write_datetime(row, column, value, self._format(look, shown))
            case Clock(value=value, format=shown):
                sheet.write_datetime(row, column, value, self._format(look, shown))
            case Span(value=value, format=shown):
                days = value / dt.timedelta(days=1)
                sheet.write_number(row, column, days, self._format(look, shown))
            case _:
                self._put_text(sheet, row, column, text_of(cell), look)

    def _put_text(self, sheet: Any, row: int, column: int, text: str, look: Look) -> None:
        if text:
            text = fitted(text)
            style = self._format(look, look.format, quote=dangerous(text))
            sheet.write_string(row, column, text, style)
        elif look != PLAIN:
            sheet.write_blank(row, column, None, self._format(look, look.format))

    def _format(self, look: Look, shown: str = "General", *, quote: bool = False) -> Any:
        key = (look, shown, quote)
        if key not in self._formats:
            properties: dict[str, object] = {"num_format": legible(shown), "quote_prefix": quote}
            properties |= {"bold": look.bold, "text_wrap": look.wrap}
            properties |= {"bg_color": look.fill} if look.fill else {}
            properties |= {"font_color": look.ink} if look.ink else {}
            properties |= {"valign": "top"} if look.top or look.wrap else {}
            self._formats[key] = self._inner.add_format(properties)
        return self._formats[key]


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


def set_lines(sheet: Any, row: int, lines: int) -> None:
    """Make a row so many lines high, before one of the next gets a cell; not every program does it."""
    if lines > 1:
        sheet.set_row(row, LINE * min(lines, MOST_LINES))


def _options(scratch: str) -> dict[str, object]:
    return {
        "constant_memory": True,
        "tmpdir": scratch,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "use_zip64": True,
    }


def _xml(attributes: list[tuple[str, object]]) -> str:
    return "".join(f' {name}="{value}"' for name, value in attributes)


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
