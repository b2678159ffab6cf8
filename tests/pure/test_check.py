"""From the cells of a table to runs, or to everything that is wrong, each with its address."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.check import check
from pipeline.model import CheckedTable, RawTable, Refusal
from schemas.cell import Broken, Cell, Clock, Moment, Number, Span
from schemas.convention import Convention
from tests.pure.build import (
    GOOD,
    HEADER,
    HOUR,
    KILN,
    NOW,
    OTHER_KILN,
    PLANT,
    SHELLS,
    START,
    STRAW,
    WOOD,
    checked,
    good,
    judged,
    wrongs,
)

DAY = dt.datetime(2026, 10, 1)  # noqa: DTZ001  a cell has no zone
WITH_UNIT = (*HEADER[:5], "Mass", "Unit")
CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.sampled_from((*GOOD, "", "Total", "1,5", "t", "-", "#REF!", "A1", "x" * 101, "Wood;Straw")),
    st.text(max_size=5),
    st.booleans(),
    st.builds(
        Number, st.one_of(st.floats(), st.integers()), st.sampled_from(("General", "0%", "000", "0.0,"))
    ),
    st.builds(Moment, st.datetimes(), st.just("d"), st.booleans()),
    st.builds(Clock, st.times(), st.just("h")),
    st.builds(Span, st.timedeltas(), st.just("[h]")),
    st.builds(Broken, st.just("#REF!"), st.sampled_from(("error", "formula"))),
)


def codes(table: CheckedTable) -> list[list[str]]:
    return [[code for code, _ in wrongs(row)] for row in table.rows]


def refusal(found: CheckedTable | Refusal) -> str:
    assert isinstance(found, Refusal)
    assert found.message.startswith("log.xlsx")
    return found.code


def test_a_row_in_order_is_a_run_with_exactly_its_values() -> None:
    table = checked(good(), good(reference="A2", feedstock="Wood; Straw", mass=Number(12.5)))
    first, second = (row.run for row in table.rows)
    assert first
    assert (first.reference, first.facility_id, first.feedstock_type_ids) == ("A1", KILN, (WOOD,))
    assert (first.started_at, first.ended_at, first.mass) == (START, START + 12 * HOUR, Decimal(100))
    assert (first.deviation, first.display_name) == (None, None)
    assert second
    assert (second.feedstock_type_ids, second.mass) == ((WOOD, STRAW), Decimal("12.5"))
    assert [(row.row, row.reference, row.issues) for row in table.rows] == [(2, "A1", ()), (3, "A2", ())]
    assert (table.header_row, table.notices) == (1, ())


@pytest.mark.parametrize(
    ("row", "code", "cell"),
    [
        (good(reference=""), "missing", "A2"),
        (good(reference="x" * 101), "too_long", "A2"),
        (good(reference="A\u200b1"), "invisible_character", "A2"),
        (good(reference="\uff211"), "reference_lookalike", "A2"),
        (good(reference="\u04101-B"), "reference_lookalike", "A2"),
        (good(reference="1.23E+15"), "reference_rounded", "A2"),
        (good(reference=Number(42, "0000")), "reference_is_number", "A2"),
        (good(reference=Moment(DAY, "mmm-yy", has_time=False)), "reference_is_date", "A2"),
        (good(reference=True), "not_text", "A2"),
        (good(reference="-"), "reference_says_none", "A2"),
        (good(facility=""), "missing", "B2"),
        (good(facility="north"), "unknown_facility", "B2"),
        (good(facility="fcl_1"), "unknown_facility", "B2"),
        (good(facility="fcl_" + "a" * 15), "unknown_facility", "B2"),
        (good(facility="fcl_" + "a" * 34), "unknown_facility", "B2"),
        (good(facility="fcl_" + "a" * 15 + "-"), "unknown_facility", "B2"),
        (good(facility=KILN.upper()), "unknown_facility", "B2"),
        (good(facility=WOOD), "unknown_facility", "B2"),
        (good(facility=f"{KILN}; {OTHER_KILN}"), "unknown_facility", "B2"),
        (good(feedstock=""), "missing", "C2"),
        (good(feedstock=";"), "missing", "C2"),
        (good(feedstock="Wood; Bark"), "unknown_feedstock", "C2"),
        (good(feedstock="Wood,"), "unknown_feedstock", "C2"),
        (good(feedstock="Wood, Bark"), "unknown_feedstock", "C2"),
        (good(feedstock="Shells"), "unknown_feedstock", "C2"),
        (good(feedstock="Shells, almond, Wood"), "unknown_feedstock", "C2"),
        (good(feedstock=KILN), "unknown_feedstock", "C2"),
        (good(feedstock=True), "not_text", "C2"),
        (good(start=""), "missing", "D2"),
        (good(start="2026-10-01"), "time_of_day_missing", "D2"),
        (good(start=Number(46296.25)), "date_as_number", "D2"),
        (good(start=Span(dt.timedelta(hours=30), "[h]:mm")), "time_is_duration", "D2"),
        (good(start="1999-12-31 23:59Z"), "too_early", "D2"),
        (good(start="01.10.2026 06:00"), "date_could_be_two", "D2"),
        (good(end="2026-10-01 06:00Z"), "ends_before_it_starts", "E2"),
        (good(end="2026-11-25 06:00Z"), "in_the_future", "E2"),
        (good(end=Broken("=D2+1", "formula")), "formula_without_value", "E2"),
        (good(end="2026-10-25 02:30"), "time_happened_twice", "E2"),
        (good(mass=""), "missing", "F2"),
        (good(mass="0"), "mass_not_positive", "F2"),
        (good(mass="-0"), "mass_not_positive", "F2"),
        (good(mass=Number(-0.0)), "mass_not_positive", "F2"),
        (good(mass=Number(5.55e-17)), "mass_not_positive", "F2"),
        (good(mass="-5"), "mass_not_positive", "F2"),
        (good(mass="1e400"), "not_a_number", "F2"),
        (good(mass="1_000"), "not_a_number", "F2"),
        (good(mass="١٢٣"), "not_a_number", "F2"),
        (good(mass="-"), "not_a_number", "F2"),
        (good(mass=True), "not_a_number", "F2"),
        (good(mass="1,234"), "decimal_mark_unknown", "F2"),
        (good(mass="12.5 t"), "other_unit", "F2"),
        (good(mass=Number(12.5, '0.0" t"')), "other_unit", "F2"),
        (good(mass=Number(0.5, "0%")), "percentage", "F2"),
        (good(mass=Number(1e300)), "not_a_number", "F2"),
        (good(mass=Moment(DAY, "d", has_time=False)), "number_is_date", "F2"),
        (good(mass=Broken("#REF!", "error")), "error_cell", "F2"),
    ],
)
def test_a_cell_that_is_wrong_is_told_with_its_address_and_the_row_is_no_run(
    row: tuple[Cell, ...], code: str, cell: str
) -> None:
    table = checked(row, good(reference="B2"))
    assert wrongs(table.rows[0]) == [(code, (cell,))]
    (issue,) = table.rows[0].issues
    assert (issue.file, issue.sheet, issue.row) == ("log.xlsx", "Runs", 2)
    assert issue.column == HEADER["ABCDEF".index(cell[0])]
    assert issue.wanted
    assert issue.remedy
    assert table.rows[1].run


def test_everything_wrong_with_a_row_is_found_in_one_go() -> None:
    bad = ("", "West", "Bark", "2026-10-01", "1999-01-01 00:00Z", "ten")
    (row,) = checked(bad).rows
    assert sorted(wrongs(row)) == [
        ("missing", ("A2",)),
        ("not_a_number", ("F2",)),
        ("time_of_day_missing", ("D2",)),
        ("too_early", ("E2",)),
        ("unknown_facility", ("B2",)),
        ("unknown_feedstock", ("C2",)),
    ]


@pytest.mark.parametrize(
    ("cell", "ids"),
    [
        ("Wood", (WOOD,)),
        (" Wood ", (WOOD,)),
        (STRAW, (STRAW,)),
        (f"Wood;{STRAW}", (WOOD, STRAW)),
        ("Wood;;Straw;", (WOOD, STRAW)),
        ("Wood\nStraw", (WOOD, STRAW)),
        ("Wood, Straw", (WOOD, STRAW)),
        ("Wood,Straw", (WOOD, STRAW)),
        ("Wood; Wood", (WOOD,)),
        ("Shells, almond", (SHELLS,)),
        ("Shells, almond; Wood", (SHELLS, WOOD)),
        ("Shells, almond; Wood, Straw", (SHELLS, WOOD, STRAW)),
    ],
)
def test_feedstocks_are_one_or_several_known_names_or_ids(cell: str, ids: tuple[str, ...]) -> None:
    (row,) = checked(good(feedstock=cell)).rows
    assert row.run
    assert row.run.feedstock_type_ids == ids


def test_a_known_name_with_a_comma_is_never_taken_apart() -> None:
    names = {"Shells, almond": SHELLS, "Shells": WOOD, "almond": STRAW, "Bark": "ftt_1D7KZ1P761S0G7BZ"}
    plant = replace(PLANT, feedstocks=names)
    first, second = checked(
        good(feedstock="Shells, almond"), good(feedstock="Shells, almond; Bark, Shells"), plant=plant
    ).rows
    assert first.run
    assert first.run.feedstock_type_ids == (SHELLS,)
    assert second.run
    assert second.run.feedstock_type_ids == (SHELLS, names["Bark"], WOOD)


@pytest.mark.parametrize("length", [20, 37])
def test_an_id_of_the_registrys_length_may_stand_in_the_log(length: int) -> None:
    cell = "fcl_" + "0" * (length - 4)
    (row,) = checked(good(facility=cell, feedstock=WOOD), plant=Convention()).rows
    assert row.run
    assert row.run.facility_id == cell


def test_an_unknown_name_is_answered_with_the_nearest_or_with_all_that_are_known() -> None:
    near, far, none = (
        checked(good(facility=name), plant=plant).rows[0].issues[0]
        for name, plant in (("Nort", PLANT), ("xyz", PLANT), ("xyz", Convention()))
    )
    assert "“North”" in near.remedy
    assert "North, South" in far.remedy
    assert "“xyz”" in none.remedy
    assert "[facilities]" in none.remedy
    assert [each.healed_in for each in (near, far, none)] == ["log", "either", "settings"]


def test_a_problem_says_whether_it_is_healed_in_the_log_or_in_the_settings() -> None:
    """Whatever its remedy speaks of: two notations are the log's, though the settings name a mark."""
    dated = (*HEADER[:3], "Start (mm/dd/yyyy hh:mm)", "End", "Mass")
    two_days = good(start="05/10/2026 06:00Z", end="2026-10-01 18:00", mass="1,234")
    tables = (
        checked(two_days, header=dated, plant=Convention()),
        checked(good(), header=dated),
        checked(good(start="05/10/2026 06:00"), header=dated, plant=replace(PLANT, date_order="DMY")),
        checked(good(mass="1.234"), *[good(reference=f"B{n}", mass=f"{n},5") for n in range(3)]),
    )
    found = {each.code: each.healed_in for table in tables for row in table.rows for each in row.issues}
    assert found == {
        "unknown_facility": "settings",
        "unknown_feedstock": "settings",
        "date_could_be_two": "settings",
        "timezone_unknown": "settings",
        "decimal_mark_unknown": "settings",
        "unit_missing": "settings",
        "date_orders_disagree": "either",
        "notation_mixed": "log",
    }


@pytest.mark.parametrize(
    ("header", "mass", "unit", "settings", "outcome"),
    [
        ("Mass (kg)", "100", None, None, "100"),
        ("Mass (t)", "0.1", None, None, "100"),
        ("Mass (t)", "0.1", None, "kg", "100"),
        ("Mass", "100", None, "kg", "100"),
        ("Mass", "0.1", None, "t", "100"),
        ("Mass", "100", None, None, "unit_missing"),
        ("Mass", "100 kg", None, None, "other_unit"),
        ("Mass", "100 kg", None, "t", "other_unit"),
        ("Mass", "100", "kg", None, "100"),
        ("Mass", "0.1", " T ", None, "100"),
        ("Mass", "0.1", "t", "kg", "100"),
        ("Mass", "0.1 t", "t", None, "100"),
        ("Mass", "0.1 t", "kg", None, "other_unit"),
        ("Mass", "100", "", "kg", "100"),
        ("Mass", "100", "", None, "unit_missing"),
        ("Mass (kg)", "100", "kg", None, "100"),
        ("Mass (kg)", "100", "", None, "100"),
        ("Mass (kg)", "100", "t", None, "units_disagree"),
        ("Mass (t)", "100", "kg", None, "units_disagree"),
        ("Mass (kg)", "100", "Mg", None, "unit_unknown"),
        ("Mass", "100", "tons", "kg", "unit_unknown"),
        ("Mass", "100", "kg/h", "kg", "unit_unknown"),
        ("Mass", "100", Number(5), "kg", "unit_unknown"),
        ("Mass", "100", True, "kg", "unit_unknown"),
        ("Mass", "100", Broken("#REF!", "error"), "kg", "unit_unknown"),
        ("Mass", "", "t", None, "missing"),
        ("Mass", "", "tons", None, "unit_unknown"),
    ],
)
def test_the_unit_of_a_mass_comes_from_its_column_its_header_or_the_settings_and_never_from_two(
    header: str, mass: str, unit: Cell | None, settings: str | None, outcome: str
) -> None:
    row = (*good(mass=mass), *(() if unit is None else (unit,)))
    titles = (*HEADER[:5], header, *(() if unit is None else ("Unit",)))
    (found,) = checked(row, header=titles, plant=replace(PLANT, mass_unit=settings)).rows
    if found.run:
        assert str(found.run.mass) == outcome
    else:
        assert [code for code, _ in wrongs(found)] == [outcome]


@pytest.mark.parametrize(
    ("header", "cell", "unit", "outcome"),
    [
        ("SD", "5", "kg", Decimal(5)),
        ("SD", "0.05", "t", Decimal(50)),
        ("SD (kg)", "5", "t", Decimal(5)),
        ("SD (g)", "5", "kg", Decimal("0.005")),
        ("± kg", "5 kg", "t", Decimal(5)),
        ("SD", "5 kg", "t", "other_unit"),
        ("SD", "", "kg", None),
        ("SD", "-", "kg", None),
        ("SD", "n/a", "kg", None),
        ("SD", "0", "kg", None),
        ("SD", "-0.0", "kg", None),
        ("SD", Number(0.0), "kg", None),
        ("SD", "0 kg", "kg", None),
        ("SD", "-5", "kg", "deviation_negative"),
        ("SD", "100", "kg", "deviation_above_mass"),
        ("SD (t)", "1", "kg", "deviation_above_mass"),
        ("SD", "5 %", "kg", "not_a_number"),
        ("SD", Number(0.05, "0%"), "kg", "percentage"),
        ("SD", "±5", "kg", "not_a_number"),
    ],
)
def test_a_deviation_is_in_its_own_unit_or_in_that_of_the_mass_and_left_out_when_there_is_none(
    header: str, cell: Cell, unit: str, outcome: Decimal | str | None
) -> None:
    mass = {"kg": "100", "t": "0.1"}[unit]
    (row,) = checked((*good(mass=mass), cell), header=(*HEADER[:5], f"Mass ({unit})", header)).rows
    if isinstance(outcome, str):
        assert [code for code, _ in wrongs(row)] == [outcome]
    else:
        assert row.run
        assert row.run.mass == 100
        assert row.run.deviation == outcome


@pytest.mark.parametrize(
    ("cell", "outcome"),
    [
        ("Seven", "Seven"), (" Seven ", "Seven"), ("x" * 100, "x" * 100), ("", None), ("-", None),
        ("n/a", None),
        (Number(7), "7"),
    ],
)  # fmt: skip
def test_a_display_name_is_kept_when_there_is_one(cell: Cell, outcome: str | None) -> None:
    (row,) = checked((*good(), cell), header=(*HEADER, "Batch name")).rows
    assert row.run
    assert row.run.display_name == outcome


@pytest.mark.parametrize("cell", ["x" * 101, "\u200b", True, Number(1.5), "#N/A", "a\nb"])
def test_a_display_name_that_cannot_be_sent_is_refused(cell: Cell) -> None:
    (row,) = checked((*good(), cell), header=(*HEADER, "Batch name")).rows
    assert [cells for _, cells in wrongs(row)] == [("G2",)]


def test_a_date_and_a_time_in_two_columns_are_one_instant_and_the_one_at_fault_is_named_first() -> None:
    header = (
        "Batch ref",
        "Facility",
        "Feedstock",
        "Start date",
        "Start time",
        "End date",
        "End time",
        "Mass (kg)",
    )
    fine = ("A1", "North", "Wood", "2026-10-01", "08:00", "2026-10-01", Clock(dt.time(20), "h:mm"), "100")
    bad = ("A2", "North", "Wood", "2026-10-01", "24:00", "2026-10-01", "", "100")
    first, second = checked(fine, bad, header=header).rows
    assert first.run
    assert (first.run.started_at, first.run.ended_at) == (START, START + 12 * HOUR)
    assert wrongs(second) == [("not_a_time_of_day", ("E3", "D3")), ("time_of_day_missing", ("G3", "F3"))]
    assert second.issues[0].column == "Start date + Start time"
    assert second.issues[0].found == "2026-10-01 24:00"


def test_a_header_that_says_utc_outranks_the_plants_zone() -> None:
    header = (*HEADER[:3], "Start (UTC)", "End (UTC)", HEADER[5])
    (row,) = checked(good(start="2026-10-01 06:00", end="2026-10-01 18:00"), header=header).rows
    assert row.run
    assert (row.run.started_at, row.run.ended_at) == (START, START + 12 * HOUR)


@pytest.mark.parametrize(
    "header", [("Start (UTC)", "End"), ("Start", "End (UTC)"), ("Start", "End date (UTC)", "End time")]
)
def test_a_time_whose_header_is_silent_where_the_other_says_utc_is_in_doubt(header: tuple[str, ...]) -> None:
    """It may be in UTC as well, or in the zone of Berlin."""
    ends = ("2026-10-01", "18:00") if len(header) > 2 else ("2026-10-01 18:00",)
    table = (*HEADER[:3], *header, HEADER[5]), ("A1", "North", "Wood", "2026-10-01 06:00", *ends, "100")
    (row,) = checked(table[1], header=table[0]).rows
    silent = "D2" if header[0] == "Start" else "E2"
    assert wrongs(row) == [("timezone_unknown", (silent,))]


@pytest.mark.parametrize(("end", "zone"), [("18:00Z", "Europe/Berlin"), ("18:00", "Africa/Abidjan")])
def test_a_time_that_is_one_instant_is_read_although_only_the_others_header_says_utc(
    end: str, zone: str
) -> None:
    header, plant = (*HEADER[:3], "Start (UTC)", *HEADER[4:]), replace(PLANT, timezone=zone)
    cells = good(start="2026-10-01 06:00", end=f"2026-10-01 {end}")
    (row,) = checked(cells, header=header, plant=plant).rows
    assert row.run
    assert row.run.ended_at == START + 12 * HOUR


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ((*HEADER, "Weight (t)"), "column_twice"),
        ((*HEADER, "Run ID"), "column_twice"),
        ((*HEADER, "Start date"), "column_twice"),
        ((*HEADER[:5], "Mass (kg/h)"), "unit_unclear"),
        ((*HEADER[:5], "Mass (Mg)"), "unit_unclear"),
        ((*HEADER, "SD (%)"), "unit_unclear"),
        ((*HEADER[:4], "End (CET)", HEADER[5]), "zone_unclear"),
        ((*HEADER[:3], "Start (UTC+1)", *HEADER[4:]), "zone_unclear"),
        ((*HEADER[:3], "Start (UTC +1)", *HEADER[4:]), "zone_unclear"),
        (HEADER[:5], "no_header"),
        ((*HEADER[:5], "Feedstock (kg)"), "no_header"),
        ((*HEADER, "_outcome", "_registry_id"), "results_file"),
    ],
)
def test_a_table_whose_header_is_in_doubt_is_refused(header: tuple[Cell, ...], code: str) -> None:
    assert refusal(judged(good(), header=header)) == code


@pytest.mark.parametrize("number", [1, 7, 50])
def test_the_header_is_found_among_the_first_fifty_rows(number: int) -> None:
    rows = [(1, ("Log of October",)), (number, HEADER), (number + 3, GOOD)]
    table = check(RawTable("log.xlsx", "Runs", rows[number == 1 :]), PLANT, NOW)
    assert isinstance(table, CheckedTable)
    assert (table.header_row, [row.row for row in table.rows]) == (number, [number + 3])


def test_a_header_below_the_first_fifty_rows_is_not_looked_for() -> None:
    assert refusal(check(RawTable("log.xlsx", "", [(51, HEADER), (52, GOOD)]), PLANT, NOW)) == "no_header"


def test_two_headers_are_refused_and_one_repeated_far_below_is_a_bad_row() -> None:
    assert refusal(judged(good(), HEADER)) == "two_headers"
    rows = [
        (1, HEADER),
        (2, GOOD),
        (60, tuple(str(text).upper() for text in HEADER)),
        (61, good(reference="B")),
    ]
    table = check(RawTable("log.xlsx", "Runs", rows), PLANT, NOW)
    assert isinstance(table, CheckedTable)
    assert codes(table) == [[], ["header_repeated"], []]


def test_a_table_without_rows_is_refused() -> None:
    assert refusal(judged()) == "no_rows"


def test_blank_rows_are_no_rows_and_other_columns_are_kept() -> None:
    table = checked(
        good(), (), ("", " ", "\u00a0"), (*good(reference="B"), "remark"), header=(*HEADER, "Note")
    )
    assert [(row.row, row.cells[6:]) for row in table.rows] == [(2, ("",)), (5, ("remark",))]
    assert codes(table) == [[], []]


@pytest.mark.parametrize(
    "row",
    [
        ("Total", "", "", "", "", "500"),
        ("TOTAL:", "", "", "", "", Number(500)),
        ("", "", "", "", "Sum", "500"),
        ("", "", "", "Summe", "", "500"),
        ("", "Average", "", "", "", "100"),
        ("Total", "North", "", "", "", "500"),
    ],
)
def test_a_total_is_passed_over_with_a_notice(row: tuple[Cell, ...]) -> None:
    table = checked(good(), row)
    assert [each.row for each in table.rows] == [2]
    (notice,) = table.notices
    assert (notice.code, notice.severity, notice.row) == ("total_passed_over", "notice", 3)
    assert "500" in notice.found or "100" in notice.found


@pytest.mark.parametrize(
    "row",
    [
        good(reference="Total"),
        good(reference="Total", start=""),
        good(reference="Total", end=""),
        good(reference="", start="", facility="Total"),
        ("A9", "Total", "", "", "", "500"),
        ("", "", "", "2026-10-01 06:00", "Total", "500"),
        ("Total A1", "", "", "", "", "500"),
        ("", "", "", "", "", "500"),
    ],
)
def test_a_row_that_may_be_a_batch_is_never_passed_over_as_a_total(row: tuple[Cell, ...]) -> None:
    table = checked(good(), row)
    assert [each.row for each in table.rows] == [2, 3]
    assert table.rows[1].run is None


@pytest.mark.parametrize(
    "row", [GOOD[:5], (*GOOD, "x"), (*GOOD, ""), (*GOOD, "", "x"), ("A1",), ("", "", "", "", "", "", "x")]
)
def test_a_line_of_a_text_file_that_is_not_as_wide_as_its_header_is_refused(row: tuple[Cell, ...]) -> None:
    table = checked(good(), row, sheet="")
    assert wrongs(table.rows[1]) == [("ragged_row", ())]
    assert table.rows[0].run


def test_a_text_file_whose_every_line_has_another_width_is_refused() -> None:
    assert refusal(judged((*GOOD, "x"), (*GOOD, "y"), sheet="")) == "ragged_rows"


def test_a_sheet_may_leave_out_empty_cells_at_the_end_of_a_row() -> None:
    table = checked((*good(), "remark"), good(reference="B"), good()[:5], header=(*HEADER, "Note"))
    assert codes(table) == [[], [], ["missing"]]


def test_a_number_and_a_text_with_a_leading_zero_are_two_references_and_the_number_is_told() -> None:
    table = checked(good(reference="0042"), good(reference=Number(42)))
    assert [row.reference for row in table.rows] == ["0042", "42"]
    (notice,) = table.notices
    assert (notice.code, notice.cells) == ("number_as_text", ("A3",))


def test_what_was_tidied_is_told_once_for_each_kind_and_column() -> None:
    rows = [good(reference=f"A{n} ", mass=f"{n}00 kg") for n in range(1, 6)]
    notices = checked(*rows).notices
    assert [(notice.code, notice.cells, notice.column) for notice in notices] == [
        ("trimmed", ("A2", "A3", "A4"), "Batch ref"),
        ("number_tidied", ("F2", "F3", "F4"), "Mass (kg)"),
        ("text_as_number", ("F2", "F3", "F4"), "Mass (kg)"),
    ]
    assert [notice.wanted for notice in notices] == [
        "space around it was dropped (5 cells: A2, A3, A4, …), such as “A1 ” → “A1”",
        "the column's unit beside it was passed over (5 cells: F2, F3, F4, …), such as “100 kg” → “100”",
        "a number stored as text was read (5 cells: F2, F3, F4, …), such as “100 kg”",
    ]


def test_the_time_of_judging_comes_from_outside() -> None:
    for now, expected in ((START + 12 * HOUR, []), (START + 11 * HOUR, ["in_the_future"])):
        assert codes(checked(good(), now=now)) == [expected]


@given(st.lists(st.lists(CELLS, max_size=8).map(tuple), max_size=4), st.sampled_from(("Runs", "")))
def test_whatever_a_log_holds_every_row_is_a_run_or_says_why_not(
    rows: list[tuple[Cell, ...]], sheet: str
) -> None:
    found = judged(*rows, sheet=sheet)
    if isinstance(found, CheckedTable):
        passed_over = [notice.row for notice in found.notices if notice.code == "total_passed_over"]
        assert len({row.row for row in found.rows}) == len(found.rows)
        assert {row.row for row in found.rows}.isdisjoint(passed_over)
        for row in found.rows:
            assert bool(wrongs(row)) == (row.run is None)
            if row.run:
                assert row.reference == row.run.reference
                assert 0 < len(row.run.reference) <= 100
                assert row.run.mass > 0
                assert row.run.started_at < row.run.ended_at <= NOW


@given(
    st.sampled_from(range(len(HEADER))).flatmap(lambda column: st.tuples(st.just(column), CELLS)),
)
def test_one_strange_cell_gives_the_batch_it_means_or_none(change: tuple[int, Cell]) -> None:
    column, cell = change
    found = judged((*GOOD[:column], cell, *GOOD[column + 1 :]), good(reference="B"))
    assert isinstance(found, CheckedTable)
    assert found.rows[-1].run
    assert found.rows[-1].run.mass == 100
    for row in found.rows[:-1]:
        for _, cells in wrongs(row):
            assert cells
            assert cells[0][0] in ("ABCDEF"[column], "E")
