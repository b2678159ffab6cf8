import bz2
import hashlib
import os
import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest

from pipeline.journal_point import listen
from pipeline.read import FileRefused, read
from tests.read.make import (
    book_of,
    edited,
    fits,
    packed,
    refusal_of,
    saved,
    table_of,
    write,
)

CSV = "Run ID,Mass\nR1,5\n"


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = write(tmp_path, "log.csv", CSV)
    assert read(path, "log.csv", fits=fits)[0] == hashlib.sha256(CSV.encode()).hexdigest()


def test_a_refused_file_still_has_its_hash(tmp_path: Path) -> None:
    path = write(tmp_path, "log.csv", "a,b\n")
    with pytest.raises(FileRefused) as caught:
        read(path, "log.csv", fits=fits)
    assert caught.value.sha256 == hashlib.sha256(b"a,b\n").hexdigest()


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert refusal_of(tmp_path / "gone.csv").code == "file_missing"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "logs.xlsx"
    folder.mkdir()
    assert refusal_of(folder).code == "not_a_file"


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "log.csv")
    assert refusal_of(tmp_path / "log.csv").code == "not_a_file"


def test_a_name_that_no_folder_can_hold_is_refused(tmp_path: Path) -> None:
    assert refusal_of(tmp_path / ("x" * 300)).code == "file_unreadable"


@pytest.mark.parametrize(
    "content",
    [b"", b" \r\n\t\n", b"\xef\xbb\xbf", b"\xff\xfe \x00\n\x00", b"\0" * 500, b" \n" * 5000],
)
def test_a_file_with_nothing_in_it_is_empty(tmp_path: Path, content: bytes) -> None:
    assert refusal_of(write(tmp_path, "log.csv", content)).code == "file_empty"


@pytest.mark.parametrize("name", ["~$log.xlsx", ".~lock.log.xlsx#"])
def test_a_lock_file_named_by_hand_is_refused(tmp_path: Path, name: str) -> None:
    assert refusal_of(write(tmp_path, name, b"\x17Microsoft")).code == "file_lock"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("log.xlsx", OLE + "EncryptedPackage\0".encode("utf-16-le"), "file_encrypted"),
        ("log.xls", OLE + "Workbook\0".encode("utf-16-le"), "file_damaged"),
        ("log.csv", OLE + "Book\0".encode("utf-16-le"), "file_damaged"),
        ("log.xls", b"\x09\x08\x10\0" + bytes(99), "file_damaged"),
        ("log.xls", OLE + "WordDocument\0".encode("utf-16-le"), "file_not_a_log"),
        ("log.xls", b"<html><table><tr><td>Run ID</td></tr></table>", "file_html"),
        ("log.xls", b"\xef\xbb\xbf\r\n<!DOCTYPE html>\n<html>", "file_html"),
        ("log.csv", b"<?xml version='1.0'?><html xmlns='x'>", "file_html"),
        ("log.csv", "<table>".encode("utf-16"), "file_html"),
        ("log.xls", b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "file_html"),
        ("log.xls", b"<font face=arial><table><tr><td>Run ID</td></tr></table>", "file_html"),
        ("log.csv", b"<?xml version='1.0'?><runs><run/></runs>", "file_xml"),
        (
            "log.xls",
            b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "file_xml",
        ),
        ("log.csv", bz2.compress(CSV.encode()), "file_compressed"),
        ("log.csv", b"%PDF-1.7\n%\xe2\xe3", "file_pdf"),
        ("log.slk", b"ID;PWXL;N;E\r\nP;PGeneral\r\n", "file_sylk"),
        ("log.gsheet", b'{"url": "https://docs.google.com/open?id=1"}', "file_shortcut"),
        ("log.xlsx", b"\x89PNG\r\n\x1a\n", "file_not_a_log"),
        ("log.xlsx", bytes(range(256)) * 20, "file_not_a_log"),
        ("log.csv", bytes(range(1, 256)) * 20, "file_not_a_log"),
    ],
)
def test_another_kind_of_file_is_known_by_its_content(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    assert refusal_of(write(tmp_path, name, content)).code == code


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "file_damaged"),
        ({"mimetype": "application/vnd.oasis.opendocument.text"}, "file_not_a_log"),
        ({"[Content_Types].xml": "<a/>", "xl/workbook.bin": ""}, "file_damaged"),
        ({"Index/Document.iwa": ""}, "file_numbers"),
        ({"log.csv": CSV}, "file_compressed"),
        ({"[Content_Types].xml": "", "word/document.xml": ""}, "file_not_a_log"),
        ({"[Content_Types].xml": "<a/>", "xl\\workbook.xml": "<a/>"}, "file_damaged"),
        ({"[Content_Types].xml": "<a/>", "xl/workbook.xml": "<a/>"}, "file_damaged"),
        ({"[Content_Types].xml": "<a", "xl/workbook.xml": "<a/>"}, "file_damaged"),
    ],
)
def test_a_zip_is_known_by_its_parts(tmp_path: Path, parts: dict[str, str], code: str) -> None:
    path = packed(tmp_path / "log.xlsx", {name: text.encode() for name, text in parts.items()})
    assert refusal_of(path).code == code


def test_a_header_that_begins_like_a_sylk_file_is_still_text(tmp_path: Path) -> None:
    path = write(tmp_path, "log.csv", "ID;Plant;Run ID;Mass\n1;x;R1;5\n")
    assert table_of(path).rows[1] == (2, ("1", "x", "R1", "5"))


def test_a_workbook_named_csv_is_read_and_told(tmp_path: Path) -> None:
    table = table_of(saved(book_of(["R1", 5]), tmp_path, "log.csv"))
    assert table.sheet == "Runs"
    assert "named .csv" in table.told[0]


def test_a_csv_named_xlsx_is_read_and_told(tmp_path: Path) -> None:
    table = table_of(write(tmp_path, "log.xlsx", CSV))
    assert table.rows == [(1, ("Run ID", "Mass")), (2, ("R1", "5"))]
    assert "named .xlsx" in table.told[0]


def test_an_ordinary_file_has_nothing_told(tmp_path: Path) -> None:
    assert table_of(saved(book_of(["R1", 5]), tmp_path)).told == ()
    assert table_of(write(tmp_path, "log.csv", CSV)).told == ()


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.995])
def test_a_truncated_workbook_is_damaged(tmp_path: Path, kept: float) -> None:
    path = saved(book_of(["R1", 5]), tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    assert refusal_of(path).code == "file_damaged"


def test_a_workbook_with_a_flipped_byte_never_reads_as_other_values(tmp_path: Path) -> None:
    path = saved(book_of(*([f"R{number}", number] for number in range(200))), tmp_path)
    content, good = path.read_bytes(), table_of(path).rows
    for position in range(0, len(content), max(1, len(content) // 150)):
        changed = bytearray(content)
        changed[position] ^= 0x55
        path.write_bytes(changed)
        with suppress(FileRefused):
            assert read(path, path.name, fits=fits)[1][0].rows == good


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "docProps/app.xml", "_rels/.rels"]
)
def test_a_doctype_in_any_part_is_unsafe(tmp_path: Path, part: str) -> None:
    path = saved(book_of(["R1", 5]), tmp_path)
    with zipfile.ZipFile(path) as archive:
        text = archive.read(part).decode()
    root = text[: text.index("?>") + 2] if text.startswith("<?xml") else ""
    bomb = root + '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]>'
    path = edited(path, part, text, bomb + text[len(root) :])
    assert refusal_of(path).code == "file_unsafe"


def test_a_doctype_in_another_encoding_is_unsafe_too(tmp_path: Path) -> None:
    path = saved(book_of(["R1", 5]), tmp_path)
    with zipfile.ZipFile(path) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    parts["docProps/extra.xml"] = "<!DOCTYPE a><a/>".encode("utf-16")
    assert refusal_of(packed(path, parts)).code == "file_unsafe"


def test_two_parts_of_one_name_are_damage(tmp_path: Path) -> None:
    path = saved(book_of(["R1", 5]), tmp_path)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert refusal_of(path).code == "file_damaged"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = saved(book_of(["R1", 5]), tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.xml", bytes(11_000_000))
    assert refusal_of(path).code == "file_too_large"


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    path = saved(book_of(["R1", 5]), tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(1_000):
            archive.writestr(f"xl/media/{number}.png", b"")
    assert refusal_of(path).code == "file_too_large"


def test_a_total_over_the_budget_is_refused_although_each_part_is_small(tmp_path: Path) -> None:
    path = saved(book_of(["R1", 5]), tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(21):
            archive.writestr(f"xl/media/{number}.bin", bytes(9_900_000))
    assert refusal_of(path).code == "file_too_large"


def test_a_workbook_over_the_size_limit_is_refused(tmp_path: Path) -> None:
    path = saved(book_of(["R1", 5]), tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/media/film.bin", bytes(50_000_000))
    assert refusal_of(path).code == "file_too_large"


def test_a_large_but_ordinary_workbook_is_within_the_budget(tmp_path: Path) -> None:
    rows = ([f"R{number}", number] for number in range(3_000))
    assert len(table_of(saved(book_of(*rows), tmp_path)).rows) == 3_001


def test_an_encrypted_zip_asks_for_a_save_without_password(tmp_path: Path) -> None:
    path = saved(book_of(["R1", 5]), tmp_path)
    content = bytearray(path.read_bytes())
    central = content.index(b"PK\x01\x02")
    content[central + 8] |= 1
    path.write_bytes(content)
    assert refusal_of(path).code == "file_encrypted"


def test_strict_workbooks_are_read_like_others(tmp_path: Path) -> None:
    path = saved(book_of(["R1", 5]), tmp_path)
    with zipfile.ZipFile(path) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    usual = b"http://schemas.openxmlformats.org/"
    for name, content in parts.items():
        parts[name] = content.replace(
            usual + b"spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"
        ).replace(
            usual + b"officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
    assert [row for row, _ in table_of(packed(path, parts)).rows] == [1, 2]


def test_bytes_that_are_only_a_zip_header_are_damaged(tmp_path: Path) -> None:
    assert refusal_of(write(tmp_path, "log.xlsx", b"PK\x03\x04" + bytes(40))).code == "file_damaged"


def test_the_parsed_bytes_are_the_hashed_ones(tmp_path: Path) -> None:
    """The file is gone by the time that it is parsed, and nothing is missed."""
    content = BytesIO()
    book_of(["R1", 5]).save(content)
    path = write(tmp_path, "log.xlsx", content.getvalue())

    deaf = listen(lambda point, _: path.unlink() if point == "file.hashed" else None)
    try:
        digest, (table,) = read(path, "log.xlsx", fits=fits)
    finally:
        deaf()
    assert digest == hashlib.sha256(content.getvalue()).hexdigest()
    assert len(table.rows) == 2
