"""The sample logs give exactly what sample_data/README.md says of them, to the cell."""

import csv
import datetime as dt
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.program.shell import SAMPLES, Ran, Shell, held, payloads

Problem = tuple[int, str, str]
"""The row, its cells, and the code, as results.csv has them."""


class Golden(NamedTuple):
    log: str
    rows: int
    code: int
    first: dict[str, int]
    again: dict[str, int]
    batches: int
    problems: set[Problem]
    batch: tuple[str, str, str, str]
    """A reference, its start and its end in UTC, its mass in kg."""


HARBOUR_KILNS = Golden(
    log="harbour-kilns/firings-2025-06.csv",
    rows=60,
    code=0,
    first={"created": 60},
    again={"already_registered": 60},
    batches=60,
    problems=set(),
    # 06:15+01:00 to 23:26+01:00, 816.0 kg, and a reference that is a number to a spreadsheet
    batch=("000318", "2025-06-02T05:15:00Z", "2025-06-02T22:26:00Z", "816.0"),
)
HOLLIN_FARM = Golden(
    log="hollin-farm/log-2025-10.xlsx",
    rows=40,
    code=1,
    first={"created": 35, "invalid": 3, "conflict": 2},
    again={"already_registered": 35, "invalid": 3, "conflict": 2},
    batches=35,
    problems={
        (14, "B14", "unknown_facility"),
        (22, "F22 G22", "ends_before_it_starts"),
        (29, "H29", "mass_implausible"),
        (36, "", "rows_disagree"),
        (37, "", "rows_disagree"),
    },
    # British Summer Time: 1 October, 07:51 to 23:34
    batch=("HF-25-001", "2025-10-01T06:51:00Z", "2025-10-01T22:34:00Z", "728.1"),
)
MOULIN_DES_AULNES = Golden(
    log="moulin-des-aulnes/production-2025-10.csv",
    rows=43,
    code=1,
    first={"created": 32, "invalid": 11},
    again={"already_registered": 32, "invalid": 11},
    batches=13,
    problems={
        (9, "G9", "not_a_number"),
        (26, "D26", "unknown_feedstock"),
        (38, "E38", "time_happened_twice"),
    },
    # four passes, the first from 13 October 05:30, the last to 14 October 13:59, two hours before UTC
    batch=("AU25/0001", "2025-10-13T03:30:00Z", "2025-10-14T11:59:00Z", "1999.2"),
)
ALL = pytest.mark.parametrize(
    "golden", [HARBOUR_KILNS, HOLLIN_FARM, MOULIN_DES_AULNES], ids=lambda golden: golden.log.split("/")[0]
)


def plant(folder: Path, golden: Golden) -> tuple[Shell, str]:
    """An empty folder with the log and, when there are any, its settings."""
    shell, log = Shell(folder), SAMPLES / golden.log
    settings = log.with_name("pipeline.toml")
    if settings.exists():
        shell.copy(settings)
    return shell, shell.copy(log)


def results(shell: Shell, ran: Ran) -> list[dict[str, str]]:
    with (shell.folder / ran.json["folder"] / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def problems(rows: list[dict[str, str]]) -> set[Problem]:
    return {
        (int(row["_row"]), row["_cell"], row["_code"])
        for row in rows
        if row["_outcome"] in ("invalid", "conflict") and row["_code"] != "batch_has_bad_row"
    }


def utc(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    assert moment.utcoffset() == dt.timedelta(0), f"{text} is not UTC"
    return moment


def is_the_batch_that_the_log_means(shell: Shell, golden: Golden) -> None:
    reference, started_at, ended_at, mass = golden.batch
    (stored,) = [each for each in payloads(shell.store) if each["supplier_reference_id"] == reference]
    assert utc(stored["started_at"]) == utc(started_at)
    assert utc(stored["ended_at"]) == utc(ended_at)
    assert stored["mass"]["unit"] == "kilogram"
    assert Decimal(str(stored["mass"]["magnitude"])) == Decimal(mass)


@ALL
def test_a_first_upload_gives_what_the_readme_of_the_samples_says_on_every_file_and_in_the_registry(
    tmp_path: Path, golden: Golden
) -> None:
    shell, log = plant(tmp_path, golden)
    ran = shell.run("upload", "--json", log)
    assert ran.code == ran.json["exit_code"] == golden.code
    assert ran.json["rows"] == golden.rows
    assert ran.outcomes == golden.first
    assert ran.posts == golden.batches
    rows = results(shell, ran)
    assert problems(rows) == golden.problems
    assert Counter(row["_outcome"] for row in rows) == ran.outcomes
    assert len({row["_row"] for row in rows}) == len(rows) == golden.rows
    summary = json.loads((shell.folder / ran.json["folder"] / "summary.json").read_text(encoding="utf-8"))
    assert (summary["outcomes"], summary["exit_code"]) == (ran.json["outcomes"], ran.code)
    assert (set(held(shell.store).values()), held(shell.store).total()) == ({1}, golden.batches)
    is_the_batch_that_the_log_means(shell, golden)


@ALL
def test_a_second_upload_finds_every_good_row_registered_and_sends_no_post(
    tmp_path: Path, golden: Golden
) -> None:
    shell, log = plant(tmp_path, golden)
    first = shell.run("upload", "--json", log)
    stored = payloads(shell.store)
    second = shell.run("upload", "--json", log)
    assert second.code == golden.code
    assert second.outcomes == golden.again
    assert not [request for request in second.json["requests"] if request.startswith("POST")]
    assert payloads(shell.store) == stored
    rows = results(shell, second)
    assert problems(rows) == golden.problems
    assert Counter(row["_outcome"] for row in rows) == second.outcomes
    ids = {each["id"] for each in stored}
    assert {row["_registry_id"] for row in rows if row["_outcome"] == "already_registered"} == ids
    assert {row["_registry_id"] for row in results(shell, first) if row["_outcome"] == "created"} == ids
