"""How time and memory grow with the rows, as a table and a plot; what grows faster than they do is marked."""

from collections.abc import Iterator, Sequence
from statistics import median

from bench.compare import Compared, Result

_WIDTH = 60
_LEEWAY = 1.1
"""One part in ten more than in proportion is noise; more than that is told."""
_WORSE = "**worse than linear**"
_HEADER = "| rows | seconds | µs a row | growth | peak MB | growth | pandas.read_csv: seconds | peak MB |"


def curve(grown: Sequence[Compared]) -> str:
    """The table, and under it the plot. The smallest log is what a check costs before its first row."""
    start, *_ = grown
    lines = [_HEADER, "| --- " * (_HEADER.count("|") - 1) + "|"]
    for place, each in enumerate(grown):
        lines.append(_line(each, grown[place - 1] if place > 1 else None, start))
    return "\n".join([*lines, "", "```text", *_plot(grown), "```"])


def _line(here: Compared, before: Compared | None, start: Compared) -> str:
    """Growth is what was added to the smallest log's, compared with that of the log before."""
    rows, theirs = here.comparison.rows, here.others[0]
    cells = [
        f"{rows:,}",
        f"{_seconds(here.ours):.2f}",
        f"{1e6 * _seconds(here.ours) / rows:,.0f}",
        "",
        f"{here.ours.peak:.0f}",
        "",
        f"{_seconds(theirs):.2f}",
        f"{theirs.peak:.0f}",
    ]
    if before:
        times = rows / before.comparison.rows
        cells[3] = _growth(times, *(_seconds(each.ours) - _seconds(start.ours) for each in (before, here)))
        cells[5] = _growth(times, *(each.ours.peak - start.ours.peak for each in (before, here)))
    return f"| {' | '.join(cells)} |"


def _growth(times: float, before: float, here: float) -> str:
    if before <= 0:
        return "too little to tell"
    grown = here / before
    return f"{grown:.1f} × for {times:g} ×" + (f", {_WORSE}" if grown > times * _LEEWAY else "")


def _plot(grown: Sequence[Compared]) -> Iterator[str]:
    """A bar for what each row added takes: bars of one length are linear growth, longer ones are worse."""
    start, *others = grown
    for title, cost in (("µs a row", _added_seconds), ("bytes of memory a row", _added_bytes)):
        values = [max(0.0, cost(each, start)) for each in others]
        yield f"{title}, beyond what {start.comparison.rows} rows take"
        for each, value in zip(others, values, strict=True):
            bar = "#" * round(_WIDTH * value / (max(values) or 1))
            yield f"{each.comparison.rows:>9,} rows {value:>8,.0f} {bar}"
        yield ""


def _added_seconds(here: Compared, start: Compared) -> float:
    return 1e6 * (_seconds(here.ours) - _seconds(start.ours)) / here.comparison.rows


def _added_bytes(here: Compared, start: Compared) -> float:
    return 1e6 * (here.ours.peak - start.ours.peak) / here.comparison.rows


def _seconds(result: Result) -> float:
    return median(each.wall for each in result.taken)
