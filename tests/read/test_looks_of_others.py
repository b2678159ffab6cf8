"""What a value looks like says whether it counts and is seen, in every format (hazards 54 and 64)."""

from collections.abc import Callable
from pathlib import Path
from struct import pack

import pytest
import xlwt  # type: ignore[import-untyped]

from pipeline.model import RawTable
from schemas.cell import Broken, Cell, Number
from tests.read.make import HEADER, refusal_of, table_of, write
from tests.read.written import ods, xlsb
from tests.read.written.xls import saved

PLAIN, STRUCK, RAISED, LOW = "plain", "struck", "raised", "low"
Part = tuple[str, str]
"""A part of a text, and how it looks."""


def xls_of_parts(*parts: Part) -> bytes:
    looks = {
        PLAIN: xlwt.easyfont(""),
        STRUCK: xlwt.easyfont("struck_out on"),
        RAISED: xlwt.easyfont("escapement superscript"),
        LOW: xlwt.easyfont("escapement subscript"),
    }
    book = xlwt.Workbook()
    sheet = book.add_sheet("Runs")
    for column, title in enumerate(HEADER):
        sheet.write(0, column, title)
    sheet.write_rich_text(1, 0, [(words, looks[look]) for words, look in parts])
    return saved(book)


def xlsb_of_parts(*parts: Part) -> bytes:
    styles = xlsb.Styles()
    styles.fonts += [xlsb.font(struck=True), xlsb.font(raised=True)]
    fonts = {PLAIN: 0, STRUCK: 1, RAISED: 2, LOW: 0}
    changes = b""
    for index, (_, look) in enumerate(parts):
        changes += pack("<HH", sum(len(words) for words, _ in parts[:index]), fonts[look])
    words = b"\1" + xlsb.text("".join(words for words, _ in parts)) + pack("<I", len(parts)) + changes
    return xlsb_of(styles, xlsb.cell(62, 0, 0, words))


def ods_of_parts(*parts: Part) -> bytes:
    styles = "".join(
        f'<style:style style:name="{name}" style:family="text"><style:text-properties {said}/></style:style>'
        for name, said in {
            PLAIN: 'style:text-line-through-style="none"',
            STRUCK: 'style:text-line-through-style="solid" style:text-line-through-type="single"',
            RAISED: 'style:text-position="super 58%"',
            LOW: 'style:text-position="sub 58%"',
        }.items()
    )
    spans = "".join(f'<text:span text:style-name="{look}">{words}</text:span>' for words, look in parts)
    return ods_of(styles, ods.cell(' office:value-type="string"', f"<text:p>{spans}</text:p>"))


def xlsb_of(styles: xlsb.Styles, *cells: bytes, before: bytes = b"") -> bytes:
    titles = [xlsb.cell(6, column, 0, xlsb.text(title)) for column, title in enumerate(HEADER)]
    sheet = xlsb.sheet([xlsb.row(1, titles), xlsb.row(2, cells)]).replace(
        xlsb.record(145), before + xlsb.record(145)
    )
    return xlsb.zipped(
        xlsb.package(xlsb.workbook([("Runs", 0)]), [sheet], styles.part(), xlsb.Texts().part())
    )


def ods_of(styles: str, *cells: str, columns: str = "") -> bytes:
    table = f'<table:table table:name="Runs">{columns}{ods.text_row(*HEADER)}{ods.row(cells)}</table:table>'
    return ods.zipped(ods.package(ods.document(table, styles=styles)))


def read(folder: Path, content: bytes) -> RawTable:
    return table_of(write(folder, "log", content))


@pytest.mark.parametrize("written", [xls_of_parts, xlsb_of_parts, ods_of_parts])
@pytest.mark.parametrize(
    ("parts", "cell"),
    [
        ([("R", PLAIN), ("1", PLAIN)], "R1"),
        ([("100 ", STRUCK), ("120", PLAIN)], Broken("100 120", "struck")),
        ([("120", PLAIN), (" old", STRUCK)], Broken("120 old", "struck")),
        ([("10", PLAIN), ("3", RAISED)], Broken("103", "raised")),
        ([("n", PLAIN), ("o", RAISED)], "no"),
        ([("H", PLAIN), ("2", LOW), ("O", PLAIN)], "H2O"),
    ],
)
def test_a_text_of_which_a_part_does_not_count_is_broken(
    tmp_path: Path, written: Callable[..., bytes], parts: list[Part], cell: Cell
) -> None:
    assert read(tmp_path, written(*parts)).rows[1][1][0] == cell


def xls_looking(easy: str, shown: str) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Runs")
    for column, title in enumerate(HEADER):
        sheet.write(0, column, title)
    sheet.write(1, 0, "R1")
    sheet.write(1, 1, 5, xlwt.easyxf(easy, shown))
    return saved(book)


def xlsb_looking(font: bytes, fill: bytes, shown: str) -> bytes:
    styles = xlsb.Styles()
    styles.formats = [shown]
    styles.fonts.append(font)
    styles.fills.append(fill)
    styles.looks = [(164, 1, 1)]
    number = xlsb.cell(5, 1, 2, pack("<d", 5.0))
    return xlsb_of(styles, xlsb.cell(6, 0, 0, xlsb.text("R1")), number)


def ods_looking(ink: str, paper: str, format_: str = "", text: str = "") -> bytes:
    said = f"<style:text-properties {ink}{text}/>"
    parent = f'<style:style style:name="P" style:family="table-cell">{said}</style:style>'
    style = (
        f'{format_}{parent}<style:style style:name="ce" style:family="table-cell" style:parent-style-name="P"'
        f' style:data-style-name="N"><style:table-cell-properties {paper}/></style:style>'
    )
    number = ods.cell(' table:style-name="ce" office:value-type="float" office:value="5"')
    return ods_of(style, ods.text_cell("R1"), number)


WHITE_INK, BLUE_PAPER = 'fo:color="#ffffff"', 'fo:background-color="#000080"'
NOTHING = (
    '<number:number-style style:name="A"/><number:number-style style:name="N">'
    '<style:map style:condition="value()&gt;0" style:apply-style-name="A"/>'
    '<style:map style:condition="value()&lt;0" style:apply-style-name="A"/></number:number-style>'
)
ON_WHITE = xlsb.color(2, 0, 255, 255, 255)


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        (xls_looking("font: color white", "General"), False),
        (xls_looking("font: color blue; pattern: pattern solid, fore_colour blue", "General"), False),
        (xls_looking("", ";;;"), False),
        (xls_looking("font: color white; pattern: pattern solid, fore_colour blue", "General"), True),
        (xls_looking("pattern: pattern thin_backward_diag", "General"), True),
        (xls_looking("", "0.0;-0.0;;@"), True),
        (xlsb_looking(xlsb.font(ink=ON_WHITE), xlsb.fill(), "0"), False),
        (xlsb_looking(xlsb.font(ink=xlsb.color(3, 0)), xlsb.fill(), "0"), False),
        (xlsb_looking(xlsb.font(ink=xlsb.color(1, 9)), xlsb.fill(1, ON_WHITE), "0"), False),
        (xlsb_looking(xlsb.font(), xlsb.fill(), ";;;"), False),
        (xlsb_looking(xlsb.font(ink=ON_WHITE), xlsb.fill(1, xlsb.color(2, 0, 0, 0, 128)), "0"), True),
        (xlsb_looking(xlsb.font(), xlsb.fill(17), "0"), True),
        (ods_looking(WHITE_INK, ""), False),
        (ods_looking(WHITE_INK, 'fo:background-color="transparent"'), False),
        (ods_looking('fo:color="#000080"', BLUE_PAPER), False),
        (ods_looking("", "", NOTHING), False),
        (ods_looking(WHITE_INK, BLUE_PAPER), True),
        (ods_looking("", ""), True),
    ],
)
def test_a_value_that_nobody_can_see_is_read_and_told(tmp_path: Path, content: bytes, seen: bool) -> None:
    table = read(tmp_path, content)
    assert isinstance(table.rows[1][1][1], Number)
    unseen = [told for told in table.told if told.startswith("cells that show nothing")]
    assert unseen == (
        [] if seen else ["cells that show nothing, for their colour or their format, were read too: B2"]
    )


@pytest.mark.parametrize(
    "content",
    [
        xls_looking("font: struck_out on", "General"),
        xlsb_looking(xlsb.font(struck=True), xlsb.fill(), "0"),
        ods_looking("", "", text=' style:text-line-through-style="solid"'),
        ods_looking("", "", text=' style:text-line-through-type="single"'),
    ],
)
def test_a_value_that_is_struck_through_is_broken(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content).rows[1][1] == ("R1", Broken("5", "struck"))


def ods_of_rule(line: str, areas: str) -> bytes:
    style = (
        '<style:style style:name="Gone_5f_1" style:display-name="Gone_1" style:family="table-cell">'
        f'<style:text-properties style:text-line-through-style="{line}"/></style:style>'
    )
    rule = (
        f'<calcext:conditional-formats><calcext:conditional-format calcext:target-range-address="{areas}">'
        '<calcext:condition calcext:apply-style-name="Gone_1" calcext:value="formula-is(1)"/>'
        "</calcext:conditional-format></calcext:conditional-formats>"
    )
    rows = f"{ods.text_row(*HEADER)}{ods.text_row('R1', '5')}"
    table = f'<table:table table:name="My Runs">{rows}{rule}</table:table>'
    return ods.zipped(ods.package(ods.document(table, styles=style)))


@pytest.mark.parametrize(
    ("areas", "named"),
    [
        ("Runs.A2:Runs.G9", "A2:G9"),
        ("'My.Runs a'.C1 'My.Runs a'.B2:'My.Runs a'.B3", "B2:B3"),
        (".B2", "B2:B2"),
    ],
)
def test_a_document_in_which_a_conditional_format_strikes_values_through_is_refused(
    tmp_path: Path, areas: str, named: str
) -> None:
    refusal = refusal_of(write(tmp_path, "log.ods", ods_of_rule("solid", areas)))
    assert refusal.code == "struck_by_rule"
    assert f"cells in {named}, and" in refusal.message


@pytest.mark.parametrize(
    ("line", "areas"), [("none", "Runs.A2:Runs.G9"), ("solid", "Runs.A1:Runs.G1 Runs.C2")]
)
def test_a_conditional_format_of_a_document_that_strikes_no_value_through_does_no_harm(
    tmp_path: Path, line: str, areas: str
) -> None:
    assert read(tmp_path, ods_of_rule(line, areas)).rows[1][1] == ("R1", "5")


def ods_of_maps(given: str) -> bytes:
    """A cell whose own style builds upon one that another style replaces under a condition."""
    style = (
        '<style:style style:name="Gone" style:family="table-cell">'
        '<style:text-properties style:text-line-through-style="solid"/></style:style>'
        '<style:style style:name="P" style:family="table-cell">'
        '<style:map style:condition="is-true-formula([.C2]=1)" '
        f'style:apply-style-name="{given}"/></style:style>'
        '<style:style style:name="ce" style:family="table-cell" style:parent-style-name="P"/>'
    )
    return ods_of(style, ods.text_cell("R1"), ods.text_cell("5", ' table:style-name="ce"'))


def test_a_document_in_which_a_style_strikes_values_through_under_a_condition_is_refused(
    tmp_path: Path,
) -> None:
    """So OpenOffice writes the conditional formats for which LibreOffice has elements of their own."""
    refusal = refusal_of(write(tmp_path, "log.ods", ods_of_maps("Gone")))
    assert refusal.code == "struck_by_rule"
    assert "cells in B2:B2, and" in refusal.message
    assert read(tmp_path, ods_of_maps("P")).rows[1][1] == ("R1", "5")


def xls_of_columns(attribute: str, value: int) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Runs")
    for column, title in enumerate(HEADER):
        sheet.write(0, column, title)
    setattr(sheet.col(1), attribute, value)
    return saved(book)


def xlsb_of_columns(width: int, flags: int) -> bytes:
    said = xlsb.record(60, pack("<IIIIH", 1, 1, width, 0, flags))
    return xlsb_of(xlsb.Styles(), before=xlsb.record(390) + said + xlsb.record(391))


@pytest.mark.parametrize(
    "content",
    [
        xls_of_columns("hidden", 1),
        xls_of_columns("width", 0),
        xlsb_of_columns(2_000, 3),
        xlsb_of_columns(0, 2),
        ods_of("", columns='<table:table-column/><table:table-column table:visibility="collapse"/>'),
        ods_of("", columns='<table:table-column/><table:table-column table:visibility="filter"/>'),
    ],
)
def test_hidden_columns_are_read_and_told_by_their_headers(tmp_path: Path, content: bytes) -> None:
    assert "hidden columns were read too: B “Mass”" in read(tmp_path, content).told


def xls_of_rows(**said: int) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Runs")
    for column, title in enumerate(HEADER):
        sheet.write(0, column, title)
    sheet.write(1, 0, "R1")
    for name, value in said.items():
        setattr(sheet.row(1), name, value)
    return saved(book)


def test_a_row_without_height_is_hidden(tmp_path: Path) -> None:
    assert read(tmp_path, xls_of_rows(height=0, height_mismatch=1)).told[1:] == (
        "hidden rows were read too: 2",
    )
    flat = xlsb.row(2, [xlsb.cell(6, 0, 0, xlsb.text("R1"))]).replace(pack("<H", 300), bytes(2), 1)
    titles = [xlsb.cell(6, column, 0, xlsb.text(title)) for column, title in enumerate(HEADER)]
    parts = (xlsb.workbook([("Runs", 0)]), [xlsb.sheet([xlsb.row(1, titles), flat])])
    content = xlsb.zipped(xlsb.package(*parts, xlsb.Styles().part(), xlsb.Texts().part()))
    assert read(tmp_path, content).told[1:] == ("hidden rows were read too: 2",)
