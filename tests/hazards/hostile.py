"""Workbooks that mean harm, and those that only carry more than cells."""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import msoffcrypto.format.ooxml  # type: ignore[import-untyped]

from tests.read.make import book_of, packed, saved

ROW = ("R1", 5)
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol">%s]>
""" % b"".join(
    b'<!ENTITY lol%d "%s">' % (level, b"&lol%s;" % (str(level - 1).encode() if level > 1 else b"") * 10)
    for level in range(1, 10)
)


def good(folder: Path, name: str = "log.xlsx") -> Path:
    """A workbook in order, with one row."""
    return saved(book_of(ROW), folder, name)


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {part: archive.read(part) for part in archive.namelist()}


def with_parts(path: Path, parts: Mapping[str, bytes]) -> Path:
    """The workbook with these parts added or replaced."""
    return packed(path, parts_of(path) | dict(parts))


def with_doctype(path: Path, part: str, doctype: bytes) -> Path:
    """The workbook with a document type declared at the beginning of one part."""
    content = parts_of(path)[part]
    body = content[content.index(b"?>") + 2 :] if content.startswith(b"<?xml") else content
    return with_parts(path, {part: doctype + body})


def encrypted(path: Path, password: str) -> Path:
    """The workbook as Excel saves it with a password."""
    content = BytesIO()
    with path.open("rb") as plain:
        msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt(password, content)
    path.write_bytes(content.getvalue())
    return path
