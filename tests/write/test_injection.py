"""No text from a log or a registry is run by a spreadsheet, and none is lost on the way."""

import csv
import io
import json
import re
import unicodedata
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from openpyxl import Workbook, load_workbook

from pipeline.model import Outcome, Report
from pipeline.write.delimited import field
from pipeline.write.safe import legible
from pipeline.write.summary import write_summary
from pipeline.write.to_fix import write_to_fix
from pipeline.write.workbook import write_workbook
from schemas.cell import Broken
from tests.write.build import issue, lines_of, report, row, table

ATTACKS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\u00a0=1",
    "\u3000=1",
    "\ufeff=1",
    "\u200b=1",
    "\u202e=1",
    "\x85=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1+1",
    "\uff20SUM(A1)",
    "\ufe63x",
    "\u2212x",
    '"=1"',
    '=HYPERLINK("https://evil.example","x")',
    "=cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "\tx",
    " \rx",
)
PIECES = (*ATTACKS, "<r>", "</r>", "_x000D_", "https://a.example", "mailto:a", "{=1}", ";", "\r\n", ",")
TEXTS = st.one_of(
    st.text(st.characters(), max_size=40),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=5).map("".join),
)
SKIPPED = ("Cc", "Cf", "Zs", "Zl", "Zp")
patient = settings(deadline=None)
EXCELS_ESCAPE = re.compile(rb"_x[0-9a-fA-F]{4}_")
NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


def everywhere(text: str) -> Report:
    """The text in every place of a report that text from outside can reach."""
    broken = Broken(text, "formula")
    return report(
        row((text, broken), Outcome("rejected", text, 1, 422, text, text), issue("A22", code=text)),
        tables=[table((text, f"{text}b"), file=text, sheet=text)],
    )


def runs(text: str) -> bool:
    """A plain reading of the rule, other than the code's: whether a spreadsheet might run it."""
    if NUMBER.fullmatch(text):
        return False
    if re.match(r" *[\t\r\n]", text):
        return True
    seen = [char for char in text if unicodedata.category(char) not in SKIPPED and char != '"']
    return bool(seen) and unicodedata.normalize("NFKC", seen[0]) in ("=", "+", "-", "@", "\u2212")


def books(made: Report) -> list[Workbook]:
    found = []
    for write in (write_workbook, write_to_fix):
        file = io.BytesIO()
        write(made, file)
        with zipfile.ZipFile(file) as parts:
            for name in parts.namelist():
                assert "externalLink" not in name
                if "worksheets/" in name and name.endswith(".xml"):
                    sheet = parts.read(name)
                    assert b"<f>" not in sheet
                    assert b"<hyperlink" not in sheet
                    assert not EXCELS_ESCAPE.search(sheet)
        found.append(load_workbook(file))
    return found


@pytest.mark.parametrize("text", ATTACKS)
def test_a_dangerous_text_is_prefixed_in_the_csv(text: str) -> None:
    assert field(text) == "'" + re.sub(r"([\t\r\n])(?==)", r"\1'", text)


@pytest.mark.parametrize("text", ["-12.5", "+3,4", "-0", "+49", "RUN-1", "a=b", "12.5", "—", "'=1", "a, -b"])
def test_a_plain_number_and_harmless_text_stay_bare_in_the_csv(text: str) -> None:
    assert field(text) == text


@pytest.mark.parametrize("text", ["-12.5.1", "-1,234.5", "-", "+-1", "-5 kg", "-1\n", "-١"])
def test_what_is_not_wholly_a_plain_number_is_prefixed(text: str) -> None:
    assert field(text).startswith("'")


@pytest.mark.parametrize("separator", [";", "\t", "\n", "\r\n"])
def test_a_formula_behind_a_separator_inside_the_text_is_prefixed(separator: str) -> None:
    assert field(f"a{separator}=1+1{separator}-5") == f"a{separator}'=1+1{separator}-5"


@pytest.mark.parametrize("text", ATTACKS)
def test_a_dangerous_text_in_a_workbook_is_marked_as_text(text: str) -> None:
    for book in books(everywhere(text)):
        cell = book.worksheets[0]["A2"]
        assert cell.data_type == "s"
        assert cell.quotePrefix


@pytest.mark.parametrize("text", ATTACKS)
def test_the_copy_for_machines_holds_a_dangerous_text_as_it_is(text: str) -> None:
    """No spreadsheet opens JSON as cells, and a machine must not have to guess what was added."""
    file = io.BytesIO()
    made = everywhere(text)
    write_summary(replace(made, sources=(replace(made.sources[0], file=text),)), {}, file)
    content = file.getvalue().decode()
    assert json.loads(content, object_pairs_hook=_no_key_twice)["files"][0]["name"] == text


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    assert len({name for name, _ in pairs}) == len(pairs)
    return dict(pairs)


def test_harmless_text_in_a_workbook_is_not_marked() -> None:
    for book in books(everywhere("RUN-1")):
        assert not book.worksheets[0]["A2"].quotePrefix


def test_characters_that_xml_cannot_hold_are_shown() -> None:
    text = "a\x00b\x1bc\ud800d\uffffe"
    assert legible(text) == "a\\u0000b\\u001Bc\\uD800d\\uFFFFe"
    for book in books(everywhere(text)):
        assert book.worksheets[0]["A2"].value == legible(text)
    assert lines_of(everywhere(text))[1][0] == legible(text)


@patient
@given(TEXTS)
@example("=1")
@example("<r>=1</r>")
def test_no_text_becomes_a_formula_or_a_link_in_a_workbook(text: str) -> None:
    for book in books(everywhere(text)):
        for sheet in book.worksheets:
            for line in sheet.iter_rows():
                for cell in line:
                    assert cell.hyperlink is None
                    assert cell.data_type in ("s", "n")
                    assert cell.quotePrefix == (isinstance(cell.value, str) and runs(cell.value))


@patient
@given(TEXTS)
@example("a;\x00=1")
def test_no_field_of_the_csv_can_be_run_whatever_the_list_separator(text: str) -> None:
    made = everywhere(text)
    for line in lines_of(made):
        for found in line:
            assert not runs(found)
            for piece in re.split(r"[;\t\r\n]", found):
                assert not runs(piece)


@patient
@given(TEXTS)
def test_the_text_in_the_csv_differs_from_the_logs_by_apostrophes_only(text: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow([field(text)])
    ((back,),) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert back.replace("'", "") == legible(text).replace("'", "")


@patient
@given(TEXTS)
@example("_x0041__x0041_")
@example("<r>a</r>")
@example("\r")
@example("_x000D_\r\n_")
def test_text_comes_back_from_the_file_to_fix_as_it_was(text: str) -> None:
    _, book = books(everywhere(text))
    values = list(book.worksheets[0].values)
    expected = legible(text) or None
    assert values[1][:2] == (expected, expected)
    assert values[0][0] == expected
