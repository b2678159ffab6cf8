"""XLSX, by xlsxwriter."""

from io import BytesIO
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from tests.read.written.page import Error, Page, Shown, Value


def as_xlsx(*pages: Page, from_1904: bool = False) -> bytes:
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"date_1904": from_1904}) as book:
        for page in pages:
            sheet = book.add_worksheet(page.title)
            for area in page.merged:
                sheet.merge_range(area, "")
            for row, values in enumerate(page.rows):
                for column, value in enumerate(values):
                    _put(book, sheet, row, column, value)
            for row in page.hidden:
                sheet.set_row(row - 1, None, None, {"hidden": True})
            if not page.visible:
                sheet.hide()
    return content.getvalue()


def _put(book: Any, sheet: Any, row: int, column: int, value: Value) -> None:
    match value:
        case None:
            return
        case Error(text=text):
            sheet.write_formula(row, column, "=A1", None, text)
        case Shown(value=number, format=shown):
            sheet.write_number(row, column, number, book.add_format({"num_format": shown}))
        case bool():
            sheet.write_boolean(row, column, value)
        case str():
            sheet.write_string(row, column, value)
        case _:
            sheet.write_number(row, column, value)
