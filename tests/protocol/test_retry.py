"""What is sent again is what the rows of that run asked for, and never what their references became since."""

import json
from pathlib import Path

import pytest

from pipeline import run
from pipeline.cli import commands, history
from pipeline.cli.answer import Show
from pipeline.errors import LeftOpenError, PipelineError
from pipeline.ledger import Ledger
from pipeline.ledger.alive import living
from pipeline.ledger.inspecting import inspected
from pipeline.local_registry.conduct import AS_PUBLISHED
from pipeline.local_registry.store import Store
from pipeline.model import ASKED_OTHERWISE_SINCE, Report
from pipeline.report import Again
from pipeline.run.recall import report
from tests.conftest import NewLedger
from tests.protocol.plant import KILN, Plant, Power, PowerCutError
from tests.protocol.truth import assert_nothing_false

NOTHING_SENT = "401:on=post"
OTHER_KILN = "fcl_1G8QT5ZAB1S0XSDX"
MASSES = {"B-001": 1, "B-002": 2, "B-003": 3}
EDITED = MASSES | {"B-002": 77}


def words(made: Report) -> dict[str, str]:
    return {row.reference: row.outcome.word for row in made.rows}


def cut_short(plant: Plant, how: str) -> str:
    """An upload that has planned its batches and sent none; its id."""
    if how == "denied":
        return plant.upload(NOTHING_SENT).run_id
    with pytest.raises(PowerCutError):
        plant.upload(power=Power(point="run.staged"))
    with Ledger(plant.settings().ledger_url) as ledger:
        return ledger.runs.list()[0].id


def retried(plant: Plant, run_id: str | None) -> Report:
    return run.retry(run_id, plant.settings(), plant.world("", AS_PUBLISHED, Power()))


@pytest.mark.parametrize("how", ["denied", "killed"])
def test_a_row_whose_reference_was_planned_with_other_values_since_is_not_sent_with_those(
    tmp_path: Path, how: str
) -> None:
    plant = Plant(tmp_path, rows=3)
    first = cut_short(plant, how)
    plant.write(EDITED)
    later = cut_short(plant, "denied")
    again = retried(plant, first)
    assert_nothing_false(again, plant)
    both = {"B-001": "created", "B-003": "created"}
    if how == "denied":
        assert words(again) == both | {"B-002": "conflict"}
        assert again.rows[1].outcome.code == ASKED_OTHERWISE_SINCE
        assert again.exit_code == 1
    else:  # its report said so of the row already, which is left alone then
        assert words(again) == both
    assert plant.held()["B-002"] == 0
    assert words(retried(plant, later))["B-002"] == "created"
    assert [mass for _, mass in plant.mass("B-002")] == [177]


def test_a_row_whose_reference_was_registered_with_other_values_since_is_not_called_registered(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=3)
    plant.write(EDITED)
    edited = cut_short(plant, "denied")
    plant.write(MASSES)
    plant.upload()
    again = retried(plant, edited)
    assert_nothing_false(again, plant)
    assert words(again) == {"B-001": "already_registered", "B-002": "conflict", "B-003": "already_registered"}
    (identity,) = plant.ids()["B-002"]
    assert identity in again.rows[1].outcome.message


def test_a_row_is_not_told_what_became_of_the_same_run_in_another_kiln(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    killed = cut_short(plant, "killed")
    plant.log.write_text(plant.log.read_text().replace(KILN, OTHER_KILN))
    plant.upload()
    told, _ = report(killed, plant.settings())
    assert_nothing_false(told, plant)
    assert set(words(told).values()) == {"conflict"}


def test_rows_that_say_the_same_twice_are_sent_again_after_a_kill(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    lines = plant.log.read_text().splitlines()
    plant.log.write_text("\n".join([*lines, lines[2]]) + "\n")
    cut_short(plant, "killed")
    again = retried(plant, None)
    assert_nothing_false(again, plant)
    assert [row.outcome.word for row in again.rows] == ["created"] * 4


def test_after_a_run_that_died_before_it_had_read_a_log_the_one_before_it_is_sent_again(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=3)
    cut_short(plant, "denied")
    with pytest.raises(PowerCutError):
        plant.upload(power=Power(point="lease.claimed"))
    assert set(words(retried(plant, None)).values()) == {"created"}


def test_the_list_of_runs_counts_no_rows_of_a_run_that_has_not_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    plant = Plant(tmp_path, rows=3)
    with pytest.raises(PowerCutError):
        plant.upload(power=Power(point="outcome.committed"))
    history.runs(plant.settings(), Show(as_json=True))
    assert [each["outcomes"] for each in json.loads(capsys.readouterr().out)] == [{}]
    history.runs(plant.settings(), Show())
    assert "its report tells" in capsys.readouterr().out


def test_a_run_that_ended_before_its_rows_were_taken_in_is_not_said_to_have_been_killed(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=3)
    with pytest.raises(PowerCutError):
        plant.upload(power=Power(point="run.begun"))
    with pytest.raises(
        PipelineError, match="ended before the ledger had taken in its rows: nothing was sent"
    ):
        report(None, plant.settings())


def test_a_file_that_was_refused_by_the_earlier_run_is_no_matter_of_a_retry(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=2)
    plant.upload(NOTHING_SENT, files=[plant.log, tmp_path / "missing.csv"])
    again = plant.retry()
    assert words(again) == {"B-001": "created", "B-002": "created"}
    assert (again.exit_code, [source.file for source in again.sources]) == (0, [str(plant.log)])


def test_what_an_earlier_run_left_open_is_named_with_its_command_when_the_last_left_nothing(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=3)
    left_open = cut_short(plant, "denied")
    plant.upload(files=[plant.write({"B-001": 1}, name="one.csv")])
    named = rf"2 rows .* not settled.* Type: pipeline retry --config north.toml {left_open}$"
    with pytest.raises(PipelineError, match=named):
        commands.retry(None, plant.settings(), Show(again=Again(("--config", "north.toml"))))
    plant.upload(files=[plant.write({"B-001": 1, "B-003": 3}, name="two.csv")])
    (tmp_path / "south").mkdir()
    south = Plant(tmp_path / "south", ledger=plant.settings().ledger_url, store=plant.store)
    south.runs = 100
    south.write(EDITED)
    cut_short(south, "denied")
    assert words(retried(plant, None)) == {}


def test_what_is_open_is_told_with_the_run_that_sent_it_whatever_ran_since(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=2)
    left_open = plant.upload("error-500-after:on=post,reference=B-002; error-500:on=list,from=2").run_id
    plant.upload(files=[plant.write({"C-001": -200}, name="bad.csv")])
    assert senders(plant) == [(left_open, "upload", ("B-002",))]
    retried(plant, left_open)
    assert senders(plant) == []
    plant.write({"B-001": 11, "B-002": 2})
    plant.upload()
    amended = plant.amend("B-001", faults="error-500-after:on=post; error-500:on=list,from=2").run_id
    assert senders(plant) == [(amended, "amend", ("B-001",))]


def senders(plant: Plant) -> list[tuple[str, str, tuple[str, ...]]]:
    seen = inspected(plant.settings().ledger_url, lambda _: False, lambda: 0.0)
    return [(each.run_id, each.command, each.references) for each in seen.senders]


def test_what_a_run_that_still_works_has_not_sent_yet_is_not_said_to_be_left_open(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=1)
    works = cut_short(plant, "killed")
    plant.upload(files=[plant.write({"C-001": -200}, name="bad.csv")])
    with living(works, tmp_path / ".pipeline" / "alive"):
        assert words(retried(plant, None)) == {}
    with pytest.raises(LeftOpenError, match="1 row of it is not settled"):
        retried(plant, None)


def test_of_plants_that_share_a_ledger_each_has_a_last_run_of_its_own(
    tmp_path: Path, new_ledger: NewLedger
) -> None:
    shared, store = new_ledger(), Store(":memory:")
    for name in ("north", "south"):
        (tmp_path / name).mkdir()
    north = Plant(tmp_path / "north", rows=2, ledger=shared, store=store)
    south = Plant(tmp_path / "south", ledger=shared, store=store)
    south.log = south.write({"S-001": 1})
    left_open = north.upload(NOTHING_SENT)
    south.clock.seconds, south.runs = 60, 100
    south.upload()
    found, folder = report(None, north.settings())
    assert (found.run_id, folder) == (left_open.run_id, tmp_path / "north" / "runs" / left_open.run_id)
    assert words(south.retry()) == {}
    north.clock.seconds = 120
    assert words(north.retry()) == {"B-001": "created", "B-002": "created"}


def test_a_folder_without_a_run_takes_no_other_ones(tmp_path: Path, new_ledger: NewLedger) -> None:
    shared = new_ledger()
    (tmp_path / "new").mkdir()
    Plant(tmp_path, rows=1, ledger=shared).upload(NOTHING_SENT)
    new = Plant(tmp_path / "new", ledger=shared)
    with pytest.raises(PipelineError, match="no run of this folder"):
        report(None, new.settings())


def test_the_report_of_a_run_that_had_nothing_to_send_is_written_again(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=1)
    plant.log.write_text(plant.log.read_text().replace(",101", ",heavy"))
    ended = plant.upload()
    found, _ = report(None, plant.settings())
    assert (found.run_id, words(found)) == (ended.run_id, {"B-001": "invalid"})
