"""Hazards 79 and 80: whatever the bytes, a letter that goes to the registry is the one that was written."""

import csv
import unicodedata
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.read import FileRefused
from tests.hazards.raw import HEADER, PLANT, accepted, dropped, judged, line, refused, table_of, text, wrong
from tests.pure.build import KILN, WOOD

UMLAUTS = text(line(facility="Süd", feedstock="Grünschnitt", note="Müller, 5 €"))
MARKED = {
    "utf-8": b"\xef\xbb\xbf",
    "utf-16-le": b"\xff\xfe",
    "utf-16-be": b"\xfe\xff",
    "utf-32-le": b"\xff\xfe\0\0",
    "utf-32-be": b"\0\0\xfe\xff",
}
CODE_PAGES = [
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1257", "iso-8859-1", "iso-8859-2", "iso-8859-15",
    "mac_roman", "cp437", "cp850", "cp866", "koi8-r", "shift_jis", "gb18030", "big5", "euc_kr",
]  # fmt: skip
UNICODES = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]


def told(path: Path) -> tuple[str, ...]:
    return table_of(path).told


# 79: a byte order mark


@pytest.mark.parametrize("encoding", MARKED)
def test_hazard_79_a_byte_order_mark_says_the_encoding_and_does_not_stick_to_the_first_header(
    tmp_path: Path, encoding: str
) -> None:
    path = dropped(tmp_path, MARKED[encoding] + text(line("Größe-1", name="Łódź №5")).encode(encoding))
    assert [(run.reference, run.display_name) for run in accepted(path)] == [("Größe-1", "Łódź №5")]
    assert told(path) == ()


@pytest.mark.parametrize(
    "beginning", ["\ufeff\ufeff", '\ufeff"Batch ref"', "\ufeffsep=;\r\n"], ids=["twice", "quoted", "sep"]
)
def test_hazard_79_a_mark_before_a_mark_a_quote_or_a_declaration_is_one_too(
    tmp_path: Path, beginning: str
) -> None:
    content = beginning + text(line("A1")).removeprefix("Batch ref" if "ref" in beginning else "")
    assert [run.reference for run in accepted(dropped(tmp_path, content))] == ["A1"]


def test_hazard_79_a_mark_before_a_reference_further_down_is_passed_over_and_told(tmp_path: Path) -> None:
    table = judged(dropped(tmp_path, text(line("A1"), "\ufeff" + line("A2"))))
    assert [row.run.reference for row in table.rows if row.run] == ["A1", "A2"]
    told_of_cells = [(notice.column, notice.cells) for notice in table.notices if notice.cells]
    assert told_of_cells == [("Batch ref", ("A3",))]


# 80: encodings


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_hazard_80_utf_16_and_32_without_a_mark_are_known_by_their_header_and_told(
    tmp_path: Path, encoding: str
) -> None:
    path = dropped(tmp_path, text(line("Größe-1", name="Łódź №5")).encode(encoding))
    assert [(run.reference, run.display_name) for run in accepted(path)] == [("Größe-1", "Łódź №5")]
    assert told(path) == (f"read as {encoding[:6].upper()}, although no byte order mark says so",)


@pytest.mark.parametrize("encoding", ["cp1252", "iso-8859-1"])
def test_hazard_80_names_that_the_settings_know_are_found_in_a_windows_file_which_is_told(
    tmp_path: Path, encoding: str
) -> None:
    path = dropped(tmp_path, UMLAUTS.replace("€", "EUR").encode(encoding))
    (run,) = accepted(path)
    assert (run.facility_id, run.feedstock_type_ids) == (KILN, (WOOD,))
    assert told(path) == ("read as Windows-1252, because it is not UTF-8",)


def test_hazard_80_a_letter_that_goes_to_the_registry_is_never_a_guess(tmp_path: Path) -> None:
    rows = text(line("Größe-1"), line("A2", name="Über"), line("A3", name="plain"), line("A4\xa0"))
    path = dropped(tmp_path, rows.encode("cp1252"))
    assert wrong(path) == [
        ("encoding_guessed", "A2", "Größe-1"),
        ("encoding_guessed", "G3", "Über"),
        ("encoding_guessed", "A5", "A4<U+00A0>"),
    ]
    assert [row.run.reference for row in judged(path).rows if row.run] == ["A3"]
    (issue,) = judged(path).rows[0].issues
    assert "Windows-1252 is a guess" in issue.wanted
    assert "CSV UTF-8" in issue.remedy


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850", "cp1250"])
def test_hazard_80_a_name_that_a_wrong_guess_has_garbled_is_unknown_and_its_remedy_tells_why(
    tmp_path: Path, encoding: str
) -> None:
    path = dropped(tmp_path, text(line(feedstock="Ńöldöl")).encode(encoding, "ignore"))
    plant = replace(PLANT, feedstocks={"Ńöldöl": WOOD})
    ((code, cell, _),) = wrong(path, plant)
    assert (code, cell) == ("unknown_feedstock", "C2")
    (issue,) = judged(path, plant).rows[0].issues
    assert issue.remedy.endswith("If its letters look wrong, save the log as “CSV UTF-8”.")


def test_hazard_80_a_misspelt_name_in_a_windows_file_is_told_with_the_right_one(tmp_path: Path) -> None:
    path = dropped(tmp_path, text(line(feedstock="Grünschnit")).encode("cp1252"))
    assert wrong(path) == [("unknown_feedstock", "C2", "Grünschnit")]
    assert "“Grünschnitt”?" in judged(path).rows[0].issues[0].remedy


@pytest.mark.parametrize(
    ("encoding", "header", "label"),
    [
        ("mac_roman", "Größe", "Mac Roman"),
        ("cp850", "Größe", "DOS 850"),
        ("cp1250", "Początek", "Windows-1250"),
        ("cp1251", "Партия", "Windows-1251"),
        ("cp1253", "Παρτίδα", "Windows-1253"),
        ("cp1254", "Parti numarası", "Windows-1254"),
        ("cp1257", "Partija ąčęėįšųūž", "Windows-1257"),
    ],
)
def test_hazard_80_the_only_encoding_under_which_the_plant_s_header_appears_is_used_and_told(
    tmp_path: Path, encoding: str, header: str, label: str
) -> None:
    names = HEADER.replace("Batch ref", header)
    plant = replace(PLANT, columns={header: "supplier_reference_id"})
    path = dropped(tmp_path, text(line("A1", note=header), header=names).encode(encoding))
    assert [run.reference for run in accepted(path, plant)] == ["A1"]
    assert table_of(path, plant).rows[1][1][-1] == header
    assert table_of(path, plant).told == (
        f"read as {label}, because its header appears in no other encoding",
    )


def test_hazard_80_a_byte_that_windows_does_not_have_refuses_the_file_with_its_place(tmp_path: Path) -> None:
    content = text(line("A1"), line("A2", note="Müller")).encode("cp850")
    refusal = refused(dropped(tmp_path, content))
    assert refusal.code == "file_encoding"
    place = content.index("ü".encode("cp850"))
    assert f"the first at byte {place}, in line 3." in refusal.message
    assert "CSV UTF-8" in refusal.remedy


@pytest.mark.parametrize("first", ["utf-8", "cp1252"])
def test_hazard_80_two_encodings_in_one_file_refuse_it(tmp_path: Path, first: str) -> None:
    second = {"utf-8": "cp1252", "cp1252": "utf-8"}[first]
    content = text(line("A1", note="Grün")).encode(first) + f"{line('A2', note='Weiß')}\r\n".encode(second)
    refusal = refused(dropped(tmp_path, content))
    assert refusal.code == "file_encoding"
    assert ", in line " in refusal.message


@pytest.mark.parametrize("encoding", MARKED)
def test_hazard_80_what_does_not_fit_its_own_mark_refuses_the_file_and_is_never_replaced(
    tmp_path: Path, encoding: str
) -> None:
    broken = {"utf-8": b"\xfc", "utf-16-le": b"\x00\xdc", "utf-16-be": b"\xdc\x00"}.get(encoding, b"\xff" * 4)
    content = MARKED[encoding] + text(line("A1")).encode(encoding)
    refusal = refused(dropped(tmp_path, content + broken + "\r\n".encode(encoding)))
    assert refusal.code == "file_encoding"
    assert f"byte {len(content):,}, in line 3" in refusal.message


@pytest.mark.parametrize("where", ["reference", "name"])
@pytest.mark.parametrize(
    ("typed", "read"),
    [("Müller", "MÃ¼ller"), ("Öztürk", "Ã–ztÃ¼rk"), ("A – B", "A â€“ B"), ("Żółw", "Å»Ã³Å‚w")],
)
def test_hazard_80_text_that_was_garbled_before_is_refused_with_what_was_perhaps_meant(
    tmp_path: Path, where: str, typed: str, read: str
) -> None:
    path = dropped(tmp_path, text(line(**{where: read})))
    assert wrong(path) == [("text_garbled", "A2" if where == "reference" else "G2", read)]
    assert f"“{typed}”" in judged(path).rows[0].issues[0].remedy


@pytest.mark.parametrize(
    "name", ["PITEÅ–BODEN", "NOËL’S", "Müller №5", "Đức", "CAFÉ…", "Über “Süd”", "Σίσυφος", "12 ± 1 °C"]
)
def test_hazard_80_proper_names_are_not_taken_for_garbled_ones(tmp_path: Path, name: str) -> None:
    assert [run.display_name for run in accepted(dropped(tmp_path, text(line(name=name))))] == [name]


def test_hazard_80_a_character_that_was_lost_is_refused_where_it_would_be_sent(tmp_path: Path) -> None:
    path = dropped(tmp_path, text(line("Gr\ufffdn", note="\ufffd"), line("A2", note="\ufffd")))
    assert wrong(path) == [("character_lost", "A2", "Gr\ufffdn")]


@given(
    reference=st.text(
        st.characters(categories=("L", "N", "P"), max_codepoint=0xFFFF), min_size=1, max_size=8
    ),
    encoding=st.sampled_from([*CODE_PAGES, *UNICODES]),
)
def test_hazard_80_whatever_the_encoding_the_reference_is_the_one_that_was_written_or_none(
    reference: str, encoding: str
) -> None:
    stream = StringIO()
    csv.writer(stream, delimiter=";").writerows([HEADER.split(";"), [reference, *line().split(";")[1:]]])
    content = stream.getvalue().encode(encoding, "ignore")
    written = content.decode(encoding)
    if encoding in CODE_PAGES:
        assume(_is_not_utf8(content) or written.isascii())
    with TemporaryDirectory() as folder:
        try:
            rows = judged(dropped(Path(folder), content)).rows
        except FileRefused:
            return
    (meant,) = [cells[0] for cells in csv.reader(StringIO(written), delimiter=";") if cells[1:2] == ["North"]]
    assert [row.run.reference for row in rows if row.run] in (
        [],
        [unicodedata.normalize("NFC", meant)],
        [meant.removeprefix('="').removesuffix('"')],
    )


def _is_not_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False
