"""What is wrong is grouped by kind and column: every cell is there, and what all share stands once."""

import pytest
from msgspec.structs import replace

from pipeline.model import WORDS, Difference, Issue, Outcome, Report, ReportRow, ReportTable, Word
from pipeline.report import notices, problems
from tests.pure.build import COLUMNS, HEADER, a_report, an_issue

CONFLICT = Outcome(
    "conflict",
    code="rows_disagree",
    message="Rows disagree.",
    differences=(Difference("Mass (kg)", "“1” in F2", "“2” in F3"),),
)


def reported(*issues: tuple[Issue, ...]) -> Report:
    """A report whose rows, from row 2 on, have these issues."""
    rows = tuple(
        ReportRow(0, number, ("A",), f"A{number}", Outcome("invalid"), found)
        for number, found in enumerate(issues, 2)
    )
    return replace(a_report([]), rows=rows)


def notice(row: int | None, *cells: str, file: str = "log.xlsx", count: int = 1) -> Issue:
    return Issue("notice", "trimmed", file, "", row, cells, "Kiln", "", "tidied", "", count)


def test_problems_are_grouped_by_kind_and_say_where_and_what() -> None:
    issues = (an_issue(2, "F2"), an_issue(2, "D2"), an_issue(2, code="ragged"))
    found = problems(a_report([Outcome("invalid")], issues=issues))
    assert [(each.code, [place.where for place in each.places]) for each in found] == [
        ("bad", ["F2", "D2"]),
        ("ragged", ["row 2"]),
    ]
    assert found[0].places[0].what == "found “x”, wanted a number. Type it."
    assert (found[0].severity, found[0].column, found[0].cells) == ("error", "Mass (kg)", ("F2", "D2"))


def test_a_conflict_is_told_with_its_word_its_reference_and_every_field() -> None:
    (found,) = problems(a_report([CONFLICT]))
    assert (found.code, found.outcome, found.severity) == ("rows_disagree", "conflict", "error")
    assert found.places[0].where == "row 2 (A2)"
    assert found.places[0].what == "Rows disagree. Mass (kg): one row says “1” in F2, another “2” in F3."
    assert found.places[0].details == ("Mass (kg): one row says “1” in F2, another “2” in F3.",)


def test_a_kind_has_its_title_from_the_catalogue() -> None:
    (found,) = problems(reported((an_issue(2, "F2", "not_a_number"),)))
    assert found.title == "Not a number"


def test_a_kind_in_two_columns_is_two_problems_one_after_the_other() -> None:
    start = replace(an_issue(2, "D2", "not_a_time"), column="Start")
    end = replace(start, column="End", cells=("E2",))
    found = problems(reported((start, an_issue(2, "F2"), end), (start,)))
    assert [(each.code, each.column, each.rows) for each in found] == [
        ("not_a_time", "Start", 2),
        ("not_a_time", "End", 1),
        ("bad", "Mass (kg)", 1),
    ]


def test_what_all_places_have_in_common_is_told_once_and_what_not_is_left_to_each() -> None:
    one = an_issue(2, "F2")
    (same,) = problems(reported((one,), (one,)))
    assert (same.found, same.wanted, same.remedy) == ("x", "a number", "Type it.")
    (other,) = problems(reported((one,), (replace(one, found="y", remedy="Did you mean “7”?"),)))
    assert (other.found, other.wanted, other.remedy) == ("", "a number", "")
    assert [place.remedy for place in other.places] == ["Type it.", "Did you mean “7”?"]


def test_rows_that_wait_come_after_what_they_wait_for_and_warnings_last() -> None:
    warning = replace(an_issue(2, "E2", "batch_too_long"), severity="warning")
    waits = an_issue(2, code="batch_has_bad_row")
    found = problems(reported((warning,), (waits,), (an_issue(4, "F4"),)))
    assert [each.code for each in found] == ["bad", "batch_has_bad_row", "batch_too_long"]


def test_the_file_is_named_only_where_there_are_several() -> None:
    report = reported((an_issue(2, "F2"),))
    assert problems(report)[0].places[0].where == "F2"
    tables = (*report.tables, ReportTable("b.csv", "", HEADER, dict(COLUMNS)))
    several = replace(report, tables=tables, rows=(*report.rows, replace(report.rows[0], table=1)))
    assert [place.where for place in problems(several)[0].places] == ["log.xlsx [Runs] F2", "b.csv F2"]


@pytest.mark.parametrize("word", WORDS)
def test_what_went_well_is_no_problem(word: Word) -> None:
    told = problems(a_report([Outcome(word, message="Told.")]))
    assert bool(told) == (word in ("invalid", "rejected", "conflict", "unknown"))


def test_an_open_question_is_a_warning() -> None:
    (found,) = problems(a_report([Outcome("unknown", code="no_answer", message="No proof.")]))
    assert (found.severity, found.outcome, found.title) == ("warning", "unknown", "Sent, and no answer came")


def test_notices_are_grouped_by_kind_file_and_column_with_the_number_of_cells() -> None:
    told = (notice(None, "A2", "A3", count=7), notice(None, "A2", file="b.csv"), notice(None, "B9", count=2))
    found = notices(replace(a_report([]), notices=told))
    assert [(each.file, each.column, each.count, each.cells) for each in found] == [
        ("log.xlsx", "Kiln", 9, ("A2", "A3", "B9")),
        ("b.csv", "Kiln", 1, ("A2",)),
    ]
    assert found[0].title == "Text tidied"


def test_notices_of_whole_rows_name_the_rows() -> None:
    (found,) = notices(replace(a_report([]), notices=(notice(7), notice(9))))
    assert (found.rows, found.cells, found.count) == ((7, 9), (), 2)
