"""A run that many workers share says the same as one that a single process makes."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from pipeline.local_registry.launch import launched
from tests.cluster.fleet import fleet
from tests.postgresql import Server
from tests.program.shell import Shell, held

_HEADER = "Batch ref,Facility,Feedstock,Start,End,Mass (kg)\n"
_TOML = """
[log]
one_batch_per = "{per}"
[delivery]
quiet_seconds = 0.1
concurrency = 8
[log.columns]
"""
_OF_THE_RUN = {"_registry_id", "_attempts"}


def _row(reference: str, day: int, hour: int, mass: str = "40") -> str:
    day_of = f"2026-{1 + day // 28:02}-{1 + day % 28:02}"
    return (
        f"{reference},fcl_1G8QT5ZAB1S0XSDW,ftt_1D7KZ1P761S0G7BN,"
        f"{day_of}T{hour:02}:00:00Z,{day_of}T{hour:02}:50:00Z,{mass}\n"
    )


def _logs(folder: Path) -> list[str]:
    """Two logs of 400 rows, which share references; some rows are wrong, alone or beside others."""
    first = [_row(f"R-{n}", n // 20, n % 20) for n in range(400)]
    second = [_row(f"S-{n}", 100 + n // 20, n % 20) for n in range(400)]
    first[17] = _row("R-17", 0, 17, "heavy")
    first[30] = _row("R-30", 1, 10, "4000000")
    second[5] = first[5]
    second[6] = _row("R-6", 0, 6, "41")
    second[399] = _row("R-0", 250, 3)
    (folder / "a.csv").write_text(_HEADER + "".join(first))
    (folder / "b.csv").write_text(_HEADER + "".join(second))
    return ["a.csv", "b.csv"]


def _results(shell: Shell) -> list[dict[str, str]]:
    (file,) = shell.folder.glob("runs/*/results.csv")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return [
            {name: value for name, value in row.items() if name not in _OF_THE_RUN}
            for row in csv.DictReader(opened)
        ]


def _senders(shell: Shell) -> set[str]:
    """The parts of the run that have sent something."""
    with create_engine(shell.environment["PIPELINE_LEDGER_URL"], poolclass=NullPool).begin() as connection:
        return {run_id for run_id in connection.scalars(text("SELECT run_id FROM attempts")) if "." in run_id}


@pytest.mark.parametrize("per", ["row", "reference"])
def test_a_shared_run_reports_the_same_rows_in_the_same_order_as_one_process(
    tmp_path: Path, postgresql: Server, per: str
) -> None:
    alone = Shell(tmp_path / "alone")
    (alone.folder / "pipeline.toml").write_text(_TOML.format(per=per))
    by_one = alone.run("upload", "--json", *_logs(alone.folder))

    with launched(tmp_path / "registry.sqlite3") as url:
        many = Shell(tmp_path / "many", ISOMETRIC_BASE_URL=url, PIPELINE_LEDGER_URL=postgresql.ledger())
        (many.folder / "pipeline.toml").write_text(_TOML.format(per=per))
        with fleet(many, 3) as cluster:
            by_many = many.run("upload", "--json", "--cluster", cluster.address, *_logs(many.folder))

    assert len(_senders(many)) > 3
    assert by_many.code == by_one.code == 1, by_many.stderr
    assert by_many.outcomes == by_one.outcomes
    assert _results(many) == _results(alone)
    assert by_many.json["issues"] == by_one.json["issues"]
    assert by_many.json["notices"] == by_one.json["notices"]
    assert by_many.posts == by_one.posts == len(held(tmp_path / "registry.sqlite3"))
