"""The list of runs."""

import textwrap
from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

from pipeline.ledger.runs import RunRecord
from pipeline.model import Word

Found = Sequence[tuple[RunRecord, dict[Word, int]]]
_ROWS = "rows"
_NARROWEST = 25
"""The columns of a count of one outcome, such as 12345 already_registered."""


def listed(found: Found) -> RenderableType:
    """The runs as a table, in the order that they are given in."""
    return _Listing(found) if found else Text("There are no runs yet.")


class _Listing:
    """A line for each run where that fits, or goes to a file; else without the start, its counts wrapped."""

    def __init__(self, found: Found) -> None:
        self._found = found

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        whole = _table(self._found, [_counted(*each) for each in self._found])
        needed = _width(console, options, whole)
        if needed <= options.max_width or not console.is_terminal:
            yield from console.render(whole, options.update(width=max(needed, options.max_width)))
            return
        others = _table(self._found, [""] * len(self._found), with_start=False)
        room = max(options.max_width - _width(console, options, others) + len(_ROWS), _NARROWEST)
        yield _table(self._found, [_wrapped(_counted(*each), room) for each in self._found], with_start=False)


def _table(found: Found, rows: Sequence[str], *, with_start: bool = True) -> Table:
    """`rows` says of each run what became of its rows. Its start stands in its id, too."""
    started = ["started (UTC)"] if with_start else []
    table = Table(
        Column("run", no_wrap=True, overflow="ignore"),
        "command",
        *started,
        "exit",
        _ROWS,
        box=None,
        pad_edge=False,
    )
    for (run, _), what in zip(found, rows, strict=True):
        start = [f"{run.started_at:%Y-%m-%d %H:%M:%S}"] if with_start else []
        code = "died or running" if run.exit_code is None else str(run.exit_code)
        table.add_row(run.id, run.command, *start, code, what)
    return table


def _counted(run: RunRecord, words: dict[Word, int]) -> str:
    if run.exit_code is None:
        return "its report tells"
    return ", ".join(f"{count} {word}" for word, count in words.items() if count)


def _wrapped(counted: str, room: int) -> str:
    """Lines of whole counts: a number stays beside its word."""
    kept_together = counted.replace(" ", "\u00a0").replace(",\u00a0", ", ")
    return textwrap.fill(kept_together, room).replace("\u00a0", " ")


def _width(console: Console, options: ConsoleOptions, table: Table) -> int:
    """The columns that a table takes when nothing in it is wrapped."""
    return Measurement.get(console, options.update(width=10_000), table).maximum
