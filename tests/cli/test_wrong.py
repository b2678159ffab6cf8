"""What is wrong, as lines: the kind with its count, the first cells, and once what all have in common."""

from msgspec.structs import replace

from pipeline.cli.wrong import notice_lines, problem_lines
from pipeline.model import Issue
from pipeline.report import notices, problems
from tests.pure.build import a_report, an_issue
from tests.pure.test_kinds import CONFLICT, notice, reported

REST = "; all are in to_fix.xlsx"


def lines(*issues: tuple[Issue, ...], few: int | None = 5) -> list[str]:
    return [each.text for each in problem_lines(problems(reported(*issues)), few, REST)]


def test_a_kind_has_a_title_a_code_a_count_its_cells_and_once_rule_and_remedy() -> None:
    one, other = an_issue(2, "F2", "not_a_number"), an_issue(3, "F3", "not_a_number")
    assert lines((one,), (replace(other, found="y"),)) == [
        "",
        "Not a number (not_a_number), 2 rows",
        "F2 (Mass (kg)): “x”",
        "F3 (Mass (kg)): “y”",
        "Wanted: a number. Type it.",
    ]


def test_cells_that_hold_the_same_share_a_line() -> None:
    rows = [(an_issue(number, f"F{number}", "not_a_number"),) for number in range(2, 11)]
    assert lines(*rows)[2] == "F2, F3, F4 and 6 more (Mass (kg)): “x”"
    assert lines(*rows, few=None)[2].startswith("F2, F3, F4, F5, F6, F7, F8, F9, F10 (")


def test_a_remedy_that_not_all_share_stands_beside_its_cell() -> None:
    one = an_issue(2, "B2", "unknown_facility")
    other = replace(an_issue(3, "B3", "unknown_facility"), found="Bran", remedy="Did you mean “Barn”?")
    assert lines((one,), (other,))[2:] == [
        "B2 (Mass (kg)): “x”. Type it.",
        "B3 (Mass (kg)): “Bran”. Did you mean “Barn”?",
        "Wanted: a number.",
    ]


def test_a_rule_that_not_all_share_stands_beside_its_cell() -> None:
    one = an_issue(2, "F2", "mass_implausible")
    told = lines((one,), (replace(one, cells=("F3",), wanted="a mass near 5 kg"),))
    assert told[2:] == [
        "F2 (Mass (kg)): “x”. Wanted: a number.",
        "F3 (Mass (kg)): “x”. Wanted: a mass near 5 kg.",
        "Type it.",
    ]


def test_only_the_first_few_are_shown_and_the_others_are_counted_by_row() -> None:
    rows = [(replace(an_issue(n, f"F{n}"), found=str(n % 8)),) for n in range(2, 22)]
    told = lines(*rows)
    assert told[1].endswith("20 rows")
    assert len(told) == 2 + 5 + 1 + 1
    assert told[-2] == "… and 6 more; all are in to_fix.xlsx"


def test_a_kind_in_two_columns_has_one_title_and_one_rule() -> None:
    start = replace(an_issue(2, "D2", "not_a_time"), column="Start")
    end = replace(start, column="End", cells=("E2",))
    assert lines((start, end)) == [
        "",
        "Not a date and time (not_a_time), 1 row",
        "D2 (Start): “x”",
        "E2 (End): “x”",
        "Wanted: a number. Type it.",
    ]


def test_an_empty_cell_is_named_without_a_quotation() -> None:
    assert "F2 (Mass (kg)):" in lines((replace(an_issue(2, "F2", "missing"), found=""),))


def test_a_long_cell_does_not_push_the_remedy_out() -> None:
    one = replace(an_issue(2, "F2"), found="x" * 5_000, remedy="Did you mean “7”?")
    told = lines((one,), (an_issue(3, "F3"),))
    assert told[2].endswith("…”. Did you mean “7”?")
    assert len(told[2]) < 300


def test_a_warning_says_that_it_is_one() -> None:
    warning = replace(an_issue(2, "E2", "batch_too_long"), severity="warning")
    assert lines((warning,))[1] == "Batch over too many days (warning: batch_too_long), 1 row"


def test_rows_in_conflict_share_their_sentence_and_have_a_line_for_each_field() -> None:
    report = a_report([CONFLICT, CONFLICT])
    told = [(each.text, each.indent) for each in problem_lines(problems(report), 5, REST)]
    assert told[1:] == [
        ("One reference with different values in the log (conflict: rows_disagree), 2 rows", 0),
        ("row 2 (A2), row 3 (A3): Rows disagree.", 2),
        ("Mass (kg): one row says “1” in F2, another “2” in F3.", 6),
    ]


def test_a_notice_names_its_column_and_its_first_cells() -> None:
    told = notices(replace(a_report([]), notices=(notice(None, "A2", "A3", "A4", count=7),)))
    assert [each.text for each in notice_lines(told)] == ["notice: Kiln: tidied: A2, A3, A4 and 4 more"]


def test_notices_about_several_rows_become_one_line() -> None:
    total = replace(notice(7), code="total_passed_over", column="", wanted="row 7 is a total")
    two = (total, replace(total, row=9, wanted="row 9 is a total"))
    told = notices(replace(a_report([]), notices=two))
    assert [each.text for each in notice_lines(told)] == ["notice: Totals passed over: rows 7, 9"]
