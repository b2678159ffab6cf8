"""The list of runs."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Column, Table
from rich.text import Text

from pipeline.ledger.runs import RunRecord
from pipeline.model import Word


def listed(found: Sequence[tuple[RunRecord, dict[Word, int]]]) -> RenderableType:
    """The runs as a table, in the order that they are given in."""
    table = Table(
        Column("run", no_wrap=True, overflow="ignore"),
        "command",
        "started (UTC)",
        "exit",
        "rows",
        box=None,
        pad_edge=False,
    )
    for run, words in found:
        what = ", ".join(f"{count} {word}" for word, count in words.items() if count)
        code = "died or running" if run.exit_code is None else str(run.exit_code)
        if run.exit_code is None:
            what = "its report tells"
        table.add_row(run.id, run.command, f"{run.started_at:%Y-%m-%d %H:%M:%S}", code, what)
    return table if found else Text("There are no runs yet.")
