"""What a command costs before it does anything: the interpreter, and what is imported."""

import sys
from collections.abc import Iterator
from pathlib import Path

from bench.compare import Comparison, Contender, Desk, given, more_by, within
from bench.measure import PIPELINE, Taken, process
from bench.program import settled

HEAVY = "import pandas, pandera.pandas, httpx, openpyxl, sqlalchemy"


def comparisons(desk: Desk) -> Iterator[Comparison]:
    others = (
        _python("`python -c pass`", "pass"),
        _python("importing typer and rich", "import typer, rich"),
        _python("importing pandas, pandera, httpx, openpyxl and SQLAlchemy", HEAVY, turns=3),
    )
    mine = Contender("`pipeline --help`", lambda folder: process((*PIPELINE, "--help"), folder))
    yield Comparison("`pipeline --help`", mine, others, more_by(0.15, "s"), turns=11)
    log = desk.logs.csv(10)
    mine = Contender("`pipeline upload`", lambda folder: _upload(log, folder))
    words = "`upload` of 10 rows, the local registry started by it, whole process"
    yield Comparison(words, mine, (given("the time wanted", 1.5),), within(1.5, "s"), turns=5)


def _python(name: str, code: str, turns: int = 99) -> Contender:
    return Contender(name, lambda folder: process((sys.executable, "-c", code), folder), turns=turns)


def _upload(log: Path, folder: Path) -> Taken:
    return process((*PIPELINE, "upload", str(log)), settled(folder))
