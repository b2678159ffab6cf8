"""An empty log as it should be: the right headers and formats, and cells that refuse mistakes."""

import datetime as dt
from io import BytesIO
from typing import Any, NamedTuple

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

LAST_ROW = 5_000
NAMES = 100
_MADE = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
_MOMENT = "yyyy-mm-dd hh:mm"
_READ_ME = (
    "One row for each production run, below the header of the sheet “Log”. Leave no row half filled.",
    "Times are the plant's own clock time; pipeline.toml says in which zone it lies.",
    "Masses are in kilograms, as they were weighed. Whether they are dry or wet is for the plant to say.",
    "References are text: 0042 stays 0042. Each run has its own, and keeps it for ever.",
    "The sheet “Names” holds the names to choose from; write them as they stand in pipeline.toml.",
    "Two feedstocks in one run: write both into the cell, with a semicolon between them.",
    "Columns of your own may be added to the right; they come back in the results untouched.",
)


class _Column(NamedTuple):
    """A column's header, width and cell format, what may stand in it, and what is said of it."""

    header: str
    width: int
    shown: str
    allowed: dict[str, object]
    hint: str


def _columns() -> tuple[_Column, ...]:
    names: dict[str, object] = {"validate": "list", "error_type": "warning"}
    return (
        _Column(
            "Batch reference", 18, "@",
            _custom(f"AND(LEN(TRIM(A2))>0,LEN(A2)<=100,COUNTIF($A$2:$A${LAST_ROW},A2)=1)"),
            "The run's own reference, up to 100 characters. It must not stand in another row.",
        ),
        _Column(
            "Facility", 22, "@", names | {"source": f"=Names!$A$2:$A${NAMES + 1}"},
            "Choose the kiln or plant; the sheet “Names” holds the list.",
        ),
        _Column(
            "Feedstock", 26, "@", names | {"source": f"=Names!$B$2:$B${NAMES + 1}"},
            "Choose the feedstock; with several, write them with a semicolon between.",
        ),
        _Column(
            "Start", 18, _MOMENT, _custom("AND(ISNUMBER(D2),D2>=DATE(2000,1,1),D2<=NOW())"),
            "Date and time, such as 2025-10-05 06:30. It must have passed.",
        ),
        _Column(
            "End", 18, _MOMENT, _custom("AND(ISNUMBER(E2),E2>D2,E2<=NOW())"),
            "Date and time after the start.",
        ),
        _Column(
            "Biochar mass (kg)", 18, "0.0##",
            {"validate": "decimal", "criteria": ">", "value": 0},
            "Kilograms, as weighed: a number without its unit.",
        ),
        _Column(
            "Standard deviation (kg)", 22, "0.0##", _custom("AND(ISNUMBER(G2),G2>=0,G2<F2)"),
            "Kilograms, if it is known; else leave it empty.",
        ),
        _Column(
            "Batch name", 24, "@",
            {"validate": "length", "criteria": "<=", "value": 100},
            "Optional: how the registry shows the batch, up to 100 characters.",
        ),
        _Column("Remarks", 40, "@", {"validate": "any"}, "Anything; it is not sent."),
    )  # fmt: skip


def _custom(formula: str) -> dict[str, object]:
    return {"validate": "custom", "value": f"={formula}"}


def template() -> bytes:
    """The workbook's bytes, always the same."""
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.set_properties({"title": "Production-run log", "created": _MADE})
    header = book.add_format({"bold": True, "bg_color": "#DDE8DA", "bottom": 1, "text_wrap": True})
    _log(book, header)
    _names(book, header)
    sheet = book.add_worksheet("Read me")
    sheet.set_column(0, 0, 110)
    sheet.write_column(0, 0, _READ_ME)
    book.close()
    return content.getvalue()


def _log(book: Any, header: Format) -> None:
    sheet: Worksheet = book.add_worksheet("Log")
    columns = _columns()
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width, book.add_format({"num_format": column.shown}))
        sheet.write_string(0, place, column.header, header)
        told = {"input_title": column.header, "input_message": column.hint}
        refused = {"error_title": column.header, "error_message": column.hint}
        rule = told if column.allowed["validate"] == "any" else told | refused
        sheet.data_validation(1, place, LAST_ROW - 1, place, column.allowed | rule)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, LAST_ROW - 1, len(columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _names(book: Any, header: Format) -> None:
    sheet: Worksheet = book.add_worksheet("Names")
    sheet.set_column(0, 1, 30, book.add_format({"num_format": "@"}))
    sheet.write_row(0, 0, ("Facilities", "Feedstocks"), header)
    sheet.freeze_panes(1, 0)
