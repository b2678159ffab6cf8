"""A file that is registered already, uploaded again: as cheap as its `check`, and nothing is posted."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.compare import Comparison, Contender, Desk, at_most
from bench.measure import FailedError, Taken
from bench.program import checked, registry, summary, uploaded


def comparisons(desk: Desk) -> Iterator[Comparison]:
    """The file is registered once; what is measured begins with copies of the ledger that this left."""
    rows, log = desk.scale.rows, desk.logs.csv(desk.scale.rows)
    with ExitStack() as stack:
        done = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        url = stack.enter_context(registry(done / "store.sqlite3"))
        uploaded(log, done, url)
        its_own = Contender("its own `check`", lambda folder: checked(log, _as_left(done, folder)))
        again = Contender("`pipeline upload` again", lambda folder: _again(log, _as_left(done, folder), url))
        yield Comparison(f"rerun of a finished file of {rows:,} rows", again, (its_own,), at_most(1.2))


def _as_left(done: Path, folder: Path) -> Path:
    shutil.copytree(done / ".pipeline", folder / ".pipeline")
    return folder


def _again(log: Path, folder: Path, url: str) -> Taken:
    taken = uploaded(log, folder, url)
    if posted := summary(folder)["requests"].get("POST /production_batches", 0):
        raise FailedError(f"{posted} batches were posted again")
    return taken
