"""A unit is a word that means one mass, in six languages, and what it is in kilograms is exact."""

import re
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.convention import MassUnit
from schemas.run_log.kilograms import kilograms_in, to_kilograms
from schemas.run_log.units import ALL_UNITS, UNITS, scale_stated, unit_among, unit_named, units_mentioned

POUND = Fraction("0.45359237")
FACTORS = {
    "g": Fraction(1, 1000),
    "kg": Fraction(1),
    "t": Fraction(1000),
    "lb": POUND,
    "short ton": 2000 * POUND,
    "long ton": 2240 * POUND,
}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("kg", "kg"), ("KG", "kg"), (" Kilogram ", "kg"), ("kilos", "kg"), ("Kilogramm", "kg"),
        ("kilogrammes", "kg"), ("kilogramos", "kg"), ("quilos", "kg"), ("quilogramas", "kg"),
        ("\u338f", "kg"), ("\uff4b\uff47", "kg"),
        ("g", "g"), ("Gramm", "g"), ("gramos", "g"), ("gramas", "g"),
        ("t", "t"), ("T", "t"), ("Tonnen", "t"), ("tonn", "t"), ("Toneladas", "t"), ("metric  ton", "t"),
        ("tonne métrique", "t"), ("TONELADAS METRICAS", "t"), ("metrische Tonne", "t"),
        ("lbs", "lb"), ("pounds", "lb"),
        ("short tons", "short ton"), ("US tons", "short ton"), ("toneladas cortas", "short ton"),
        ("long ton", "long ton"), ("tonnes longues", "long ton"),
    ],
)  # fmt: skip
def test_a_unit_is_known_by_what_people_call_it_in_six_languages(text: str, unit: str) -> None:
    assert unit_named(text) == unit
    assert unit_among(text) == (unit, True)


@pytest.mark.parametrize(
    "text",
    [
        "ton", "tons", "Ton", "tn", "MT", "Mt", "Mg", "mg", "MG", "dt", "Dezitonne", "quintal", "dz",
        "Zentner", "Pfund", "pund", "livre", "livres", "libra", "libras", "arroba", "grama", "oz", "odt",
        "tatro", "kg/h", "kg/s", "lb/s", "kg/t", "k g", "kg.m", "kg2", "1000 kg", "kgCO2", "kg kg", "%", "m3",
        "l", "",
    ],
)  # fmt: skip
def test_a_word_that_is_several_masses_or_none_is_no_unit(text: str) -> None:
    assert unit_named(text) is None


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("kg, dry", "kg"), ("kg TS", "kg"), ("t TM", "t"), ("t atro", "t"), ("kg, sèche", "kg"),
        ("kg base seca", "kg"), ("kg tørr", "kg"), ("kg.", "kg"), ("dry short tons", "short ton"),
        ("metric tons, dry", "t"), ("kg per batch", "kg"), ("kg je Charge", "kg"), ("kg/lot", "kg"),
        ("kg / kg", "kg"), ("in kg", "kg"), ("in Tonnen", "t"), ("en kg", "kg"), ("em kg", "kg"),
        ("i kg", "kg"), ("dry", None), ("seca", None), ("TM", None), ("", None),
    ],
)  # fmt: skip
def test_words_of_wet_and_dry_beside_a_unit_say_nothing_of_it(text: str, unit: str | None) -> None:
    assert unit_among(text) == (unit, True)


@pytest.mark.parametrize(
    "text",
    ["kg/h", "kg/s", "g/kg", "kg or t", "per kg", "kg gross", "kg brutto", "kg per day", "t (fm)", "tons"],
)
def test_words_that_may_make_it_another_measure_leave_a_unit_in_doubt(text: str) -> None:
    assert not unit_among(text)[1]


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("Netto x 1000 kg", "1000 kg"), ("Netto in 1000 kg", "1000 kg"), ("1000kg Netto", "1000kg"),
        ("Netto 1.000 kg", "1.000 kg"), ("Tausend kg", "Tausend kg"), ("Netto x10", "x10"),
        ("Netto x 10", "x 10"), ("10 x Netto", "10 x"), ("Netto /10", "/10"), ("Netto 1000", "1000"),
        ("kg/h Netto", "/h"),
        ("Netto per bag", "per bag"), ("Netto pro Stunde", "pro Stunde"), ("Masse par jour", "par jour"),
    ],
)  # fmt: skip
def test_what_makes_more_or_less_of_a_unit_is_found_beside_it(text: str, scale: str) -> None:
    assert scale_stated(text) == scale


@pytest.mark.parametrize(
    "text",
    [
        "Netto kg", "Netto/kg", "kg / Netto", "Waage 2", "Netto Waage 1/2", "Netto 2025/26", "Netto 2025, kg",
        "Netto per batch", "Netto je Charge", "Peso por operador", "Box 10", "Flux2 kg", "Ofen 10 Netto",
    ],
)  # fmt: skip
def test_a_number_that_is_no_factor_makes_nothing_else_of_a_unit(text: str) -> None:
    assert scale_stated(text) == ""


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("Biochar (t)", {"t"}), ("weights in t", {"t"}), ("x 1000 kg", {"kg"}), ("unit: t", {"t"}),
        ("T", {"t"}), ("kg or t", {"kg", "t"}), ("weights in tons", {"tons"}), ("Pfund", {"Pfund"}),
        ("Livre de production", set()), ("Team T", set()), ("From 06:00 to 18:00", set()), ("dry", set()),
    ],
)  # fmt: skip
def test_a_unit_is_found_anywhere_in_a_text_and_a_common_word_is_none(text: str, units: set[str]) -> None:
    assert units_mentioned(text) == units


def test_each_word_names_one_unit_and_each_unit_names_itself() -> None:
    words = [word.strip() for unit in UNITS.values() for word in unit.words.split(",")]
    assert len(set(words)) == len(words)
    assert {unit_named(unit) for unit in UNITS} == set(UNITS)
    assert {unit_named(word) for word in words} == set(UNITS)


def test_the_settings_and_the_messages_know_the_same_units() -> None:
    assert set(get_args(MassUnit)) == set(UNITS)
    assert re.split(", | or ", ALL_UNITS) == [*UNITS]


def test_a_unit_is_exactly_what_the_law_says() -> None:
    assert {unit: Fraction(kilograms_in(unit)) for unit in UNITS} == FACTORS


@given(st.decimals(0, 10**18, places=18), st.sampled_from([*UNITS]))
def test_a_mass_is_converted_exactly_whatever_its_digits(magnitude: Decimal, unit: str) -> None:
    with localcontext(Context(prec=3)):  # what somebody else may have set
        found = to_kilograms(magnitude, unit)
    assert Fraction(found) == Fraction(magnitude) * FACTORS[unit]


@given(st.text(max_size=12))
def test_whatever_stands_there_names_a_known_unit_or_none(text: str) -> None:
    assert unit_named(text) in (None, *UNITS)
    assert unit_among(text)[0] in (None, *UNITS)
