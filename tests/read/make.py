"""Files for the tests, made the way plants and hostile people make them."""

import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from pipeline.model import RawTable, Refusal
from pipeline.read import FileRefused, Fits, read

HEADER = ["Run ID", "Mass"]
fits = Fits(fields=("supplier_reference_id", "mass"))


def write(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def tables_of(path: Path, sheet: str | None = None) -> list[RawTable]:
    return read(path, path.name, fits=fits, sheet=sheet)[1]


def table_of(path: Path, sheet: str | None = None) -> RawTable:
    (table,) = tables_of(path, sheet)
    return table


def refusal_of(path: Path, sheet: str | None = None) -> Refusal:
    with pytest.raises(FileRefused) as caught:
        read(path, path.name, fits=fits, sheet=sheet)
    refusal = caught.value.refusal
    assert path.name in refusal.message
    assert refusal.message.endswith(".")
    assert refusal.remedy.endswith(".")
    return refusal


def book_of(*rows: Sequence[object]) -> Workbook:
    book = Workbook()
    assert book.active is not None
    book.active.title = "Runs"
    for row in (HEADER, *rows):
        book.active.append(list(row))
    return book


def saved(book: Workbook, folder: Path, name: str = "log.xlsx") -> Path:
    book.save(folder / name)
    return folder / name


def edited(path: Path, part: str, old: str, new: str) -> Path:
    """The same zip with one part's text changed; `old` must be in it."""
    with zipfile.ZipFile(path) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    assert old in parts[part].decode()
    parts[part] = parts[part].decode().replace(old, new).encode()
    return packed(path, parts)


def with_sheet(path: Path, rows: str, after: str = "") -> Path:
    """The same workbook with its first sheet's rows replaced by this XML."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    with zipfile.ZipFile(path) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = xml.encode()
    return packed(path, parts)


def packed(path: Path, parts: dict[str, bytes]) -> Path:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    path.write_bytes(content.getvalue())
    return path


def text_row(number: int, *texts: str) -> str:
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f'<row r="{number}">{cells}</row>'
