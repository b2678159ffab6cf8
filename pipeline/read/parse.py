"""Bytes become tables, by what they are and not by what they are called."""

from pathlib import Path

from pipeline.model import RawTable
from pipeline.read.container import TEXT_NAMES, WORKBOOK_NAMES, Kind, kind_of, not_text
from pipeline.read.refused import FileRefused, Fits
from pipeline.read.text import read_text
from pipeline.read.workbook import read_workbook


def parse(data: bytes, name: str, *, fits: Fits, sheet: str | None) -> list[RawTable]:
    """The tables in a file's bytes; `FileRefused` when they are no log."""
    kind = kind_of(data, name)
    told = _name_lies(name, kind)
    if kind == "workbook":
        return read_workbook(data, name, fits=fits, sheet=sheet, told=told)
    return [_text(data, name, fits, told)]


def _text(data: bytes, name: str, fits: Fits, told: tuple[str, ...]) -> RawTable:
    try:
        return read_text(data, name, fits=fits, told=told)
    except FileRefused as refused:
        raise not_text(data, name) or refused from None


def _name_lies(name: str, kind: Kind) -> tuple[str, ...]:
    suffix = Path(name).suffix.lower()
    if kind == "workbook" and suffix not in WORKBOOK_NAMES:
        return (f"named {suffix or 'without an ending'}, but read as the Excel workbook it is",)
    if kind == "text" and suffix not in TEXT_NAMES:
        return (f"named {suffix or 'without an ending'}, but read as the CSV text it is",)
    return ()
