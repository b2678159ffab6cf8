"""Workbooks as operators keep them, with all that must outlive a marking, and marks to put into them."""

import zipfile
from functools import cache
from io import BytesIO

import xlsxwriter  # type: ignore[import-untyped]
from openpyxl import Workbook, load_workbook

from pipeline.mark.marks import Spot, Spots
from pipeline.mark.package import marked

RED = "FFC7CE"
# The smallest picture there is: one pixel.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


@cache
def rich_log() -> bytes:
    """A log with a chart, a picture, a table, rules, cached values, a note, and a sheet that is no log."""
    data = BytesIO()
    book = xlsxwriter.Workbook(data)
    sheet, other = book.add_worksheet("Runs"), book.add_worksheet("Tabelle & mehr")
    day = book.add_format({"num_format": "dd.mm.yyyy", "italic": True})
    sheet.set_column(3, 3, 30, book.add_format({"num_format": "0.00"}))
    sheet.write_row(0, 0, ["Run ID", "Mass", "Day", "Rest"])
    for row in range(1, 6):
        sheet.write_row(row, 0, [f"R{row}", row * 100])
        sheet.write_number(row, 2, 45_000 + row, day)
    sheet.write_formula("E2", "=B2*2", None, 200)
    sheet.write_comment("B3", "weighed twice", {"author": "Shift lead"})
    sheet.data_validation("B2:B6", {"validate": "decimal", "criteria": ">", "value": 0})
    sheet.conditional_format("B2:B6", {"type": "cell", "criteria": ">", "value": 300, "format": day})
    sheet.insert_image("G2", "pixel.png", {"image_data": BytesIO(PICTURE)})
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Runs!$B$2:$B$6"})
    sheet.insert_chart("G8", chart)
    other.add_table("A1:B3", {"data": [["a", 1], ["b", 2]]})
    book.close()
    return data.getvalue()


def spot(row: int, column: int, note: str = "wrong", colour: str = RED) -> Spot:
    return Spot(row, column, colour, note)


def runs(*spots: Spot) -> Spots:
    return {"Runs": list(spots)}


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_parts(data: bytes, changed: dict[str, bytes]) -> bytes:
    """The same package, with some parts changed or added."""
    copy = BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts_of(data) | changed).items():
            archive.writestr(name, content)
    return copy.getvalue()


def replaced(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The same package with the first `old` in a part replaced; it must be in it."""
    content = parts_of(data)[part]
    assert old in content
    return with_parts(data, {part: content.replace(old, new, 1)})


def opened(data: bytes, *spots: Spot) -> Workbook:
    return load_workbook(BytesIO(marked(data, runs(*spots))))
