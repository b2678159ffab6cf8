"""Hazards 70 and 72 to 76: what a file may be or carry besides cells. A child reads each, as in a run."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.model import RawTable, Refusal
from pipeline.read import FileRefused, read_apart
from tests.hazards.hostile import BOMB, encrypted, good, parts_of, with_doctype, with_parts
from tests.pure.build import KILN, WOOD
from tests.read.make import book_of, edited, fits, packed, saved

WHOLE = [(1, 2), (2, 2)]
PARTS = ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "docProps/app.xml", "_rels/.rels"]


def table_of(path: Path) -> RawTable:
    (table,) = read_apart(path, path.name, fits=fits)[1]
    return table


def is_read(path: Path) -> tuple[str, ...]:
    """The file is read as if it held nothing but its cells; what was told of the rest."""
    table = table_of(path)
    assert [(number, len(cells)) for number, cells in table.rows] == WHOLE
    return table.told


def refusal_of(path: Path) -> Refusal:
    with pytest.raises(FileRefused) as caught:
        read_apart(path, path.name, fits=fits)
    refusal = caught.value.refusal
    assert path.name in refusal.message
    assert refusal.remedy.endswith(".")
    return refusal


def test_hazard_70_a_workbook_with_a_password_is_refused_and_says_how_to_save_it(tmp_path: Path) -> None:
    refusal = refusal_of(encrypted(good(tmp_path), "secret"))
    assert refusal.code == "file_encrypted"
    assert "without a password" in refusal.remedy


def test_hazard_70_a_protected_sheet_that_anybody_can_read_is_read(tmp_path: Path) -> None:
    book = book_of(["R1", 5])
    assert book.active is not None
    book.active.protection.set_password("secret")
    assert is_read(saved(book, tmp_path)) == ()


@pytest.mark.parametrize(
    ("name", "content", "code", "what"),
    [
        ("log.xls", b"<html><table><tr><td>Run ID</td></tr></table></html>", "file_html", "a web page"),
        ("log.xls", b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>",
         "file_xml", "an XML spreadsheet"),
        ("log.xlsx", b'ID;PWXL;N;E\r\nC;Y1;X1;K"Run ID"\r\n', "file_sylk", "a SYLK spreadsheet"),
        ("log.csv", b"%PDF-1.7\n", "file_pdf", "a PDF document"),
    ],
)  # fmt: skip
def test_hazard_72_a_file_that_is_something_else_is_named_for_what_it_is(
    tmp_path: Path, name: str, content: bytes, code: str, what: str
) -> None:
    (tmp_path / name).write_bytes(content)
    refusal = refusal_of(tmp_path / name)
    assert refusal.code == code
    assert what in refusal.message


def test_hazard_72_a_workbook_named_csv_is_read_as_the_workbook_it_is_and_told(tmp_path: Path) -> None:
    (told,) = is_read(good(tmp_path, "log.xlsx").rename(tmp_path / "log.csv"))
    assert told == "named .csv, but read as the Excel workbook it is"


def test_hazard_72_a_csv_named_xls_is_read_as_the_text_it_is_and_told(tmp_path: Path) -> None:
    (tmp_path / "log.xls").write_bytes(b"Run ID,Mass\nR1,5\n")
    (told,) = is_read(tmp_path / "log.xls")
    assert told == "named .xls, but read as the CSV text it is"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_hazard_73_a_workbook_that_is_cut_short_is_damaged(tmp_path: Path, share: float) -> None:
    path = good(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert refusal_of(path).code == "file_damaged"


@pytest.mark.parametrize(
    "part",
    ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"],
)
def test_hazard_73_a_workbook_without_a_part_that_it_needs_is_refused(tmp_path: Path, part: str) -> None:
    path = good(tmp_path)
    parts = parts_of(path)
    del parts[part]
    assert refusal_of(packed(path, parts)).code in {"file_damaged", "file_not_a_log"}


def test_hazard_73_a_part_that_is_no_proper_xml_is_named(tmp_path: Path) -> None:
    path = edited(good(tmp_path), "xl/worksheets/sheet1.xml", "</sheetData>", "</sheetdata>")
    refusal = refusal_of(path)
    assert refusal.code == "file_damaged"
    assert "xl/worksheets/sheet1.xml" in refusal.message


def test_hazard_73_two_parts_of_one_name_are_damage(tmp_path: Path) -> None:
    path = good(tmp_path)
    content = path.read_bytes().replace(b"docProps/core.xml", b"docProps/app.xml\0")
    path.write_bytes(content.replace(b"docProps/app.xml\0", b"xl/workbook.xml\0\0"))
    assert refusal_of(path).code == "file_damaged"


def test_hazard_73_part_names_with_backslashes_are_damage(tmp_path: Path) -> None:
    path = good(tmp_path)
    parts = {part.replace("/", "\\"): content for part, content in parts_of(path).items()}
    assert refusal_of(packed(path, parts)).code == "file_damaged"


def test_hazard_74_a_workbook_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked(
    tmp_path: Path,
) -> None:
    path = with_parts(good(tmp_path), {"xl/worksheets/sheet1.xml": bytes(300_000_000)})
    assert path.stat().st_size < 1_000_000
    refusal = refusal_of(path)
    assert refusal.code == "file_too_large"
    assert "300," in refusal.message


def test_hazard_74_more_than_a_thousand_parts_are_refused(tmp_path: Path) -> None:
    path = with_parts(good(tmp_path), {f"xl/media/{number}.png": b"" for number in range(1_000)})
    assert refusal_of(path).code == "file_too_large"


def test_hazard_74_styles_that_compress_well_are_no_bomb(tmp_path: Path) -> None:
    path = good(tmp_path)
    styles = parts_of(path)["xl/styles.xml"].replace(b"</styleSheet>", b" " * 900_000 + b"</styleSheet>")
    assert is_read(with_parts(path, {"xl/styles.xml": styles})) == ()


def peak_of_check(folder: Path, name: str) -> tuple[int, str]:
    """The most memory that the program itself had while it checked a file, in bytes, and what it said."""
    program = (
        "import atexit, sys; from pathlib import Path; from pipeline.__main__ import main;"
        "atexit.register(lambda: print(Path('/proc/self/status').read_text()));"
        f"sys.argv[1:] = ['check', {name!r}]; main()"
    )
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, cwd=folder, capture_output=True, check=False, encoding="utf-8")
    said, status = ran.stdout.split("Name:")
    assert ran.returncode in {0, 1}, ran.stderr
    (kilobytes,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(kilobytes) * 1024, said


def test_hazard_74_a_bomb_costs_the_program_no_memory(tmp_path: Path) -> None:
    with_parts(good(tmp_path), {"xl/worksheets/sheet1.xml": bytes(190_000_000)})
    peak, said = peak_of_check(tmp_path, "log.xlsx")
    assert "unpacks to far more than a log needs" in said
    assert peak < 512_000_000


def test_hazard_74_a_log_of_ordinary_size_costs_the_program_less_than_512_mb(tmp_path: Path) -> None:
    window = "2025-06-01T06:00Z,2025-06-01T18:00Z"
    rows = [f"R{number},{KILN},{WOOD},{window},{100 + number / 1000}" for number in range(20_000)]
    header = "Run ID,Facility,Feedstock,Start,End,Mass (kg)"
    (tmp_path / "log.csv").write_text("\n".join((header, *rows)), encoding="utf-8")
    peak, said = peak_of_check(tmp_path, "log.csv")
    assert "20,000" in said
    assert peak < 512_000_000


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "doctype",
    [
        pytest.param(BOMB, id="bomb"),
        pytest.param(b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', id="file"),
        pytest.param(b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', id="network"),
        pytest.param(b"<!DOCTYPE x>", id="plain"),
    ],
)
def test_hazard_75_a_document_type_in_any_part_refuses_the_file(
    tmp_path: Path, part: str, doctype: bytes
) -> None:
    refusal = refusal_of(with_doctype(good(tmp_path), part, doctype))
    assert refusal.code == "file_unsafe"
    assert part in refusal.message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_hazard_75_a_document_type_is_found_in_a_part_of_any_name_and_encoding(
    tmp_path: Path, encoding: str
) -> None:
    hidden = "<?xml version='1.0'?>\n<!DOCTYPE x [<!ENTITY a 'b'>]>\n<x>&a;</x>".encode(encoding)
    refusal = refusal_of(with_parts(good(tmp_path), {"xl/printerSettings/sheet.bin": hidden}))
    assert refusal.code == "file_unsafe"


LINK = b"""<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><ddeLink
 ddeService="cmd" ddeTopic="/c calc"/></externalLink>"""
CARRIED = {
    "xl/vbaProject.bin": "macros were not run",
    "xl/externalLinks/externalLink1.xml": "links to other workbooks were not followed",
    "xl/connections.xml": "data connections were not refreshed",
    "xl/embeddings/oleObject1.bin": "embedded documents were not opened",
}


@pytest.mark.parametrize("part", CARRIED)
def test_hazard_76_what_a_workbook_carries_besides_cells_is_told_and_not_followed(
    tmp_path: Path, part: str
) -> None:
    (told,) = is_read(with_parts(good(tmp_path), {part: LINK}))
    assert told.startswith(CARRIED[part])


def test_hazard_76_a_formula_that_asks_the_network_is_read_as_last_saved_and_asks_nobody(
    tmp_path: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        path = edited(
            good(tmp_path),
            "xl/worksheets/sheet1.xml",
            "<v>5</v>",
            f"<f>VALUE(WEBSERVICE(&quot;{url}&quot;))</f><v>5</v>",
        )
        (told,) = is_read(path)
        assert told.startswith("formulas were read as last saved")
        with pytest.raises(BlockingIOError):
            server.accept()
