"""References, names and ids arrive exactly as the log meant them, or not at all."""

import datetime as dt
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.cell import Broken, Cell, Clock, Moment, Number, Span
from schemas.run_log.parsed import Problem, Tidied
from schemas.run_log.texts import reference, text
from tests.pure.build import code, value

DAY = dt.datetime(2026, 3, 1)  # noqa: DTZ001  a cell has no zone


@pytest.mark.parametrize(
    "cell",
    [
        "A1",
        "0042",
        "007",
        "NA",
        "2310009E13",
        "RUN-2026/10 b",
        "Größe-1",
        "batch, 7",
        "運転-1A",
        "é1",
        "-A1",
        "=1+1",
    ],
)
def test_a_reference_as_text_is_kept_as_it_is(cell: str) -> None:
    assert reference(cell) == cell


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        (" A1", "A1"),
        ("A1\u00a0", "A1"),
        ("\ufeffA1", "A1"),
        ("\tA1\r\n", "A1"),
        ("E\u0301-1", "\u00c9-1"),
        ('="007"', "007"),
        (' =" 007 "', "007"),
        (Number(42), "42"),
        (Number(42.0), "42"),
        (Number(42, "0"), "42"),
        (Number(999_999_999_999_999), "999999999999999"),
    ],
)
def test_what_is_tidied_keeps_its_meaning_and_is_told(cell: Cell, meant: str) -> None:
    parsed = reference(cell)
    assert isinstance(parsed, Tidied)
    assert parsed.value == meant


@pytest.mark.parametrize("cell", ["", "   ", "\u00a0", "\ufeff", '=""', "\n"])
def test_a_cell_of_nothing_but_space_is_empty(cell: str) -> None:
    assert reference(cell) is None
    assert text(cell) is None


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (Number(42, "0000"), "reference_is_number"),
        (Number(42, "0.00"), "reference_is_number"),
        (Number(42.5), "reference_rounded"),
        (Number(10**15), "reference_rounded"),
        (Number(10**400), "reference_rounded"),
        (Number(1.5e15), "reference_rounded"),
        (Number(float("nan")), "reference_rounded"),
        (Number(float("inf")), "reference_rounded"),
        ("1.23E+15", "reference_rounded"),
        ("1,23E+15", "reference_rounded"),
        ("1e+22", "reference_rounded"),
        ('="1.23E+15"', "reference_rounded"),
        ("\ufeff1.23E+15", "reference_rounded"),
        (True, "not_text"),
        (False, "not_text"),
        (Moment(DAY, "mmm-yy", has_time=False), "reference_is_date"),
        (Clock(dt.time(3, 1), "h:mm"), "reference_is_date"),
        (Span(dt.timedelta(days=2), "[h]:mm"), "reference_is_date"),
        (Broken("#REF!", "error"), "error_cell"),
        (Broken("=A1", "formula"), "formula_without_value"),
        ("#REF!", "error_cell"),
        ("#n/a", "error_cell"),
        ("#DIV/0!", "error_cell"),
        ("########", "error_cell"),
        ("-", "reference_says_none"),
        (" N/A ", "reference_says_none"),
        ("none", "reference_says_none"),
    ],
)
def test_a_reference_that_a_spreadsheet_has_damaged_is_refused(cell: Cell, why: str) -> None:
    assert code(reference(cell)) == why


@pytest.mark.parametrize(
    "inside",
    [
        "\u200b", "\u200d", "\u00ad", "\u2060", "\ufeff", "\u202e", "\u2028", "\u2029", "\u2066", "\u034f",
        "\ufe0f", "\u3164", "\u2800", "\x00", "\x07", "\t", "\n", "\x7f", "\x85", "\ue000", "\U000e0041",
        "\U000e0100", "\ud800",
    ],
)  # fmt: skip
def test_a_text_with_something_invisible_inside_is_refused(inside: str) -> None:
    assert code(reference(f"A{inside}1")) == "invisible_character"
    assert code(text(f"A{inside}1")) == "invisible_character"


def test_a_text_that_lost_a_character_on_the_way_is_refused() -> None:
    assert code(text("Gr\N{REPLACEMENT CHARACTER}n")) == "character_lost"


@pytest.mark.parametrize(
    "cell", ["\uff21\uff11", "A\u20111", "A\u00a01", "A\u2460", "A\u00b2", "\u2168", "\ufb01re"]
)
def test_a_reference_that_only_looks_like_plain_text_is_refused_with_the_plain_form(cell: str) -> None:
    parsed = reference(cell)
    assert isinstance(parsed, Problem)
    assert parsed.code == "reference_lookalike"
    meant = unicodedata.normalize("NFKC", cell).replace("\u2010", "-")
    assert f"“{meant}”" in parsed.remedy


@pytest.mark.parametrize("cell", ["RUN-\u04101", "\u0391B1", "RUN-\u09ea", "\u0430bc", "\u13aaB", "\u0661A"])
def test_a_reference_of_two_alphabets_is_refused(cell: str) -> None:
    assert code(reference(cell)) == "reference_lookalike"


@pytest.mark.parametrize("cell", ["АБВ-1", "Ωμέγα-1", "運転バッチ1", "한국A", "١٢٣"])
def test_a_reference_of_one_alphabet_is_kept(cell: str) -> None:
    assert reference(unicodedata.normalize("NFC", cell)) == unicodedata.normalize("NFC", cell)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (True, "not_text"),
        (Number(1.5), "not_text"),
        (Number(10**15), "not_text"),
        (Number(10**400), "not_text"),
        (Number(1, "000"), "not_text"),
        (Moment(DAY, "d", has_time=False), "not_text"),
        (Span(dt.timedelta(days=2), "[h]:mm"), "not_text"),
        (Broken("#N/A", "error"), "error_cell"),
        ("#N/A", "error_cell"),
    ],
)
def test_a_name_is_text_or_a_whole_number(cell: Cell, why: str) -> None:
    assert code(text(cell)) == why


def test_a_whole_number_can_be_a_name() -> None:
    assert value(text(Number(3))) == "3"


@given(st.text())
def test_whatever_is_read_is_visible_nfc_without_outer_space_and_read_again_as_itself(raw: str) -> None:
    parsed = reference(raw)
    if not isinstance(parsed, Problem) and (read := value(parsed)) is not None:
        assert read
        assert read == read.strip() == unicodedata.normalize("NFKC", read)
        assert not any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in read)
        assert reference(read) == read


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9/_.-]{0,99}", fullmatch=True))
def test_a_plain_reference_is_never_changed(raw: str) -> None:
    read, spaced = reference(raw), reference(f" {raw}\u00a0")
    if raw.casefold() in ("none", "null", "true", "false"):
        assert isinstance(read, Problem)
        assert spaced == read
    else:
        assert value(read) == raw
        assert isinstance(spaced, Tidied)
        assert (spaced.value, spaced.code, spaced.before) == (raw, "trimmed", f" {raw}<U+00A0>")


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_a_whole_number_is_read_with_all_its_digits(number: int) -> None:
    assert value(reference(Number(number))) == str(number)
    assert value(reference(Number(float(number)))) == str(number)
