"""What the program shows on a terminal, as an SVG that loads nothing from anywhere."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[2]
WIDTH, HEIGHT = 104, 50


def typed(folder: Path, *arguments: str) -> str:
    """All that the program prints on a terminal in this folder, with its colours."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
    }
    running = subprocess.Popen(
        [sys.executable, "-m", "pipeline", *arguments],
        cwd=folder,
        env=environ,
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    said = b""
    with suppress(OSError):  # the end of a terminal is an error on Linux
        while part := os.read(master, 65536):
            said += part
    running.wait()
    os.close(master)
    return _settled(said.decode())


def _settled(said: str) -> str:
    """Without what moved on the screen and was taken away again."""
    kept: list[str] = []
    for line in said.replace("\r\n", "\n").split("\n"):
        ups = len(re.findall(r"\x1b\[1A", line))
        del kept[len(kept) - ups :]
        visible = re.split(r"\r|\x1b\[2K", line)[-1]
        kept.append(re.sub(r"\x1b\[(?:\?25[hl]|\d*[AK])", "", visible))
    return "\n".join(kept).rstrip() + "\n"


def drawn(said: str, title: str, path: Path) -> None:
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    console.print(Text.from_ansi(said))
    alone = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    path.write_text(console.export_svg(title=title, code_format=alone), encoding="utf-8")
