"""Packed logs (.csv.gz): read as the text in them, within limits, or refused for what is wrong (72, 74)."""

import gzip
import hashlib
from io import BytesIO
from pathlib import Path

import pytest

from pipeline.read import FileRefused, Fits, read
from pipeline.read.unpacked import size_unpacked
from schemas.cell import Row
from schemas.run_log.packed import most_unpacked
from tests.hazards.raw import accepted, dropped, judged, line, ready, refused, settled, table_of, text, wrong
from tests.read.make import book_of, packed, saved


def packed_log(folder: Path, content: bytes, name: str = "log.csv.gz") -> Path:
    return dropped(folder, gzip.compress(content), name)


def rows_or_code(path: Path) -> list[Row] | str:
    try:
        return table_of(path).rows
    except FileRefused as caught:
        return caught.refusal.code


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("log.csv.gz", ()),
        ("log.tsv.GZ", ()),
        ("log.txt.gz", ()),
        ("log.csv", ("named .csv, but unpacked as the gzip archive it is",)),
        ("log.xlsx.gz", ("named .xlsx, but read as the CSV text it is",)),
    ],
)
def test_a_packed_log_is_read_with_the_rows_and_cells_of_the_text_in_it(
    tmp_path: Path, name: str, told: tuple[str, ...]
) -> None:
    path = packed_log(tmp_path, text(line("A1"), line("A2", mass="?")).encode("utf-16"), name)
    assert [(row.row, row.reference) for row in judged(path).rows] == [(2, "A1"), (3, "A2")]
    assert wrong(path) == [("not_a_number", "F3", "?")]
    assert table_of(path).told == told


def test_archives_one_after_the_other_are_one_log(tmp_path: Path) -> None:
    pieces = text(line("A1"), line("A2")).encode()
    content = gzip.compress(pieces[:70]) + gzip.compress(pieces[70:])
    assert [run.reference for run in accepted(dropped(tmp_path, content, "log.csv.gz"))] == ["A1", "A2"]


def test_a_packed_log_is_hashed_as_it_lies_there(tmp_path: Path) -> None:
    path = packed_log(tmp_path, text(line()).encode())
    digest, _ = read(path, path.name, fits=Fits())
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_a_packed_log_that_is_cut_off_is_damaged(tmp_path: Path, kept: float) -> None:
    content = gzip.compress(text(*(line(f"A{n}") for n in range(500))).encode())
    path = dropped(tmp_path, content[: int(len(content) * kept)], "log.csv.gz")
    assert refused(path).code == "file_damaged"


def test_a_packed_log_with_a_flipped_byte_is_damaged_or_the_same(tmp_path: Path) -> None:
    content = gzip.compress(text(*(line(f"A{n}") for n in range(50))).encode())
    good = table_of(dropped(tmp_path, content, "log.csv.gz")).rows
    for position in range(2, len(content), 7):
        spoilt = bytearray(content)
        spoilt[position] ^= 0x55
        path = dropped(tmp_path, bytes(spoilt), "log.csv.gz")
        assert rows_or_code(path) in (good, "file_damaged")


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        (gzip.compress(b"x", mtime=0), "file_compressed"),
        (b"log.csv" + bytes(250) + b"ustar\x0000", "file_compressed"),
        (b"%PDF-1.7\n", "file_pdf"),
        (b"<html><body>", "file_html"),
        (b"a;b\r\n1;2\r\n", "no_header"),
    ],
    ids=["gzip", "tar", "pdf", "html", "another table"],
)
def test_what_else_is_packed_is_refused_by_what_it_is(tmp_path: Path, inside: bytes, code: str) -> None:
    assert refused(packed_log(tmp_path, inside)).code == code


def test_a_packed_workbook_is_to_be_unpacked_first(tmp_path: Path) -> None:
    path = saved(book_of(["R1", 5]), tmp_path)
    refusal = refused(packed_log(tmp_path, path.read_bytes(), "log.xlsx.gz"))
    assert (refusal.code, "holds a workbook" in refusal.message) == ("file_compressed", True)
    assert "Unpack it" in refusal.remedy


def test_a_zip_with_a_log_in_it_is_to_be_unpacked_first(tmp_path: Path) -> None:
    refusal = refused(packed(tmp_path / "log.zip", {"log.csv": text(line()).encode()}))
    assert (refusal.code, "a zip archive" in refusal.message) == ("file_compressed", True)
    assert refusal.remedy == "Unpack it and use the log inside."


def test_hazard_74_an_archive_that_unpacks_a_hundredfold_is_refused_beyond_ten_megabytes(
    tmp_path: Path,
) -> None:
    log, blank = text(line()).encode(), b" " * 999 + b"\n"
    assert len(accepted(packed_log(tmp_path, log + blank * 9_999))) == 1
    bomb = packed_log(tmp_path, log + blank * 10_000)
    assert refused(bomb).code == "file_too_large"
    settled(bomb)
    assert ready(tmp_path) == [bomb.name]


def test_hazard_74_how_far_an_archive_may_unpack_has_a_limit_of_its_own() -> None:
    assert most_unpacked(1) == 10_000_000
    assert most_unpacked(1_000_000) == 100_000_000
    assert most_unpacked(10**9) == 10**9


def test_a_packed_log_gets_the_memory_that_its_text_needs_by_its_own_word_within_the_limit() -> None:
    content = text(*(line(f"A{n}", mass=str(n * 7919 % 997)) for n in range(5_000))).encode()
    archive = gzip.compress(content)
    file = BytesIO(archive)
    assert size_unpacked(file, len(archive)) == len(content)
    assert file.tell() == 0
    lying = archive[:-4] + b"\xff" * 4
    assert size_unpacked(BytesIO(lying), len(lying)) == most_unpacked(len(lying))
    for plain in (content, b"", archive[:10], archive[:2]):
        assert size_unpacked(BytesIO(plain), len(plain)) == len(plain)
