"""Night after night: what is told, when, and what is not. A real ledger, a real message server."""

import datetime as dt
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from openpyxl import load_workbook
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine, text

from pipeline import run
from pipeline.errors import Exit, PipelineError
from pipeline.ledger import Ledger
from pipeline.local_registry.conduct import AS_PUBLISHED
from pipeline.model import Report
from pipeline.run.forgetting import forget
from pipeline.run.night import Ended
from pipeline.write import write_results
from tests.conftest import NewLedger
from tests.protocol.plant import Plant, Power
from tests.security.secrets_of_tests import token
from tests.security.servers import Answer, Server, serving


class Nights(Plant):
    """A plant whose inbox is uploaded at night, and that tells a server of the test."""

    def night(self, faults: str = "", **options: object) -> Ended:
        self.write_files = write_results
        settings = self.settings(nightly=True, concurrency=3, **options)
        return run.nightly(settings, self.world(faults, AS_PUBLISHED, Power()))

    def a_day_passes(self) -> None:
        self.clock.seconds += 24 * 3600

    def drop_with(self, **changes: str) -> None:
        """Drop the log with these texts in place of others."""
        content = self.log.read_text()
        for old, new in changes.items():
            content = content.replace(old, new)
        self.drop()
        (self.folder / "inbox" / self.log.name).write_text(content)
        os.utime(self.folder / "inbox" / self.log.name, (0, 0))

    def drop_bad(self, number: int = 2) -> None:
        """Drop the log with a mass that is none."""
        self.drop_with(**{f",{100 + number}\n": ",much\n"})

    def correct(self, ended: Ended, cell: str, value: str | int) -> None:
        """Correct a cell of to_fix.xlsx and drop it, as it is."""
        assert ended.report
        book = load_workbook(self.folder / "runs" / ended.report.run_id / "to_fix.xlsx")
        book.worksheets[0][cell] = value
        book.save(self.folder / "inbox" / "to_fix.xlsx")
        os.utime(self.folder / "inbox" / "to_fix.xlsx", (0, 0))


@contextmanager
def people(
    folder: Path, ledger: str = "", toml: str = "", status: int = 200
) -> Iterator[tuple[Nights, Server]]:
    """A plant, and where its messages and heartbeats arrive."""
    with serving(lambda _: Answer(status, b"OK")) as server:
        host = f"127.0.0.1:{server.port}"
        told = (
            f'[notify]\nurls = ["json://{host}/people"]\n[nightly]\nheartbeat_url = "http://{host}/ping/7f"\n'
        )
        yield Nights(folder, rows=5, toml=f'{told}metrics_file = "night.prom"\n{toml}', ledger=ledger), server


def messages(server: Server) -> list[dict[str, str]]:
    return [json.loads(each.body) for each in server.asked if each.method == "POST"]


def beats(server: Server) -> list[str]:
    return [each.path for each in server.asked if each.method == "GET"]


def figures(plant: Plant) -> dict[str, float]:
    found = text_string_to_metric_families((plant.folder / "night.prom").read_text())
    return {
        sample.name + sample.labels.get("outcome", ""): sample.value
        for family in found
        for sample in family.samples
    }


def words(report: Report) -> list[str]:
    return [row.outcome.word for row in report.rows]


def test_a_good_night_tells_the_heartbeat_and_the_collector_and_nobody_else(tmp_path: Path) -> None:
    with people(tmp_path) as (plant, server):
        plant.drop()
        ended = plant.night()
    assert (ended.exit_code, ended.message, ended.complaints) == (0, None, ())
    assert beats(server) == ["/ping/7f/start", "/ping/7f"]
    assert messages(server) == []
    found = figures(plant)
    assert found["biochar_upload_rowscreated"] == 5
    assert found["biochar_upload_exit_code"] == 0
    assert found["biochar_upload_rows_needing_a_person"] == 0
    assert found["biochar_upload_last_success_timestamp_seconds"] == plant.clock.now().timestamp()
    assert (tmp_path / "night.prom").stat().st_mode & 0o777 == 0o644


def test_a_bad_row_is_told_night_after_night_until_its_to_fix_comes_back_good(
    tmp_path: Path, new_ledger: NewLedger
) -> None:
    with people(tmp_path, new_ledger()) as (plant, server):
        plant.drop_bad()
        first = plant.night()
        assert first.exit_code == Exit.NEEDS_A_PERSON
        assert "1 row needs a person, since 2026-11-01, 1 night." in messages(server)[0]["title"]
        assert plant.night().message is None
        plant.a_day_passes()
        second = plant.night()
        assert second.exit_code == 0
        assert [each["title"].endswith("2 nights.") for each in messages(server)] == [False, True]
        assert figures(plant)["biochar_upload_oldest_failing_row_age_seconds"] == 24 * 3600
        plant.a_day_passes()
        plant.correct(first, "F2", 102)
        third = plant.night()
        plant.a_day_passes()
        assert (third.exit_code, third.waiting, plant.night().waiting) == (0, (), ())
    assert len(messages(server)) == 2
    assert beats(server)[:2] == ["/ping/7f/start", "/ping/7f"]


def test_a_run_whose_every_row_is_invalid_is_remembered_too(tmp_path: Path) -> None:
    with people(tmp_path) as (plant, server):
        plant.log = plant.write({"B-001": 1})
        plant.drop_bad(1)
        plant.night()
        plant.a_day_passes()
        plant.night()
    assert [each["title"].rpartition(", ")[2] for each in messages(server)] == ["1 night.", "2 nights."]


def test_a_night_that_cannot_archive_its_log_still_tells_what_became_of_the_rows(tmp_path: Path) -> None:
    with people(tmp_path) as (plant, _):
        (tmp_path / "archive").write_text("no folder")
        plant.drop_bad()
        ended = plant.night()
        assert figures(plant)["biochar_upload_rowscreated"] == 4
        plant.drop()
        second = plant.night()
    assert (ended.exit_code, len(ended.waiting)) == (1, 1)
    (complaint,) = ended.complaints
    assert "cannot be moved to the archive: Not a directory" in complaint
    assert (second.exit_code, second.complaints) == (3, ())
    assert "cannot be moved to the archive: Not a directory" in second.failure


def test_a_row_without_a_reference_goes_when_its_to_fix_comes_back_with_one(tmp_path: Path) -> None:
    with people(tmp_path) as (plant, _):
        plant.drop_with(**{"B-002,": ","})
        first = plant.night()
        (entry,) = first.waiting
        assert (entry.reference, entry.row) == ("", 3)
        plant.correct(first, "A2", "B-002")
        assert plant.night().waiting == ()


def test_a_row_that_a_person_has_forgotten_is_not_told_again(tmp_path: Path) -> None:
    with people(tmp_path) as (plant, server):
        plant.drop_bad()
        (entry,) = plant.night().waiting
        with pytest.raises(PipelineError, match=rf"Nothing waits as nobody\. Waiting are: {entry.id} "):
            forget(["nobody"], plant.settings())
        gone, left = forget([entry.id], plant.settings())
        assert ([each.key for each in gone], left) == ([entry.key], [])
        plant.a_day_passes()
        assert plant.night().message is None
    assert len(messages(server)) == 1


def test_a_refused_file_is_told_with_its_nights_until_it_is_taken_away(tmp_path: Path) -> None:
    with people(tmp_path) as (plant, server):
        plant.drop()
        notes = tmp_path / "inbox" / "notes.csv"
        notes.write_bytes(b"%PDF-1.7\n")
        os.utime(notes, (0, 0))
        assert plant.night().exit_code == Exit.NEEDS_A_PERSON
        plant.a_day_passes()
        plant.night()
        assert "1 file needs a person" in messages(server)[1]["title"]
        assert "2 nights." in messages(server)[1]["title"]
        notes.unlink()
        plant.a_day_passes()
        assert (plant.night().waiting, len(messages(server))) == ((), 2)


def test_what_heals_itself_is_told_on_its_second_night(tmp_path: Path) -> None:
    with people(tmp_path) as (plant, server):
        plant.drop()
        first = plant.night("error-500:share=1")
        assert (first.exit_code, first.message) == (Exit.UNFINISHED, None)
        assert beats(server) == ["/ping/7f/start", "/ping/7f/3"]
        plant.a_day_passes()
        second = plant.night("error-500:share=1")
        assert second.message
        assert "ended with 3, for 2 nights now" in second.message.subject
        plant.a_day_passes()
        assert (plant.night().exit_code, len(messages(server))) == (0, 1)


def test_a_message_or_a_heartbeat_that_fails_is_said_and_changes_no_exit_code(tmp_path: Path) -> None:
    with people(tmp_path, status=500) as (plant, server):
        plant.drop_bad()
        ended = plant.night()
    assert ended.exit_code == Exit.NEEDS_A_PERSON
    assert ended.report
    told = " ".join(ended.complaints)
    assert "The heartbeat was not taken (HTTP 500, 3 tries)" in told
    assert "entry 1 (json://…)" in told
    assert str(server.port) not in told
    assert beats(server) == ["/ping/7f/start"] * 3 + ["/ping/7f"] * 3


def test_figures_that_cannot_be_written_are_said_and_change_no_exit_code(tmp_path: Path) -> None:
    with people(tmp_path) as (plant, _):
        (tmp_path / "night.prom").mkdir()
        plant.drop()
        ended = plant.night()
    assert ended.exit_code == 0
    assert ["night.prom cannot be" in each for each in ended.complaints] == [True]


def test_a_retry_and_a_desk_upload_settle_and_enter_what_waits(tmp_path: Path) -> None:
    plant = Nights(tmp_path, rows=3)
    plant.upload("reject-422:reference=B-002")
    assert waiting(plant) == ["B-002"]
    plant.upload()
    assert waiting(plant) == []


def test_a_replaced_batch_waits_no_longer(tmp_path: Path) -> None:
    plant = Nights(tmp_path, rows=3)
    plant.upload()
    plant.log.write_text(plant.log.read_text().replace(",102\n", ",112\n"))
    plant.drop()
    (entry,) = plant.night().waiting
    assert (entry.reference, entry.word) == ("B-002", "conflict")
    plant.amend("B-002")
    plant.a_day_passes()
    assert plant.night().waiting == ()


def test_a_ledger_that_fails_while_it_is_told_what_waits_loses_no_report(tmp_path: Path) -> None:
    plant = Nights(tmp_path, rows=3)
    plant.upload()
    url = plant.settings().ledger_url
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE outstanding"))
    engine.dispose()
    plant.drop_bad()
    ended = plant.night()
    assert ended.exit_code == Exit.UNFINISHED
    assert ended.report
    assert (tmp_path / "runs" / ended.report.run_id / "to_fix.xlsx").exists()
    assert "What waits for a person is not known" in " ".join(ended.complaints)


def test_a_plant_that_shares_a_ledger_is_not_told_what_waits_at_another(tmp_path: Path) -> None:
    shared = f"sqlite:///{tmp_path}/shared.sqlite3"
    (tmp_path / "north").mkdir()
    (tmp_path / "south").mkdir()
    north = Nights(tmp_path / "north", rows=3, ledger=shared)
    south = Nights(tmp_path / "south", rows=3, ledger=shared, store=north.store)
    north.drop_bad()
    assert len(north.night().waiting) == 1
    assert south.night().waiting == ()
    north.a_day_passes()
    assert len(north.night().waiting) == 1


def waiting(plant: Plant) -> list[str]:
    """The references of what waits in the folder of a plant."""
    home = (plant.folder / ".pipeline" / "alive" / "home").read_text()
    with Ledger(plant.settings().ledger_url) as ledger:
        return [each.reference for each in ledger.outstanding.of(home)]


def two_plants(folder: Path, shared: str) -> tuple[Plant, Plant]:
    """Two folders with the same log, one ledger and one registry; all runs of the second are later."""
    for name in ("north", "south"):
        (folder / name).mkdir()
    north = Plant(folder / "north", rows=3, ledger=shared)
    south = Plant(folder / "south", rows=3, ledger=shared, store=north.store)
    south.clock.seconds, south.runs = 60, 100
    return north, south


def test_a_row_waits_no_longer_when_a_run_of_another_folder_has_registered_it(
    tmp_path: Path, new_ledger: NewLedger
) -> None:
    north, south = two_plants(tmp_path, new_ledger())
    north.log.write_text(north.log.read_text().replace(",102\n", ",much\n").replace("B-003,", ","))
    north.upload()
    assert words(south.upload("reject-422:reference=B-002")) == ["already_registered", "rejected", "created"]
    assert waiting(north) == ["B-002", ""]
    assert words(south.upload()) == ["already_registered", "created", "already_registered"]
    assert waiting(north) == [""]


def test_a_conflict_waits_until_it_is_amended_whichever_folder_has_the_other_values_registered(
    tmp_path: Path,
) -> None:
    south, north = two_plants(tmp_path, f"sqlite:///{tmp_path}/shared.sqlite3")
    south.upload()
    north.log.write_text(north.log.read_text().replace(",102\n", ",112\n"))
    north.upload()
    assert words(south.upload()) == ["already_registered"] * 3
    assert waiting(north) == ["B-002"]
    north.upload()
    south.amend("B-002")
    assert waiting(north) == []


def with_token(folder: Path) -> str:
    """Put a token there that ends in nine days; the settings that name it."""
    expires = dt.datetime(2026, 11, 1, tzinfo=dt.UTC) + dt.timedelta(days=9)
    (folder / "token").write_text(token(expires))
    (folder / "token").chmod(0o600)
    return '[registry]\nenvironment = "local"\n[credentials]\naccess_token_file = "token"\n'


def test_the_last_days_of_a_token_are_told_once_at_each_step(tmp_path: Path) -> None:
    with people(tmp_path, toml=with_token(tmp_path)) as (plant, server):
        for _ in range(9):
            plant.night()
            plant.a_day_passes()
        titles = [each["title"] for each in messages(server)]
    assert [re.findall(r"in (\d+) days", title) for title in titles] == [["9"], ["7"], ["3"], ["2"], ["1"]]
