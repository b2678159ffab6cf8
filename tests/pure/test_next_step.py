"""The last line of a run: what a person sees to, and the command that means the same settings again."""

from pathlib import PurePosixPath

import msgspec
import pytest
from msgspec.structs import replace

from pipeline.errors import Exit
from pipeline.model import Issue, Outcome, Refusal, Report, Source, Word
from pipeline.report import Again, following
from tests.pure.build import a_report, an_issue

FOLDER = PurePosixPath("runs/20261124-ab")
LOG = Source("log.xlsx", "ab", 1)
INVALID = Outcome("invalid")


def refused(code: str, file: str = "notes.csv") -> Source:
    return Source(file, "", 0, Refusal(code, "It is not a log.", "Give a log."))


def checked(*issues: Issue, rows: int = 1) -> Report:
    return a_report([INVALID] * rows, "check", issues=issues)


@pytest.mark.parametrize(
    ("command", "words", "by_make", "wanted"),
    [
        ("upload", ["created"], True, ""),
        ("upload", [], True, ""),
        ("upload", ["created", "unknown", "invalid"], True, "make retry ARGS=run"),
        ("upload", ["not_sent"], False, "pipeline retry run"),
        ("upload", ["created", "invalid"], True, "make upload FILES=runs/20261124-ab/to_fix.xlsx"),
        ("upload", ["conflict"], False, "pipeline upload runs/20261124-ab/to_fix.xlsx"),
        ("check", ["not_sent"], True, "make upload FILES=log.xlsx"),
        ("check", ["not_sent"], False, "pipeline upload log.xlsx"),
        ("check", ["not_sent", "invalid"], True, "make check FILES=log.xlsx"),
        ("dry-run", ["conflict"], False, "pipeline upload --dry-run log.xlsx"),
        ("dry-run", ["already_registered"], False, ""),
    ],
)
def test_the_next_command_is_told(command: str, words: list[Word], by_make: bool, wanted: str) -> None:
    report = a_report(map(Outcome, words), command)
    assert following(report, FOLDER, Again(by_make=by_make)).command == wanted


def test_names_with_spaces_survive_in_the_next_command() -> None:
    sources = (Source("my log.xlsx", "", 1), Source("b.csv", "", 1))
    report = a_report([Outcome("not_sent")], "check", sources)
    assert following(report, FOLDER).command == "pipeline upload 'my log.xlsx' b.csv"
    make = Again(by_make=True)
    assert following(report, FOLDER, make).command == "make upload FILES=\"'my log.xlsx' b.csv\""
    fixed, folder = a_report([INVALID]), PurePosixPath("my plant/runs")
    assert following(fixed, folder).command == "pipeline upload 'my plant/runs/to_fix.xlsx'"
    assert following(fixed, folder, make).command == "make upload FILES=\"'my plant/runs/to_fix.xlsx'\""


def test_a_run_that_left_rows_open_is_named_with_the_options_that_mean_the_same_plant() -> None:
    report = a_report([Outcome("not_sent")])
    elsewhere = Again(("--config", "north.toml"), by_make=True)
    assert following(report, FOLDER, elsewhere).command == 'make retry ARGS="--config north.toml run"'


def test_rows_that_need_a_person_are_told_beside_those_that_were_left_open() -> None:
    then = following(a_report([INVALID, Outcome("not_sent")], issues=(an_issue(2, "F2"),)), FOLDER)
    assert then.first == (
        "correct to_fix.xlsx as its notes and its last column say, and upload it "
        "(“pipeline upload runs/20261124-ab/to_fix.xlsx”)"
    )
    assert then.command == "pipeline retry run"


def test_past_the_limit_of_errors_the_log_is_corrected_and_the_rest_is_not_sent_before() -> None:
    stopped = a_report([INVALID, Outcome("not_sent")], issues=(an_issue(2, "F2"),))
    then = following(replace(stopped, exit_code=Exit.ERROR_LIMIT), FOLDER)
    assert str(then) == "correct 1 cell in log.xlsx, then: pipeline upload log.xlsx"


def test_options_that_mean_another_plant_are_repeated() -> None:
    again = Again(("--config", "sandbox.toml"))
    assert following(checked(), FOLDER, again).command == "pipeline check --config sandbox.toml log.xlsx"


def test_files_that_were_all_refused_are_not_uploaded_next() -> None:
    report = a_report([], "upload", (refused("no_header"),))
    assert str(following(report, FOLDER)) == ""


def test_a_check_says_how_many_cells_to_correct_and_where() -> None:
    report = checked(an_issue(2, "F2"), an_issue(2, "D2"))
    first = following(report, FOLDER).first
    assert first == "correct 2 cells in log.xlsx"


def test_one_place_in_two_cells_counts_once() -> None:
    both = replace(an_issue(2, "F2"), cells=("F2", "G2"))
    assert following(checked(both), FOLDER).first == "correct 1 cell in log.xlsx"


def test_rows_without_a_cell_to_blame_are_counted_as_rows() -> None:
    ragged = checked(an_issue(2, code="ragged_row"), rows=3)
    conflict = a_report([Outcome("conflict", message="Rows disagree.")], "check")
    assert following(ragged, FOLDER).first == "correct 3 rows in log.xlsx"
    assert following(conflict, FOLDER).first == "correct 1 row in log.xlsx"


def test_a_row_that_only_waits_for_another_is_not_to_be_corrected() -> None:
    report = checked(an_issue(2, "F2"), an_issue(3, code="batch_has_bad_row"))
    assert following(report, FOLDER).first == "correct 1 cell in log.xlsx"


def test_what_the_settings_must_say_is_not_looked_for_in_cells() -> None:
    asked = replace(an_issue(2, "D2"), healed_in="settings")
    assert following(checked(asked), FOLDER).first == "say in pipeline.toml what is asked for"
    both = following(checked(asked, an_issue(2, "F2")), FOLDER).first
    assert both == "say in pipeline.toml what is asked for; correct 1 cell in log.xlsx"
    sent = following(a_report([INVALID], issues=(asked,)), FOLDER).first
    assert sent.startswith("say in pipeline.toml what is asked for; correct to_fix.xlsx")


def test_where_the_log_or_the_settings_may_be_wrong_a_person_finds_out_which() -> None:
    open_to_both = replace(an_issue(2, "D2"), healed_in="either")
    assert following(checked(open_to_both), FOLDER).first == (
        "correct pipeline.toml or the log, whichever is wrong"
    )
    sent = following(a_report([INVALID], issues=(open_to_both,)), FOLDER).first
    assert sent.startswith("correct pipeline.toml or the log, whichever is wrong; correct to_fix.xlsx")


def test_a_report_that_was_kept_leads_to_the_same_next_step_and_an_older_one_can_be_read() -> None:
    report = checked(replace(an_issue(2, "D2"), healed_in="settings"))
    kept = msgspec.json.encode(report)
    assert following(msgspec.json.decode(kept, type=Report), FOLDER) == following(report, FOLDER)
    older = kept.replace(b',"healed_in":"settings"', b"")
    assert older != kept
    assert following(msgspec.json.decode(older, type=Report), FOLDER).steps == ("correct 1 cell in log.xlsx",)


def test_a_refused_file_comes_first_and_is_checked_again() -> None:
    report = a_report([INVALID], "check", (LOG, refused("file_pdf")), (an_issue(2, "F2"),))
    then = following(report, FOLDER)
    assert then.first == "see to the file that was refused; correct 1 cell in log.xlsx"
    assert then.command == "pipeline check log.xlsx notes.csv"
    two = following(a_report([], "check", (refused("file_pdf"), refused("no_header"))), FOLDER)
    assert two.first == "see to the 2 files that were refused"


def test_without_settings_a_foreign_header_leads_to_init() -> None:
    report = a_report([], "check", (refused("no_header", "my log.csv"),))
    assert "pipeline init 'my log.csv'" in following(report, FOLDER, Again(configured=False)).first
    assert "init" not in following(report, FOLDER).first
    other = a_report([], "check", (refused("file_pdf"),))
    assert "init" not in following(other, FOLDER, Again(configured=False)).first


def test_without_settings_what_they_must_say_leads_to_init() -> None:
    asked = replace(an_issue(2, "D2"), healed_in="settings")
    assert "pipeline init log.xlsx" in following(checked(asked), FOLDER, Again(configured=False)).first
    assert "init" not in following(checked(an_issue(2, "F2")), FOLDER, Again(configured=False)).first


def test_warnings_alone_hold_up_nothing() -> None:
    warning = replace(an_issue(2, "E2"), severity="warning")
    report = a_report([Outcome("not_sent")], "check", issues=(warning,))
    assert str(following(report, FOLDER)) == "pipeline upload log.xlsx"


def test_what_is_registered_otherwise_is_replaced_or_corrected_as_a_person_decides() -> None:
    otherwise = Outcome("conflict", "ptb_1", code="registered_with_other_values")
    alone = following(a_report([otherwise]), FOLDER)
    assert (len(alone.steps), alone.command) == (2, "")
    assert "have the batch replaced: pipeline amend A2" in alone.steps[0]
    assert alone.steps[1].startswith("else correct to_fix.xlsx")
    beside = following(a_report([otherwise, INVALID], issues=(an_issue(2, "F2"),)), FOLDER)
    assert "pipeline amend A2; else correct to_fix.xlsx" in beside.first
    assert beside.command.endswith("to_fix.xlsx")


@pytest.mark.parametrize(
    ("code", "step", "command"),
    [
        ("being_corrected", "finish what was approved: pipeline amend A2", ""),
        ("deleted_at_registry", "have it made again: pipeline amend A2", ""),
        ("registered_twice", "ask the registry to remove the wrong batch of A2", "upload"),
        ("stored_otherwise", "look up what the registry has stored of A2", "upload"),
    ],
)
def test_a_conflict_that_no_cell_can_heal_leads_to_what_heals_it(code: str, step: str, command: str) -> None:
    conflict = Outcome("conflict", "ptb_1", code=code)
    then = following(a_report([conflict]), FOLDER)
    assert step in then.first
    assert "to_fix.xlsx" not in then.first
    assert bool(then.command) == bool(command)
    beside = following(a_report([conflict, INVALID], issues=(an_issue(2, "F2"),)), FOLDER)
    assert step in beside.first
    assert "; correct to_fix.xlsx" in beside.first
    assert beside.command.endswith("to_fix.xlsx")


def test_what_an_amend_could_not_end_is_seen_to_and_the_rest_goes_on() -> None:
    then = following(a_report([Outcome("rejected", code="http_422"), Outcome("not_sent")], "amend"), FOLDER)
    assert then.first.startswith("see to what is told of A2")
    assert then.first.endswith("pipeline amend A2")
    assert then.command == "pipeline amend A3"
