"""Bytes become tables, by what they are and not by what they are called."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from pipeline.model import RawTable
from pipeline.read.book import Book
from pipeline.read.container import NAMES, Kind, kind_of, not_text
from pipeline.read.refused import FileRefused, Fits
from pipeline.read.table import Table
from pipeline.read.text import read_text
from pipeline.read.unpacked import must_be_text, unpacked
from pipeline.read.workbook import read_workbook
from schemas.cell import Row

Opener = Callable[[bytes, str], AbstractContextManager[Book]]


def parse(data: bytes, name: str, *, fits: Fits, sheet: str | None) -> list[RawTable]:
    """The tables in a file's bytes; `FileRefused` when they are no log."""
    return [table.whole() for table in opened(data, name, fits=fits, sheet=sheet)]


def opened(data: bytes, name: str, *, fits: Fits, sheet: str | None) -> list[Table]:
    """The same tables; the rows of a text are not kept, but read when they are taken."""
    content, own_name, was_packed, how = unpacked(data, name)
    kind = kind_of(content, name)
    if was_packed:
        must_be_text(kind, name)
    told = how + _name_lies(own_name, kind)
    if kind == "text":
        return [_text(content, name, fits, told)]
    with _opener(kind)(content, name) as book:
        tables = read_workbook(book, name, fits=fits, sheet=sheet, told=told)
    return [Table(replace(table, rows=[]), table.rows) for table in tables]


def _opener(kind: Literal["workbook", "old_excel", "binary_workbook", "open_document"]) -> Opener:
    """What opens a kind of workbook; text needs none of the libraries that these import."""
    match kind:
        case "workbook":
            from pipeline.read.xlsx import open_xlsx

            return open_xlsx
        case "old_excel":
            from pipeline.read.old_excel import open_old_excel

            return open_old_excel
        case "binary_workbook":
            from pipeline.read.binary_workbook import open_binary_workbook

            return open_binary_workbook
        case "open_document":
            from pipeline.read.open_document import open_open_document

            return open_open_document


def _text(data: bytes, name: str, fits: Fits, told: tuple[str, ...]) -> Table:
    with _if_it_is_text(data, name):
        table = read_text(data, name, fits=fits, told=told)
    return Table(table.head, _text_rows(table, data, name))


def _text_rows(table: Table, data: bytes, name: str) -> Iterator[Row]:
    with _if_it_is_text(data, name):
        yield from table.rows


@contextmanager
def _if_it_is_text(data: bytes, name: str) -> Iterator[None]:
    try:
        yield
    except FileRefused as refused:
        raise not_text(data, name) or refused from None


def _name_lies(name: str, kind: Kind) -> tuple[str, ...]:
    suffix = Path(name).suffix.lower()
    true = NAMES[kind]
    if suffix in true.suffixes:
        return ()
    return (f"named {suffix or 'without an ending'}, but read as the {true.what} it is",)
