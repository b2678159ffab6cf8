"""Hazards 57 to 60 and 64 to 66: formulas, errors, words for none, and how cells may be written."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from msgspec.structs import replace
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula

from tests.hazards.hostile import parts_of, with_parts
from tests.hazards.sheets import (
    MAIN,
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
    shared,
    told,
    wrong,
    xml_row,
)
from tests.pure.build import HEADER, PLANT
from tests.read.make import edited, saved, text_row, with_sheet

SHEET = "xl/worksheets/sheet1.xml"
OPTIONAL = {"deviation": "G2", "display_name": "H2"}


def one(folder: Path, at: str, cell: str) -> Path:
    """A log of one row whose cell in this column is this XML."""
    cells: list[object] = [*line("A1"), "", "", ""]
    cells["ABCDEFGHI".index(at)] = cell
    return raw(folder, xml_row(2, *(cell for cell in cells)), header=WITH_OPTIONAL)


@pytest.mark.parametrize("column", "ABCDEF")
def test_hazard_57_a_formula_that_was_never_calculated_is_refused_and_quoted(
    tmp_path: Path, column: str
) -> None:
    cells = line("A1")
    cells["ABCDEF".index(column)] = "=Z9*2"
    path = logged(tmp_path, cells, line("A2"))
    assert wrong(path) == [("formula_without_value", f"{column}2", "=Z9*2")]
    (issue,) = issues(path)
    assert issue.remedy == "Open the file in a spreadsheet program, save it as .xlsx, and try again."
    assert [row.run is None for row in judged(path).rows] == [True, False]


@pytest.mark.parametrize("kind", ["", ' t="str"', ' t="b"', ' t="e"', ' t="s"', ' t="n"'])
@pytest.mark.parametrize("column", "GH")
def test_hazard_57_a_formula_without_a_value_is_no_empty_cell_where_one_may_be_empty(
    tmp_path: Path, column: str, kind: str
) -> None:
    assert wrong(one(tmp_path, column, f"<c{kind}><f>Z9&amp;1</f></c>")) == [
        ("formula_without_value", f"{column}2", "=Z9&1")
    ]


@pytest.mark.parametrize("text", ['"unclosed', "(", "A1:", "{1,2", ""])
def test_hazard_57_a_shared_formula_that_is_none_is_quoted_and_crashes_nothing(
    tmp_path: Path, text: str
) -> None:
    masters = xml_row(2, *line("A1")[:5], f'<c><f t="shared" ref="F2:F3" si="0">{text}</f></c>')
    path = raw(tmp_path, masters, xml_row(3, *line("A2")[:5], '<c><f t="shared" si="0"/></c>'))
    assert [code for code, _, _ in wrong(path)] == ["formula_without_value"] * 2


def test_hazard_57_a_formula_whose_result_is_no_text_is_an_empty_cell(tmp_path: Path) -> None:
    empty = '<c t="str"><f>IF(Z9="","",Z9)</f><v></v></c>'
    assert wrong(one(tmp_path, "F", empty)) == [("missing", "F2", "")]
    (run,) = accepted(one(tmp_path, "G", empty))
    assert run.deviation is None
    below = raw(tmp_path, xml_row(2, *line("A1")), *(xml_row(n, empty, empty, empty) for n in range(3, 400)))
    assert [run.reference for run in accepted(below)] == ["A1"]


@pytest.mark.parametrize(
    ("attributes", "stale"),
    [
        ('calcMode="manual"', True),
        ('fullCalcOnLoad="1"', True),
        ('calcId="191029" fullCalcOnLoad = "true"', True),
        ('calcCompleted="0"', True),
        ('calcId="191029"', False),
        ('calcMode="auto" fullCalcOnLoad="0" calcCompleted="1"', False),
    ],
)
@pytest.mark.parametrize("formula", [True, False])
def test_hazard_58_the_saved_result_of_a_formula_is_read_and_told_when_it_may_be_old(
    tmp_path: Path, attributes: str, *, stale: bool, formula: bool
) -> None:
    mass = "<c><f>50*2</f><v>100</v></c>" if formula else 100
    path = raw(tmp_path, xml_row(2, *line("A1", mass)))
    old = '<calcPr calcId="124519" fullCalcOnLoad="1" />'
    edited(path, "xl/workbook.xml", old, f"<calcPr {attributes}/>")
    assert [run.mass for run in accepted(path)] == [Decimal(100)]
    assert told(path) == (
        ["formulas were read as last saved, and the workbook says that they may be out of date"]
        if stale and formula
        else []
    )


@pytest.mark.parametrize("column", range(6))
def test_hazard_58_the_nought_of_a_program_that_works_no_formula_out_is_no_value(
    tmp_path: Path, column: int
) -> None:
    path = tmp_path / "log.xlsx"
    made = xlsxwriter.Workbook(path)
    sheet = made.add_worksheet("Runs")
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, line("A1"))
    sheet.write_formula(1, column, "=Z1", made.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
    made.close()
    assert wrong(path) == [("formula_without_value", f"{'ABCDEF'[column]}2", "=Z1")]


def test_hazard_58_a_nought_that_a_spreadsheet_worked_out_is_one(tmp_path: Path) -> None:
    path = raw(tmp_path, xml_row(2, *line("A1", "<c><f>1-1</f><v>0</v></c>")))
    edited(path, "xl/workbook.xml", '<calcPr calcId="124519" fullCalcOnLoad="1" />', "<calcPr/>")
    assert [(cell, found) for _, cell, found in wrong(path)] == [("F2", "0")]


def test_hazard_58_the_results_of_formulas_of_every_kind_are_read_as_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "log.xlsx"
    made = xlsxwriter.Workbook(path)
    sheet = made.add_worksheet("Runs")
    sheet.write_row(0, 0, HEADER)
    date = made.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for row in (1, 2):
        sheet.write_formula(row, 0, '="A"&1', value=f"A{row}")
        sheet.write_formula(row, 1, "=Z1", value="North")
        sheet.write_formula(row, 2, "=Z2", value="Wood")
        sheet.write_formula(row, 3, "=Z3", date, value=46296.25)
        sheet.write_formula(row, 4, "=D2+0.5", date, value=46296.75)
    sheet.write_array_formula("F2:F2", "{=SUM(Z1:Z9)}", value=12.5)
    sheet.write_formula(2, 5, "=TRUE", value=True)
    made.close()
    rows = judged(path).rows
    assert rows[0].run
    assert (rows[0].run.reference, rows[0].run.mass) == ("A1", Decimal("12.5"))
    assert rows[0].run.started_at.isoformat() == "2026-10-01T04:00:00+00:00"
    assert rows[0].run.ended_at.isoformat() == "2026-10-01T16:00:00+00:00"
    assert wrong(path) == [("not_a_number", "F3", "TRUE")]


def test_hazard_58_shared_and_array_formulas_are_their_own_results(tmp_path: Path) -> None:
    path = raw(
        tmp_path,
        xml_row(2, *line("A1", '<c><f t="shared" ref="F2:F3" si="0">Z2*2</f><v>100</v></c>')),
        xml_row(3, *line("A2", '<c><f t="shared" si="0"/><v>200</v></c>')),
        xml_row(4, *line("A3", '<c><f t="array" ref="F4:F5">Z2:Z3</f><v>300</v></c>')),
        xml_row(5, *line("A4", 400)),
    )
    assert [run.mass for run in accepted(path)] == [Decimal(n) for n in (100, 200, 300, 400)]
    made, sheet = book(line("A1"))
    sheet["F2"] = ArrayFormula("F2:F2", "=SUM(Z1:Z9)")
    assert wrong(saved(made, tmp_path)) == [("formula_without_value", "F2", "=SUM(Z1:Z9)")]


ERRORS = [
    "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#N/A", "#SPILL!", "#CALC!", "#GETTING_DATA",
    "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!", "#PYTHON!", "#EXTERNAL!",
]  # fmt: skip
SHOWN = [
    *ERRORS, "#########", "Err:502", "#BEZUG!", "#WERT!", "#NV", "#ZAHL!", "#VALEUR!", "#NOM?", "#NOMBRE!",
    "#¡VALOR!", "#¡REF!", "#¿NOMBRE?", "#¡DIV/0!", "#N/D", "#NÚM!", "#VERDI!", "#I/T", "#NAVN?", "#n/a",
]  # fmt: skip


@pytest.mark.parametrize("error", ERRORS)
def test_hazard_59_an_error_in_a_cell_is_refused_with_its_text(tmp_path: Path, error: str) -> None:
    for column in "ABCDEFGH":
        path = one(tmp_path, column, f'<c t="e"><v>{error}</v></c>')
        assert wrong(path) == [("error_cell", f"{column}2", error)]


@pytest.mark.parametrize("error", SHOWN)
def test_hazard_59_an_error_that_was_exported_as_text_is_refused_with_its_text(
    tmp_path: Path, error: str
) -> None:
    for at, column in enumerate("ABCDEFGH"):
        cells = [*line("A1"), "5", "Seven", ""]
        cells[at] = error
        assert wrong(csv_log(tmp_path, cells, header=WITH_OPTIONAL)) == [("error_cell", f"{column}2", error)]


@pytest.mark.parametrize("reference", ["#12", "#A1", "NA", "N-A", "#", "A#REF!", "Sum-1", "Do.1", "Id. 7"])
def test_hazard_59_a_reference_that_only_looks_a_little_like_an_error_is_kept(
    tmp_path: Path, reference: str
) -> None:
    path = csv_log(tmp_path, line(reference))
    if reference == "#":
        assert wrong(path) == [("reference_says_none", "A2", "#")]
    else:
        assert [run.reference for run in accepted(path)] == [reference]


NONE = [
    "N/A",
    "n/a",
    "n.a.",
    "null",
    "None",
    "-",
    "–",
    "—",
    "--",
    "?",
    "n.d.",
    "n/d",
    "k.A.",
    "s.o.",
    "s/d",
    "i.a.",
    "TBC",
    "unbekannt",
]


@pytest.mark.parametrize("word", [*NONE, "NA"])
def test_hazard_60_a_word_for_none_is_an_empty_cell_where_one_may_be_empty_and_told(
    tmp_path: Path, word: str
) -> None:
    path = logged(tmp_path, [*line("A1"), word, word], header=WITH_OPTIONAL)
    (run,) = accepted(path)
    assert (run.deviation, run.display_name) == (None, None)
    notices = [notice for notice in judged(path).notices if notice.code != "unknown_columns"]
    assert [(notice.code, notice.cells) for notice in notices] == [
        ("says_none", ("G2",)),
        ("says_none", ("H2",)),
    ]
    assert all("(1 cell: " in notice.wanted for notice in notices)


@pytest.mark.parametrize("word", NONE)
def test_hazard_60_a_word_for_none_is_refused_where_a_value_is_needed(tmp_path: Path, word: str) -> None:
    for at, column in enumerate("ABCDEF"):
        cells = line("A1")
        cells[at] = word
        ((code, cell, found),) = wrong(logged(tmp_path, cells))
        assert (cell, found) == (f"{column}2", word)
        assert code != "missing"
        assert code == "reference_says_none" or at > 0


def test_hazard_60_na_may_be_a_reference(tmp_path: Path) -> None:
    assert [run.reference for run in accepted(logged(tmp_path, line("NA")))] == ["NA"]


@pytest.mark.parametrize("mark", ['"', "''", "〃", "„", "ditto", "dito", "do.", "idem", "siehe oben"])
def test_hazard_60_a_mark_for_the_same_as_above_is_refused_in_every_field(tmp_path: Path, mark: str) -> None:
    for at, column in enumerate("ABCDEFGH"):
        cells = [*line("A2"), "5", "Seven", ""]
        cells[at] = mark
        path = logged(tmp_path, [*line("A1"), "5", "Seven"], cells, header=WITH_OPTIONAL)
        assert wrong(path) == [("says_ditto", f"{column}3", mark)]


def test_hazard_64_a_cell_is_its_text_without_notes_rules_and_looks(tmp_path: Path) -> None:
    made, sheet = book(line("A1"))
    sheet["A2"].comment = Comment("not A1", "Anna")
    sheet["F2"].comment = Comment("200", "Anna")
    sheet.add_data_validation(DataValidation("list", formula1='"1,2"', sqref="F2"))
    sheet["A2"] = CellRichText("A", TextBlock(InlineFont(b=True), "1"))
    sheet["B2"] = CellRichText(TextBlock(InlineFont(b=True), "No"), TextBlock(InlineFont(i=True), "rth"))
    sheet.freeze_panes = "B2"
    (run,) = accepted(saved(made, tmp_path))
    assert (run.reference, run.mass) == ("A1", Decimal(100))


def test_hazard_64_hints_for_pronunciation_are_not_read(tmp_path: Path) -> None:
    item = '<si><t>窯1</t><rPh sb="0" eb="1"><t>カマ</t></rPh><phoneticPr fontId="1"/></si>'
    runs = '<si><r><t>窯</t></r><r><t>1</t></r><rPh sb="0" eb="1"><t>カマ</t></rPh></si>'
    for text in (item, runs):
        path = shared(raw(tmp_path, xml_row(2, '<c t="s"><v>0</v></c>', *line()[1:])), text)
        assert [run.reference for run in accepted(path)] == ["窯1"]
    inline = item.replace("si>", "is>")
    path = raw(tmp_path, xml_row(2, f'<c t="inlineStr">{inline}</c>', *line()[1:]))
    assert [run.reference for run in accepted(path)] == ["窯1"]


@pytest.mark.parametrize(
    ("written", "reference"),
    [
        ("A1_x000D_", "A1"),
        ("A_x005F_x000D_B", "A_x000D_B"),
        ("A_x005F_", "A_"),
        ("x005F_A", "x005F_A"),
        ("A_x0041_", "A_x0041_"),
        ("<![CDATA[A<&1]]>", "A<&1"),
        ("A&lt;&amp;&#49;", "A<&1"),
        ("A<!-- one -->1", "A1"),
        ("  A1  ", "A1"),
    ],
)  # fmt: skip
def test_hazard_64_a_text_is_what_was_typed_wherever_it_is_kept(
    tmp_path: Path, written: str, reference: str
) -> None:
    text = f'<t xml:space="preserve">{written}</t>'
    for cell in (
        '<c t="s"><v>0</v></c>',
        f'<c t="inlineStr"><is>{text}</is></c>',
        f'<c t="str"><v>{written}</v></c>',
    ):
        path = shared(raw(tmp_path, xml_row(2, cell, *line()[1:])), f"<si>{text}</si>")
        assert [run.reference for run in accepted(path)] == [reference]


def test_hazard_64_a_line_break_inside_a_reference_is_refused(tmp_path: Path) -> None:
    path = raw(tmp_path, xml_row(2, '<c t="str"><v>A_x000D_1</v></c>', *line()[1:]))
    assert [(code, cell) for code, cell, _ in wrong(path)] == [("invisible_character", "A2")]


STRUCK, RAISED = InlineFont(strike=True), InlineFont(vertAlign="superscript")


@pytest.mark.parametrize(
    ("font", "code"), [(STRUCK, "struck_through"), (RAISED, "raised_digits")], ids=["struck", "raised"]
)
@pytest.mark.parametrize("kept", ["in the sheet", "shared"])
def test_hazard_64_a_text_of_which_a_part_does_not_count_is_refused(
    tmp_path: Path, font: InlineFont, code: str, kept: str
) -> None:
    """100 struck through and 120 beside it is 120, and 10 with a raised 3 is 1000."""
    made, sheet = book(line("A1"))
    sheet["F2"] = CellRichText(TextBlock(font, "100"), "120")
    path = saved(made, tmp_path)
    if kept == "shared":
        look = "<rPr><strike/></rPr>" if font is STRUCK else '<rPr><vertAlign val="superscript"/></rPr>'
        row = xml_row(2, *line("A1", '<c t="s"><v>0</v></c>'))
        path = shared(raw(tmp_path, row), f"<si><r>{look}<t>100</t></r><r><t>120</t></r></si>")
    assert wrong(path) == [(code, "F2", "100120")]


@pytest.mark.parametrize("column", "ABCDEFGH")
def test_hazard_64_a_value_that_is_struck_through_is_refused(tmp_path: Path, column: str) -> None:
    made, sheet = book([*line("A1"), 5, "Seven"], line("A2"), header=WITH_OPTIONAL)
    sheet[f"{column}2"].font = Font(strike=True)
    sheet["I3"].font = sheet["A1"].font = Font(strike=True)
    path = saved(made, tmp_path)
    assert [(code, cell) for code, cell, _ in wrong(path)] == [("struck_through", f"{column}2")]
    assert [row.run is None for row in judged(path).rows] == [True, False]


def ruled(folder: Path, area: str, *, strike: bool, kind: str = "usual") -> Path:
    """A log of two rows, in which a conditional format gives cells of this area a look."""
    made, sheet = book([*line("A1"), "", "", "cancelled"], line("A2"), header=WITH_OPTIONAL)
    look = Font(strike=strike, color="FF999999")
    rule = FormulaRule(['$I2="cancelled"'], font=look)  # type: ignore[no-untyped-call]  # the stubs forget it
    sheet.conditional_formatting.add(area, rule)
    path = saved(made, folder)
    if kind != "of a newer kind":
        return path
    font = f'<font><strike val="{strike:d}"/></font>'
    newer = (
        '<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}" xmlns:x14="http://schemas.microsoft.com/office'
        '/spreadsheetml/2009/9/main"><x14:conditionalFormattings><x14:conditionalFormatting xmlns:xm='
        '"http://schemas.microsoft.com/office/excel/2006/main"><x14:cfRule type="expression">'
        f"<xm:f>Other!A1</xm:f><x14:dxf>{font}</x14:dxf></x14:cfRule><xm:sqref>{area}</xm:sqref></x14:conditionalFormatting>"
        "</x14:conditionalFormattings></ext></extLst>"
    )
    usual = re.compile(r"<conditionalFormatting.*</conditionalFormatting>")
    with_rule = usual.sub("", parts_of(path)[SHEET].decode()).replace("</worksheet>", f"{newer}</worksheet>")
    return with_parts(path, {SHEET: with_rule.encode()})


@pytest.mark.parametrize("kind", ["usual", "of a newer kind"])
@pytest.mark.parametrize("area", ["A2:I99", "F3", "A1:XFD1048576", "K1 A2:A3"])
def test_hazard_64_a_log_in_which_a_conditional_format_strikes_values_through_is_refused(
    tmp_path: Path, area: str, kind: str
) -> None:
    refusal = refused(ruled(tmp_path, area, strike=True, kind=kind))
    assert refusal.code == "struck_by_rule"
    assert f"cells in {area.rsplit(maxsplit=1)[-1]}, and" in refusal.message


@pytest.mark.parametrize("kind", ["usual", "of a newer kind"])
@pytest.mark.parametrize(
    ("area", "strike"), [("A2:I99", False), ("A1:I1", True), ("A4:I99", True), ("I2:I99", True)]
)
def test_hazard_64_a_conditional_format_that_strikes_no_value_through_does_no_harm(
    tmp_path: Path, area: str, strike: bool, kind: str
) -> None:
    assert len(accepted(ruled(tmp_path, area, strike=strike, kind=kind))) == 2


def test_hazard_64_what_stands_low_or_is_not_struck_is_plain_text(tmp_path: Path) -> None:
    made, sheet = book(line("A1"))
    plain = InlineFont(strike=False, vertAlign="subscript")
    sheet["B2"] = CellRichText("CO", TextBlock(plain, "2"), TextBlock(STRUCK, " "), TextBlock(RAISED, "st"))
    plant = replace(PLANT, facilities={"CO2 st": PLANT.facilities["North"]})
    assert [run.reference for run in accepted(saved(made, tmp_path), plant)] == ["A1"]


def test_hazard_65_cells_rows_and_texts_may_be_written_in_every_way_there_is(tmp_path: Path) -> None:
    cells = "".join(f'<x:c t="inlineStr"><x:is><x:t>{text}</x:t></x:is></x:c>' for text in line("A1")[:5])
    header = "".join(f'<x:c t="inlineStr"><x:is><x:t>{text}</x:t></x:is></x:c>' for text in HEADER)
    xml = f"<x:row>{header}</x:row><x:row>{cells}<x:c><x:v>1E+2</x:v></x:c></x:row>"
    path = raw(tmp_path)
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{xml}</x:sheetData></x:worksheet>'
    with_parts(path, {SHEET: sheet.encode()})
    (run,) = accepted(path)
    assert (run.reference, run.mass) == ("A1", Decimal(100))


def test_hazard_65_gaps_between_cells_with_and_without_addresses_are_counted_alike(tmp_path: Path) -> None:
    row = '<row r="5"><c r="B5" t="inlineStr"><is><t>A1</t></is></c>' + "".join(
        f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in line()[1:5]
    )
    header = xml_row(3, *HEADER, start=1)
    path = with_sheet(
        logged(tmp_path), f'{header}{row}<c r="G5"><v>100</v></c></row><row>{text_row(1, "x")[11:]}'
    )
    assert wrong(path)[0][1] == "B6"
    assert [run.reference for row in judged(path).rows if (run := row.run)] == ["A1"]


@pytest.mark.parametrize(
    "cell",
    [
        '<c t="s"><v>-1</v></c>',
        '<c t="s"><v>7</v></c>',
        '<c t="s"><v>0_1</v></c>',
        "<c><v>1_00</v></c>",
        "<c><v>١٢</v></c>",
        "<c><v>100</v><v>200</v></c>",
        '<c t="n"><v>0x64</v></c>',
        '<c t="b"><v>2</v></c>',
        '<c t="other"><v>100</v></c>',
        '<c t="inlineStr"><v>100</v></c>',
        "<c><is><t>100</t></is></c>",
        '<c t="s"><is><t>100</t></is></c>',
        '<c s="-1"><v>100</v></c>',
    ],
)
def test_hazard_65_a_cell_that_does_not_hold_what_it_says_refuses_the_file(tmp_path: Path, cell: str) -> None:
    items = "<si><t>Seven</t></si><si><t>100</t></si>"
    for column in "FH":
        assert refused(shared(one(tmp_path, column, cell), items)).code == "file_damaged"


@pytest.mark.parametrize(
    "rows",
    [
        xml_row(3, *line("A2")) + xml_row(2, *line("A1")),
        xml_row(2, *line("A1")) + xml_row(2, *line("A2")),
        xml_row(2, *line("A1")).replace("A2", "A3"),
        xml_row(2, *line("A1")).replace('r="F2"', 'r="A2"'),
        xml_row(0, *line("A1")),
    ],
)
def test_hazard_65_rows_and_cells_that_are_not_in_their_place_refuse_the_file(
    tmp_path: Path, rows: str
) -> None:
    assert refused(raw(tmp_path, rows)).code == "file_damaged"


@pytest.mark.parametrize("at", range(9))
def test_hazard_66_a_cell_with_more_than_a_spreadsheet_holds_is_refused_with_a_short_quote(
    tmp_path: Path, at: int
) -> None:
    for length, fits in ((32_767, True), (32_768, False)):
        cells = [*line("A1"), "", "", ""]
        cells[at] = "x" * length
        for path in (
            raw(tmp_path, xml_row(2, *cells), header=WITH_OPTIONAL),
            csv_log(tmp_path, cells, header=WITH_OPTIONAL),
        ):
            found = [(code, cell) for code, cell, _ in wrong(path)]
            assert (("cell_too_long", f"{'ABCDEFGHI'[at]}2") in found) != fits
            assert all(len(issue.found) < 150 for issue in issues(path))
