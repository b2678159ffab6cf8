"""What `--json` prints has the keys that docs/json.md describes and no others."""

from pathlib import Path
from typing import Any

import pytest

from tests.program.shell import SAMPLES, Ran, Shell
from tests.test_readme import named, rows

MANUAL = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
NO_LOG = "name,colour\nada,red\n"


def described(heading: str) -> set[str]:
    return {key for row in rows(MANUAL, heading) for key in named(row[0])}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A check of a log with mistakes, two notices and a file that is no log."""
    shell = Shell(tmp_path_factory.mktemp("desk"))
    shell.copy(SAMPLES / "hollin-farm" / "pipeline.toml")
    (shell.folder / "notes.csv").write_text(NO_LOG, encoding="utf-8")
    return shell.run("check", "--json", shell.copy(SAMPLES / "hollin-farm" / "log-2025-10.xlsx"), "notes.csv")


def problem(ran: Ran, code: str) -> dict[str, Any]:
    (found,) = [each for each in ran.json["problems"] if each["code"] == code]
    return dict(found)


def test_every_key_is_described_and_every_described_key_is_there(ran: Ran) -> None:
    found = ran.json
    assert set(found) == described("key")
    assert {key for each in found["files"] for key in each} == described("of a file")
    assert {key for each in found["problems"] for key in each} == described("of a problem")
    places = [place for each in found["problems"] for place in each["places"]]
    assert {key for place in places for key in place} == described("of a place")
    assert {key for each in found["notices"] for key in each} == described("of a notice")
    assert {key for each in found["issues"] for key in each} == described("of an issue")


def test_a_problem_names_its_cells_what_they_hold_the_rule_and_the_remedy(ran: Ran) -> None:
    found = problem(ran, "unknown_facility")
    assert (found["severity"], found["title"], found["outcome"]) == ("error", "Facility not known", "")
    assert (found["column"], found["rows"], found["cells"]) == ("Kiln", 1, ["B14"])
    assert (found["found"], found["remedy"]) == ("Bran kiln", "Did you mean “Barn kiln”?")
    assert found["wanted"].startswith("a facility that is known")
    assert found["places"][0]["where"] == "B14"


def test_rows_that_disagree_are_a_problem_with_every_differing_field(ran: Ran) -> None:
    found = problem(ran, "rows_disagree")
    assert (found["outcome"], found["rows"]) == ("conflict", 2)
    assert [place["row"] for place in found["places"]] == [36, 37]
    assert found["places"][0]["details"][-1] == (
        "Biochar mass (kg): one row says “575.1” in H36, another “439.2” in H37."
    )


def test_a_refused_file_has_its_reason_and_a_read_one_what_was_told_of_it(ran: Ran) -> None:
    log, notes = ran.json["files"]
    assert (log["rows"], log["refusal"], len(log["sha256"])) == (40, None, 64)
    assert log["told"] == ["hidden sheets were not read: “lists”"]
    assert notes["refusal"]["code"] == "no_header"
    assert notes["refusal"]["title"] == "No header found"
    assert notes["refusal"]["remedy"].endswith(".")


def test_a_notice_says_how_many_and_which(ran: Ran) -> None:
    (found,) = [each for each in ran.json["notices"] if each["code"] == "total_passed_over"]
    assert (found["count"], found["rows"], found["says"]) == (
        1, [47], ["row 47 is a total, not a run, and was passed over"],
    )  # fmt: skip


def test_what_to_do_and_the_command_that_follows_are_told(ran: Ran) -> None:
    found = ran.json
    assert (ran.code, found["exit_code"]) == (1, 1)
    assert found["to_do"] == (
        "see to the file that was refused; correct 3 cells and 2 rows in log-2025-10.xlsx"
    )
    assert found["next"] == "pipeline check log-2025-10.xlsx notes.csv"


def test_a_file_that_was_refused_is_to_be_seen_to_after_an_upload_too(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    (shell.folder / "notes.csv").write_text(NO_LOG, encoding="utf-8")
    found = shell.run("upload", "--json", "notes.csv").json
    assert (found["to_do"], found["next"]) == ("see to the file that was refused", "")


def test_the_settings_that_were_named_are_named_again_also_when_they_lie_here(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.copy(SAMPLES / "hollin-farm" / "pipeline.toml", "farm.toml")
    log = shell.copy(SAMPLES / "hollin-farm" / "log-2025-10.xlsx")
    assert shell.run("check", "--json", "--config", "farm.toml", log).json["next"] == (
        "pipeline check --config farm.toml log-2025-10.xlsx"
    )


def test_an_empty_inbox_has_the_described_keys(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    ran = Shell(tmp_path).run("check", "--json")
    _, _, after = MANUAL.partition("An inbox with nothing in it gives ")
    assert set(ran.json) == set(named(after.split("`amend`", 1)[0]))


def test_the_doctors_keys_are_described(tmp_path: Path) -> None:
    ran = Shell(tmp_path).run("doctor", "--json")
    assert set(ran.json) == described("key of doctor")
    assert {key for each in ran.json["checks"] for key in each} == described("of a check")
