"""Headers name fields and units as people write them; nothing that is not understood is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.run_log.columns import (
    BUILT_IN,
    IN_TWO_COLUMNS,
    columns_of,
    fits,
    folded,
    header_name,
    zone_stated,
)
from schemas.run_log.units import KILOGRAMS, unit_named

LOG = ("Run ID", "Kiln", "Feedstock", "Start", "End", "Mass (kg)")
MASS = 5


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("kg", "kg"), ("KG", "kg"), (" Kilogram ", "kg"), ("kilos", "kg"), ("g", "g"), ("Gramm", "g"),
        ("t", "t"),
        ("Tonnen", "t"), ("metric  ton", "t"), ("tonne", "t"), ("lbs", "lb"), ("pounds", "lb"),
        ("short tons", "short ton"), ("long ton", "long ton"), ("Mg", None), ("mg", None), ("MG", None),
        ("ton", None), ("tons", None), ("kg/h", None), ("%", None), ("", None), ("kgCO2", None), ("oz", None),
        ("m3", None), ("l", None),
    ],
)  # fmt: skip
def test_a_unit_is_a_word_that_means_one_mass(text: str, unit: str | None) -> None:
    assert unit_named(text) == unit


def test_every_unit_that_is_named_has_a_factor() -> None:
    assert {unit_named(word) for word in KILOGRAMS} == set(KILOGRAMS)


@pytest.mark.parametrize(
    ("header", "unit", "unclear"),
    [
        ("Mass (kg)", "kg", ""),
        ("Mass [kg]", "kg", ""),
        ("Mass （kg）", "kg", ""),
        ("Mass (\u338f)", "kg", ""),
        ("  MASS\n( Kg ) ", "kg", ""),
        ("Mass kg", "kg", ""),
        ("Mass_kg", "kg", ""),
        ("Mass in t", "t", ""),
        ("Biochar mass (kg, dry)", "kg", ""),
        ("Biochar mass (kg) (dry)", "kg", ""),
        ("Biochar mass (t TM)", "t", ""),
        ("Weight (kg per batch)", "kg", ""),
        ("Net weight (lbs):", "lb", ""),
        ("Mass (metric tons)", "t", ""),
        ("Mass", None, ""),
        ("Mass (dry)", None, ""),
        ("Mass (Mg)", None, "Mg"),
        ("Mass (kg/h)", "kg", "kg/h"),
        ("Mass (t/h)", "t", "t/h"),
        ("Mass (g/kg)", None, "g/kg"),
        ("Mass (kg or t)", None, "kg or t"),
        ("Mass (kg CO2)", "kg", "kg CO2"),
        ("Mass (kg C)", "kg", "kg C"),
        ("Mass (1000 kg)", "kg", "1000 kg"),
        ("Mass (x 1000)", None, "x 1000"),
        ("Weight (%)", None, "%"),
        ("Mass (tons)", None, "tons"),
        ("Mass (to 2 decimals)", "t", "to 2 decimals"),
        ("Mass (kg, wet, feedstock)", "kg", "kg, wet, feedstock"),
    ],
)
def test_the_unit_of_a_mass_is_taken_from_its_header_or_called_unclear(
    header: str, unit: str | None, unclear: str
) -> None:
    found = columns_of((*LOG[:MASS], header), {})
    assert found.fields["mass"] == (MASS,)
    assert header_name(header).unit == unit
    assert found.unclear.get("mass", "") == unclear
    assert found.missing == ()


@pytest.mark.parametrize(
    "header",
    [
        "Mass kg/h", "Mass kg per day", "Feedstock mass (kg)", "Mass, kg", "Mass (kg", "Mass (kg) per hour",
        "Massa", "Mass of feedstock (kg)", "m", "Biochar mass flow (kg)", "Biochar yield (kg)",
    ],
)  # fmt: skip
def test_a_header_that_is_not_known_is_no_mass(header: str) -> None:
    found = columns_of((*LOG[:MASS], header), {})
    assert found.missing == ("mass",)
    assert not fits((*LOG[:MASS], header), {})


@pytest.mark.parametrize(
    ("header", "field"),
    [(header, field) for field, headers in BUILT_IN.items() for header in headers],
)
def test_every_built_in_header_names_its_field_in_any_case_and_spacing(header: str, field: str) -> None:
    whole = {part: whole for whole, parts in IN_TWO_COLUMNS.items() for part in parts}.get(field, field)
    for text in (header, header.upper(), f"\u00a0{header.replace(' ', '  ')}\n", f"{header}:", f"{header} *"):
        assert columns_of((text,), {}).fields == {whole: (0,)}
    if "batch" not in header:
        assert columns_of((header.replace(" ", "_"),), {}).fields == {whole: (0,)}


@pytest.mark.parametrize(
    "header", ["Feedstock (kg)", "Feedstock (t)", "Biomass (t)", "Batch (kg)", "Start T", "End t", "Site t"]
)
def test_a_header_with_a_unit_of_mass_names_no_field_that_is_not_a_mass(header: str) -> None:
    found = columns_of((*LOG, header), {})
    assert all(len(LOG) not in columns for columns in found.fields.values())
    assert found.twice == {}


@pytest.mark.parametrize(
    ("header", "field", "columns"),
    [
        ((*LOG, "Weight (t)"), "mass", (5, 6)),
        ((*LOG, "Mass (t)"), "mass", (5, 6)),
        ((*LOG, "Batch ref"), "supplier_reference_id", (0, 6)),
        ((*LOG, "Start date"), "started_at", (3, 6)),
        ((*LOG, "Start time"), "started_at", (3, 6)),
        ((*LOG, "End date", "End time"), "ended_at", (4, 6, 7)),
        ((*LOG, "SD", "±"), "mass_standard_deviation", (6, 7)),
    ],
)
def test_two_columns_that_claim_one_field_are_named(
    header: tuple[str, ...], field: str, columns: tuple[int, ...]
) -> None:
    assert columns_of(header, {}).twice == {field: columns}


def test_a_date_and_a_time_beside_it_are_one_field_date_first() -> None:
    header = ("Run ID", "Kiln", "Feedstock", "Start time", "Start date", "End date", "End time", "Mass (kg)")
    found = columns_of(header, {})
    assert found.fields["started_at"] == (4, 3)
    assert found.fields["ended_at"] == (5, 6)
    assert found.twice == {}
    assert found.missing == ()


@pytest.mark.parametrize("lone", ["Start time", "Start date"])
def test_a_date_or_a_time_alone_is_the_whole_instant(lone: str) -> None:
    found = columns_of((*LOG[:3], lone, *LOG[4:]), {})
    assert found.fields["started_at"] == (3,)


def test_a_header_of_the_plant_outranks_the_built_in_ones() -> None:
    found = columns_of((*LOG, "Charge  NR."), {"charge nr.": "supplier_reference_id"})
    assert found.fields["supplier_reference_id"] == (6,)
    assert found.twice == {}
    other = columns_of((*LOG[:MASS], "Weight (t)", "Ertrag (kg)"), {"Ertrag (kg)": "mass"})
    assert other.fields["mass"] == (6,)
    assert other.units == {"mass": "kg"}


def test_a_built_in_header_can_be_given_another_field_by_the_plant() -> None:
    found = columns_of((*LOG, "Batch"), {"Run ID": "display_name"})
    assert found.fields["display_name"] == (0,)
    assert found.fields["supplier_reference_id"] == (6,)


@pytest.mark.parametrize(
    ("configured", "header", "columns"),
    [
        ({"Beginn": "started_at"}, ("Start date", "Start time", "Beginn"), (8,)),
        ({"Tag": "started_date", "Uhr": "started_time"}, ("Start", "Tag", "Uhr"), (7, 8)),
    ],
)
def test_a_time_that_the_plant_has_named_is_not_claimed_by_built_in_dates_and_times(
    configured: dict[str, str], header: tuple[str, ...], columns: tuple[int, ...]
) -> None:
    found = columns_of((*LOG[:3], "other", *LOG[4:], *header), configured)
    assert found.fields["started_at"] == columns
    assert found.twice == {}


@pytest.mark.parametrize("column", range(len(LOG)))
def test_a_column_that_is_needed_and_not_there_is_missing(column: int) -> None:
    header = (*LOG[:column], "Remark", *LOG[column + 1 :])
    assert len(columns_of(header, {}).missing) == 1
    assert fits(LOG, {})


@pytest.mark.parametrize(
    ("header", "zone"),
    [
        ("Start (UTC)", "utc"), ("Start [utc]", "utc"), ("Start (date and time, UTC)", "utc"),
        ("Start (Z)", "z"),
        ("Start (GMT)", "gmt"), ("Start (CET)", "cet"), ("Start (MESZ)", "mesz"), ("Start (UTC+1)", "utc+1"),
        ("Start (UTC+01:00)", "utc+01:00"), ("Start (+2h)", "+2h"), ("Start (GMT−5)", "gmt−5"),
        ("Start (Europe/Berlin)", "europe/berlin"), ("Start", None), ("Start (local time)", None),
        ("Start date/time", None), ("Start (dd.mm.yyyy hh:mm)", None), ("Start (24h)", None),
        ("Start (kiln lit)", None), ("Date/Time", None),
    ],
)  # fmt: skip
def test_a_zone_in_the_header_of_a_time_is_seen(header: str, zone: str | None) -> None:
    assert zone_stated(header) == zone
    found = columns_of((*LOG[:3], header, *LOG[4:]), {header: "started_at"})
    assert found.zones == ({"started_at": zone} if zone else {})


def test_a_zone_above_either_of_two_columns_is_seen() -> None:
    header = ("Start date", "Start time (UTC)", "End date (UTC)", "End time", "Mass (UTC)")
    assert columns_of(header, {}).zones == {"started_at": "utc", "ended_at": "utc"}


@given(st.text(max_size=30))
def test_folding_a_header_twice_changes_nothing_more(text: str) -> None:
    assert folded(folded(text)) == folded(text) or not text.isascii()


@given(st.permutations(range(len(LOG))))
def test_the_order_of_the_columns_does_not_matter(order: list[int]) -> None:
    shuffled = columns_of([LOG[index] for index in order], {})
    straight = columns_of(LOG, {})
    assert {field: LOG[order[at[0]]] for field, at in shuffled.fields.items()} == {
        field: LOG[at[0]] for field, at in straight.fields.items()
    }
