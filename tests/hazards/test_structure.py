"""Hazards 49 to 56 and 61 to 63: merged cells, rows that are no runs, tables, sheets, and where they end."""

from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from msgspec.structs import replace
from openpyxl.chart import BarChart
from openpyxl.styles import Color, Font, PatternFill

from pipeline.assemble import assemble
from tests.hazards.sheets import (
    WITH_OPTIONAL,
    accepted,
    book,
    csv_log,
    issues,
    judged,
    line,
    logged,
    raw,
    refused,
    table_of,
    told,
    wrong,
    xml_row,
)
from tests.pure.build import HEADER, KILN, PLANT, WOOD
from tests.read.make import edited, saved, write

BY_REFERENCE = replace(PLANT, one_batch_per="reference")


def merged(folder: Path, *blocks: str, rows: int = 3, header: tuple[str, ...] = HEADER) -> Path:
    """A log of so many rows in order, with these blocks merged afterwards."""
    padding = [""] * (len(header) - len(HEADER))
    made, sheet = book(*([*line(f"A{n}", n * 100), *padding] for n in range(1, rows + 1)), header=header)
    for block in blocks:
        sheet.merge_cells(block)
    return saved(made, folder)


def references(path: Path) -> list[str]:
    return [run.reference for run in accepted(path)]


@pytest.mark.parametrize(
    ("column", "found"), [("A", "A1"), ("D", "2026-10-01 06:00Z"), ("E", "2026-10-01 18:00Z"), ("F", "100")]
)
def test_hazard_49_a_value_merged_over_several_runs_may_be_that_of_all_and_refuses_each(
    tmp_path: Path, column: str, found: str
) -> None:
    path = merged(tmp_path, f"{column}2:{column}3")
    assert wrong(path) == [("merged_cell", f"{column}2", found), ("merged_cell", f"{column}3", "")]
    assert [row.run is None for row in judged(path).rows] == [True, True, False]
    for issue in issues(path):
        assert f"{column}2:{column}3 is merged" in issue.wanted
        assert issue.remedy == f"Unmerge {column}2:{column}3 and fill in each of its cells."


@pytest.mark.parametrize("column", ["B", "C"])
def test_hazard_49_a_kiln_or_feedstock_merged_over_its_runs_is_that_of_the_first_and_refuses_the_others(
    tmp_path: Path, column: str
) -> None:
    path = merged(tmp_path, f"{column}2:{column}4")
    assert wrong(path) == [("merged_cell", f"{column}3", ""), ("merged_cell", f"{column}4", "")]
    assert [row.run.reference for row in judged(path).rows if row.run] == ["A1"]


def test_hazard_49_a_day_merged_over_its_runs_is_that_of_the_first_and_refuses_the_others(
    tmp_path: Path,
) -> None:
    header = (*HEADER[:3], "Start date", "Start time", *HEADER[4:])
    rows = [[f"A{n}", "North", "Wood", "2026-10-01", "08:00", "2026-10-01 20:00", 100] for n in (1, 2)]
    made, sheet = book(*rows, header=header)
    sheet.merge_cells("D2:D3")
    assert wrong(saved(made, tmp_path)) == [("merged_cell", "D3/E3", "08:00")]


def test_hazard_49_a_unit_merged_over_several_rows_is_not_replaced_by_that_of_the_settings(
    tmp_path: Path,
) -> None:
    header = (*HEADER[:5], "Mass", "Unit")
    made, sheet = book([*line("A1", 1), "t"], [*line("A2", 2), "t"], header=header)
    sheet.merge_cells("G2:G3")
    path = saved(made, tmp_path)
    plant = replace(PLANT, mass_unit="kg")
    assert wrong(path, plant) == [("merged_cell", "G3", "")]
    assert [row.run.mass for row in judged(path, plant).rows if row.run] == [Decimal(1000)]


def test_hazard_49_start_and_end_merged_side_by_side_refuse_the_row(tmp_path: Path) -> None:
    assert wrong(merged(tmp_path, "D3:E3")) == [("merged_cell", "E3", "")]


def test_hazard_49_a_value_hidden_under_a_merge_is_not_read(tmp_path: Path) -> None:
    merge = '<mergeCells count="1"><mergeCell ref="F2:F3"/></mergeCells>'
    path = raw(tmp_path, xml_row(2, *line("A1")), xml_row(3, *line("A2", 200)), after=merge)
    assert wrong(path) == [("merged_cell", "F2", "100"), ("merged_cell", "F3", "200")]


def test_hazard_49_a_run_of_two_sheet_rows_whose_second_is_empty_is_read(tmp_path: Path) -> None:
    made, sheet = book(line("A1"), [], line("A2"), [])
    for column in "ABCDEF":
        sheet.merge_cells(f"{column}2:{column}3")
        sheet.merge_cells(f"{column}4:{column}5")
    assert references(saved(made, tmp_path)) == ["A1", "A2"]


def test_hazard_49_merged_cells_that_hold_no_field_are_told_and_titles_are_not(tmp_path: Path) -> None:
    made, sheet = book(["October"], list(HEADER), line("A1"), line("A2"), header=("Log", "", "", "", "", ""))
    sheet.merge_cells("A1:F1")
    sheet["G4"] = "Anna"
    sheet.merge_cells("G4:G5")
    path = saved(made, tmp_path)
    assert references(path) == ["A1", "A2"]
    merged = [line for line in told(path) if line.startswith("merged")]
    assert merged == ["merged cells hold a value only in their first cell: G4:G5"]


def test_hazard_49_a_batch_whose_reference_is_merged_holds_back_no_other_batch(tmp_path: Path) -> None:
    table = judged(merged(tmp_path, "A2:A3"), BY_REFERENCE)
    assert [row.reference for row in table.rows] == ["A1", "A1", "A3"]
    made = assemble([table], BY_REFERENCE)
    assert [batch.reference for batch in made.batches] == ["A3"]
    assert {key: outcome.word for key, outcome in made.decided.items()} == {
        (0, 2): "invalid",
        (0, 3): "invalid",
    }


@pytest.mark.parametrize(
    "word",
    [
        "Total", "TOTALS:", "Subtotal", "Grand total", "Sum", "Average", "Avg.", "Mean", "Total (kg)",
        "Sum kg",
        "Summe", "Gesamt", "Gesamtsumme", "Zwischensumme", "Ergebnis", "Mittelwert", "Durchschnitt",
        "Somme", "Total général", "Sous-total", "Moyenne",
        "Suma", "Total general", "Promedio", "Media",
        "Soma", "Total geral", "M\u00e9dia", "Me\u0301dia",
        "Totalt", "Delsum", "Snitt", "Gjennomsnitt", "Σ", "Ø",
    ],
)  # fmt: skip
def test_hazard_50_a_total_or_average_is_passed_over_and_told_by_its_row(tmp_path: Path, word: str) -> None:
    for row in ([word, "", "", "", "", 200], ["", "", "", "", word, 200]):
        table = judged(logged(tmp_path, line("A1"), line("A2"), [], row))
        assert [each.row for each in table.rows] == [2, 3]
        (notice,) = table.notices
        assert (notice.code, notice.row, notice.found) == ("total_passed_over", 5, f"{word} 200")
        assert notice.wanted == "row 5 is a total, not a run, and was passed over"


def test_hazard_50_a_total_under_a_table_of_a_text_file_is_passed_over(tmp_path: Path) -> None:
    path = csv_log(tmp_path, line("A1"), ["", "", "", "", "", ""], ["Summe", "", "", "", "", "100"])
    assert references(path) == ["A1"]
    assert told(path) == ["row 4 is a total, not a run, and was passed over"]


@pytest.mark.parametrize("label", ["Total", "Ergebnis", "Totalt"])
def test_hazard_50_the_totals_row_of_an_excel_table_is_passed_over(tmp_path: Path, label: str) -> None:
    path = tmp_path / "log.xlsx"
    made = xlsxwriter.Workbook(path)
    columns: list[dict[str, object]] = [{"header": title} for title in HEADER]
    columns[0]["total_string"] = label
    columns[5] |= {"total_function": "sum", "total_value": 200}
    rows = [line("A1"), line("A2")]
    made.add_worksheet("Runs").add_table("A1:F4", {"data": rows, "columns": columns, "total_row": True})
    made.close()
    assert references(path) == ["A1", "A2"]
    assert "row 4 is a total, not a run, and was passed over" in told(path)


@pytest.mark.parametrize(
    "row",
    [
        ["A9", "Total", "", "", "", 200],
        ["A1 Total", "", "", "", "", 200],
        ["", "", "", "2026-10-01 06:00Z", "Total", 200],
        ["", "", "", "", "", 200],
        [12, "Total", "", "", "", 200],
        ["Sum-3", "", "", "", "", 200],
    ],
)
def test_hazard_50_a_row_that_may_be_a_run_is_refused_and_not_passed_over(
    tmp_path: Path, row: list[object]
) -> None:
    path = logged(tmp_path, line("A1"), row)
    assert [each.run is None for each in judged(path).rows] == [False, True]


def test_hazard_50_a_total_that_fills_every_column_is_no_batch(tmp_path: Path) -> None:
    assert wrong(logged(tmp_path, line("A1"), line("Total", 100))) == [
        ("reference_says_total", "A3", "Total")
    ]


@pytest.mark.parametrize("column", [0, 1, 6])
def test_hazard_50_a_note_under_the_table_is_refused_and_may_be_deleted(tmp_path: Path, column: int) -> None:
    note = [""] * 7
    note[column] = "Checked by Anna"
    path = logged(tmp_path, [*line("A1"), ""], [], note, header=(*HEADER, "Remark"))
    assert [row.run is None for row in judged(path).rows] == [False, True]
    missing = [issue for issue in issues(path) if issue.code == "missing"]
    assert ("A4" in [issue.cells[0] for issue in missing]) == (column != 0)
    for issue in missing:
        assert issue.remedy == "Fill in the cell, or delete the row if it is no run."


def test_hazard_50_a_header_that_is_repeated_far_below_is_refused_as_a_row(tmp_path: Path) -> None:
    runs = [line(f"A{n}") for n in range(60)]
    path = logged(tmp_path, *runs, [text.upper() for text in HEADER], line("B1"))
    assert wrong(path) == [("header_repeated", "row 62", "")]
    assert len([row for row in judged(path).rows if row.run]) == 61


def test_hazard_51_two_tables_below_each_other_refuse_the_file_and_say_where_the_second_begins(
    tmp_path: Path,
) -> None:
    refusal = refused(logged(tmp_path, line("A1"), [], list(HEADER), line("B1")))
    assert refusal.code == "two_headers"
    assert "rows 1 and 4 of sheet “Runs”" in refusal.message
    assert "a second table begins in row 4" in refusal.message


@pytest.mark.parametrize(
    "header",
    [
        (*HEADER[:5], "Mass (t)"),
        (*HEADER[:3], "End", "Start", HEADER[5]),
        ("", *HEADER),
        (*HEADER[:5], "Output (t)"),
        ("Ref", "Start", "End"),
    ],
)
@pytest.mark.parametrize("above", [2, 70])
def test_hazard_51_another_table_anywhere_below_is_not_read_under_the_first_header(
    tmp_path: Path, header: tuple[str, ...], above: int
) -> None:
    runs = [line(f"A{n}") for n in range(above)]
    refusal = refused(logged(tmp_path, *runs, list(header), line("B1", 0.1)))
    assert refusal.code == "two_headers"
    assert str(above + 2) in refusal.message


def test_hazard_51_a_run_whose_names_are_also_headers_is_no_second_table(tmp_path: Path) -> None:
    names = replace(PLANT, facilities={"Reactor": KILN}, feedstocks={"Biomass": WOOD})
    run = [*line("A1", facility="Reactor", feedstock="Biomass"), "Biochar"]
    path = logged(tmp_path, run, header=(*HEADER, "Product"))
    assert [each.reference for each in accepted(path, names)] == ["A1"]
    timeless = [*line("A2", facility="Reactor", feedstock="Biomass", start="", end=""), "Biochar"]
    assert refused(logged(tmp_path, run, timeless, header=(*HEADER, "Product")), names).code == "two_headers"


def test_hazard_51_two_logs_side_by_side_refuse_the_file(tmp_path: Path) -> None:
    header = (*HEADER, "", *HEADER)
    refusal = refused(logged(tmp_path, [*line("A1"), "", *line("B1")], header=header))
    assert refusal.code == "column_twice"
    assert "H1" in refusal.message


def test_hazard_51_a_small_table_beside_the_log_lends_it_no_value(tmp_path: Path) -> None:
    header = (*HEADER, "", "Month", "Sum of kg")
    rows = [[*line("A1"), "", "October", 500], ["", "", "", "", "", "", "", "November", 600]]
    path = logged(tmp_path, *rows, header=header)
    assert [row.run and row.run.mass for row in judged(path).rows] == [Decimal(100), None]


def test_hazard_54_hidden_filtered_and_grouped_rows_are_read_and_told_by_number(tmp_path: Path) -> None:
    made, sheet = book(*(line(f"A{n}") for n in range(2, 12)))
    sheet.row_dimensions[3].hidden = True
    sheet.row_dimensions.group(5, 7, hidden=True)
    path = saved(made, tmp_path)
    assert references(path) == [f"A{n}" for n in range(2, 12)]
    assert told(path) == ["hidden rows were read too: 3, 5–7"]


def test_hazard_54_rows_without_height_and_columns_without_width_are_told_as_hidden(tmp_path: Path) -> None:
    flat = xml_row(2, *line("A1")).replace("<row", '<row ht="0.0" customHeight="1"')
    path = edited(
        raw(tmp_path, flat, xml_row(3, *line("A2"))),
        "xl/worksheets/sheet1.xml",
        "<sheetData>",
        '<cols><col min="2" max="2" width="0"/><col min="7" max="16384" hidden="1"/></cols><sheetData>',
    )
    assert references(path) == ["A1", "A2"]
    assert told(path) == ["hidden rows were read too: 2", "hidden columns were read too: B “Facility”"]


def test_hazard_54_rows_that_a_filter_hides_are_read_and_told(tmp_path: Path) -> None:
    path = tmp_path / "log.xlsx"
    made = xlsxwriter.Workbook(path)
    sheet = made.add_worksheet("Runs")
    for number, row in enumerate((HEADER, line("A1"), line("A2", facility="South"))):
        sheet.write_row(number, 0, row)
    sheet.autofilter("A1:F3")
    sheet.filter_column("B", "x == North")
    sheet.set_row(2, options={"hidden": True})
    made.close()
    assert references(path) == ["A1", "A2"]
    assert told(path) == ["hidden rows were read too: 3"]


def test_hazard_54_hidden_columns_are_read_and_told_by_their_headers(tmp_path: Path) -> None:
    made, sheet = book([*line("A1"), "x"], header=(*HEADER, "Note"))
    for column in ("F", "G", "H"):
        sheet.column_dimensions[column].hidden = True
    path = saved(made, tmp_path)
    assert [run.mass for run in accepted(path)] == [Decimal(100)]
    assert told(path)[0] == "hidden columns were read too: F “Mass (kg)”, G “Note”"


WHITE, PAPER = Font(color="FFFFFFFF"), PatternFill()


@pytest.mark.parametrize(
    ("font", "fill", "number_format", "seen"),
    [
        (WHITE, PAPER, "General", False),
        (Font(color=Color(theme=0)), PAPER, "General", False),
        (Font(color=Color(indexed=9)), PatternFill("solid", fgColor="FFFFFF"), "General", False),
        (Font(color="FF00AA00"), PatternFill("solid", fgColor="00AA00"), "General", False),
        (Font(), PAPER, ";;;", False),
        (WHITE, PatternFill("solid", fgColor="000080"), "General", True),
        (Font(color=Color(theme=1)), PAPER, "0.0;-0.0;;@", True),
    ],
)
def test_hazard_54_a_mass_that_nobody_can_see_is_read_and_told(
    tmp_path: Path, font: Font, fill: PatternFill, number_format: str, *, seen: bool
) -> None:
    made, sheet = book(line("A1"), line("A2"))
    for cell in (sheet["F1"], sheet["F3"]):
        cell.font, cell.fill, cell.number_format = font, fill, number_format
    path = saved(made, tmp_path)
    assert references(path) == ["A1", "A2"]
    assert told(path) == (
        [] if seen else ["cells that show nothing, for their colour or their format, were read too: F1, F3"]
    )


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hazard_55_a_hidden_sheet_is_read_only_when_it_is_named(tmp_path: Path, state: str) -> None:
    made, sheet = book(line("A1"))
    other = made.create_sheet("Last year")
    for row in (HEADER, line("B1")):
        other.append(list(row))
    other.sheet_state = state
    path = saved(made, tmp_path)
    assert references(path) == ["A1"]
    assert told(path) == ["hidden sheets were not read: “Last year”"]
    assert [run.reference for run in accepted(path, replace(PLANT, sheet="Last year"))] == ["B1"]
    sheet["A1"] = "Something else"
    refusal = refused(saved(made, tmp_path))
    assert refusal.code == "no_header"
    assert "“Last year”" in refusal.remedy


def test_hazard_56_no_sheet_or_two_sheets_with_the_header_refuse_the_file(tmp_path: Path) -> None:
    made, sheet = book(line("A1"))
    made.create_chartsheet("Chart").add_chart(BarChart())
    made.create_sheet("Notes").append(["remember"])
    path = saved(made, tmp_path)
    assert references(path) == ["A1"]
    assert told(path) == ["other sheets were not read: “Notes”"]
    assert refused(path, replace(PLANT, sheet="Journal")).code == "sheet_missing"
    made.create_sheet("Runs 2").append(list(HEADER))
    assert refused(saved(made, tmp_path)).code == "two_headers"
    made.remove(made["Runs 2"])
    sheet["A1"] = "Something else"
    assert refused(saved(made, tmp_path)).code == "no_header"


def test_hazard_61_rows_and_columns_that_are_only_formatted_cost_no_rows(tmp_path: Path) -> None:
    rows = [xml_row(2, *line("A1"))]
    rows += [f'<row r="{n}" ht="20"><c r="A{n}" s="0"/><c r="XFD{n}" s="0"/></row>' for n in range(3, 50_000)]
    assert len(table_of(raw(tmp_path, *rows)).rows) == 2


def test_hazard_61_reading_stops_after_a_thousand_blank_rows_and_says_so(tmp_path: Path) -> None:
    path = raw(tmp_path, xml_row(2, *line("A1")), xml_row(1_003, *line("A2")))
    assert references(path) == ["A1"]
    assert told(path) == [
        "nothing below row 2 was read, because 1,000 blank rows follow it; row 1003 holds something"
    ]
    assert references(raw(tmp_path, xml_row(2, *line("A1")), xml_row(1_002, *line("A2")))) == ["A1", "A2"]


@pytest.mark.parametrize(
    "tag",
    ['<dimension ref="A1"/>', '<dimension ref="A1:ZZZ2"/>', '<dimension ref="F9:A1"/>', '<dimension ref=""/>',
     '<dimension ref="nothing"/>', "<dimension/>", '<x:dimension xmlns:x="u" ref="A1"></x:dimension>', ""],
)  # fmt: skip
def test_hazard_62_a_wrong_or_missing_dimension_is_ignored(tmp_path: Path, tag: str) -> None:
    path = raw(tmp_path, xml_row(2, *line("A1")), xml_row(3, *line("A2")))
    assert references(edited(path, "xl/worksheets/sheet1.xml", "<sheetData>", f"{tag}<sheetData>")) == [
        "A1",
        "A2",
    ]


@pytest.mark.parametrize("last", [65_536, 1_048_576])
def test_hazard_63_a_log_that_ends_where_spreadsheets_end_is_refused(tmp_path: Path, last: int) -> None:
    refusal = refused(raw(tmp_path, xml_row(2, *line("A1")), xml_row(last, *line("A2"))))
    assert refusal.code == "rows_cut"
    assert f"row {last:,}" in refusal.message
    lines = ",".join(HEADER) + "\n" + ",".join(map(str, line("A1"))) + "\n" * (last - 2)
    text = write(tmp_path, "log.csv", lines + ",".join(map(str, line("A2"))) + "\n")
    assert refused(text).code == "rows_cut"


def test_hazard_63_a_formula_that_was_filled_down_to_the_last_row_cuts_nothing(tmp_path: Path) -> None:
    filled = '<c t="str"><f>IF(A9="","","x")</f><v></v></c>'
    path = raw(tmp_path, xml_row(2, *line("A1")), xml_row(1_048_576, filled))
    assert references(path) == ["A1"]


@pytest.mark.parametrize(("column", "fits"), [("ALL", True), ("ALM", False), ("XFD", False)])
def test_hazard_66_a_log_of_thousands_of_columns_is_refused(
    tmp_path: Path, column: str, *, fits: bool
) -> None:
    far = f'<c r="{column}3"><v>1</v></c></row>'
    path = raw(tmp_path, xml_row(2, *line("A1")), xml_row(3, *line("A2")).replace("</row>", far))
    wide = csv_log(
        tmp_path, line("A1"), header=(*HEADER, *(str(n) for n in range(1_000 if not fits else 10)))
    )
    if fits:
        assert references(path) == ["A1", "A2"]
    else:
        for log in (path, wide):
            refusal = refused(log)
            assert refusal.code == "too_many_columns"
            assert "1,000" in refusal.message


def test_what_is_optional_may_be_left_out(tmp_path: Path) -> None:
    assert references(logged(tmp_path, line("A1"), header=WITH_OPTIONAL)) == ["A1"]
