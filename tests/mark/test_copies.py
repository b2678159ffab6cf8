"""The marked copies of a run: which there are, and what is said of those that cannot be."""

import stat
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from pipeline.mark import mark_copies
from pipeline.mark.apart import mark_apart
from pipeline.mark.marks import spots_of
from pipeline.mark.unmarkable import UnmarkableError
from pipeline.model import Difference, Outcome, Report, ReportTable, Source
from pipeline.read.limits import Limits
from pipeline.read.spool import spooled
from pipeline.write.marks import MOST_NOTES
from tests.mark.logs import replaced, rich_log, runs, spot
from tests.write.build import FIELDS, issue, names, report, row

ROW = row(("R1", "abc"), "invalid", issue("B2"), number=2)


def run_of(log: Path, *rows: object, content: bytes | None = None) -> Report:
    """A run that read this log, which is written unless it has this content already."""
    log.write_bytes(rich_log() if content is None else content)
    with spooled(log, str(log)) as spool:
        source = Source(str(log), spool.sha256, 1)
    table = ReportTable(str(log), "Runs", ("Run ID", "Mass"), FIELDS)
    return replace(report(*(rows or (ROW,)), tables=[table]), sources=(source,))  # type: ignore[arg-type] # rows


def told(made: Report) -> list[str]:
    return [notice.wanted for notice in made.notices if notice.code == "not_marked"]


def test_a_workbook_with_a_wrong_cell_gets_a_marked_copy_for_its_owner_alone(tmp_path: Path) -> None:
    run = run_of(tmp_path / "log.xlsx")
    assert mark_copies(run, tmp_path / "run") == run
    assert names(tmp_path / "run") == {"marked-log.xlsx"}
    copy = tmp_path / "run" / "marked-log.xlsx"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert load_workbook(copy)["Runs"]["B2"].comment.text == f"Biochar pipeline:\n{issue('B2').sentence}"


def test_the_log_itself_is_not_touched(tmp_path: Path) -> None:
    run = run_of(tmp_path / "log.xlsx")
    mark_copies(run, tmp_path / "run")
    assert (tmp_path / "log.xlsx").read_bytes() == rich_log()


def test_a_log_that_is_in_order_gets_none_and_one_of_an_earlier_writing_goes(tmp_path: Path) -> None:
    run = run_of(tmp_path / "log.xlsx")
    mark_copies(run, tmp_path / "run")
    well = replace(run, rows=(row(outcome="created", number=2),))
    assert mark_copies(well, tmp_path / "run") == well
    assert names(tmp_path / "run") == set()


def test_a_log_that_has_changed_or_gone_gets_none_and_that_is_told(tmp_path: Path) -> None:
    run = run_of(tmp_path / "log.xlsx")
    (tmp_path / "log.xlsx").write_bytes(rich_log() + b"\0")
    (changed,) = told(mark_copies(run, tmp_path / "run"))
    (tmp_path / "log.xlsx").unlink()
    (gone,) = told(mark_copies(run, tmp_path / "run"))
    assert changed == gone
    assert "it is not there any more as it was read" in gone
    assert not (tmp_path / "run").exists()


def test_a_copy_stays_when_the_log_has_gone_to_the_archive(tmp_path: Path) -> None:
    run = run_of(tmp_path / "log.xlsx")
    mark_copies(run, tmp_path / "run")
    before = (tmp_path / "run" / "marked-log.xlsx").read_bytes()
    (tmp_path / "log.xlsx").unlink()
    assert mark_copies(run, tmp_path / "run") == run
    assert (tmp_path / "run" / "marked-log.xlsx").read_bytes() == before


def test_two_logs_of_one_name_get_two_copies(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, two = run_of(tmp_path / "a" / "log.xlsx"), run_of(tmp_path / "b" / "LOG.xlsx")
    both = replace(
        one,
        sources=one.sources + two.sources,
        tables=one.tables + two.tables,
        rows=(ROW, replace(ROW, table=1)),
    )
    mark_copies(both, tmp_path / "run")
    assert names(tmp_path / "run") == {"marked-log.xlsx", "marked-LOG (2).xlsx"}


@pytest.mark.parametrize(
    ("name", "copy"),
    [
        ("log.xlsm", "marked-log.xlsm"),
        ("log.csv", "marked-log.csv.xlsx"),
        ("log", "marked-log.xlsx"),
        ("x" * 240 + ".xlsx", "marked-" + "x" * 180 + ".xlsx"),
        ("å" * 120 + ".xlsx", "marked-" + "å" * 90 + ".xlsx"),
    ],
)
def test_the_copy_has_a_name_that_excel_opens_and_every_disk_takes(
    tmp_path: Path, name: str, copy: str
) -> None:
    mark_copies(run_of(tmp_path / name), tmp_path / "run")
    assert names(tmp_path / "run") == {copy}


@pytest.mark.parametrize("content", [b"Run ID,Mass\nR1,abc\n", b"\xd0\xcf\x11\xe0 old Excel"])
def test_a_log_of_another_kind_gets_no_copy_and_nothing_is_said(tmp_path: Path, content: bytes) -> None:
    run = run_of(tmp_path / "log.xls", content=content)
    assert mark_copies(run, tmp_path / "run") == run
    assert not (tmp_path / "run").exists()


def test_a_broken_or_hostile_workbook_gets_none_and_the_run_goes_on(tmp_path: Path) -> None:
    sheet = "xl/worksheets/sheet1.xml"
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet'
    for content, why in (
        (replaced(rich_log(), sheet, b"<worksheet", bomb), "it declares a document type"),
        (replaced(rich_log(), sheet, b"<sheetData>", b"<sheetData><"), "not as expected (ExpatError)"),
        (replaced(rich_log(), sheet, b'<row r="2"', b'<row r="x"'), "not as expected (ValueError)"),
    ):
        (said,) = told(mark_copies(run_of(tmp_path / "log.xlsx", content=content), tmp_path / "run"))
        assert why in said
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("limits", [Limits(1 << 30, 1), Limits(60 << 20, 60)])
def test_a_marking_that_takes_too_much_time_or_memory_ends(tmp_path: Path, limits: Limits) -> None:
    log = tmp_path / "log.xlsx"
    rows = b"".join(b'<row r="%d"><c r="A%d"/></row>' % (each, each) for each in range(20, 900_000))
    log.write_bytes(replaced(rich_log(), "xl/worksheets/sheet1.xml", b"</sheetData>", rows + b"</sheetData>"))
    with spooled(log, "log.xlsx") as spool, pytest.raises(UnmarkableError, match="memory"):
        mark_apart(spool, runs(spot(2, 2)), limits)


def test_a_folder_that_cannot_be_written_to_is_told_and_nothing_is_raised(tmp_path: Path) -> None:
    run = run_of(tmp_path / "log.xlsx")
    (tmp_path / "run").write_text("a file where the folder should be")
    (said,) = told(mark_copies(run, tmp_path / "run"))
    assert "cannot be written" in said


def test_a_link_in_place_of_the_half_written_copy_does_not_lead_elsewhere(tmp_path: Path) -> None:
    run, victim = run_of(tmp_path / "log.xlsx"), tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".marked-log.xlsx.part").symlink_to(victim)
    mark_copies(run, tmp_path / "run")
    assert victim.read_text() == "mine"


def test_errors_are_red_warnings_amber_and_notices_nothing(tmp_path: Path) -> None:
    made = row(
        ("R1", "1", "2", "3"),
        "invalid",
        issue("B2"),
        issue("B2", "C2", severity="warning"),
        issue("D2", severity="notice"),
        number=2,
    )
    run = run_of(tmp_path / "log.xlsx", made)
    found = spots_of(run, run.sources[0])["Runs"]
    assert [(each.column, each.colour) for each in found] == [(2, "FFC7CE"), (3, "FFEB9C")]


@pytest.mark.parametrize(
    ("outcome", "colour", "said"),
    [
        (Outcome("conflict", differences=(Difference("mass", "12", "13"),)), "FFD699", "held is “13”"),
        (Outcome("rejected", message="The registry refused it."), "FFC7CE", "The registry refused it."),
        (Outcome("unknown", message="No answer came."), "FFEB9C", "No answer came."),
        (
            Outcome("invalid", message="Another row of the batch is wrong."),
            "FFC7CE",
            "Another row of the batch",
        ),
    ],
)
def test_a_row_with_no_wrong_cell_is_marked_at_its_reference(
    tmp_path: Path, outcome: Outcome, colour: str, said: str
) -> None:
    run = run_of(tmp_path / "log.xlsx", row(outcome=outcome, number=2))
    (found,) = spots_of(run, run.sources[0])["Runs"]
    assert (found.row, found.column, found.colour) == (2, 1, colour)
    assert said in found.note


@pytest.mark.parametrize("word", ["created", "already_registered", "not_sent"])
def test_a_row_that_needs_nobody_is_not_marked(tmp_path: Path, word: str) -> None:
    run = run_of(tmp_path / "log.xlsx", row(outcome=Outcome(word), number=2))  # type: ignore[arg-type] # a word
    assert spots_of(run, run.sources[0]) == {}


def test_there_are_only_so_many_notes_and_the_last_says_where_the_rest_is(tmp_path: Path) -> None:
    rows = [row(("R", "x"), "invalid", issue(f"B{each}"), number=each) for each in range(2, MOST_NOTES + 5)]
    run = run_of(tmp_path / "log.xlsx", *rows)
    found = spots_of(run, run.sources[0])["Runs"]
    assert len(found) == len(rows)
    assert sum(bool(each.note) for each in found) == MOST_NOTES
    assert "results.xlsx" in found[MOST_NOTES - 1].note
