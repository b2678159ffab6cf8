"""On a terminal, init asks for what the log leaves open, and takes no answer that it cannot use."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.program.shell import DEADLINE, SAMPLES, Shell

FARM = SAMPLES / "hollin-farm" / "log-2025-10.xlsx"
UNCLEAR = """Batch ref,Kiln,Feedstock,Start,End,Biochar
B-1,K1,Oak,03/04/2026 06:00,03/04/2026 18:00,"1,234"
B-2,K1,Oak,05/06/2026 06:00,05/06/2026 18:00,"1,344"
"""


def at_a_terminal(shell: Shell, log: str, *answers: str) -> str:
    """What init writes, when a person types these answers, one to each question. All must be asked for."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", "init", log],
        cwd=shell.folder,
        env={"PATH": os.environ["PATH"], "HOME": str(shell.folder), **shell.environment},
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=slave,
    ) as process:
        os.close(slave)
        for answer in answers:
            asked = b""
            while not asked.endswith(b"): "):
                asked += os.read(master, 1)
            os.write(master, f"{answer}\n".encode())
        process.communicate(timeout=DEADLINE)
    os.close(master)
    assert process.returncode == 0
    return (shell.folder / "pipeline.toml").read_text(encoding="utf-8")


def test_a_question_is_asked_until_its_answer_can_be_used(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(UNCLEAR, encoding="utf-8")
    answers = ("Berlin", "Europe/Berlin", "mdy", '"."', "tons", "t")
    written = at_a_terminal(Shell(tmp_path), "log.csv", *answers)
    for line in ('timezone = "Europe/Berlin"', 'date_order = "MDY"', 'decimal = "."', 'mass_unit = "t"'):
        assert f"\n{line}\n" in written


def test_a_question_may_be_left_open(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(UNCLEAR, encoding="utf-8")
    written = at_a_terminal(Shell(tmp_path, TZ="Europe/Paris"), "log.csv", "-", "", "", "")
    for key in ("timezone", "date_order", "decimal", "mass_unit"):
        assert f'\n# {key} = "…"\n' in written


@pytest.mark.parametrize(("zone", "taken"), [("Europe/Paris", True), ("Etc/UTC", False)])
def test_enter_takes_the_zone_of_this_machine_where_it_is_one_of_a_place(
    tmp_path: Path, zone: str, taken: bool
) -> None:
    shell = Shell(tmp_path, TZ=zone)
    written = at_a_terminal(shell, shell.copy(FARM), "")
    assert (f'\ntimezone = "{zone}"\n' in written) == taken


def test_a_zone_that_was_typed_is_not_asked_for(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    ran = shell.run("init", "--timezone", "Europe/London", shell.copy(FARM))
    assert "timezone is" in ran.stdout
    assert ran.stderr == ""
