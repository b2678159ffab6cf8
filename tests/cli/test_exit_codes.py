"""The help of each command lists the codes that it can end with, and says what they mean there."""

import re

import pytest
import typer

from pipeline.cli.app import app
from pipeline.errors import Exit

HELP = {name: command.epilog for name, command in typer.main.get_command(app).commands.items()}  # type: ignore[attr-defined]  # a group
OF_ROWS = {"upload", "retry", "nightly", "amend", "check"}
"""The commands whose exit code tells what became of rows."""
ALWAYS = {0, 2, 70, 130, 143}
BESIDES = {
    "registry": set[int](),
    "init": {1},
    "runs": {3},
    "report": {3},
    "doctor": {3},
    "evidence": {1, 3},
    "check": {1, 3},
    "reconcile": {1, 3},
}


@pytest.mark.parametrize("name", sorted(HELP))
def test_the_help_of_a_command_lists_its_own_exit_codes(name: str) -> None:
    beginnings = re.findall(r"^  ((?:\d+,? )+)", HELP[name], re.MULTILINE)
    codes = {int(code) for each in beginnings for code in re.findall(r"\d+", each)}
    assert codes == (ALWAYS | BESIDES[name] if name in BESIDES else set(map(int, Exit)))
    assert (" row" in HELP[name]) == (name in OF_ROWS)
