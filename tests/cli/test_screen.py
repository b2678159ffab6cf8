"""How lines reach the screen: set in and wrapped on a terminal, whole when they go anywhere else."""

import io
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from rich.console import Console

from pipeline.cli.screen import Screen
from pipeline.model import Outcome, Refusal, Report, Source
from pipeline.report import Following
from tests.pure.build import a_report, an_issue
from tests.pure.test_kinds import CONFLICT, reported

LONG = replace(an_issue(2, "F2"), remedy="Write it again, " * 20 + "and save.")
FOLDER = Path("runs/20261124-ab")


def shown(report: Report, *, terminal: bool, width: int = 80) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=width, highlight=False, no_color=True)
    screen = Screen(console)
    screen.summary(report, FOLDER, Following(("correct 1 cell in log.xlsx",), "pipeline check log.xlsx"))
    return out.getvalue()


def plain(text: str) -> list[str]:
    return text.replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", "").splitlines()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_on_a_terminal_what_is_wrong_fits_its_width_and_loses_no_word(width: int) -> None:
    lines = plain(shown(reported((LONG,)), terminal=True, width=width))
    told = [line for line in lines if not line.startswith(("Next: ", "Results: "))]
    assert max(map(cell_len, told)) <= width
    assert " ".join(LONG.remedy.split()) in " ".join(" ".join(told).split())


def test_what_continues_a_line_is_set_in_further_than_its_beginning() -> None:
    lines = plain(shown(reported((LONG,)), terminal=True))
    at = next(number for number, line in enumerate(lines) if line.startswith("  Wanted: "))
    assert lines[at + 1].startswith("    ")


def test_piped_each_thing_is_one_line_to_be_found_whole() -> None:
    lines = shown(reported((LONG,)), terminal=False).splitlines()
    assert f"  Wanted: a number. {LONG.remedy}" in lines
    assert not any("\x1b" in line for line in lines)


@pytest.mark.parametrize("terminal", [True, False])
def test_the_last_line_is_what_to_do_and_the_command_in_one_piece(terminal: bool) -> None:
    lines = plain(shown(a_report([CONFLICT] * 2), terminal=terminal, width=40))
    assert lines[-1] == "Next: correct 1 cell in log.xlsx, then: pipeline check log.xlsx"


def test_a_run_without_trouble_is_told_in_a_few_lines() -> None:
    lines = shown(a_report([Outcome("created", "ptb_1")]), terminal=False).splitlines()
    assert [line.split() for line in lines[:-1]] == [
        [],
        ["1", "created", "registered", "by", "this", "run"],
        ["1", "rows"],
        [],
        ["Results:", str(FOLDER)],
    ]


def test_a_refused_file_is_told_before_those_that_could_be_read() -> None:
    out = io.StringIO()
    refused = Source("notes.csv", "", 0, Refusal("no_header", "“notes.csv” has no header.", "Add one."))
    report = a_report([Outcome("not_sent")], "check", (Source("log.xlsx", "ab", 1), refused))
    Screen(Console(file=out, width=80)).planned(report)
    assert out.getvalue().splitlines() == ["“notes.csv” has no header.", "  Add one.", "log.xlsx: 1 row"]
