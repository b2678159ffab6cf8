"""Masses: what was weighed is what is read, or nothing is."""

from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from pipeline.assemble import assemble
from pipeline.check import plausible, usual_of
from pipeline.model import CheckedTable, Usual
from schemas.convention import Convention
from tests.hazards.log import (
    LogOf,
    book_log,
    checked,
    csv_log,
    raw_log,
    refused,
    row,
    runs,
    stored_log,
    told,
    wanted,
)
from tests.pure.build import HEADER, PLANT

POINT, COMMA = (replace(PLANT, decimal=mark) for mark in (".", ","))
MAKERS = pytest.mark.parametrize("log_of", [csv_log, book_log])
WITH_SD = (*HEADER, "SD")
IN_TONNES = (*HEADER[:5], "Mass (t)")


def masses(table: CheckedTable) -> list[str]:
    return [f"{run.mass:f}" for run in runs(table)]


def codes(table: CheckedTable) -> list[str]:
    return [code for code, *_ in told(table)]


@MAKERS
def test_hazard_19_a_decimal_comma_in_text_is_refused_until_the_plant_has_said_its_mark(
    log_of: LogOf, tmp_path: Path
) -> None:
    log = log_of(tmp_path, row(mass="1,5"))
    assert refused(checked(log)) == ("decimal_mark_unknown", "F2", "1,5")
    assert 'decimal = ","' in wanted(checked(log))
    assert refused(checked(log, POINT)) == ("not_a_number", "F2", "1,5")
    assert masses(checked(log, COMMA)) == ["1.5"]


@MAKERS
def test_hazard_19_a_decimal_point_is_refused_where_the_plant_writes_commas(
    log_of: LogOf, tmp_path: Path
) -> None:
    log = log_of(tmp_path, row(mass="1.5"))
    assert refused(checked(log, COMMA)) == ("not_a_number", "F2", "1.5")
    assert "such as 1234,5" in wanted(checked(log, COMMA))
    assert masses(checked(log)) == masses(checked(log, POINT)) == ["1.5"]


@MAKERS
@pytest.mark.parametrize(
    ("written", "by_point", "by_comma"),
    [
        ("1,234", "1234", "1.234"),
        ("1.234", "1.234", "1234"),
        ("1,234.5", "1234.5", None),
        ("1.234,5", None, "1234.5"),
        ("1 234", "1234", "1234"),
        ("1\u00a0234,5", None, "1234.5"),
        ("1\u202f234", "1234", "1234"),
        ("1'234.5", "1234.5", None),
        ("1’234", "1234", "1234"),
        ("1,234,567", "1234567", None),
        ("12,34", None, "12.34"),
        ("1,23,456", None, None),
        ("1234,567,890", None, None),
        ("0,123", None, "0.123"),
        ("1 23", None, None),
        ("1,234 567", None, None),
    ],
)
def test_hazard_20_groups_of_three_are_read_only_under_the_plants_mark(
    log_of: LogOf, written: str, by_point: str | None, by_comma: str | None, tmp_path: Path
) -> None:
    log = log_of(tmp_path, row(mass=written))
    for plant, meant in ((POINT, by_point), (COMMA, by_comma)):
        table = checked(log, plant)
        if meant is None:
            assert refused(table)[:2] == ("not_a_number", "F2")
        else:
            assert masses(table) == [meant]
    unsaid = checked(log)
    assert masses(unsaid) == ["1.234"] if written == "1.234" else refused(unsaid)[1] == "F2"


@MAKERS
def test_hazard_21_where_both_notations_stand_what_could_be_either_is_refused(
    log_of: LogOf, tmp_path: Path
) -> None:
    written = ["12.5", "1.234", "12,5", "13.5", "14"]
    table = checked(log_of(tmp_path, *(row(reference=f"A{n}", mass=m) for n, m in enumerate(written))))
    assert [f"{each.run.mass:f}" for each in table.rows if each.run] == ["12.5", "13.5", "14"]
    assert refused(table, 3) == ("notation_mixed", "F3", "1.234")
    assert "F4 “12,5” has another decimal mark" in wanted(table, 3)
    assert refused(table, 4) == ("decimal_mark_unknown", "F4", "12,5")
    assert (
        "notation_mixed",
        "",
        "numbers are written in two notations: “.” is the decimal mark in 2 cells, “,” in 1 cell",
    ) in told(table)


@pytest.mark.parametrize(
    ("plant", "written", "read"),
    [
        (PLANT, ["12.5", "12,5", "13,5"], []),
        (PLANT, ["12.5", "13.5", "14,5", "15.500"], ["12.5", "13.5"]),
        (PLANT, ["1.234", "1.234.567"], []),
        (PLANT, ["1.234", "2.345", "12"], ["1.234", "2.345", "12"]),
        (POINT, ["1,234", "12.5", "12,5"], ["12.5"]),
        (POINT, ["1,234", "12.5", "12"], ["1234", "12.5", "12"]),
        (COMMA, ["1.234", "12,5", "12.5"], ["12.5"]),
        (COMMA, ["1.234", "12,5", "12"], ["1234", "12.5", "12"]),
    ],
)
def test_hazard_21_numbers_of_the_rarer_notation_are_refused(
    plant: Convention, written: list[str], read: list[str], tmp_path: Path
) -> None:
    rows = (row(reference=f"A{n}", mass=m) for n, m in enumerate(written))
    table = checked(csv_log(tmp_path, *rows, delimiter=";"), plant)
    assert [f"{each.run.mass:f}" for each in table.rows if each.run] == read
    assert ("notation_mixed" in codes(table)) == (len(read) < len(written))


def test_hazard_21_the_notation_of_a_deviation_tells_that_of_a_mass(tmp_path: Path) -> None:
    table = checked(csv_log(tmp_path, (*row(mass="1.234"), "0,5"), header=WITH_SD))
    assert sorted((issue.code, issue.cells) for issue in table.rows[0].issues) == [
        ("decimal_mark_unknown", ("G2",)),
        ("notation_mixed", ("F2",)),
    ]


def test_hazard_21_stored_numbers_have_no_notation(tmp_path: Path) -> None:
    table = checked(book_log(tmp_path, row(mass=1.234), row(reference="B", mass="12,5")))
    assert [f"{each.run.mass:f}" for each in table.rows if each.run] == ["1.234"]
    assert refused(table, 3)[0] == "decimal_mark_unknown"


@MAKERS
def test_hazard_22_full_width_digits_are_read_and_told(log_of: LogOf, tmp_path: Path) -> None:
    table = checked(log_of(tmp_path, row(mass="１２３．５")))
    assert masses(table) == ["123.5"]
    how = "digits of another width were read as plain ones (1 cell: F2), such as “１２３．５” → “123.5”"
    assert ("number_tidied", "Mass (kg)", how) in told(table)


@MAKERS
@pytest.mark.parametrize(
    "written", ["\u0661\u0662\u0663", "1\u06623", "\u0967\u0968", "\U0001d7cf", "1\u066b5", "1\u20245"]
)
def test_hazard_22_digits_and_marks_of_other_scripts_are_refused(
    log_of: LogOf, written: str, tmp_path: Path
) -> None:
    for plant in (PLANT, POINT, COMMA):
        assert refused(checked(log_of(tmp_path, row(mass=written)), plant)) == ("not_a_number", "F2", written)


PYTHON = [
    "1_000",
    "infinity",
    "-Infinity",
    "inf",
    "nan",
    "NaN",
    "1e400",
    "1e3",
    "1E+3",
    "0x10",
    "1.",
    ".5",
    "1j",
    "True",
]


@MAKERS
@pytest.mark.parametrize("written", PYTHON)
def test_hazard_23_what_only_a_programming_language_takes_for_a_number_is_refused(
    log_of: LogOf, written: str, tmp_path: Path
) -> None:
    for plant in (PLANT, POINT, COMMA):
        assert refused(checked(log_of(tmp_path, row(mass=written)), plant)) == ("not_a_number", "F2", written)


@pytest.mark.parametrize("written", ["NaN", "INF", "-INF", "1e400", "-1e999", "Infinity", "nan"])
def test_hazard_24_what_is_no_number_in_a_workbooks_own_xml_is_refused_at_its_cell(
    written: str, tmp_path: Path
) -> None:
    log = raw_log(tmp_path, {"F": f'<c r="F2"><v>{written}</v></c>'}, {"F": "<c r='F3' s='0'><v>7</v></c>"})
    table = checked(log)
    assert refused(table) == ("not_a_number", "F2", written)
    assert [f"{each.run.mass:f}" for each in table.rows if each.run] == ["7"]


@pytest.mark.parametrize("written", ["1e300", "9" * 16, "9" * 30, "1e15"])
def test_hazard_24_a_number_that_no_scale_shows_is_refused(written: str, tmp_path: Path) -> None:
    table = checked(raw_log(tmp_path, {"F": f'<c r="F2"><v>{written}</v></c>'}))
    assert refused(table)[:2] == ("not_a_number", "F2")


@MAKERS
def test_hazard_25_a_long_minus_is_a_minus_and_told(log_of: LogOf, tmp_path: Path) -> None:
    table = checked(log_of(tmp_path, row(mass="\N{MINUS SIGN}5")))
    assert refused(table) == ("mass_not_positive", "F2", "\N{MINUS SIGN}5")
    how = "a long minus sign was read as one (1 cell: F2), such as “\N{MINUS SIGN}5” → “-5”"
    assert ("number_tidied", "Mass (kg)", how) in told(table)


@MAKERS
@pytest.mark.parametrize("written", ["5²", "2³", "½", "1½", "1/2", "⁵", "⑤", "₅", "–5", "⁺5", "5 m³", "1⁄2"])
def test_hazard_25_superscripts_fractions_and_dashes_are_refused(
    log_of: LogOf, written: str, tmp_path: Path
) -> None:
    for plant in (PLANT, POINT, COMMA):
        assert refused(checked(log_of(tmp_path, row(mass=written)), plant)) == ("not_a_number", "F2", written)


def test_hazard_27_numbers_stored_as_text_are_read_and_told_in_a_workbook_only(tmp_path: Path) -> None:
    rows = [row(reference=f"A{n}", mass=mass) for n, mass in enumerate(["12.5", 13, "14", " 15 ", "16"])]
    book = checked(book_log(tmp_path, *rows))
    assert masses(book) == ["12.5", "13", "14", "15", "16"]
    how = "a number stored as text was read (4 cells: F2, F4, F5, …), such as “12.5”"
    assert ("text_as_number", "Mass (kg)", how) in told(book)
    text = checked(csv_log(tmp_path, *rows))
    assert masses(text) == masses(book)
    assert codes(text) == ["number_tidied"]


def test_hazard_27_a_number_that_excel_was_told_to_take_as_text_obeys_the_rule_of_the_comma(
    tmp_path: Path,
) -> None:
    path = tmp_path / "log.xlsx"
    with Workbook(path) as book:
        prefixed = book.add_format({"quote_prefix": True})
        sheet = book.add_worksheet("Runs")
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, row())
        sheet.write_string(1, 5, "1,5", prefixed)
    assert refused(checked(path)) == ("decimal_mark_unknown", "F2", "1,5")
    assert masses(checked(path, COMMA)) == ["1.5"]
    assert codes(checked(path, COMMA)) == ["text_as_number"]


MONEY = [
    "$#,##0.00", '#,##0.00 "€"', "#,##0.00\\ [$€-407]", "[$£-809]#,##0.00", '_-* #,##0.00 "kr"_-',
    "[$CHF] 0.00",
    '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)', '#,##0" zł"', "[$USD-409] #,##0", "¥0",
]  # fmt: skip


@pytest.mark.parametrize("number_format", MONEY)
def test_hazard_28_an_amount_of_money_is_no_mass(number_format: str, tmp_path: Path) -> None:
    table = checked(book_log(tmp_path, row(mass=1234.5), formats={"F2": number_format}))
    assert refused(table) == ("money", "F2", "1234.5")


@pytest.mark.parametrize("number_format", ["0%", "0.00%", '0" %"', "0\\%"])
def test_hazard_28_a_percentage_is_no_mass(number_format: str, tmp_path: Path) -> None:
    table = checked(book_log(tmp_path, row(mass=0.5), formats={"F2": number_format}))
    assert refused(table) == ("percentage", "F2", "0.5")


@pytest.mark.parametrize(
    "number_format",
    [
        '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)', "_-* #,##0.00\\ _€_-;\\-* #,##0.00\\ _€_-",
        "#,##0.00_);[Red](#,##0.00)", "[$-409]0.00", "0.00E+00", "# ??/??", '0.0" kg"', '0.0" kg (dry)"', "@",
        "[<1000]0.00;0.00", '0.00;;"none"', '0.0" [kg]"', '0.0" kg, dry."', '0.0" kg - dry"', "+0.00;-0.00",
        "# ??/100", "#\\ ##0.00", "# ### ##0.00", "#'##0.00", "#\u202f##0.00", '#"."##0.00', "0 000.00",
        "[>=100000]##\\,##\\,##0.00;##,##0.00", "**#,##0.00", '"Netto: "0.00', "00000.00",
    ],
)  # fmt: skip
def test_hazard_28_formats_that_show_the_mass_itself_do_no_harm(number_format: str, tmp_path: Path) -> None:
    table = checked(book_log(tmp_path, row(mass=1234.25), formats={"F2": number_format}))
    assert masses(table) == ["1234.25"]
    assert codes(table) == (["stored_not_shown"] if '0.0"' in number_format else [])


@pytest.mark.parametrize(
    ("number_format", "code"),
    [
        ('0.0" t"', "other_unit"),
        ("0.0\\ \\t", "other_unit"),
        ("0.0 t", "other_unit"),
        ("#,##0,", "shown_in_thousands"),
        ("[<1000]0;0.0,", "shown_in_thousands"),
        ('0" bags"', "shown_with_words"),
        ('0.0" Mg"', "shown_with_words"),
        ('"ok"', "shown_as_nothing"),
        ('"kg"', "shown_as_nothing"),
        ("(0.00)", "shown_as_negative"),
        ("-0.00", "shown_as_negative"),
        ('(0.0)" kg"', "shown_as_negative"),
        ('(0.0" kg")', "shown_as_negative"),
        ('"-"0.0" kg"', "shown_as_negative"),
        ('0.0" kg-"', "shown_as_negative"),
        ('0",000"', "shown_with_words"),
        ('0" 000 kg"', "shown_with_words"),
        ('0.0" ×100 kg"', "shown_with_words"),
        ('"1"0000', "shown_with_words"),
        (r"0\0\0\0", "shown_with_words"),
        (r"0\/10", "shown_with_words"),
        ("0*0", "shown_with_words"),
        ("*.0", "shown_with_words"),
        (r"0\,0", "shown_with_words"),
        ('0"."0', "shown_with_words"),
        ('0"."000', "shown_with_words"),
        ('"."0', "shown_with_words"),
        ("0 0", "shown_with_words"),
        ('"<"0.0', "shown_with_words"),
        ('"~"0.0', "shown_with_words"),
        ('0.0"‰"', "shown_with_words"),
    ],
)
def test_hazard_28_a_format_that_shows_something_else_than_the_mass_is_refused(
    number_format: str, code: str, tmp_path: Path
) -> None:
    table = checked(book_log(tmp_path, row(mass=1234.25), formats={"F2": number_format}))
    assert refused(table)[:2] == (code, "F2")


def test_hazard_28_a_mark_between_the_groups_of_a_format_groups_from_a_thousand_on(tmp_path: Path) -> None:
    table = checked(book_log(tmp_path, row(mass=812), formats={"F2": '#"."##0'}))
    assert refused(table)[:2] == ("shown_with_words", "F2")
    with_condition = {"F2": '[>=1000]#"."##0;0'}
    assert masses(checked(book_log(tmp_path, row(mass=812), formats=with_condition))) == ["812"]


@MAKERS
@pytest.mark.parametrize("written", ["(1,234)", "(1234)", "1234-", "$5", "5 €", "€5", "USD 5", "50%", "50 %"])
def test_hazard_28_brackets_percent_and_currency_signs_in_text_are_refused(
    log_of: LogOf, written: str, tmp_path: Path
) -> None:
    for plant in (PLANT, POINT, COMMA):
        assert refused(checked(log_of(tmp_path, row(mass=written)), plant)) == ("not_a_number", "F2", written)


@pytest.mark.parametrize(
    "number_format", ["#,##0_);(#,##0)", "0;0", "0.0;-0.0", '_(* "-"??_);_(* \\(0\\)', '0.0;"x"@']
)
def test_hazard_28_a_negative_mass_is_negative_however_it_is_shown(
    number_format: str, tmp_path: Path
) -> None:
    table = checked(book_log(tmp_path, row(mass=-1234), formats={"F2": number_format}))
    assert refused(table) == ("mass_not_positive", "F2", "-1234")


def test_hazard_28_a_mass_of_zero_is_zero_though_its_format_hides_it(tmp_path: Path) -> None:
    table = checked(book_log(tmp_path, row(mass=0), formats={"F2": "0.0;-0.0;"}))
    assert refused(table) == ("mass_not_positive", "F2", "0")


@pytest.mark.parametrize("value", [True, False])
def test_hazard_29_true_and_false_are_no_numbers(value: bool, tmp_path: Path) -> None:
    table = checked(book_log(tmp_path, (*row(mass=value), 1), (*row(), value), header=WITH_SD))
    shown = str(value).upper()
    assert refused(table) == ("not_a_number", "F2", shown)
    assert "TRUE and FALSE are none" in wanted(table)
    assert refused(table, 3) == ("not_a_number", "G3", shown)
    assert refused(checked(csv_log(tmp_path, row(mass=shown)))) == ("not_a_number", "F2", shown)


@pytest.mark.parametrize("log_of", [csv_log, stored_log])
def test_hazard_30_digits_that_a_computer_adds_are_cut_and_told_and_do_not_make_another_batch(
    log_of: LogOf, tmp_path: Path
) -> None:
    noisy = checked(log_of(tmp_path, row(mass=0.1 + 0.2), row(reference="A2", mass=100.10000000000001)))
    assert masses(noisy) == ["0.3", "100.1"]
    how = "rounded to the 15 digits that a computer keeps apart (2 cells: F2, F3), such as"
    assert told(noisy) == [("float_noise", "Mass (kg)", f"{how} “0.30000000000000004” → “0.3”")]
    clean = checked(csv_log(tmp_path, row(mass=0.3), row(reference="A2", mass="100.10")))
    prints = [[batch.fingerprint for batch in assemble([table], PLANT).batches] for table in (noisy, clean)]
    assert prints[0] == prints[1]


@pytest.mark.parametrize("written", ["0.10000000000000001", "0.1", "0.10000000000000000000000"])
def test_hazard_30_all_spellings_of_one_stored_number_are_one_mass(written: str, tmp_path: Path) -> None:
    assert masses(checked(csv_log(tmp_path, row(mass=written)))) == ["0.1"]


@pytest.mark.parametrize(
    "written",
    ["0.12345678901234567890", "0.33333333333333339", "1234567890123456", "1234567890123456.5"],
)
def test_hazard_30_digits_that_no_computer_adds_are_refused(written: str, tmp_path: Path) -> None:
    assert refused(checked(csv_log(tmp_path, row(mass=written)))) == ("too_many_digits", "F2", written)


def test_hazard_31_the_stored_value_is_read_and_told_beside_the_one_that_is_shown(tmp_path: Path) -> None:
    rows = [row(reference=f"A{n}", mass=mass) for n, mass in enumerate([12.3456789, 12.3, 99.96, 7])]
    formats = {"F2": "0.0", "F3": "0.0", "F4": "#,##0.0", "F5": "0.0"}
    table = checked(book_log(tmp_path, *rows, formats=formats))
    assert masses(table) == ["12.3456789", "12.3", "99.96", "7"]
    how = "read as it is stored, not as it is shown (2 cells: F2, F4), such as “12.3” → “12.3456789”"
    assert told(table) == [("stored_not_shown", "Mass (kg)", how)]


@MAKERS
@pytest.mark.parametrize("mass", [0, -5, "0", "-5", "0.0", "-0", "0.0000001"])
def test_hazard_32_a_mass_of_nothing_or_less_is_refused(log_of: LogOf, mass: object, tmp_path: Path) -> None:
    assert refused(checked(log_of(tmp_path, row(mass=mass))))[:2] == ("mass_not_positive", "F2")


@MAKERS
@pytest.mark.parametrize(
    ("header", "swapped", "times"),
    [(HEADER, "0.1", "1,000 times under"), (IN_TONNES, "100", "1,000 times over")],
)
def test_hazard_32_kilograms_and_tonnes_that_were_swapped_are_refused(
    log_of: LogOf, header: tuple[str, ...], swapped: str, times: str, tmp_path: Path
) -> None:
    usual = {"0.1": "100", "100": "0.1"}[swapped]
    rows = [row(reference=f"A{n}", mass=usual) for n in range(4)]
    log = log_of(tmp_path, *rows, row(reference="B", mass=swapped), header=header)
    tables = [checked(log)]
    (table,) = plausible(tables, PLANT.max_mass_ratio, usual_of(tables, PLANT.max_mass_ratio, {}))
    assert [each.row for each in table.rows if each.run is None] == [6]
    assert refused(table, 6) == ("mass_implausible", "F6", swapped)
    assert times in wanted(table, 6)


@MAKERS
def test_hazard_32_a_single_swapped_row_is_compared_with_earlier_logs(log_of: LogOf, tmp_path: Path) -> None:
    (run,) = runs(checked(log_of(tmp_path, row(mass=100))))
    for usual, refused_rows in ((Decimal(100), []), (Decimal(100_000), [2])):
        (table,) = plausible(
            [checked(log_of(tmp_path, row(mass=100)))], PLANT.max_mass_ratio, {run.facility_id: Usual(usual)}
        )
        assert [each.row for each in table.rows if each.run is None] == refused_rows


@pytest.mark.parametrize(
    ("deviation", "code"),
    [
        ("-1", "deviation_negative"), ("100", "deviation_above_mass"), ("inf", "not_a_number"),
        ("1e1", "not_a_number"), ("5 %", "not_a_number"), ("1_0", "not_a_number"),
    ],
)  # fmt: skip
def test_hazards_23_to_32_a_deviation_obeys_the_rules_of_a_mass(
    deviation: str, code: str, tmp_path: Path
) -> None:
    table = checked(csv_log(tmp_path, (*row(), deviation), header=WITH_SD))
    assert refused(table) == (code, "G2", deviation)


def test_a_deviation_of_zero_is_left_out_and_told(tmp_path: Path) -> None:
    table = checked(csv_log(tmp_path, (*row(), "0.0"), (*row(reference="B"), "1.5"), header=WITH_SD))
    assert [run.deviation for run in runs(table)] == [None, Decimal("1.5")]
    how = "a standard deviation of zero was left out, as unknown (1 cell: G2), such as “0.0”"
    assert told(table) == [("deviation_left_out", "SD", how)]
