"""Masses are read exactly as they were weighed, or refused."""

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.cell import Broken, Cell, Clock, Moment, Number, Span
from schemas.run_log.kilograms import kilograms_in
from schemas.run_log.numbers import DecimalMark, kilograms, magnitude, plain
from schemas.run_log.parsed import Problem, Tidied
from schemas.run_log.units import UNITS
from tests.pure.build import code, value

NNBSP, NBSP, THIN = "\u202f", "\u00a0", "\u2009"
MARKS: tuple[DecimalMark | None, ...] = (None, ".", ",")
DAY = dt.datetime(2026, 3, 1)  # noqa: DTZ001  a cell has no zone


@st.composite
def decimals(draw: st.DrawFn, places: int = 20) -> Decimal:
    """Numbers of at most 15 digits, wherever their mark stands."""
    digits = draw(st.integers(0, 10**15 - 1))
    return Decimal(draw(st.sampled_from((1, -1))) * digits).scaleb(-draw(st.integers(0, places)))


def written(number: Decimal, mark: str, group: str = "") -> str:
    whole, _, part = f"{number:f}".partition(".")
    sign, whole = ("-", whole[1:]) if whole[0] == "-" else ("", whole)
    grouped = f"{int(whole):,}".replace(",", group)
    return f"{sign}{grouped}{mark + part if part else ''}"


@pytest.mark.parametrize(
    ("raw", "mark", "meant"),
    [
        ("12", None, "12"),
        ("12.5", None, "12.5"),
        ("12.50", None, "12.50"),
        ("+12.5", None, "12.5"),
        ("-12.5", None, "-12.5"),
        ("0012", None, "12"),
        ("0.001", None, "0.001"),
        ("1.234", None, "1.234"),
        ("1.234", ".", "1.234"),
        ("1.234", ",", "1234"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("0,123", ",", "0.123"),
        ("0.123", ".", "0.123"),
        ("1.234.567,89", ",", "1234567.89"),
        ("1,234,567.89", ".", "1234567.89"),
        ("1'234.5", ".", "1234.5"),
        ("1’234,5", ",", "1234.5"),
        ("1 234,5", ",", "1234.5"),
        (f"1{NBSP}234,5", ",", "1234.5"),
        (f"1{NNBSP}234{NNBSP}567", ".", "1234567"),
        (f"1{THIN}234.5", ".", "1234.5"),
        ("\N{MINUS SIGN}5", None, "-5"),
        ("\uff11\uff12\uff0e\uff15", None, "12.5"),
        (" 12.5 ", None, "12.5"),
        ("12.5 kg", None, "12.5"),
        ("12.5kg", None, "12.5"),
        ("12.5 KG", None, "12.5"),
        ("12.5 Kilograms", None, "12.5"),
        ("12,5\u00a0kg", ",", "12.5"),
        ("12.5 \u338f", None, "12.5"),
    ],
)
def test_a_number_in_the_plants_notation_is_read(raw: str, mark: DecimalMark | None, meant: str) -> None:
    assert value(magnitude(raw, mark, "kg")) == Decimal(meant)


@pytest.mark.parametrize("raw", [f"1{NBSP}234", "\uff11", " 5", "5 kg", "\N{MINUS SIGN}5"])
def test_a_number_that_had_to_be_tidied_is_told(raw: str) -> None:
    assert isinstance(magnitude(raw, ".", "kg"), Tidied)


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize(
    "raw",
    [
        "1e400", "1e3", "1E+3", "inf", "Infinity", "-inf", "nan", "NaN", "1_000", "0x10", "١٢٣", "1٢3", "৪",
        "२",        "(5)", "5%", "5 %", "$5", "5 €", "1/2", "½", "1½", "2³", "2³ kg", "⑤", "⑤ kg", "⒈5",
        "5²", ".5", "5.",
        "5,", ",5", "--5", "+-5", "5-", "- 5", "1 2", "1  234", "1\n234", "1\t234", "12\n345 kg", "1.2.3",
        "1,2,3", "1234,567,890", "1,234 567", "1 234'567", "0,123,456", "01 234",
        "0 123", "0'123", "12.5 Mg", "12.5 mg", "12.5 kg/h", "12.5 x", "12.5 kg.", "kg", "kg 12", "~12",
        "ca. 12", "12?", "<5", "12.5 13.5", "12;5", "TRUE", "twelve", "#N/A", "12\u200b5", "5 kg⁻¹", "①②",
        "1,,234",
    ],
)  # fmt: skip
def test_what_is_no_number_in_any_notation_is_never_read_as_one(raw: str, mark: DecimalMark | None) -> None:
    assert isinstance(magnitude(raw, mark, "kg"), Problem)


@pytest.mark.parametrize(
    "raw", ["1,234", "12,5", "1 234", f"1{NBSP}234", "1'234", "1.234.567", "1,234.5", "1.234,5", "0,5"]
)
def test_a_number_that_could_be_two_asks_for_the_plants_mark(raw: str) -> None:
    assert code(magnitude(raw, None, "kg")) == "decimal_mark_unknown"


@pytest.mark.parametrize(
    ("raw", "mark"),
    [("12.5", ","), ("12,5", "."), ("0,123", "."), ("00,123", "."), ("0.123", ","), ("1.2345", ",")],
)
def test_the_other_mark_is_refused_and_not_taken_for_a_group(raw: str, mark: DecimalMark) -> None:
    assert code(magnitude(raw, mark, "kg")) == "not_a_number"


@pytest.mark.parametrize("unit", ["kg", None])
@pytest.mark.parametrize("raw", ["12.5 t", "12.5 lb", "12.5 Tonnen", "500 g"])
def test_a_unit_in_the_cell_that_is_not_the_columns_is_refused(raw: str, unit: str | None) -> None:
    assert code(magnitude(raw, None, unit)) == "other_unit"


@pytest.mark.parametrize("raw", ["12.5 x", "12.5 Mg", "12.5 kg/h", "12.5 m3", "12.5 %"])
def test_a_word_that_is_no_unit_is_never_passed_over(raw: str) -> None:
    for unit in ("kg", "t", None):
        assert code(magnitude(raw, None, unit)) == "not_a_number"


def test_a_unit_in_the_cell_alone_does_not_say_the_columns_unit() -> None:
    assert code(magnitude("12.5 kg", None, None)) == "other_unit"


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        (Number(12), "12"),
        (Number(12.5), "12.5"),
        (Number(0.1 + 0.2), "0.3"),
        (Number(1234.5, "#,##0.00"), "1234.5"),
        (Number(1234.5678, "0.0"), "1234.5678"),
        (Number(1e-7), "0.0000001"),
        (Number(1e14), "100000000000000"),
        (Number(-1.5), "-1.5"),
        (Number(100, '0.0" kg"'), "100"),
        (Number(100, "0.0\\ \\k\\g"), "100"),
        (Number(100, '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-'), "100"),
        (Number(100, '0.0;0.0" t"'), "100"),
        (Number(100, '0.0" (dry)"'), "100"),
        (Number(100, "#,##0_);(#,##0)"), "100"),
        (Number(100, "@"), "100"),
    ],
)
def test_a_stored_number_is_read_as_it_was_stored(cell: Number, meant: str) -> None:
    read = value(magnitude(cell, None, "kg"))
    assert read == Decimal(meant)
    assert str(read) in (meant, str(Decimal(meant)))


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (Number(0.5, "0%"), "percentage"),
        (Number(0.5, "0.00%"), "percentage"),
        (True, "not_a_number"),
        (False, "not_a_number"),
        (Number(float("nan")), "not_a_number"),
        (Number(float("inf")), "not_a_number"),
        (Number(float("-inf")), "not_a_number"),
        (Number(10**15), "not_a_number"),
        (Number(10**400), "not_a_number"),
        (Number(1e15), "not_a_number"),
        (Number(1e300), "not_a_number"),
        (Number(-1e300), "not_a_number"),
        (Number(12.5, '0.0" t"'), "other_unit"),
        (Number(12.5, "0.0\\ \\t"), "other_unit"),
        (Number(12345, "#,##0.000,"), "shown_in_thousands"),
        (Number(12345, "0,"), "shown_in_thousands"),
        (Number(12345, "#,##0,"), "shown_in_thousands"),
        (Number(12345, '#,##0,"k";-0'), "shown_in_thousands"),
        (Number(12345, "0.0,,"), "shown_in_thousands"),
        (Number(12345, "#,##0,.00"), "shown_in_thousands"),
        (Moment(DAY, "d", has_time=False), "number_is_date"),
        (Clock(dt.time(12, 30), "h:mm"), "number_is_date"),
        (Span(dt.timedelta(hours=30), "[h]:mm"), "number_is_date"),
        (Broken("#DIV/0!", "error"), "error_cell"),
        (Broken("=A1", "formula"), "formula_without_value"),
        ("1234567890123456", "too_many_digits"),
        ("0.12345678901234567890", "too_many_digits"),
        ("0.33333333333333333", "too_many_digits"),
    ],
)
def test_a_cell_that_is_no_mass_is_refused_by_its_type(cell: Cell, why: str) -> None:
    assert code(magnitude(cell, None, "kg")) == why


@pytest.mark.parametrize("cell", ["", " ", NBSP])
def test_an_empty_cell_is_no_number(cell: str) -> None:
    assert magnitude(cell, None, "kg") is None


@pytest.mark.parametrize("cell", ["-", "–", "n/a", "NA", " n.d. ", "None"])
def test_a_word_for_none_is_no_mass(cell: str) -> None:
    assert code(magnitude(cell, None, "kg")) == "not_a_number"


@given(decimals(), st.sampled_from((".", ",")))
def test_a_number_in_the_plants_notation_is_read_back_exactly(number: Decimal, mark: DecimalMark) -> None:
    assert magnitude(written(number, mark), mark, "kg") == number
    for group in (" ", "'", "’", {".": ",", ",": "."}[mark]):
        assert magnitude(written(number, mark, group), mark, "kg") == number
    for group in (NBSP, NNBSP, THIN):
        assert value(magnitude(f"{written(number, mark, group)} kg", mark, "kg")) == number


@given(decimals())
def test_without_a_mark_only_a_point_is_read_and_exactly(number: Decimal) -> None:
    assert magnitude(written(number, "."), None, "kg") == number
    with_comma = written(number, ",")
    if "," in with_comma:
        assert code(magnitude(with_comma, None, "kg")) == "decimal_mark_unknown"


@given(decimals(places=3), st.sampled_from((".", ",")), st.data())
def test_a_group_that_is_not_of_three_digits_is_refused(
    number: Decimal, mark: DecimalMark, data: st.DataObject
) -> None:
    group = {".": ",", ",": "."}[mark]
    whole = f"{abs(number):f}".partition(".")[0]
    place = data.draw(st.integers(0, len(whole)))
    text = f"{whole[:place]}{group}{whole[place:]}"
    right = written(Decimal(whole), mark, group)
    assert isinstance(magnitude(text, mark, "kg"), Problem) or text == right


@given(st.text(alphabet="0123456789.,' \u00a0'’+-eE_kgt%()\n٣²", max_size=12))
def test_what_is_read_without_a_mark_is_read_alike_by_python_and_no_mark_makes_up_digits(raw: str) -> None:
    for mark in MARKS:
        read = magnitude(raw, mark, "kg")
        if not isinstance(read, Problem) and (number := value(read)) is not None:
            digits = re.sub("[^0-9]", "", raw).lstrip("0")
            assert re.sub("[^0-9]", "", f"{number:f}").lstrip("0") == digits
            assert re.fullmatch(r"\s*[+-]?[0-9.,'’ \u00a0]*[0-9]\s*(kgs?|KG)?\s*", raw), raw
            if mark is None:
                assert number == Decimal(re.sub(r"[^0-9.+-]", "", raw))


@given(st.floats(allow_nan=False, allow_infinity=False, max_value=9e14, min_value=-9e14))
def test_a_stored_number_is_read_to_fifteen_digits_and_no_closer(stored: float) -> None:
    read = value(magnitude(Number(stored), None, "kg"))
    assert isinstance(read, Decimal)
    assert len(read.normalize().as_tuple().digits) <= 15
    assert float(read) == float(f"{stored:.15g}")


@given(decimals())
def test_a_number_is_plain_without_an_exponent_or_trailing_zeros(number: Decimal) -> None:
    same = plain(number)
    assert same == number
    assert "E" not in str(plain(number.scaleb(3))) or abs(number) < Decimal("1e-3")
    assert "." not in f"{same:f}" or not f"{same:f}".endswith("0")
    assert f"{plain(number * 10 / 10)}" == f"{same}"


@given(decimals(), st.sampled_from(sorted(UNITS)))
def test_every_unit_is_converted_exactly(number: Decimal, unit: str) -> None:
    assert Fraction(kilograms(number, unit)) == Fraction(number) * Fraction(kilograms_in(unit))


@pytest.mark.parametrize(
    ("amount", "unit", "in_kilograms"),
    [
        ("0.1", "t", "100"),
        ("1", "g", "0.001"),
        ("12.50", "kg", "12.5"),
        ("1", "lb", "0.45359237"),
        ("1", "short ton", "907.18474"),
        ("1", "long ton", "1016.0469088"),
        ("1.1", "t", "1100"),
        ("0.07", "t", "70"),
    ],
)
def test_equal_masses_become_equal_texts(amount: str, unit: str, in_kilograms: str) -> None:
    assert str(kilograms(Decimal(amount), unit)) == in_kilograms
