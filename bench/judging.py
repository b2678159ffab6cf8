"""Parsing and judging a table that is read already, beside pandera on values that are typed already."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from bench.compare import Comparison, Contender, Desk, Wanted, within, work
from bench.measure import process, task
from bench.program import JUDGED_AT, judged, raw

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

Work = Callable[[], object]
REACH_SECONDS = 0.5
FIRST = 100


def comparisons(desk: Desk) -> Iterator[Comparison]:
    rows = desk.scale.rows
    for bad in (0.0, 0.05, 0.5):
        log = desk.logs.csv(rows, bad)
        words = f"parsing and judging {rows:,} rows, {bad:.0%} of them bad".replace("%", " %")
        yield Comparison(words, _of(ours, "`check` of a read table", log), _yardsticks(log), _reach(rows))


def _reach(rows: int) -> Wanted:
    return within(REACH_SECONDS * rows / 100_000, "s")


def _yardsticks(log: Path) -> tuple[Contender, ...]:
    return (_of(pandera_typed, "pandera on typed values, nothing else", log),)


def _of(function: Callable[[str], Work], name: str, log: Path) -> Contender:
    return Contender(name, lambda folder: process(task(__name__, function.__name__, log), folder), work)


def ours(log: str) -> Work:
    """What is imported at the first judging is imported before, as for the yardstick."""
    import schemas.run_log.judge  # noqa: F401  which only rows that are not plainly in order need
    from pipeline.collecting import for_one_command

    for_one_command()
    tables = raw(Path(log))
    judged([replace(table, rows=table.rows[:FIRST]) for table in tables])
    return lambda: judged(tables)


def pandera_typed(log: str) -> Work:
    """What could not be parsed is missing here; pandera, lazy and without coercion, finds that too."""
    import pandas as pd
    from pandera.errors import SchemaErrors

    frame, schema = _typed(pd.read_csv(log, dtype=str)), _schema()

    def judge(rows: "pd.DataFrame") -> None:
        try:
            schema.validate(rows, lazy=True)
        except SchemaErrors:
            return

    judge(frame.head(FIRST))
    return lambda: judge(frame)


def _typed(frame: "pd.DataFrame") -> "pd.DataFrame":
    import pandas as pd

    times = {
        name: pd.to_datetime(frame[name], utc=True, errors="coerce", format="ISO8601")
        for name in ("start", "end")
    }
    mass = pd.to_numeric(frame["mass (kg)"], errors="coerce")
    return frame[["reference", "facility", "feedstock"]].assign(**times, mass=mass)


def _schema() -> "pa.DataFrameSchema":
    import pandas as pd
    import pandera.pandas as pa

    now, earliest = pd.Timestamp(JUDGED_AT), pd.Timestamp("2000-01-01", tz="UTC")

    def instant() -> pa.Column:
        return pa.Column(checks=[pa.Check.gt(earliest), pa.Check.le(now)])

    short = pa.Check.str_length(1, 100)
    columns = {
        **{name: pa.Column(str, short) for name in ("reference", "facility", "feedstock")},
        "start": instant(),
        "end": instant(),
        "mass": pa.Column(float, pa.Check.gt(0)),
    }
    late = pa.Check(
        lambda frame: (frame["end"] > frame["start"]) | frame[["end", "start"]].isna().any(axis=1)
    )
    return pa.DataFrameSchema(columns, checks=late)
