"""The program itself on a disk that is really full: a process whose files may not grow any further."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.local_registry.launch import launched
from tests.program.shell import HARBOUR, Shell, held

LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)), resource.RLIM_INFINITY))
from pipeline.__main__ import main
main()
"""


@pytest.mark.parametrize("room", [0, 10_000, 60_000, 100_000, 150_000, 250_000])
def test_a_disk_that_is_full_is_a_sentence_and_3_or_2_no_post_without_intent_and_heals(
    tmp_path: Path, room: int
) -> None:
    shell, store = Shell(tmp_path / "plant"), tmp_path / "registry.sqlite3"
    log = shell.copy(HARBOUR)
    with launched(store) as url:
        shell.environment["ISOMETRIC_BASE_URL"] = url
        full = subprocess.run(
            [sys.executable, "-c", LIMITED, str(room), "upload", log],
            cwd=shell.folder,
            env={"PATH": "/bin", "HOME": str(shell.folder), **shell.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        stored = set(held(store))
        announced = intents(shell.folder / ".pipeline" / "ledger.sqlite3")
        healed = shell.run("upload", "--json", log)
    assert full.returncode in {2, 3}, full.stdout + full.stderr
    assert "Traceback" not in full.stderr
    assert "cannot be" in full.stderr or "failed: " in full.stdout + full.stderr
    assert stored <= announced
    assert (healed.code, sum(healed.outcomes.values())) == (0, 60)
    assert set(held(store).values()) == {1}


def intents(ledger: Path) -> set[str]:
    """The references for which the ledger holds a durable intent."""
    if not ledger.exists():
        return set()
    with closing(sqlite3.connect(ledger)) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'attempts'").fetchall():
            return set()
        return {row[0] for row in database.execute("SELECT reference FROM attempts WHERE state = 'sending'")}
