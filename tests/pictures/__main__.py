"""Take the operator's guide's pictures of the real program: a log is dropped, checked and uploaded."""

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.pictures import browser, office, screen

PICTURES = screen.ROOT / "docs" / "pictures"
SAMPLE = screen.ROOT / "sample_data" / "hollin-farm"


def take(folder: Path) -> None:
    shutil.copy(SAMPLE / "pipeline.toml", folder)
    (folder / "inbox").mkdir()
    dropped = folder / "inbox" / "october.xlsx"
    shutil.copyfile(SAMPLE / "log-2025-10.xlsx", dropped)
    os.utime(dropped, (0, 0))
    _screen(folder, "screen-check", "check", "inbox/october.xlsx")
    _screen(folder, "screen-upload", "upload")
    run = max((folder / "runs").iterdir())
    office.shown(run / "to_fix.xlsx", PICTURES / "to_fix.png")
    office.shown(run / "results.xlsx", PICTURES / "results.png", area="Q1:W20", beside="A:H")
    office.shown(run / f"marked-{dropped.name}", PICTURES / "marked.png")
    browser.shown(run / "report.html", PICTURES / "report.png")
    _screen(folder, "screen-empty", "upload")


def _screen(folder: Path, name: str, *arguments: str) -> None:
    said = screen.typed(folder, *arguments)
    screen.drawn(said, f"pipeline {' '.join(arguments)}", PICTURES / f"{name}.svg")


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as made:
        take(Path(made))
