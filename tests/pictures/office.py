"""A workbook as a spreadsheet program shows it: LibreOffice, without a window."""

import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import load_workbook
from openpyxl.worksheet.header_footer import HeaderFooter
from openpyxl.worksheet.properties import PageSetupProperties

DOTS = 170
POINTS = 72
EDGE = 14
"""Points of white that are kept around what is cut out."""


def shown(workbook: Path, path: Path, area: str = "", beside: str = "") -> None:
    """The first sheet, or an area of it with these columns beside it, with grid and headings."""
    book = load_workbook(workbook)
    for sheet in book.worksheets[1:]:
        book.remove(sheet)
    (sheet,) = book.worksheets
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.gridLines = sheet.print_options.headings = True
    sheet.HeaderFooter = HeaderFooter()
    sheet.page_margins.left = sheet.page_margins.right = 0.2
    if area:
        sheet.print_area, sheet.print_title_cols = area, beside
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "sheet.xlsx"
        book.save(copy)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        _run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(copy))
        _cut_out(copy.with_suffix(".pdf"), path)


def _cut_out(pdf: Path, path: Path) -> None:
    """The part of the first page in which something is written."""
    words = _run("pdftotext", "-bbox", "-l", "1", str(pdf), "-")
    top, bottom = (
        choose(map(float, re.findall(rf'{side}="([\d.]+)"', words)))
        for choose, side in ((min, "yMin"), (max, "yMax"))
    )
    y, height = (int(points * DOTS / POINTS) for points in (top - EDGE, bottom - top + 2 * EDGE))
    cut = ("-x", "0", "-y", str(y), "-W", str(12 * DOTS), "-H", str(height))
    _run("pdftoppm", "-png", "-singlefile", "-r", str(DOTS), *cut, str(pdf), str(path.with_suffix("")))


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
