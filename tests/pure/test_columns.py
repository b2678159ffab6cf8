"""Headers give each field its columns and its unit; nothing that is not understood is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read import Fits
from schemas.run_log.columns import columns_of
from schemas.run_log.header_name import header_name
from schemas.run_log.header_zone import zone_stated

LOG = ("Run ID", "Kiln", "Feedstock", "Start", "End", "Mass (kg)")
MASS = 5


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
        ("Mass, kg", "kg", ""),
        ("Mass / kg", "kg", ""),
        ("Mass/kg", "kg", ""),
        ("Mass - kg", "kg", ""),
        ("Mass: kg", "kg", ""),
        ("Mass in t", "t", ""),
        ("Masse en tonnes", "t", ""),
        ("Vekt i kg *", "kg", ""),
        ("Mass metric tons", "t", ""),
        ("Biochar short tons", "short ton", ""),
        ("BIOCHAR KG", "kg", ""),
        ("kg biochar", "kg", ""),
        ("Kg de biochar", "kg", ""),
        ("t Pflanzenkohle", "t", ""),
        ("Pflanzenkohle [t TM]", "t", ""),
        ("Pflanzenkohle t TM", "t", ""),
        ("Biochar kg (dry)", "kg", ""),
        ("Dry biochar, kg", "kg", ""),
        ("Biochar-\nmass\u200b\u00a0(kg):*", "kg", ""),
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
        ("Mass (kg gross)", "kg", "kg gross"),
        ("Mass kg (x 1000)", "kg", "x 1000"),
        ("Masse (Pfund)", None, "Pfund"),
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
    ("headers", "mass"),
    [
        (("Biochar (m³)", "Biochar (t)"), (1,)),
        (("Biochar (kg)", "Biochar (%)", "Biochar (L)"), (0,)),
        (("Biochar (m3)",), (0,)),
        (("Biochar (kg)", "Biochar (t)"), (0, 1)),
        (("Biochar (kg)", "Biochar (x 1000)"), (0, 1)),
        (("Biochar dry mass (kg)", "Biochar wet mass (kg)"), (0, 1)),
        (("Biochar (kg)", "Dry mass (kg)", "Wet mass (kg)"), (0,)),
    ],
)
def test_another_measure_of_the_biochar_is_not_its_mass(
    headers: tuple[str, ...], mass: tuple[int, ...]
) -> None:
    assert columns_of(headers, {}).fields["mass"] == mass


@pytest.mark.parametrize(
    ("headers", "rivals"),
    [
        (("Weight (kg)", "Biochar yield (kg)"), (1,)),
        (("Masse [t]", "Pflanzenkohle Ertrag [t]"), (1,)),
        (("Biochar (kg)", "Biochar yield (kg)"), ()),
        (("Weight (kg)", "Yield (kg)", "Feedstock (kg)"), ()),
        (("Weight (kg)", "Biochar quality", "Biochar pH"), ()),
        (("Weight (kg)", "Charge (kg)", "Characteristic (g)"), ()),
        (("Weight (kg)", "Char (kg)", "Dry char yield (kg)"), (1, 2)),
    ],
)
def test_a_mass_of_no_matter_what_beside_one_of_biochar_is_in_doubt(
    headers: tuple[str, ...], rivals: tuple[int, ...]
) -> None:
    assert columns_of(headers, {}).rivals == rivals
    assert columns_of(headers, {headers[0]: "mass"}).rivals == ()


@pytest.mark.parametrize(
    ("log", "unclear"),
    [
        (("Charge", "Anlage", "Einsatzstoff", "Beginn", "Ende", "Biochar (TM)"), {}),
        (("Batch", "Ovn", "Råstoff", "Start", "Slutt", "Biochar (TS)"), {}),
        (("Lote", "Horno", "Biomasa", "Inicio", "Fin", "Biochar (TM)"), {"mass": "TM"}),
        (("Lote", "Horno", "Biomasa", "Inicio", "Fin", "Biochar (t TM)"), {}),
        (("Lot", "Four", "Biomasse", "Début", "Fin", "Biochar (TS)"), {"mass": "TS"}),
    ],
)
def test_an_abbreviation_of_dry_that_is_one_of_tonnes_elsewhere_is_unclear_there(
    log: tuple[str, ...], unclear: dict[str, str]
) -> None:
    assert columns_of(log, {}).unclear == unclear


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
    assert Fits()(LOG)


@pytest.mark.parametrize(
    ("header", "zone"),
    [
        ("Start (UTC)", "utc"), ("Start [utc]", "utc"), ("Start (date and time, UTC)", "utc"),
        ("Start (Z)", "z"),
        ("Start (GMT)", "gmt"), ("Start (CET)", "cet"), ("Start (MESZ)", "mesz"), ("Start (UTC+1)", "utc+1"),
        ("Start (UTC+01:00)", "utc+01:00"), ("Start (+2h)", "+2h"), ("Start (GMT−5)", "gmt−5"),
        ("Start (Europe/Berlin)", "europe/berlin"), ("Start (America/New_York)", "america/new_york"),
        ("started_at_utc", "utc"), ("Start", None), ("Start (local time)", None),
        ("Start date/time", None), ("Start (dd.mm.yyyy hh:mm)", None), ("Start (24h)", None),
        ("Start (kiln lit)", None), ("Date/Time", None),
    ],
)  # fmt: skip
def test_a_zone_in_the_header_of_a_time_is_seen(header: str, zone: str | None) -> None:
    assert zone_stated(header) == zone
    found = columns_of((*LOG[:3], header, *LOG[4:]), {header: "started_at"})
    assert found.zones == ({"started_at": zone} if zone else {})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("UTC +2", "utc +2"), ("UTC + 2", "utc + 2"), ("UTC +02:00", "utc +02:00"), ("UTC, +2h", "utc +2h"),
        ("UTC − 2", "utc − 2"), ("UTC plus 2", "utc plus 2"), ("UTC offset +2", "utc offset +2"),
        ("UTC 2", "utc 2"), ("UTC: +2", "utc: +2"), ("UTC2", "utc2"), ("UTC) (+2", "utc +2"),
        ("Z +1", "z +1"), ("UTC, Europe/Berlin", "utc europe/berlin"), ("UTC/GMT", "utc/gmt"),
        ("UTC, Sommerzeit", "utc sommerzeit"),
        ("local, UTC in summer", "local utc summer"), ("local time, not UTC", "local not utc"),
        ("UTC, Ortszeit", "utc ortszeit"), ("UTC) (local", "utc local"),
    ],
)  # fmt: skip
def test_what_may_make_another_zone_of_utc_is_said_with_it(words: str, said: str) -> None:
    for header in (f"Start ({words})", f"Start [{words}]"):
        assert columns_of((header,), {}).zones == {"started_at": said}


def test_a_zone_that_nests_brackets_or_stands_outside_of_them_is_said_whole() -> None:
    for header, said in {
        "Start [UTC (+2)]": "utc +2",
        "Beginn UTC +2": "utc +2",
        "Beginn UTC 2": "utc 2",
        "Beginn lokal (UTC)": "lokal utc",
        "Beginn-UTC": "beginn-utc",
    }.items():
        assert columns_of((header,), {header: "started_at"}).zones == {"started_at": said}


@pytest.mark.parametrize(
    "header",
    [
        "Start (UTC, 24h)", "Start (UTC - 24h)", "Start (dd.mm.yyyy hh:mm, UTC)",
        "Start (yyyy-mm-ddThh:mm UTC)",
        "Start (UTC time)", "Beginn (Zeit in UTC)", "Début (heure UTC)", "Inicio (hora en UTC)",
        "Start (time zone: UTC)", "Start (ISO 8601, UTC)", "Start (UTC = Z)", "Start (UTC, optional)",
        "Start (UTC) (optional)", "Start UTC *",
    ],
)  # fmt: skip
def test_words_that_say_nothing_of_a_zone_leave_utc_what_it_is(header: str) -> None:
    assert columns_of((header,), {}).zones == {"started_at": "utc"}


@pytest.mark.parametrize("header", ["UTC Beginn Ofen 2", "Ofen 2 Beginn (UTC)", "Ofen (2) Beginn UTC"])
def test_a_number_that_is_no_offset_leaves_utc_what_it_is(header: str) -> None:
    assert columns_of((header,), {header: "started_at"}).zones == {"started_at": "utc"}


@pytest.mark.parametrize(
    ("header", "order"),
    [
        ("Start (mm/dd/yyyy hh:mm)", "MDY"), ("Start (dd.mm.yyyy)", "DMY"),
        ("Start (yyyy-dd-mm hh:mm)", "YDM"),
        ("Start (yyyy-mm-ddThh:mm)", "YMD"), ("Start (hh:mm dd.mm.yyyy)", "DMY"), ("Start (MM-DD)", "MDY"),
        ("Ende (TT. MM. JJJJ)", "DMY"), ("Ende (TT.MM.JJ)", "DMY"), ("Fin (jj/mm/aaaa)", "DMY"),
        ("Fin (aaaa-mm-jj)", "YMD"), ("Inicio (dd/mm/aaaa)", "DMY"), ("Slutt (dd.mm.åååå)", "DMY"),
        ("start_mm_dd_yyyy", "MDY"),
    ],
)  # fmt: skip
def test_the_order_of_day_and_month_in_the_format_of_a_header_is_seen(header: str, order: str) -> None:
    found = columns_of((header,), {header: "started_at"})
    assert (found.orders, found.zones) == ({"started_at": order}, {})


@pytest.mark.parametrize("header", ["Start", "Start date/time", "Start (hh:mm)", "Start (a.m./p.m.)"])
def test_a_header_without_a_format_of_dates_states_no_order(header: str) -> None:
    assert columns_of((header,), {header: "started_at"}).orders == {}


def test_the_order_above_the_date_of_a_time_in_two_columns_is_seen() -> None:
    assert columns_of(("Start date (mm/dd/yyyy)", "Start time (hh:mm)"), {}).orders == {"started_at": "MDY"}


def test_of_two_zones_above_the_two_columns_of_a_time_the_one_in_doubt_counts() -> None:
    for header in (("Start date (CET)", "Start time (UTC)"), ("Start date (UTC)", "Start time (CET)")):
        assert columns_of(header, {}).zones == {"started_at": "cet"}


def test_a_zone_above_either_of_two_columns_is_seen() -> None:
    header = ("Start date", "Start time (UTC)", "End date (UTC)", "End time", "Mass (UTC)")
    assert columns_of(header, {}).zones == {"started_at": "utc", "ended_at": "utc"}


@given(st.permutations(range(len(LOG))))
def test_the_order_of_the_columns_does_not_matter(order: list[int]) -> None:
    shuffled = columns_of([LOG[index] for index in order], {})
    straight = columns_of(LOG, {})
    assert {field: LOG[order[at[0]]] for field, at in shuffled.fields.items()} == {
        field: LOG[at[0]] for field, at in straight.fields.items()
    }
