"""A command is quick to start: what it does not need is not even imported."""

import os
import subprocess
import sys
from pathlib import Path

from tests.program.shell import HARBOUR, Shell

TALKING = frozenset(("aiohttp", "httpx", "httpx_aiohttp", "jwt", "starlette", "tenacity", "uvicorn"))
KEEPING = frozenset(("alembic", "sqlalchemy"))
JUDGING = frozenset(("numpy", "pandas", "pandera"))
RARE = frozenset(("apprise", "ftfy", "openpyxl", "pint", "pygal"))
ELSEWHERE = frozenset(("adlfs", "aiobotocore", "azure", "botocore", "fsspec", "gcsfs", "paramiko", "s3fs"))


def imported(folder: Path, *arguments: str, code: int = 0) -> set[str]:
    """The packages that a run of the program imports."""
    return {name.partition(".")[0] for name in modules(folder, *arguments, code=code)}


def modules(folder: Path, *arguments: str, code: int = 0) -> set[str]:
    """The modules that a run of the program imports, as the interpreter tells."""
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "pipeline", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert ran.returncode == code, ran.stderr[-2_000:]
    return {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if "|" in line}


def test_a_check_imports_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    log = Shell(tmp_path).copy(HARBOUR)
    found = imported(tmp_path, "check", log)
    assert found & (TALKING | KEEPING | JUDGING | ELSEWHERE | RARE - {"pygal"}) == set()


def test_what_judges_is_imported_for_rows_that_are_not_plainly_in_order(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(
        "reference,facility,feedstock,start,end,mass (kg)\n"
        "A1,fcl_1G8QT5ZAB1S0XSDW,ftt_1D7KZ1P761S0G7BN,2025-06-01T06:00Z,2025-06-01T05:00Z,100\n"
    )
    assert imported(tmp_path, "check", "log.csv", code=1) >= JUDGING


def test_patterns_and_results_of_this_machine_need_no_driver_and_an_upload_none(tmp_path: Path) -> None:
    Shell(tmp_path).copy(HARBOUR)
    assert imported(tmp_path, "upload", "*.csv", "--results", "copies") & ELSEWHERE == set()


def test_a_list_of_the_runs_imports_neither_what_judges_nor_what_talks(tmp_path: Path) -> None:
    found = imported(tmp_path, "runs")
    assert found >= {"sqlalchemy"}
    assert found & (TALKING | JUDGING | RARE) == set()


def test_an_upload_leaves_what_serves_to_the_local_registry(tmp_path: Path) -> None:
    log = Shell(tmp_path).copy(HARBOUR)
    assert imported(tmp_path, "upload", log) & TALKING == TALKING - {"jwt", "starlette", "uvicorn"}


def test_a_ledger_in_a_file_does_without_the_dialect_of_the_other_database(tmp_path: Path) -> None:
    log = Shell(tmp_path).copy(HARBOUR)
    found = modules(tmp_path, "upload", log)
    assert "sqlalchemy.dialects.sqlite" in found
    assert "sqlalchemy.dialects.postgresql" not in found


def test_the_help_imports_next_to_nothing(tmp_path: Path) -> None:
    found = imported(tmp_path, "--help")
    assert found >= {"typer"}
    assert found & (TALKING | KEEPING | JUDGING | RARE | {"msgspec", "pydantic", "rich"}) == set()


def test_a_check_beside_a_ledger_asks_it(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    log = shell.copy(HARBOUR)
    assert shell.run("upload", log).code == 0
    assert "sqlalchemy" in imported(tmp_path, "check", log)
    assert shell.run("check", "--json", log).outcomes == {"already_registered": 60}
