"""A page as a browser shows it."""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-background-networking",
)


def shown(page: Path, path: Path, size: tuple[int, int] = (1200, 1500)) -> None:
    with TemporaryDirectory() as profile:
        command = ("chromium", *QUIET, f"--user-data-dir={profile}", f"--screenshot={path}")
        window = f"--window-size={size[0]},{size[1]}"
        subprocess.run([*command, window, page.resolve().as_uri()], check=True, capture_output=True)
