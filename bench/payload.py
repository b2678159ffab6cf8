"""From judged rows to the JSON that is posted and its sha256, beside msgspec over `itertuples`."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench.compare import Comparison, Contender, Desk, at_most, work
from bench.data import posted
from bench.measure import process, task
from bench.program import convention, judged, raw

if TYPE_CHECKING:
    import pandas as pd

Work = Callable[[], object]


def comparisons(desk: Desk) -> Iterator[Comparison]:
    log = desk.logs.csv(desk.scale.rows)
    others = (
        _of(msgspec_itertuples, "msgspec over itertuples, and sha256", log),
        _of(json_iterrows, "json over iterrows, and sha256", log, turns=1),
        _of(polars_json, "polars' JSON expressions, and sha256", log, "polars"),
    )
    mine = _of(ours, "`assemble`", log)
    yield Comparison(
        f"row → payload JSON and fingerprint, {desk.scale.rows:,} rows", mine, others, at_most(1)
    )


def _of(function: Callable[[str], Work], name: str, log: Path, *needs: str, turns: int = 99) -> Contender:
    run = lambda folder: process(task(__name__, function.__name__, log), folder)  # noqa: E731
    return Contender(name, run, work, needs, turns)


def ours(log: str) -> Work:
    from pipeline.assemble import assemble
    from pipeline.collecting import for_one_command

    for_one_command()
    tables = judged(raw(Path(log)))
    return lambda: assemble(tables, convention()).batches


def msgspec_itertuples(log: str) -> Work:
    import msgspec

    frame, encode = _frame(log), msgspec.json.Encoder(order="sorted").encode

    def make() -> None:
        for reference, facility, feedstock, start, end, mass in frame.itertuples(index=False):
            times = start.to_pydatetime(), end.to_pydatetime()
            payload = posted(reference, facility, feedstock, *times, mass)
            hashlib.sha256(encode(payload)).hexdigest()

    return make


def json_iterrows(log: str) -> Work:
    frame = _frame(log)

    def make() -> None:
        for _, row in frame.iterrows():
            times = str(row["start"]), str(row["end"])
            names = row["reference"], row["facility"], row["feedstock"]
            payload = posted(*names, *times, row["mass (kg)"])
            hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()

    return make


def polars_json(log: str) -> Work:
    import polars as pl

    frame = pl.read_csv(log)
    mass = pl.struct(magnitude=pl.col("mass (kg)"), unit=pl.lit("kg"))
    payload = pl.struct(
        display_name=pl.lit(None),
        ended_at=pl.col("end"),
        facility_id=pl.col("facility"),
        feedstock_type_ids=pl.concat_list("feedstock"),
        kind=pl.lit("biochar"),
        mass=mass,
        started_at=pl.col("start"),
        supplier_reference_id=pl.col("reference"),
    )

    def make() -> None:
        for body in frame.select(payload.struct.json_encode()).to_series():
            hashlib.sha256(body.encode()).hexdigest()

    return make


def _frame(log: str) -> "pd.DataFrame":
    """Typed values, of the columns that are sent."""
    import pandas as pd

    frame = pd.read_csv(log)[["reference", "facility", "feedstock", "start", "end", "mass (kg)"]]
    times = {name: pd.to_datetime(frame[name], utc=True, format="ISO8601") for name in ("start", "end")}
    return frame.assign(**times)
