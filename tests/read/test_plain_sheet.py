"""A sheet that is read by one pattern is the very table that openpyxl and the survey make of it."""

import datetime as dt
import zipfile
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font

from pipeline.read import FileRefused, Fits
from pipeline.read.workbook import read_workbook
from pipeline.read.xlsx import open_xlsx

HEADER = ("Run ID", "Mass", "Start", "Note")
FITS = Fits(fields=("supplier_reference_id", "mass"))
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FORMATS = ("General", "0.00", "yyyy-mm-dd hh:mm", "hh:mm", "[h]:mm", ";;;", "dd.mm.yyyy", '0" kg"')
MARCH = dt.datetime(1900, 3, 1)  # noqa: DTZ001  a wall clock
STRUCK = len(FORMATS)
SAMPLES = sorted(Path("sample_data").rglob("*.xlsx"))


def made_of(content: bytes, *, careful: bool) -> str:
    """All that is read of a workbook, to the type of each number, or why it is refused."""
    try:
        with open_xlsx(content, "log.xlsx", careful=careful) as book:
            return repr(read_workbook(book, "log.xlsx", fits=FITS, sheet=None, told=()))
    except FileRefused as refused:
        return repr(refused.refusal)


def is_plain(content: bytes) -> bool:
    with open_xlsx(content, "log.xlsx") as book:
        (source,) = book.sources
        try:
            source.layout()
        except FileRefused:
            return False
        return source._plain is not None  # type: ignore[attr-defined]


@cache
def parts() -> dict[str, bytes]:
    """A workbook with a style for each of the formats, one that is struck through, and three shared texts.

    And with two looks of conditional formats, of which the second strikes through.
    """
    book = Workbook()
    assert book.active
    for column, shown in enumerate(FORMATS, 1):
        book.active.cell(1, column, 1).number_format = shown
    book.active.cell(1, STRUCK + 1, 1).font = Font(strike=True)
    for font in (Font(bold=True), Font(strike=True)):
        rule = FormulaRule(["TRUE"], font=font)  # type: ignore[no-untyped-call]  # the stubs forget it
        book.active.conditional_formatting.add("A1", rule)
    content = BytesIO()
    book.save(content)
    with zipfile.ZipFile(content) as archive:
        found = {part: archive.read(part) for part in archive.namelist()}
    texts = "".join(f"<si><t>{text}</t></si>" for text in ("R-1", "a &amp; b_x000D_", ""))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    told = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'.encode()
    types = found["[Content_Types].xml"]
    found["[Content_Types].xml"] = types if kind.encode() in types else types.replace(b"</Types>", told)
    found["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{texts}</sst>'.encode()
    return found


def with_xml(xml: str) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for part, data in {**parts(), "xl/worksheets/sheet1.xml": xml.encode()}.items():
            archive.writestr(part, data)
    return content.getvalue()


def sheet(rows: str, before: str = "", after: str = "") -> str:
    header = "".join(
        f'<c r="{letter}1" t="inlineStr"><is><t>{text}</t></is></c>'
        for letter, text in zip("ABCD", HEADER, strict=True)
    )
    return (
        f'<worksheet xmlns="{MAIN}">{before}<sheetData><row r="1">{header}</row>{rows}</sheetData>{after}'
        "</worksheet>"
    )


def rule(area: str, look: int) -> str:
    """A conditional format."""
    return (
        f'<conditionalFormatting sqref="{area}"><cfRule type="expression" dxfId="{look}" priority="1">'
        "<formula>A1</formula></cfRule></conditionalFormatting>"
    )


TEXTS = ["a", "R-1", "a &amp; b", "&#65;&#x42;", "_x000D_", "_x005F_x0041_", " é ", "x\ty\nz", "&gt;_x"]
NUMBERS = ["0", "5", "-1", "+1", "1.", ".5", "5.0", "1e5", "1E-3", "45383.5", "59.99", "0.75", "2958466"]
NUMBERS += ["0.1", "0.30000000000000004", "123456789012345678", "9223372036854775808", "1e400", "1" * 400]
ODD = ["", " 1 ", "1_0", "٣", "NaN", "a", "--1", "1e", "99", "-0.0", "2026-10-05T12:30:00Z", "#N/A", "TRUE"]
VALUES = st.sampled_from(NUMBERS) | st.sampled_from(ODD) | st.sampled_from(TEXTS)
FORMULAS = st.sampled_from(["", "", "", "<f>A1+1</f>", '<f t="shared" ref="A1:B2" si="0">1</f>', "<f/>"])
INLINE = st.sampled_from(
    [f"<is><t>{text}</t></is>" for text in ("", *TEXTS)]
    + ['<is><t xml:space="preserve"> a </t></is>', "<is><t/></is>", "<is><r><t>a</t></r><r><t>1</t></r></is>"]
    + [
        "<is><r><rPr><strike/></rPr><t>a</t></r></is>",
        "<is><t>a<f>1</f>b</t></is>",
        "<is><t><![CDATA[a]]></t></is>",
    ]
)
STORED = st.builds("{}<v>{}</v>".format, FORMULAS, VALUES) | st.sampled_from(["<f>1</f>", "<v/>", ""])


@st.composite
def usual_cells(draw: st.DrawFn, at: str) -> str:
    """A cell as programs write it."""
    style = draw(st.sampled_from(["", ' s="0"', ' s="1"', ' s="2"', ' s="3"', ' s="4"', ' s="6"']))
    inline = draw(st.sampled_from(TEXTS))
    return draw(
        st.sampled_from(
            [
                "",
                f'<c r="{at}"{style}/>',
                f'<c r="{at}"{style}><v>{draw(st.sampled_from(NUMBERS))}</v></c>',
                f'<c r="{at}"{style} t="s"><v>{draw(st.integers(0, 2))}</v></c>',
                f'<c r="{at}"{style} t="b"><v>{draw(st.integers(0, 1))}</v></c>',
                f'<c r="{at}"{style} t="str"><f>A1</f><v>{inline}</v></c>',
                f'<c r="{at}"{style} t="e"><f>A1</f><v>#N/A</v></c>',
                f'<c r="{at}" t="inlineStr"{style}><is><t>{inline}</t></is></c>',
            ]
        )
    )


@st.composite
def odd_cells(draw: st.DrawFn, at: str) -> str:
    """A cell as none, or hardly any, program writes it."""
    reference = draw(st.sampled_from([f' r="{at}"', f' r="{at}"', "", ' r="A1"', ' r="B3"']))
    style = draw(st.sampled_from(["", ' s="0"', ' s="5"', f' s="{STRUCK}"', ' s="99"', ' s="-1"', ' s=" 1"']))
    kind = draw(
        st.sampled_from(["", *(f' t="{one}"' for one in ("n", "s", "b", "e", "d", "str", "inlineStr", "x"))])
    )
    content = draw(INLINE | STORED)
    return f"<c{reference}{style}{kind}>{content}</c>" + draw(
        st.sampled_from(["", "", "", " ", "a", "<!-- -->"])
    )


@st.composite
def sheets(draw: st.DrawFn, odd: int) -> str:
    """A sheet, in which about one of so many cells is odd, and as many rows."""
    rows = []
    strange = st.integers(0, odd).map(lambda drawn: drawn == odd)
    for number in draw(st.lists(st.integers(2, 9), unique=True, max_size=5).map(sorted)):
        cells = [
            draw(odd_cells(f"{letter}{number}") if draw(strange) else usual_cells(f"{letter}{number}"))
            for letter in "ABCDE"
        ]
        look = draw(st.sampled_from(["", ' spans="1:4"', ' ht="15" customHeight="1"', ' hidden="0"']))
        if draw(strange):
            look = draw(st.sampled_from([' hidden="1"', ' ht="0"', ' x:y="1"', ' ht="a"', ' r="3"']))
        rows.append(f'<row r="{number}"{look}>{"".join(cells)}</row>')
    before = after = ""
    if draw(strange):
        before = draw(
            st.sampled_from(['<cols><col min="2" max="2" hidden="1"/></cols>', "<!-- -->", "<cols/>"])
        )
        after = draw(
            st.sampled_from(
                [
                    '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>',
                    '<mergeCells><mergeCell ref="1"/></mergeCells>',
                    '<pageMargins left="a"/>',
                    '<sheetData><row r="20"><c r="A20"><v>1</v></c></row></sheetData>',
                    '<conditionalFormatting sqref="A1:B2"><cfRule type="x"/></conditionalFormatting>',
                    *(rule(area, look) for area in ("A2:B2", "A1", "A") for look in range(3)),
                ]
            )
        )
    return sheet("".join(rows), before, after)


@settings(max_examples=150, deadline=None)
@given(sheets(60) | sheets(3))
def test_any_sheet_is_read_or_refused_as_element_by_element(xml: str) -> None:
    content = with_xml(xml)
    assert made_of(content, careful=False) == made_of(content, careful=True)


@pytest.mark.parametrize(("look", "made"), [(0, "RawTable"), (1, "struck_by_rule")])
def test_a_conditional_format_is_looked_at_and_leaves_a_sheet_plain(look: int, made: str) -> None:
    row = '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2"><v>5</v></c></row>'
    content = with_xml(sheet(row, after=rule("A2:D9", look)))
    assert is_plain(content)
    assert made_of(content, careful=False) == made_of(content, careful=True)
    assert made in made_of(content, careful=False)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><c r="A2" t="inlineStr"><is><t>R-1</t></is></c><c r="B2" s="1"><v>1.50</v></c></row>',
        '<row r="2" spans="1:4" ht="15"><c r="A2" t="s"><v>1</v></c><c r="C2" s="2"><v>45383.5</v></c></row>',
        '<row r="2"><c r="A2" t="str"><f>D1</f><v>R</v></c><c r="B2"><f>1+1</f><v>2</v></c></row>',
        '<row r="2"/><row r="5"><c r="B5" s="2"/><c r="D5" t="b"><v>1</v></c><c r="E5"><v>5</v></c></row>',
        '<row r="2"><c r="A2" t="e"><v>#N/A</v></c></row>',
    ],
)
def test_what_programs_write_is_plain(rows: str) -> None:
    content = with_xml(
        sheet(rows, after='<pageMargins left="0.7" right="0.7" top="1" bottom="1" header="0" footer="0"/>')
    )
    assert is_plain(content)
    assert made_of(content, careful=False) == made_of(content, careful=True)
    assert "RawTable" in made_of(content, careful=False)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2" hidden="1"><c r="A2"><v>1</v></c></row>',
        '<row r="2" ht="0"><c r="A2"><v>1</v></c></row>',
        '<row r="2"><c r="A2"><f>1-1</f><v>0</v></c></row>',
        '<row r="2"><c r="A2" t="str"><f>A1</f><v></v></c></row>',
        '<row r="2"><c r="A2"><f>1+1</f></c></row>',
        f'<row r="2"><c r="A2" s="{STRUCK}"><v>1</v></c></row>',
        '<row r="2"><c r="A2" s="5"><v>1</v></c></row>',
        '<row r="2"><c r="A2" s="99"><v>1</v></c></row>',
        '<row r="2"><c r="A2" t="s"><v>-1</v></c></row>',
        '<row r="2"><c r="A2"><v>1_0</v></c></row>',
        '<row r="2"><c r="A2" t="d"><v>2026-10-05T12:30:00Z</v></c></row>',
        '<row r="2"><c r="A2" t="inlineStr"><v>1</v></c></row>',
        '<row r="2"><c r="A3"><v>1</v></c></row>',
        '<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>',
        '<row r="3"><c r="A3"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>',
        '<row r="2"><c r="A2" t="inlineStr"><is><t>a\rb</t></is></c></row>',
        '<row r="2"><c r="A2"/>a</row>',
    ],
)
def test_what_is_hidden_struck_out_of_order_or_no_value_is_not_plain(rows: str) -> None:
    content = with_xml(sheet(rows))
    assert not is_plain(content)
    assert made_of(content, careful=False) == made_of(content, careful=True)


CELLS = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="="), max_size=9),
    st.integers(-(10**17), 10**17),
    st.floats(-1e18, 1e18),
    st.booleans(),
    st.integers(0, 6 << 30).map(lambda second: MARCH + dt.timedelta(seconds=second)),
    st.times().map(lambda time: time.replace(fold=0)),
)
TABLES = st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS, CELLS), max_size=6)


def by_openpyxl(rows: Sequence[Sequence[object]]) -> bytes:
    book = Workbook()
    assert book.active
    for row in (HEADER, *rows):
        book.active.append(list(row))
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def by_xlsxwriter(rows: Sequence[Sequence[object]], *, inline: bool) -> bytes:
    content = BytesIO()
    options = {"constant_memory": inline, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, {**options, "default_date_format": "dd/mm/yy hh:mm"}) as book:
        written = book.add_worksheet()
        for number, row in enumerate((HEADER, *rows)):
            written.write_row(number, 0, row)
    return content.getvalue()


@settings(max_examples=60, deadline=None)
@given(TABLES)
@example([(" a", 0.1, dt.datetime(2026, 10, 5, 12, 30), "_x000D_ & <b>", True)])  # noqa: DTZ001  a wall clock
def test_any_table_of_openpyxl_and_xlsxwriter_is_plain_and_read_the_same(
    rows: list[tuple[object, ...]],
) -> None:
    for content in (by_openpyxl(rows), by_xlsxwriter(rows, inline=True), by_xlsxwriter(rows, inline=False)):
        assert made_of(content, careful=False) == made_of(content, careful=True)
        assert is_plain(content)


@pytest.mark.parametrize("path", SAMPLES, ids=str)
def test_the_samples_are_read_the_same(path: Path) -> None:
    content = path.read_bytes()
    assert made_of(content, careful=False) == made_of(content, careful=True)


def test_a_sheet_whose_rows_grow_wider_and_are_many_is_plain() -> None:
    rows = [(f"R-{number}", number, number / 3, *("x",) * (number // 2_000)) for number in range(20_000)]
    content = by_xlsxwriter(rows, inline=True)
    assert is_plain(content)
    assert made_of(content, careful=False) == made_of(content, careful=True)
