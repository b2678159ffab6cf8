"""Over files and nights, a run is registered once, whatever it is called and however that is spelt."""

from pathlib import Path

import pytest

from pipeline import run
from pipeline.local_registry.conduct import AS_PUBLISHED
from pipeline.model import Issue, Report, ReportRow
from pipeline.write import write_results
from tests.conftest import NewLedger
from tests.protocol.plant import HEADER, KILN, START, WOOD, Plant, Power

OTHER_KILN = "fcl_1G8QT5ZAB1S0XSDX"


def line(reference: str, day: int, mass: str = "100", *, hours: float = 4, kiln: str = KILN) -> str:
    start = START.replace(day=day)
    end = start.timestamp() + hours * 3600
    return f"{reference},{kiln},{WOOD},{start.isoformat()},{_instant(end)},{mass}"


def _instant(seconds: float) -> str:
    return START.fromtimestamp(seconds, START.tzinfo).isoformat()


def log(plant: Plant, *lines: str, name: str = "log.csv") -> Path:
    path = plant.folder / name
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return path


def words(report: Report) -> list[str]:
    return [row.outcome.word for row in report.rows]


def codes(row: ReportRow) -> list[str]:
    return sorted(f"{issue.severity}: {issue.code}" for issue in row.issues)


def issue_of(row: ReportRow) -> Issue:
    (issue,) = row.issues
    return issue


@pytest.fixture
def plant(tmp_path: Path, new_ledger: NewLedger) -> Plant:
    """A plant on each kind of ledger."""
    return Plant(tmp_path, rows=0, ledger=new_ledger())


@pytest.fixture
def desk(tmp_path: Path) -> Plant:
    """A plant on the usual ledger, which `check` asks."""
    return Plant(tmp_path, rows=0)


def test_a_run_that_is_registered_is_not_registered_again_under_another_reference(plant: Plant) -> None:
    plant.upload(files=[log(plant, line("0042", 1), line("0043", 2))])
    report = plant.upload(files=[log(plant, line("X-9", 1), line("X-10", 3))])
    assert words(report) == ["invalid", "created"]
    assert "the same run is registered as “0042” (since 2026-11-01)" in issue_of(report.rows[0]).wanted
    assert sorted(plant.held()) == ["0042", "0043", "X-10"]


def test_a_reference_that_lost_its_zeros_does_not_register_its_run_twice(plant: Plant) -> None:
    plant.upload(files=[log(plant, line("0042", 1))])
    report = plant.upload(files=[log(plant, line("42", 1, "99"), line("042", 2), line("42.0", 3))])
    assert words(report) == ["invalid", "created", "created"]
    assert codes(report.rows[0]) == ["error: reference_mangled", "warning: reference_twin"]
    assert any("is registered as “0042” (since 2026-11-01)" in each.wanted for each in report.rows[0].issues)
    assert codes(report.rows[1]) == ["warning: reference_twin"]


def test_a_day_is_registered_by_its_shifts_or_by_a_line_that_sums_them_up_whichever_came_first(
    plant: Plant,
) -> None:
    early, late, day = line("E-1", 1, "40"), line("L-1", 1, "70", hours=6), line("D-1", 1, "110", hours=9)
    unread = late.replace("70", "seventy")
    assert words(plant.upload(files=[log(plant, early, unread, day)])) == ["created", "invalid", "invalid"]
    again = plant.upload(files=[log(plant, early, late, day)])
    assert words(again) == ["already_registered", "created", "invalid"]
    sum_first = [line("D-2", 2, "110", hours=9)]
    assert words(plant.upload(files=[log(plant, *sum_first)])) == ["created"]
    shifts = [line("E-2", 2, "40"), line("L-2", 2, "70", hours=6)]
    report = plant.upload(files=[log(plant, *shifts, *sum_first)])
    assert words(report) == ["invalid", "invalid", "already_registered"]
    assert codes(report.rows[0]) == ["error: run_summed"]
    assert sorted(plant.held()) == ["D-2", "E-1", "L-1"]


def test_a_line_in_another_file_and_night_that_sums_up_what_is_registered_is_not_registered(
    plant: Plant,
) -> None:
    shifts = [line("E-1", 1, "40"), line("L-1", 1, "70", hours=6), line("E-2", 2, "45")]
    plant.upload(files=[log(plant, *shifts)])
    days = [line("D-1", 1, "110", hours=9), line("D-2", 2, "90", hours=9)]
    report = plant.upload(files=[log(plant, *days, name="days.csv")])
    assert words(report) == ["invalid", "created"]
    assert "one of which is registered as “E-1” (since 2026-11-01)" in issue_of(report.rows[0]).wanted
    report = plant.upload(files=[log(plant, line("L-2", 2, "45", hours=6))])
    assert words(report) == ["invalid"]
    assert "makes up a run that is registered as “D-2”" in issue_of(report.rows[0]).wanted
    assert sorted(plant.held()) == ["D-2", "E-1", "E-2", "L-1"]


@pytest.mark.parametrize("days", [(1, 9), (9, 1)])
def test_a_sum_that_begins_long_before_a_run_or_has_another_part_long_after_it_is_found(
    desk: Plant, days: tuple[int, int]
) -> None:
    early, late = (line(f"R-{day}", day, "55") for day in days)
    desk.upload(files=[log(desk, line("WEEKS", 1, "110", hours=9 * 24))])
    assert words(desk.upload(files=[log(desk, early)])) == ["created"]
    assert words(desk.upload(files=[log(desk, late)])) == ["invalid"]


def test_of_another_kiln_or_month_the_ledger_holds_no_part_of_a_sum(plant: Plant) -> None:
    plant.upload(files=[log(plant, line("E-1", 1, "40"), line("L-1", 1, "70", hours=6))])
    others = [line("D-1", 1, "110", hours=9, kiln=OTHER_KILN), line("D-2", 2, "110", hours=9)]
    assert words(plant.upload(files=[log(plant, *others)])) == ["created", "created"]


def test_a_finished_log_that_is_run_again_has_no_kin_in_itself(plant: Plant) -> None:
    lines = [line("0042", 1), line("RUN-1", 2), line("B", 3)]
    plant.upload(files=[log(plant, *lines)])
    report = plant.upload(files=[log(plant, *lines)])
    assert words(report) == ["already_registered"] * 3
    assert [codes(row) for row in report.rows] == [[], [], []]


def test_a_log_that_holds_copies_is_refused_each_time_it_is_run(plant: Plant) -> None:
    copied = log(plant, line("A", 1), line("B", 1), line("C", 2))
    assert words(plant.upload(files=[copied])) == ["invalid", "invalid", "created"]
    assert words(plant.upload(files=[copied])) == ["invalid", "invalid", "already_registered"]
    assert sorted(plant.held()) == ["C"]


def test_in_a_log_that_grows_the_registered_row_stays_registered_and_only_its_copy_is_refused(
    plant: Plant,
) -> None:
    plant.upload(files=[log(plant, line("A", 1))])
    report = plant.upload(files=[log(plant, line("A", 1), line("B", 1))])
    assert words(report) == ["already_registered", "invalid"]
    assert [codes(row) for row in report.rows] == [["warning: run_copied"], ["error: run_copied"]]


def test_a_corrected_mass_is_no_copy_and_neither_is_what_amend_makes_of_it(plant: Plant) -> None:
    plant.upload(files=[log(plant, line("A", 1), line("B", 2))])
    corrected = log(plant, line("A", 1, "120"), line("B", 2))
    assert words(plant.upload(files=[corrected])) == ["conflict", "already_registered"]
    assert words(plant.amend("A")) == ["created"]
    report = plant.upload(files=[corrected])
    assert words(report) == ["already_registered"] * 2
    assert [codes(row) for row in report.rows] == [[], []]
    assert words(plant.upload(files=[log(plant, line("C", 1, "100"))])) == ["created"]
    assert words(plant.upload(files=[log(plant, line("D", 1, "120"))])) == ["invalid"]


def test_what_was_refused_by_the_registry_or_deleted_there_is_no_reason_to_refuse_its_run(
    plant: Plant,
) -> None:
    plant.upload("reject-422:reference=A", files=[log(plant, line("A", 1), line("B", 2))])
    assert words(plant.upload(files=[log(plant, line("A2", 1))])) == ["created"]
    plant.delete("B")
    plant.reconcile()
    assert words(plant.upload(files=[log(plant, line("B2", 2))])) == ["created"]


def test_what_was_sent_without_an_answer_may_be_the_same_run(plant: Plant) -> None:
    plant.upload("lose-answer:nth=1; error-500:on=list,from=2", files=[log(plant, line("A", 1))])
    report = plant.upload("error-500:on=list", files=[log(plant, line("B", 1))])
    assert words(report) == ["invalid"]
    assert "the same run may be registered as “A”" in issue_of(report.rows[0]).wanted


def test_what_waits_to_be_sent_is_the_same_run(plant: Plant) -> None:
    plant.upload("401:from=1,on=all", files=[log(plant, line("A", 1))])
    report = plant.upload(files=[log(plant, line("B", 1))])
    assert words(report) == ["invalid"]
    assert "the same run waits to be sent as “A”" in issue_of(report.rows[0]).wanted
    assert words(plant.upload(files=[log(plant, line("A", 1))])) == ["created"]


def test_copies_can_be_allowed_by_the_plant(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=0, toml='[log]\ncopied_runs = "warn"\n')
    lines = [line("A", 1), line("B", 1)]
    assert words(plant.upload(files=[log(plant, *lines)])) == ["created", "created"]
    report = plant.upload(files=[log(plant, line("C", 1))])
    assert words(report) == ["created"]
    assert codes(report.rows[0]) == ["warning: run_copied"]
    (tmp_path / "pipeline.toml").write_text("")
    assert words(plant.upload(files=[log(plant, *lines)])) == ["already_registered"] * 2


def test_a_throughput_that_was_refused_is_refused_again_when_it_comes_alone(plant: Plant) -> None:
    usual = [line(f"A{day}", day, hours=10) for day in range(1, 5)]
    hasty = line("B", 6, hours=0.25)
    report = plant.upload(files=[log(plant, *usual, hasty)])
    assert words(report) == ["created"] * 4 + ["invalid"]
    assert issue_of(report.rows[4]).cells == ("D6", "E6", "F6")
    alone = plant.upload(files=[log(plant, hasty)])
    assert [issue.code for issue in alone.rows[0].issues] == ["throughput_implausible"]
    three = [line(f"C{day}", day, hours=0.25) for day in range(10, 13)]
    assert words(plant.upload(files=[log(plant, *three)])) == ["invalid"] * 3
    assert words(plant.upload(files=[log(plant, line("B", 6, hours=10))])) == ["created"]


def test_copies_are_found_at_the_desk_too(desk: Plant) -> None:
    desk.upload(files=[log(desk, line("0042", 1))])
    report = desk.check(log(desk, line("42", 1), line("B", 2), line("C", 2)))
    assert words(report) == ["invalid"] * 3
    assert [codes(row) for row in report.rows] == [
        ["error: reference_mangled"],
        ["error: run_copied"],
        ["error: run_copied"],
    ]
    assert desk.upload(files=[desk.folder / "log.csv"]).rows[0].outcome.word == "invalid"


def test_the_rows_to_fix_hold_both_copies_and_are_accepted_when_one_is_deleted(desk: Plant) -> None:
    desk.write_files = write_results
    report = desk.upload(files=[log(desk, line("A", 1), line("B", 1))])
    to_fix = desk.folder / "runs" / report.run_id / "to_fix.xlsx"
    again = desk.upload(files=[to_fix])
    assert [row.reference for row in again.rows] == ["A", "B"]
    assert words(again) == ["invalid", "invalid"]
    assert words(desk.upload(files=[log(desk, line("A", 1))])) == ["created"]
    assert words(desk.upload(files=[to_fix])) == ["already_registered", "invalid"]


def test_reconcile_takes_a_registered_row_for_what_it_is_whatever_was_copied_from_it(desk: Plant) -> None:
    desk.upload(files=[log(desk, line("A", 1))])
    _, compared = desk.reconcile(files=[log(desk, line("A", 1), line("B", 1))])
    assert compared
    assert {each.reference: each.verdict for each in compared.findings} == {
        "A": "same",
        "B": "invalid_in_log",
    }


def told(report: Report) -> list[str]:
    return [told for source in report.sources for told in source.told]


def test_the_same_content_again_is_told_with_the_run_that_read_it_first(plant: Plant) -> None:
    first = plant.upload(files=[log(plant, line("A", 1))])
    assert told(first) == []
    again = plant.upload(files=[plant.folder / "log.csv"])
    renamed = plant.upload(files=[log(plant, line("A", 1), name="october.csv")])
    names = [str(plant.folder / name) for name in ("log.csv", "october.csv")]
    by = f"run {first.run_id} read"
    assert told(again) == [f"{names[0]} is unchanged since {by} it (2026-11-01 00:00 UTC)"]
    assert told(renamed) == [
        f"{names[1]} has the same content as {names[0]}, which {by} (2026-11-01 00:00 UTC)"
    ]
    assert words(again) == words(renamed) == ["already_registered"]
    assert again.exit_code == 0


def test_new_content_under_an_old_name_is_a_log_like_any_other(plant: Plant) -> None:
    plant.upload(files=[log(plant, line("A", 1), line("B", 2))])
    report = plant.upload(files=[log(plant, line("A", 1), line("B", 2, "101"), line("C", 3))])
    assert told(report) == []
    assert words(report) == ["already_registered", "conflict", "created"]


def test_a_file_of_which_nothing_was_sent_was_not_registered_from(plant: Plant) -> None:
    broken = log(plant, line("A", 1, "heavy"))
    plant.upload(files=[broken])
    assert told(plant.upload(files=[broken])) == []


def test_a_dry_run_finds_copies_and_remembers_nothing(plant: Plant) -> None:
    settings = plant.settings(dry_run=True)
    world = plant.world("", AS_PUBLISHED, Power())
    assert words(run.upload([log(plant, line("A", 1), line("B", 1))], settings, world)) == ["invalid"] * 2
    run.upload([log(plant, line("C", 1))], settings, world)
    report = plant.upload(files=[log(plant, line("D", 1))])
    assert words(report) == ["created"]


def test_other_facilities_may_work_at_the_same_time(plant: Plant) -> None:
    plant.upload(files=[log(plant, line("A", 1), line("B", 1, kiln=OTHER_KILN))])
    report = plant.upload(files=[log(plant, line("a", 1, kiln=OTHER_KILN, mass="90"))])
    assert words(report) == ["created"]
    assert codes(report.rows[0]) == ["notice: reference_twin"]
