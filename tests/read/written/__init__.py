"""One workbook, described once and written in every format that is read."""

from collections.abc import Callable
from pathlib import Path

from tests.read.written.ods import as_ods
from tests.read.written.page import Page
from tests.read.written.xls import as_xls
from tests.read.written.xlsb import as_xlsb
from tests.read.written.xlsx import as_xlsx

Writer = Callable[..., bytes]
"""Takes pages, and whether dates count from 1904."""

WRITERS: dict[str, Writer] = {"xlsx": as_xlsx, "xls": as_xls, "xlsb": as_xlsb, "ods": as_ods}


def written(folder: Path, kind: str, *pages: Page, from_1904: bool = False) -> Path:
    path = folder / f"log.{kind}"
    path.write_bytes(WRITERS[kind](*pages, from_1904=from_1904))
    return path
