"""Where the table stands in a file, and which of its columns is which: what is guessed is told."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from schemas.cell import text_of
from schemas.convention import Convention
from tests.hazards.tables import ROW, Written, as_text, as_workbook, made_of, notices, refusal_of, table_in
from tests.pure.build import HEADER, PLANT

FORMATS = pytest.mark.parametrize("written", [as_text, as_workbook])
NO_UNIT = (*HEADER[:5], "Mass")
TITLES = (("North kilns",), (), ("Month", "October"))


@FORMATS
def test_hazard_47_title_rows_above_the_header_are_passed_over_and_told(
    tmp_path: Path, written: Written
) -> None:
    table = table_in(written(tmp_path, *TITLES, HEADER, ROW))
    assert (table.header, table.header_row) == (HEADER, 4)
    assert [(row.row, row.run is not None) for row in table.rows] == [(5, True)]
    assert notices(table) == {
        "rows_above_header": "row 4 is the header; passed over above it: “North kilns”, “Month” and “October”"
    }


@FORMATS
@pytest.mark.parametrize(("above", "found"), [(49, True), (50, False)])
def test_hazard_47_a_header_is_looked_for_in_the_first_50_rows(
    tmp_path: Path, written: Written, above: int, found: bool
) -> None:
    log = written(tmp_path, *[("x",)] * above, HEADER, ROW)
    if found:
        assert table_in(log).header_row == 50
    else:
        assert refusal_of(log).code == "no_header"


@FORMATS
def test_hazard_47_two_headers_refuse_the_file_and_name_both_rows(tmp_path: Path, written: Written) -> None:
    refused = refusal_of(written(tmp_path, HEADER, ROW, HEADER, ROW))
    assert refused.code == "two_headers"
    assert "rows 1 and 3" in refused.message


@FORMATS
@pytest.mark.parametrize(
    "header",
    [
        (
            ("Batch", "Kiln", "Feedstock", "Start", "End", "Biochar"),
            ("ref", "name", "type", "UTC", "UTC", "(kg)"),
        ),
        (("", "Kiln", "Feedstock", "Start", "End", "Mass (kg)"), ("Batch ref", "", "", "", "", "")),
        (
            ("", "", "", "Run", "", "Biochar"),
            ("Batch ref", "Facility", "Feedstock", "from", "to", "mass (kg)"),
        ),
    ],
)
def test_hazard_48_a_header_over_several_rows_is_never_put_together(
    tmp_path: Path, written: Written, header: Sequence[Sequence[str]]
) -> None:
    refused = refusal_of(written(tmp_path, *header, ROW), replace(PLANT, mass_unit="t"))
    assert refused.code in ("no_header", "header_in_two_rows")


@FORMATS
@pytest.mark.parametrize("below", ["(kg)", "t", "[t TM]"])
def test_hazard_48_a_unit_in_a_second_row_refuses_the_file_and_the_settings_do_not_take_its_place(
    tmp_path: Path, written: Written, below: str
) -> None:
    units = ("", "", "", "", "", below)
    refused = refusal_of(written(tmp_path, NO_UNIT, units, ROW), replace(PLANT, mass_unit="kg"))
    assert refused.code == "header_in_two_rows"
    said = below.strip("()[]")
    assert f"row 2 below the header says “{said}” under “Mass”" in refused.message
    assert f"as in “Mass ({said})”, and delete row 2." in refused.remedy


@FORMATS
def test_hazard_48_a_long_text_below_the_header_is_a_value_and_no_second_row_of_it(
    tmp_path: Path, written: Written
) -> None:
    row = (*ROW[:5], "kg " * 100)
    table = table_in(written(tmp_path, NO_UNIT, row), replace(PLANT, mass_unit="kg"))
    assert [issue.column for issue in table.rows[0].issues] == ["Mass"]


@FORMATS
def test_hazard_48_a_zone_in_a_second_row_refuses_the_file_and_the_plants_own_does_not_take_its_place(
    tmp_path: Path, written: Written
) -> None:
    refused = refusal_of(written(tmp_path, HEADER, ("", "", "", "UTC", "UTC", ""), ROW))
    assert refused.code == "header_in_two_rows"
    assert "row 2 below the header says “UTC” under “Start”" in refused.message


@FORMATS
def test_hazard_48_one_row_that_names_every_field_alone_is_the_header(
    tmp_path: Path, written: Written
) -> None:
    groups = ("Batch", "", "", "Times", "", "Output")
    table = table_in(written(tmp_path, groups, HEADER, ROW))
    assert table.header_row == 2
    assert [row.run is not None for row in table.rows] == [True]
    assert list(notices(table)) == ["rows_above_header"]


def test_hazard_49_a_merged_header_stands_over_each_of_its_columns_and_is_told(tmp_path: Path) -> None:
    log = as_workbook(tmp_path, (*HEADER, "Remarks", None), (*ROW, "a", "b"), merged=["G1:H1"])
    table = table_in(log)
    assert table.header == (*HEADER, "Remarks", "Remarks")
    assert [text_of(cell) for cell in table.rows[0].cells[6:]] == ["a", "b"]
    assert table.rows[0].run
    assert notices(table) == {
        "header_merged": "merged header cells were read as if each of them held the text: G1:H1",
        "unknown_columns": "unknown columns go into the results untouched: “Remarks” and “Remarks”",
    }


@FORMATS
@pytest.mark.parametrize(
    ("extra", "field", "cells"),
    [
        ("Weight (t)", "mass", "F1 “Mass (kg)” and G1 “Weight (t)”"),
        ("Mass (kg)", "mass", "F1 “Mass (kg)” and G1 “Mass (kg)”"),
        ("Charge-Nr.", "supplier_reference_id", "A1 “Batch ref” and G1 “Charge-Nr.”"),
        ("Four", "facility", "B1 “Facility” and G1 “Four”"),
        ("Início", "started_at", "D1 “Start” and G1 “Início”"),
    ],
)
def test_hazard_52_two_columns_for_one_field_refuse_the_file_and_both_are_named(
    tmp_path: Path, written: Written, extra: str, field: str, cells: str
) -> None:
    refused = refusal_of(written(tmp_path, (*HEADER, extra), (*ROW, "1")))
    assert refused.code == "column_twice"
    assert f"row 1: {cells} both name {field}." in refused.message
    assert "[log.columns]" in refused.remedy


@FORMATS
def test_hazard_52_unknown_columns_may_have_one_name_and_each_keeps_its_cells(
    tmp_path: Path, written: Written
) -> None:
    table = table_in(written(tmp_path, (*HEADER, "T1", "T1"), (*ROW, "510", "620")))
    assert table.header[6:] == ("T1", "T1")
    assert [text_of(cell) for cell in table.rows[0].cells[6:]] == ["510", "620"]
    assert notices(table) == {
        "unknown_columns": "unknown columns go into the results untouched: “T1” and “T1”"
    }


@FORMATS
@pytest.mark.parametrize(
    ("header", "order"),
    [
        (("BATCH  REF", "facility", " Feedstock ", "Start:", "End *", "mass\n(KG)"), range(6)),
        (
            ("Batch\u00a0ref", "Ｆacility", "feed\u00adstock", "\ufeffStart", "E\u200bnd", "Mass（kg）"),
            range(6),
        ),
        (("Mass (kg)", "End", "Start", "Feedstock", "Facility", "Batch ref"), (5, 4, 3, 2, 1, 0)),
        (("batch_ref", "FACILITY", "Feedstocks", "START", "END", "mass_kg"), range(6)),
        (("N° de lot", "Four", "MATIERE PREMIERE", "Début", "Fin", "Masse de biochar [kg]"), range(6)),
    ],
)
def test_hazard_53_headers_in_another_case_spacing_order_or_language_are_understood(
    tmp_path: Path, written: Written, header: tuple[str, ...], order: Sequence[int]
) -> None:
    table = table_in(written(tmp_path, header, tuple(ROW[column] for column in order)))
    (row,) = table.rows
    assert row.run
    assert (row.run.reference, row.run.mass) == ("A1", Decimal(100))
    assert notices(table) == {}


@FORMATS
def test_hazard_53_unknown_and_blank_headers_are_told_and_their_cells_kept(
    tmp_path: Path, written: Written
) -> None:
    table = table_in(written(tmp_path, (*HEADER, "Operator", "", "Std dve"), (*ROW, "JA", "x", "2")))
    assert [text_of(cell) for cell in table.rows[0].cells[6:]] == ["JA", "x", "2"]
    assert table.rows[0].run
    assert table.rows[0].run.deviation is None
    assert notices(table) == {
        "unknown_columns": "unknown columns go into the results untouched: “Operator” and “Std dve”; "
        "“Std dve” is near “Std dev”",
        "columns_without_header": "columns without a header hold something: H",
    }


@FORMATS
def test_hazard_53_a_missing_header_refuses_the_file_and_says_which_and_what_was_nearly_it(
    tmp_path: Path, written: Written
) -> None:
    german = ("Charge-Nnr.", "Anlage", "Einsatzstoff (kg)", "Beginn", "Ende", "Pflanzenkohle (kg)")
    refused = refusal_of(written(tmp_path, ("Kohlewerk",), german, ROW))
    assert refused.code == "no_header"
    assert "row 2" in refused.message
    assert "“Charge-Nnr.”, “Anlage”" in refused.message
    assert refused.message.endswith("but no header for the batch’s reference and the feedstock.")
    assert "“Charge-Nr.”, “Chargennummer” or “Charge”; “Charge-Nnr.” is near “Charge-Nr.”." in refused.remedy
    assert "The feedstock may be called “Einsatzstoff”" in refused.remedy
    assert '[log.columns]: "Charge-Nnr." = "supplier_reference_id".' in refused.remedy


@FORMATS
def test_hazard_53_what_the_refusal_offers_to_map_makes_the_log_readable(
    tmp_path: Path, written: Written
) -> None:
    log = written(tmp_path, ("Charge-Nnr.", *HEADER[1:]), ROW)
    assert refusal_of(log).code == "no_header"
    plant: Convention = replace(PLANT, columns={"Charge-Nnr.": "supplier_reference_id"})
    assert table_in(log, plant).rows[0].run


@FORMATS
def test_hazard_81_a_header_that_stands_in_one_cell_is_refused_with_the_way_to_split_it(
    tmp_path: Path, written: Written
) -> None:
    """As when a CSV file was pasted into a sheet, or saved from one in which nothing had split it."""
    rows = [('Batch ref,"Facility","Feedstock","Start","End","Mass (kg)"',), (",".join(map(str, ROW)),)]
    refused = refusal_of(written(tmp_path, ("Kohlewerk",), *rows))
    assert refused.code == "no_header"
    assert "all columns of its log in one cell, beginning with row 2" in refused.message
    assert "Text to Columns" in refused.remedy


@FORMATS
@pytest.mark.parametrize("header", ["Start (feeding)", "Beginn Beschickung", "Start temp (°C)", "Oppstart"])
def test_hazard_53_a_header_that_may_mean_another_thing_is_not_taken_for_a_field(
    tmp_path: Path, written: Written, header: str
) -> None:
    refused = refusal_of(written(tmp_path, (*HEADER[:3], header, *HEADER[4:]), ROW))
    assert refused.code == "no_header"
    assert refused.message.endswith("but no header for the start.")


@FORMATS
def test_hazard_53_a_weight_of_no_matter_what_beside_an_unknown_mass_of_biochar_is_in_doubt(
    tmp_path: Path, written: Written
) -> None:
    log = written(tmp_path, (*HEADER[:5], "Weight (kg)", "Biochar yield (kg)"), (*ROW[:5], "400", "100"))
    refused = refusal_of(log)
    assert refused.code == "mass_in_doubt"
    assert "F1 “Weight (kg)” may be the mass of the biochar or of something else" in refused.message
    assert "G1 “Biochar yield (kg)” stands beside it" in refused.message
    settled = made_of(log, replace(PLANT, columns={"Biochar yield (kg)": "mass"}))
    assert [row.run and row.run.mass for row in getattr(settled, "rows", [])] == [Decimal(100)]
