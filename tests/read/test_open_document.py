import datetime as dt
from pathlib import Path

import pytest

from schemas.cell import Broken, Cell, Clock, Moment, Number, Span
from tests.read.make import HEADER, refusal_of, table_of, tables_of, write
from tests.read.written import ods

HEAD = ods.text_row(*HEADER)
PERCENT = (
    '<number:percentage-style style:name="P"><number:number number:decimal-places="0"'
    ' number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>'
)
AS_PERCENT = f'{PERCENT}<style:style style:name="pc" style:family="table-cell" style:data-style-name="P"/>'
SIX = dt.datetime(2026, 10, 5, 6)  # noqa: DTZ001 - a wall clock


def saved(folder: Path, content: bytes, **others: bytes) -> Path:
    return write(folder, "log.ods", ods.zipped(ods.package(content, **others)))


def of_rows(folder: Path, *rows: str, styles: str = "", before: str = "") -> Path:
    return saved(folder, ods.document(ods.table([HEAD, *rows]), styles=styles, before=before))


def cell_of(folder: Path, attributes: str, content: str = "", styles: str = "", before: str = "") -> Cell:
    row = ods.row([ods.cell(f" {attributes}" if attributes else "", content), ods.text_cell("x")])
    (_, cells) = table_of(of_rows(folder, row, styles=styles, before=before)).rows[1]
    assert cells[1] == "x"
    return cells[0]


def number(value: str, kind: str = "float", more: str = "") -> str:
    return f'office:value-type="{kind}" office:value="{value}"{more}'


FORMULA = ' table:formula="of:=[.A1]*2"'


@pytest.mark.parametrize(
    ("attributes", "shown", "cell"),
    [
        (number("5"), "5", Number(5)),
        (number("1.23456789012346E+018"), "1.23E+18", Number(1.23456789012346e18)),
        ('office:value="5"', "5", Number(5)),
        (number("5", more=FORMULA), "5", Number(5)),
        (number("0", more=FORMULA), "0", Number(0)),
        (number("0.5", "percentage"), "50%", Number(0.5, "0.00%")),
        (number("5", "currency", ' office:currency="EUR"'), "5 \u20ac", Number(5, '"EUR" 0.00')),
        (number("1_000"), "1000", Broken("1_000", "error")),
        (number("NaN"), "NaN", Broken("NaN", "error")),
        (number("1E999"), "inf", Broken("inf", "error")),
        (number("1"), "WAHR", True),
        (number("0"), "FAUX", False),
        (number("2"), "TRUE", Broken("TRUE", "error")),
        (number("1", more=' table:formula="of:=TRUE()"'), "1.00", True),
        (number("0", more=FORMULA), "Err:502", Broken("Err:502", "error")),
        (number("0", more=FORMULA), "#DIV/0!", Broken("#DIV/0!", "error")),
        (number("0"), "#REF!", Broken("#REF!", "error")),
        (f'office:value-type="string" office:string-value="" calcext:value-type="error"{FORMULA}', "#NAME?",
         Broken("#NAME?", "error")),
        (f'office:value-type="string" calcext:value-type="error"{FORMULA}', "", Broken("#VALUE!", "error")),
        (f'office:value-type="string"{FORMULA}', "Err:508", Broken("Err:508", "error")),
        ('office:value-type="string"', "Err:508", "Err:508"),
        ('office:value-type="string" office:string-value="007"', "7", "007"),
        (f'office:value-type="string"{FORMULA}', "R1", "R1"),
        ('office:value-type="boolean" office:boolean-value="true"', "1", True),
        ('office:value-type="boolean" office:boolean-value="false"', "", False),
    ],
)  # fmt: skip
def test_a_cell_is_what_the_document_says_and_shows(
    tmp_path: Path, attributes: str, shown: str, cell: Cell
) -> None:
    assert cell_of(tmp_path, attributes, f"<text:p>{shown}</text:p>") == cell


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("of:=[.A1]+[.$B$2]", "=A1+$B$2"),
        ("of:=SUM([.A1:.B2])", "=SUM(A1:B2)"),
        ("of:=[$Other.A1]", "=$Other.A1"),
        ("oooc:=1+1", "=1+1"),
        ("msoxl:=A1", "=A1"),
        ("1+1", "=1+1"),
    ],
)
@pytest.mark.parametrize("kind", ["", ' office:value-type="string"', ' office:value-type="float"'])
def test_a_formula_without_a_result_is_broken_and_quoted(
    tmp_path: Path, formula: str, shown: str, kind: str
) -> None:
    assert cell_of(tmp_path, f'table:formula="{formula}"{kind}') == Broken(shown, "formula")


def test_a_formula_that_made_no_text_is_an_empty_cell(tmp_path: Path) -> None:
    assert cell_of(tmp_path, FORMULA, "<text:p/>") == ""


@pytest.mark.parametrize(
    ("attributes", "cell"),
    [
        ("date-value='2026-10-05'", Moment(dt.datetime(2026, 10, 5), "yyyy-mm-dd", has_time=False)),  # noqa: DTZ001
        ("date-value='2026-10-05T06:00:00'", Moment(SIX, "yyyy-mm-dd hh:mm:ss", has_time=True)),
        ("date-value='2026-10-05T05:59:59.999999999'", Moment(SIX, "yyyy-mm-dd hh:mm:ss", has_time=True)),
        ("date-value='2026-10-05T06:00:00Z'", Broken("2026-10-05T06:00:00Z", "offset")),
        ("date-value='2026-10-05T06:00:00+02:00'", Broken("2026-10-05T06:00:00+02:00", "offset")),
        ("date-value='20261005'", "20261005"),
        ("date-value='-0044-03-15'", "-0044-03-15"),
        ("date-value='1899-12-30T06:00:00'", Clock(dt.time(6), "yyyy-mm-dd hh:mm:ss")),
        ("date-value='1850-01-01'", Broken("#VALUE!", "error")),
        ("time-value='PT06H00M00S'", Clock(dt.time(6), "hh:mm:ss")),
        ("time-value='PT6H'", Clock(dt.time(6), "hh:mm:ss")),
        ("time-value='PT05H59M59.999999S'", Clock(dt.time(6), "hh:mm:ss")),
        ("time-value='P1DT12H'", Span(dt.timedelta(hours=36), "hh:mm:ss")),
        ("time-value='PT36H00M00S'", Span(dt.timedelta(hours=36), "hh:mm:ss")),
        ("time-value='PT1111206H00M00S'", Moment(SIX, "hh:mm:ss", has_time=True)),
        ("time-value='-PT01H00M00S'", Broken("#VALUE!", "error")),
        ("time-value='P1Y'", "P1Y"),
        ("time-value='P'", "P"),
        ("time-value='PT999999999H999999999M'", Broken("#VALUE!", "error")),
        ("time-value='P999999999DT999999999H'", "P999999999DT999999999H"),
    ],
)
def test_dates_and_times_without_a_style_are_read_as_they_are_written(
    tmp_path: Path, attributes: str, cell: Cell
) -> None:
    kind = attributes[:4]
    assert cell_of(tmp_path, f'office:value-type="{kind}" office:{attributes}') == cell


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<text:p>a<text:s/>b</text:p>", "a b"),
        ("<text:p>a<text:s text:c='3'/>b</text:p>", "a   b"),
        ("<text:p>  a \n\t b </text:p>", "a b "),
        ("<text:p><text:s/>a</text:p>", " a"),
        ("<text:p>a<text:tab/>b<text:line-break/>c</text:p>", "a\tb\nc"),
        ("<text:p>a</text:p>\n  <text:p>b</text:p>", "a\nb"),
        ("<text:p>a</text:p><text:p/>", "a\n"),
        ("<text:p>R<text:span>un <text:span>1</text:span></text:span></text:p>", "Run 1"),
        ("<text:p><text:a xlink:href='http://x/'>R1</text:a></text:p>", "R1"),
        ("<office:annotation><text:p>a remark</text:p></office:annotation><text:p>R1</text:p>", "R1"),
        ("<text:p>R1</text:p><draw:frame><draw:g><text:p>a shape</text:p></draw:g></draw:frame>", "R1"),
        ("<text:p>R<draw:frame><text:p>x</text:p></draw:frame>1</text:p>", "R1"),
        ("<text:p><text:ruby>R1<text:ruby-text>x</text:ruby-text></text:ruby></text:p>",
         "R1"),
        ("<text:h>R1</text:h>", "R1"),
        ("<text:list><text:list-item><text:p>a</text:p></text:list-item></text:list>", "a"),
        ("<text:p>a\u00a0b \u2007</text:p>", "a\u00a0b \u2007"),
        ("<text:p>&lt;&amp;&#x41;</text:p>", "<&A"),
    ],
)  # fmt: skip
def test_a_text_is_what_one_sees(tmp_path: Path, content: str, text: str) -> None:
    assert cell_of(tmp_path, 'office:value-type="string"', content) == text


@pytest.mark.parametrize(
    ("style", "in_row", "in_column", "is_percent"),
    [
        ("pc", "", "", True),
        ("", "pc", "", True),
        ("", "", "pc", True),
        ("Default", "pc", "pc", False),
        ("", "Default", "pc", False),
        ("", "", "", False),
        ("child", "", "", True),
        ("unknown", "", "", False),
        ("circle", "", "", False),
    ],
)
def test_a_number_is_shown_as_its_cell_its_row_or_its_column_says(
    tmp_path: Path, style: str, in_row: str, in_column: str, is_percent: bool
) -> None:
    of_cell = f' table:style-name="{style}"' if style else ""
    cell = ods.cell(f'{of_cell} office:value-type="float" office:value="0.5"')
    default = ' table:default-cell-style-name="%s"'
    row = ods.row([ods.text_cell("R1"), cell], default % in_row if in_row else "")
    columns = f"<table:table-column/><table:table-column{default % in_column if in_column else ''}/>"
    more = (
        '<style:style style:name="child" style:family="table-cell" style:parent-style-name="pc"/>'
        '<style:style style:name="circle" style:family="table-cell" style:parent-style-name="circle"/>'
        '<style:style style:name="Default" style:family="table-cell"/>'
    )
    table = f'<table:table table:name="Runs">{columns}{HEAD}{row}</table:table>'
    content = ods.document(table, styles=AS_PERCENT + more)
    (_, cells) = table_of(saved(tmp_path, content)).rows[1]
    assert cells[1] == Number(0.5, "0%" if is_percent else "General")


def test_styles_that_are_shared_by_the_whole_document_are_known(tmp_path: Path) -> None:
    row = ods.row(
        [
            ods.text_cell("R1"),
            ods.cell(' table:style-name="mine" office:value-type="float" office:value="0.5"'),
            ods.cell(' table:style-name="pc" office:value-type="float" office:value="0.5"'),
        ]
    )
    mine = '<style:style style:name="mine" style:family="table-cell" style:data-style-name="P"/>'
    content = ods.document(ods.table([HEAD, row]), styles=mine)
    styles = ods.root("document-styles", f"<office:styles>{AS_PERCENT}</office:styles>")
    parts = ods.package(content) | {"styles.xml": styles}
    (_, cells) = table_of(write(tmp_path, "log.ods", ods.zipped(parts))).rows[1]
    assert cells == ("R1", Number(0.5, "0%"), Number(0.5, "0%"))


def test_repeated_cells_and_rows_are_there_as_often_as_they_say(tmp_path: Path) -> None:
    row = ods.row(
        [
            ods.cell(' table:number-columns-repeated="2"'),
            ods.text_cell("R1", ' table:number-columns-repeated="3"'),
            ods.text_cell("x"),
        ],
        ' table:number-rows-repeated="2"',
    )
    blank = ods.row([ods.cell()], ' table:number-rows-repeated="3"')
    table = table_of(of_rows(tmp_path, row, blank, ods.text_row("R2")))
    cells = ("", "", "R1", "R1", "R1", "x")
    assert table.rows[1:] == [(2, cells), (3, cells), (7, ("R2",))]


def test_sheets_padded_to_their_end_end_with_their_last_row(tmp_path: Path) -> None:
    styled = ods.cell(' table:style-name="pc" table:number-columns-repeated="16384"')
    table = table_of(of_rows(tmp_path, ods.row([styled], ' table:number-rows-repeated="1048575"')))
    assert table.rows == [(1, ("Run ID", "Mass"))]
    assert table.told == ()


@pytest.mark.parametrize(
    ("rows", "columns", "code"),
    [
        (1_048_575, 1, "file_too_large"),
        (65_535, 1, "rows_cut"),
        (1_048_576, 1, "file_damaged"),
        (10**18, 1, "file_damaged"),
        (100_001, 1, "read"),
        (100_002, 1, "file_too_large"),
        (1_048_574, 1, "file_too_large"),
        (1, 16_385, "file_damaged"),
        (1, 10**18, "file_damaged"),
        (1_000_000, 16_384, "file_too_large"),
        (0, 1, "file_damaged"),
        (-5, 1, "file_damaged"),
    ],
)
def test_a_few_bytes_may_not_stand_for_more_cells_than_a_log_has(
    tmp_path: Path, rows: int, columns: int, code: str
) -> None:
    cell = ods.text_cell("R1", f' table:number-columns-repeated="{columns}"')
    path = of_rows(tmp_path, ods.row([cell], f' table:number-rows-repeated="{rows}"'))
    if code == "read":
        assert len(table_of(path).rows) == 1 + rows
    else:
        assert refusal_of(path).code == code


def test_a_hundred_thousand_wide_rows_of_little_xml_are_refused_and_not_unpacked(tmp_path: Path) -> None:
    gap = ods.cell(' table:number-columns-repeated="16383"')
    path = of_rows(tmp_path, *[ods.row([gap, ods.text_cell("x")])] * 10_000)
    assert refusal_of(path).code == "too_many_columns"


@pytest.mark.parametrize("visibility", ["collapse", "filter"])
def test_hidden_and_filtered_rows_are_read_and_told(tmp_path: Path, visibility: str) -> None:
    hidden = f' table:visibility="{visibility}"'
    one = ods.row([ods.text_cell("R1")], hidden)
    two = ods.row([ods.text_cell("R1")], f'{hidden} table:number-rows-repeated="2"')
    blank = ods.row([ods.cell()], f'{hidden} table:number-rows-repeated="9"')
    table = table_of(of_rows(tmp_path, one, ods.text_row("R2"), two, blank))
    assert len(table.rows) == 5
    assert table.told == ("hidden rows were read too: 2, 4–5",)


def test_rows_in_groups_are_rows_and_those_of_a_closed_group_are_hidden(tmp_path: Path) -> None:
    rows = (
        f"<table:table-rows><table:table-row-group>{ods.text_row('R1')}</table:table-row-group></table:table-rows>",
        f'<table:table-row-group table:display="false">{ods.text_row("R2")}</table:table-row-group>',
        f"<table:table-header-rows>{ods.text_row('R3')}</table:table-header-rows>",
    )
    table = table_of(of_rows(tmp_path, *rows))
    assert [cells[0] for _, cells in table.rows] == ["Run ID", "R1", "R2", "R3"]
    assert table.told == ("hidden rows were read too: 3",)


def test_merged_cells_are_told(tmp_path: Path) -> None:
    first = ods.text_cell("5", ' table:number-columns-spanned="2" table:number-rows-spanned="2"')
    covered = ods.cell(kind="covered-table-cell")
    row = ods.row([ods.text_cell("R1"), first, covered])
    table = table_of(of_rows(tmp_path, row, ods.row([ods.text_cell("R2"), covered])))
    assert table.rows[2] == (3, ("R2",))
    assert table.merged == ("B2:C3",)


def test_tables_that_are_not_the_documents_own_are_no_sheets(tmp_path: Path) -> None:
    source = "<table:table-source xlink:href='file:///other.ods'/>"
    cached = ods.table([source, HEAD], "'file:///other.ods'#$Runs", ' table:style-name="ta2"')
    changes = f"<table:tracked-changes>{ods.table([HEAD], 'Changes')}</table:tracked-changes>"
    links = f"<table:dde-links>{ods.table([HEAD], 'Link')}</table:dde-links>"
    content = ods.document(changes + ods.table([HEAD]) + cached + links, styles=ods.HIDDEN_TABLE)
    table = table_of(saved(tmp_path, content))
    assert table.sheet == "Runs"
    assert [told.split()[0] for told in table.told] == ["links"]


@pytest.mark.parametrize(
    "row",
    [
        ods.row([ods.cell(content=ods.table([HEAD], "Inner"))]),
        ods.table([HEAD], "Inner"),
        ods.row([ods.cell(' office:value-type="boolean" office:boolean-value="perhaps"')]),
        ods.row([ods.cell(' office:value-type="date"')]),
        ods.row([ods.cell(' table:number-columns-repeated="two"')]),
        ods.row([ods.cell(' office:value-type="string"', "<text:p>a<text:s text:c='99999999'/></text:p>")]),
        "<table:table-row>",
    ],
)
def test_what_contradicts_itself_is_damage_and_no_crash(tmp_path: Path, row: str) -> None:
    assert refusal_of(of_rows(tmp_path, row)).code == "file_damaged"


def test_dates_that_count_from_1904_are_told(tmp_path: Path) -> None:
    row = ods.row([ods.cell(' office:value-type="date" office:date-value="2026-10-05T06:00:00"')])
    table = table_of(of_rows(tmp_path, row, before=ods.counting_from(dt.date(1904, 1, 1))))
    assert table.rows[1] == (2, (Moment(SIX, "yyyy-mm-dd hh:mm:ss", has_time=True),))
    assert table.told == ("dates are counted from 1904, as the workbook says",)


@pytest.mark.parametrize(("automatic", "told"), [("false", 1), ("true", 0)])
def test_formulas_are_told_to_be_out_of_date_where_they_are_calculated_by_hand(
    tmp_path: Path, automatic: str, told: int
) -> None:
    item = f'<config:config-item config:name="AutoCalculate">{automatic}</config:config-item>'
    row = ods.row([ods.cell(f" {number('5', more=FORMULA)}")])
    content = ods.document(ods.table([HEAD, row]))
    parts = ods.package(content) | {"settings.xml": ods.root("document-settings", item)}
    assert len(table_of(write(tmp_path, "log.ods", ods.zipped(parts))).told) == told


def test_corrections_that_were_saved_as_ods_are_known(tmp_path: Path) -> None:
    parts = ods.package(ods.document(ods.table([HEAD]) + ods.table([HEAD], "Second")))
    assert refusal_of(write(tmp_path, "log.ods", ods.zipped(parts))).code == "two_headers"
    said = "<meta:user-defined meta:name='OOXMLCorePropertyCategory'>pipeline:to-fix</meta:user-defined>"
    parts["meta.xml"] = ods.root("document-meta", said)
    found = tables_of(write(tmp_path, "log.ods", ods.zipped(parts)))
    assert [table.sheet for table in found] == ["Runs", "Second"]


def test_a_document_with_a_password_asks_for_a_save_without_it(tmp_path: Path) -> None:
    parts = ods.package(bytes(range(256)))
    entry = b"<manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
    parts["META-INF/manifest.xml"] = parts["META-INF/manifest.xml"].replace(b"</manifest:manifest>", entry)
    refusal = refusal_of(write(tmp_path, "log.ods", ods.zipped(parts)))
    assert refusal.code == "file_encrypted"
    assert "without a password" in refusal.remedy


DOCTYPE = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]>"


@pytest.mark.parametrize("part", ["content.xml", "styles.xml", "settings.xml", "meta.xml"])
def test_a_document_type_in_a_part_that_is_read_is_unsafe(tmp_path: Path, part: str) -> None:
    parts = ods.package(ods.document(ods.table([HEAD])))
    parts[part] = DOCTYPE + parts.get(part, b"<a/>").partition(b"?>")[2]
    if part != "content.xml":
        parts[part] = DOCTYPE + b"<a/>"
    assert refusal_of(write(tmp_path, "log.ods", ods.zipped(parts))).code == "file_unsafe"


def test_the_document_types_that_libreoffice_writes_beside_its_macros_are_no_danger(tmp_path: Path) -> None:
    library = b'<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD 1.0//EN" "libraries.dtd"><a/>'
    parts = ods.package(ods.document(ods.table([HEAD]))) | {"Basic/script-lc.xml": library}
    assert table_of(write(tmp_path, "log.ods", ods.zipped(parts))).told == ()
    parts["Basic/Standard/Module1.xml"] = library
    assert table_of(write(tmp_path, "log.ods", ods.zipped(parts))).told == ("macros were not run",)


def test_a_part_that_unpacks_to_far_more_than_a_log_is_refused_before_it_is(tmp_path: Path) -> None:
    parts = ods.package(ods.document(ods.table([HEAD]))) | {"Pictures/a.png": bytes(11_000_000)}
    assert refusal_of(write(tmp_path, "log.ods", ods.zipped(parts))).code == "file_too_large"
