"""A real example of each message: what the program says of the logs in `tests/messages/logs.py`."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from pipeline.read import read
from pipeline.run.gather import Gathered, gather
from pipeline.settings import Options, load
from schemas.convention import Convention
from tests.messages.answers import answers
from tests.messages.example import Example
from tests.messages.logs import dropped

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def examples(folder: Path) -> dict[str, Example]:
    """The first example of each code, from logs and plants that are made in this empty folder."""
    found: dict[str, Example] = {}
    for example in (*_checked(folder), *answers(folder)):
        found.setdefault(example.code, example)
    return found


def _checked(folder: Path) -> Iterator[Example]:
    names = dropped(folder)
    usual = load(folder=folder, environ={}, options=Options(), offline=True).convention
    other = {"bare.csv": Convention(), "grouped.csv": Convention(one_batch_per="reference")}
    for name in names:
        yield from _told(gather([folder / name], other.get(name, usual), NOW, None, read), f"{folder}/")


def _told(gathered: Gathered, folder: str) -> Iterator[Example]:
    for source in gathered.sources:
        if (refusal := source.refusal) is not None:
            says = f"{refusal.message} {refusal.remedy}".replace(folder, "")
            yield Example(refusal.code, "refusal", source.file.removeprefix(folder), says)
    rows = [issue for table in gathered.assembled.tables for row in table.rows for issue in row.issues]
    for issue in (*rows, *gathered.notices):
        column = f", column “{issue.column}”" if issue.column else ""
        place = ", ".join(issue.cells) or (f"row {issue.row}" if issue.row else "the table")
        yield Example(issue.code, issue.severity, f"{place}{column}", issue.sentence.replace(folder, ""))
    for (_, row), outcome in sorted(gathered.assembled.decided.items()):
        if outcome.code:
            yield Example(outcome.code, outcome.word, f"row {row}", outcome.message.replace(folder, ""))
