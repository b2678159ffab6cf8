"""What a file really is, judged by its content: its name may say anything."""

import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple

from pipeline.read.refused import FileRefused, nothing_in

Kind = Literal["workbook", "old_excel", "binary_workbook", "open_document", "text"]


class Called(NamedTuple):
    """What files of a kind are usually called, and what the kind is."""

    suffixes: frozenset[str]
    what: str


NAMES: Mapping[Kind, Called] = MappingProxyType(
    {
        "workbook": Called(frozenset((".xlsx", ".xlsm", ".xltx", ".xltm")), "Excel workbook"),
        "old_excel": Called(frozenset((".xls", ".xlt", ".xlm")), "old Excel workbook (.xls)"),
        "binary_workbook": Called(frozenset((".xlsb",)), "binary Excel workbook (.xlsb)"),
        "open_document": Called(frozenset((".ods", ".ots")), "OpenDocument spreadsheet (.ods)"),
        "text": Called(frozenset((".csv", ".tsv", ".tab", ".txt")), "CSV text"),
    }
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BARE = (
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x08\x08\x00",
    b"\x09\x08\x10\x00",
)
"""How an old workbook begins that is in no container."""
UTF_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
WORKBOOK_LIMIT = 50_000_000
SAVE_AS_XLSX = "Open it in a spreadsheet and save it as .xlsx or as CSV UTF-8."

BINARY = (
    (b"%PDF", "file_pdf", "a PDF document"),
    (b"\x1f\x8b", "file_compressed", "a gzip archive"),
    (b"BZh", "file_compressed", "a bzip2 archive"),
    (b"\xfd7zXZ", "file_compressed", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "file_compressed", "a zstd archive"),
    (b"7z\xbc\xaf", "file_compressed", "a 7-Zip archive"),
    (b"Rar!", "file_compressed", "a RAR archive"),
    (b"\x89PNG", "file_not_a_log", "a picture"),
    (b"\xff\xd8\xff", "file_not_a_log", "a picture"),
    (b"{\\rtf", "file_not_a_log", "a text document"),
)
_MARKUP_OF_PAGES = r"(!doctype html|html|head|body|table|meta|style|div|font|center|tr)\b"
MARKUP = (
    (r"<\?xml[\s\S]*urn:schemas-microsoft-com:office:spreadsheet", "file_xml", "an XML spreadsheet"),
    (rf"(<\?xml[\s\S]*?>\s*)?(<!--[\s\S]*?-->\s*)*<{_MARKUP_OF_PAGES}", "file_html", "a web page"),
    (r"mime-version:\s*1\.0\s", "file_html", "a web page"),
    (r"<\?xml|<!doctype", "file_xml", "an XML document"),
    (r"ID;P(WXL|CALC)", "file_sylk", "a SYLK spreadsheet"),
    (r"\{[\s\S]*docs\.google\.com", "file_shortcut", "a shortcut to a Google sheet"),
)  # fmt: skip


def kind_of(data: bytes, name: str) -> Kind:
    """Workbook or text; anything else is refused by the name of what it is."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _kind_of_zip(data, name)
    if data.startswith(OLE):
        return _kind_of_ole(data, name)
    if data.startswith(BARE):
        return "old_excel"
    for magic, code, what in BINARY:
        if data.startswith(magic):
            raise _other(name, code, what)
    if not data.strip(b" \t\r\n\x0b\x0c\xef\xbb\xbf\xff\xfe\x00"):
        raise nothing_in(name)
    start = _beginning(data)
    for pattern, code, what in MARKUP:
        if re.match(pattern, start, re.IGNORECASE):
            raise _other(name, code, what)
    return "text"


def _beginning(data: bytes) -> str:
    """The first characters, decoded well enough to recognise markup."""
    encoding = "utf-16" if data.startswith(UTF_BOMS[1:]) else "utf-8-sig"
    return data[:4096].decode(encoding, errors="ignore").lstrip()


def not_text(data: bytes, name: str) -> FileRefused | None:
    """The better reason to refuse what could not be read as text, if it hardly is any."""
    sample = data[:65_536]
    if sample.startswith(UTF_BOMS):
        return None
    junk = sum(sample.count(code) for code in range(1, 32) if code not in b"\t\n\v\f\r\x1a\x1b")
    zeros = b"\0" in sample and Path(name).suffix.lower() not in NAMES["text"].suffixes
    if zeros or junk > len(sample) * 0.02:
        return not_a_log(name, "neither a workbook nor text")
    return None


def _kind_of_ole(data: bytes, name: str) -> Kind:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise encrypted(name)
    if any(f"{stream}\0".encode("utf-16-le") in data for stream in ("Workbook", "Book")):
        return "old_excel"
    raise not_a_log(name, "a document of another Office program")


def _kind_of_zip(data: bytes, name: str) -> Kind:
    too_large(data, name)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = set(archive.namelist())
            mimetype = archive.read("mimetype")[:80] if "mimetype" in parts else b""
    except Exception as error:  # zipfile raises many kinds over bytes it did not expect
        raise damaged(name) from error
    if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return "open_document"
    if "xl/workbook.bin" in parts:
        return "binary_workbook"
    if any(part.startswith("Index/") and part.endswith(".iwa") for part in parts):
        raise _other(name, "file_numbers", "an Apple Numbers document")
    if "[Content_Types].xml" in parts and any(part.startswith("xl/") for part in parts):
        return "workbook"
    if any(part.replace("\\", "/").startswith("xl/") for part in parts):
        raise damaged(name)
    if not mimetype and "[Content_Types].xml" not in parts:
        raise _other(name, "file_compressed", "a zip archive")
    raise not_a_log(name, "a document, not a workbook")


def too_large(data: bytes, name: str) -> None:
    if len(data) > WORKBOOK_LIMIT:
        raise FileRefused(
            "file_too_large",
            f"“{name}” is larger than 50 MB.",
            "Save only the sheet with the log as .xlsx, or as CSV UTF-8.",
        )


def not_a_log(name: str, what: str) -> FileRefused:
    return _other(name, "file_not_a_log", what)


def too_old(name: str) -> FileRefused:
    return _other(name, "file_old_excel", "a workbook of Excel 4 with sheets in a form that is not read")


def encrypted(name: str) -> FileRefused:
    return FileRefused(
        "file_encrypted",
        f"“{name}” is protected with a password.",
        "Open it in the program that made it and save it without a password.",
    )


def damaged(name: str, what: str = "its content is incomplete or broken") -> FileRefused:
    return FileRefused(
        "file_damaged",
        f"“{name}” is a damaged workbook: {what}.",
        "Open it in a spreadsheet program, let it repair the file, save it as .xlsx, or copy it once more.",
    )


def _other(name: str, code: str, what: str) -> FileRefused:
    remedies = {
        "file_compressed": "Unpack it and use the log inside.",
        "file_pdf": "Use the workbook or CSV file that the PDF was made from.",
        "file_numbers": "Open it in Numbers and export it as an Excel workbook (.xlsx).",
        "file_shortcut": "Open it in the browser and download it as .xlsx.",
        "file_not_a_log": "Use the log itself, as .xlsx or as CSV UTF-8.",
    }
    return FileRefused(code, f"“{name}” is {what}.", remedies.get(code, SAVE_AS_XLSX))
