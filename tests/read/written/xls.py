"""XLS, by xlwt."""

from io import BytesIO

import xlwt  # type: ignore[import-untyped]

from tests.read.written.page import ERRORS, Error, Page, Shown, bounds


def as_xls(*pages: Page, from_1904: bool = False) -> bytes:
    book = xlwt.Workbook()
    book.dates_1904 = from_1904
    for page in pages:
        sheet = book.add_sheet(page.title)
        sheet.visibility = 0 if page.visible else 1
        for row, values in enumerate(page.rows):
            for column, value in enumerate(values):
                match value:
                    case None:
                        continue
                    case Error(text=text):
                        sheet.row(row).set_cell_error(column, ERRORS[text])
                    case Shown(value=number, format=shown):
                        sheet.write(row, column, number, xlwt.easyxf(num_format_str=shown))
                    case _:
                        sheet.write(row, column, value)
        for row in page.hidden:
            sheet.row(row - 1).hidden = True
        for area in page.merged:
            left, top, right, bottom = bounds(area)
            sheet.merged_ranges.append((top - 1, bottom - 1, left - 1, right - 1))
    return saved(book)


def saved(book: xlwt.Workbook) -> bytes:
    content = BytesIO()
    book.save(content)
    return content.getvalue()
