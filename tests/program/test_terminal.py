"""What a person sees on a real terminal while there is work, and what Ctrl-C does there."""

import os
import pty
import re
import struct
import subprocess
import sys
import termios
from fcntl import ioctl
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.program.shell import DEADLINE, HARBOUR, Shell, held

_STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
SLOWLY = ("--rate-limit", "15", "--concurrency", "2")


class Seen(NamedTuple):
    """All that came to the terminal, and how the program ended."""

    raw: str
    code: int

    @property
    def text(self) -> str:
        return _STEERING.sub("", self.raw)


def at_a_terminal(shell: Shell, *arguments: str, interrupt_at: str = "", width: int = 80) -> Seen:
    """Run the program on a terminal of its own; Ctrl-C is typed there once this is to be read."""
    master, slave = pty.openpty()
    ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    environment = {"PATH": os.environ["PATH"], "HOME": str(shell.folder), "TERM": "xterm-256color"}
    with subprocess.Popen(
        ["setsid", "--ctty", "--wait", sys.executable, "-m", "pipeline", *arguments],  # noqa: S607
        cwd=shell.folder,
        env=environment | shell.environment,
        stdin=slave,
        stdout=slave,
        stderr=slave,
    ) as process:
        os.close(slave)
        seen = b""
        while piece := _read(master):
            seen += piece
            if interrupt_at and re.search(interrupt_at, seen.decode(errors="replace")):
                os.write(master, b"\x03")
                interrupt_at = ""
        code = process.wait(DEADLINE)
    os.close(master)
    return Seen(seen.decode(errors="replace"), code)


def _read(master: int) -> bytes:
    try:
        return os.read(master, 65_536)
    except OSError:  # the other end was closed
        return b""


def test_long_work_shows_how_far_it_is_how_fast_and_how_long_it_will_take(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    seen = at_a_terminal(shell, "upload", shell.copy(HARBOUR), *SLOWLY)
    assert seen.code == 0
    assert f"Reading and checking {HARBOUR.name}" in seen.text
    assert re.search(r"Registering .* \d+/60 \d+ a second 0:00:\d\d", seen.text)
    assert "60  created" in seen.text


def test_the_first_ctrl_c_is_answered_at_once_and_what_was_in_flight_is_reported(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    seen = at_a_terminal(shell, "upload", shell.copy(HARBOUR), *SLOWLY, interrupt_at=r" [1-9]\d*/60")
    assert seen.code == 130
    assert "Interrupted: what is in flight is being finished and reported." in seen.text
    created = re.search(r"(\d+) +created", seen.text)
    assert created
    assert 0 < int(created[1]) < 60
    assert int(created[1]) == len(held(shell.store)) == held(shell.store).total()
    assert f"{60 - int(created[1])}  not_sent" in seen.text
    assert "Next: pipeline retry" in seen.text


def test_ctrl_c_while_the_results_are_written_lets_them_be_written(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    seen = at_a_terminal(shell, "upload", shell.copy(HARBOUR), interrupt_at="Writing the results")
    assert "Interrupted: what is in flight is being finished and reported." in seen.text
    assert "60  created" in seen.text
    assert len(list(tmp_path.glob("runs/*/results.xlsx"))) == 1


def test_with_no_color_there_is_not_one_colour(tmp_path: Path) -> None:
    plain, coloured = Shell(tmp_path / "plain", NO_COLOR="1"), Shell(tmp_path / "coloured")
    seen = [at_a_terminal(each, "upload", each.copy(HARBOUR)) for each in (plain, coloured)]
    hues = [
        [code for code in _COLOURS.findall(each.raw) if re.search(r"[34][0-9]|9[0-9]", code)] for each in seen
    ]
    assert not hues[0]
    assert hues[1]


@pytest.mark.parametrize("width", [80, 132])
def test_no_line_is_wider_than_the_terminal_but_the_command_to_be_copied(tmp_path: Path, width: int) -> None:
    shell = Shell(tmp_path)
    seen = at_a_terminal(shell, "upload", shell.copy(HARBOUR), width=width)
    lines = [line for line in re.split(r"[\r\n]+", seen.text) if not line.startswith("Next: ")]
    assert max(map(len, lines)) <= width
