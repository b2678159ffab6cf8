"""Masses and their units: each is registered as it was weighed, or its row says why not."""

from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from schemas.convention import MassUnit
from tests.hazards.tables import Written, as_text, as_workbook, refusal_of, table_in
from tests.pure.build import GOOD, HEADER, PLANT, wrongs

FORMATS = pytest.mark.parametrize("written", [as_text, as_workbook])


@FORMATS
@pytest.mark.parametrize(
    ("header", "cell", "kilograms"),
    [
        ("Mass (kg)", "12.5", "12.5"),
        ("Biochar mass (t)", "1.5", "1500"),
        ("Pflanzenkohle [t TM]", "0.0125", "12.5"),
        ("Masse en tonnes", "2", "2000"),
        ("mass, lb", "10", "4.5359237"),
        ("Mass / short tons", "1", "907.18474"),
        ("Masse (long tons, dry)", "1", "1016.0469088"),
        ("g biochar", "1500", "1.5"),
        ("Biochar (in kg)", "12.5", "12.5"),
        ("Pflanzenkohle (in Tonnen)", "1.5", "1500"),
    ],
)
def test_hazard_26_a_mass_is_in_the_unit_of_its_header_and_converted_exactly(
    tmp_path: Path, written: Written, header: str, cell: str, kilograms: str
) -> None:
    (row,) = table_in(written(tmp_path, (*HEADER[:5], header), (*GOOD[:5], cell))).rows
    assert row.run
    assert row.run.mass == Decimal(kilograms)


@FORMATS
@pytest.mark.parametrize(
    ("cell", "outcome"),
    [
        ("12.5 kg", None), ("12.5kg", None), ("12.5 Kilo", None), ("12.5 KG", None),
        ("12.5 t", "other_unit"), ("12.5 lb", "other_unit"), ("12.5 g", "other_unit"),
        ("12.5 tons", "not_a_number"), ("12.5 Mg", "not_a_number"), ("12.5 kg/h", "not_a_number"),
    ],
)  # fmt: skip
def test_hazard_26_a_unit_in_the_cell_must_be_the_columns_own(
    tmp_path: Path, written: Written, cell: str, outcome: str | None
) -> None:
    table = table_in(written(tmp_path, HEADER, (*GOOD[:5], cell)))
    (row,) = table.rows
    if outcome is None:
        assert row.run
        assert row.run.mass == Decimal("12.5")
        assert ("number_tidied", ("F2",)) in [(notice.code, notice.cells) for notice in table.notices]
    else:
        assert wrongs(row) == [(outcome, ("F2",))]
        (issue,) = row.issues
        assert issue.found == cell
        assert issue.wanted
        assert issue.remedy.endswith(".")


@FORMATS
@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Mass (tons)", "tons"), ("Mass (Mg)", "Mg"), ("Masse (Pfund)", "Pfund"), ("Peso (libras)", "libras"),
        ("Peso (quintal)", "quintal"), ("Biochar (m³)", "m3"), ("Mass (kg/h)", "kg/h"),
        ("Mass (kg gross)", "kg gross"),
    ],
)  # fmt: skip
def test_hazard_26_a_unit_in_the_header_that_is_not_understood_refuses_the_file(
    tmp_path: Path, written: Written, header: str, words: str
) -> None:
    log = written(tmp_path, (*HEADER[:5], header), (*GOOD[:5], "1"))
    refused = refusal_of(log, replace(PLANT, mass_unit="kg"))
    assert refused.code == "unit_unclear"
    assert f"row 1: “{words}” in F1 “{header}” is not understood as a unit of mass." in refused.message
    assert refused.remedy == "Name the unit as g, kg, t, lb, short ton or long ton."


@FORMATS
@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Netto x 1000 kg", "1000 kg"), ("Netto in 1000 kg", "1000 kg"), ("kg/h Netto", "/h"),
        ("Netto [kg] x10", "x10"), ("Output x 10 [kg]", "x 10"), ("Netto [kg] /10", "/10"),
        ("Netto (kg) per bag", "per bag"), ("Netto per hour (kg)", "per hour"), ("Netto x 1000", "x 1000"),
    ],
)  # fmt: skip
def test_hazard_26_a_header_of_the_plant_that_says_more_or_less_than_a_unit_refuses_the_file(
    tmp_path: Path, written: Written, header: str, words: str
) -> None:
    log = written(tmp_path, (*HEADER[:5], header), (*GOOD[:5], "1"))
    refused = refusal_of(log, replace(PLANT, mass_unit="kg", columns={header: "mass"}))
    assert refused.code == "unit_unclear"
    assert f"“{words}” in F1 “{header}”" in refused.message


@FORMATS
@pytest.mark.parametrize(
    "header",
    [
        "Netto kg",
        "Netto/kg",
        "Netto Waage 2 (kg)",
        "Netto 2025 [kg]",
        "Netto per batch (kg)",
        "Netto (in kg)",
    ],
)
def test_hazard_26_a_header_of_the_plant_with_a_number_that_is_no_factor_is_read(
    tmp_path: Path, written: Written, header: str
) -> None:
    log = written(tmp_path, (*HEADER[:5], header), (*GOOD[:5], "1"))
    (row,) = table_in(log, replace(PLANT, mass_unit="t", columns={header: "mass"})).rows
    assert row.run
    assert row.run.mass == Decimal(1)


@FORMATS
@pytest.mark.parametrize("cell", ["12.5", "12.5 kg"])
def test_hazard_26_a_mass_without_a_unit_anywhere_but_in_its_cell_is_refused(
    tmp_path: Path, written: Written, cell: str
) -> None:
    (row,) = table_in(written(tmp_path, (*HEADER[:5], "Mass"), (*GOOD[:5], cell))).rows
    assert wrongs(row) == [("other_unit" if "kg" in cell else "unit_missing", ("F2",))]


@FORMATS
@pytest.mark.parametrize(
    ("unit", "kilograms"), [("lb", "0.45359237"), ("short ton", "907.18474"), ("g", "0.001")]
)
def test_hazard_26_the_settings_may_say_any_unit_of_the_one_list(
    tmp_path: Path, written: Written, unit: MassUnit, kilograms: str
) -> None:
    log = written(tmp_path, (*HEADER[:5], "Mass"), (*GOOD[:5], "1"))
    (row,) = table_in(log, replace(PLANT, mass_unit=unit)).rows
    assert row.run
    assert row.run.mass == Decimal(kilograms)


@FORMATS
@pytest.mark.parametrize(
    ("header", "unit", "outcome"),
    [
        ("Mass", "t", "12500"), ("Mass", "toneladas", "12500"), ("Mass", "t TM", "12500"),
        ("Mass", "kg (dry)", "12.5"), ("Mass (kg)", "t", "units_disagree"),
        ("Mass (kg)", "dry", "unit_unknown"),
        ("Mass", "ton", "unit_unknown"), ("Mass", "Pfund", "unit_unknown"), ("Mass", "kg/h", "unit_unknown"),
    ],
)  # fmt: skip
def test_hazard_26_the_unit_of_a_row_outranks_the_settings_and_never_the_header(
    tmp_path: Path, written: Written, header: str, unit: str, outcome: str
) -> None:
    log = written(tmp_path, (*HEADER[:5], header, "Einheit"), (*GOOD[:5], "12.5", unit))
    (row,) = table_in(log, replace(PLANT, mass_unit="g")).rows
    if row.run:
        assert row.run.mass == Decimal(outcome)
    else:
        assert wrongs(row) == [(outcome, ("G2",))]


@FORMATS
@pytest.mark.parametrize(
    ("header", "deviation"),
    [("Std.-Abw.", "12.5"), ("Std.-Abw. [g]", "0.0125"), ("± kg", "12.5"), ("SD (lb)", "5.669904625")],
)
def test_hazard_26_a_deviation_is_in_the_unit_of_its_mass_unless_its_header_says_another(
    tmp_path: Path, written: Written, header: str, deviation: str
) -> None:
    log = written(tmp_path, (*HEADER[:5], "Mass (kg)", header), (*GOOD[:5], "100", "12.5"))
    (row,) = table_in(log).rows
    assert row.run
    assert (row.run.mass, row.run.deviation) == (Decimal(100), Decimal(deviation))
