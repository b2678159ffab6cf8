"""The page of a real run: with the command of the screen, and the same again from the ledger."""

import html
import re
from pathlib import Path

from tests.program.shell import HARBOUR, SAMPLES, Shell

FARM = SAMPLES / "hollin-farm"


def page_of(shell: Shell) -> str:
    (path,) = shell.folder.glob("runs/*/report.html")
    return path.read_text(encoding="utf-8")


def test_the_command_on_the_page_is_that_of_the_screen_with_its_options_and_the_folder(
    tmp_path: Path,
) -> None:
    shell = Shell(tmp_path)
    shell.copy(FARM / "pipeline.toml", "farm.toml")
    log = shell.copy(FARM / "log-2025-10.xlsx")
    ran = shell.run("upload", "--json", "--config", "farm.toml", log)
    assert ran.code == 1
    assert re.fullmatch(r"pipeline upload --config farm.toml runs/[\w-]+/to_fix.xlsx", ran.json["next"])
    (shown,) = re.findall(r"<code>(pipeline .*?)</code></pre>", page_of(shell))
    assert html.unescape(shown) == ran.json["next"]


def test_report_writes_the_same_page_again_from_the_ledger(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    log = shell.copy(HARBOUR)
    assert shell.run("upload", log).code == 0
    before = page_of(shell)
    assert "All 60 rows are registered, by this run." in before
    (path,) = shell.folder.glob("runs/*/report.html")
    path.unlink()
    assert shell.run("report").code == 0
    assert page_of(shell) == before


def test_a_check_without_a_ledger_has_a_page_too(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    assert shell.run("check", shell.copy(HARBOUR)).code == 0
    assert "All 60 rows are in order; nothing was sent." in page_of(shell)
