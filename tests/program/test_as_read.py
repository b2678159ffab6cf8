"""What a log was read as stands in the results of a run, and again when they are written again."""

import csv
import datetime as dt
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from tests.program.shell import Shell, payloads

SETTINGS = (
    '[log]\ntimezone = "Europe/Berlin"\ndate_order = "DMY"\ndecimal = ","\none_batch_per = "reference"\n'
)
LOG = """\
Batch ref;Kiln;Feedstock;Start;End;Mass (t)
A1;fcl_1G8QT5ZAB1S0XSDW;ftt_1D7KZ1P761S0G7BN;28.09.2025 05:30;28.09.2025 10:40;1,648
A1;fcl_1G8QT5ZAB1S0XSDW;ftt_1D7KZ1P761S0G7BN;28.09.2025 11:57;28.09.2025 19:30;1,8045
A2;fcl_1G8QT5ZAB1S0XSDW;ftt_1D7KZ1P761S0G7BN;26.10.2025 02:30;26.10.2025 10:00;1,9
"""


def as_read(folder: Path) -> list[tuple[Any, ...]]:
    book = load_workbook(folder / "results.xlsx")
    return [line[-5:] for line in book["results"].iter_rows(values_only=True)]


def test_every_row_shows_its_own_run_and_the_ledger_writes_the_same_again(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    (tmp_path / "pipeline.toml").write_text(SETTINGS)
    (tmp_path / "log.csv").write_text(LOG)
    ran = shell.run("upload", "--json", "log.csv")
    assert ran.outcomes == {"created": 2, "invalid": 1}
    folder = tmp_path / ran.json["folder"]

    _, first, second, bad = as_read(folder)
    day = dt.datetime(2025, 9, 28)  # noqa: DTZ001  a workbook has no zone
    assert first == (day.replace(hour=5, minute=30), day.replace(hour=3, minute=30),
                     day.replace(hour=10, minute=40), day.replace(hour=8, minute=40), 1648)  # fmt: skip
    assert second[0] == day.replace(hour=11, minute=57)
    assert second[3:] == (day.replace(hour=17, minute=30), 1804.5)
    assert bad == (None,) * 5

    (stored,) = payloads(shell.store)
    held = [dt.datetime.fromisoformat(stored[name]) for name in ("started_at", "ended_at")]
    assert held == [each.replace(tzinfo=dt.UTC) for each in (first[1], second[3])]
    assert stored["mass"]["magnitude"] == first[4] + second[4]
    with (folder / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [line["_ended_utc"] for line in csv.DictReader(file)][1] == "2025-09-28T17:30:00"

    results = {name: (folder / name).read_bytes() for name in ("results.xlsx", "results.csv")}
    for name in results:
        (folder / name).unlink()
    assert shell.run("report", ran.json["run_id"]).code == 0
    assert {name: (folder / name).read_bytes() for name in results} == results
