"""The figures of a night, as node_exporter's textfile collector reads them; no name of a log is there."""

import datetime as dt
from collections.abc import Mapping

from msgspec import Struct

_PREFIX = "biochar_upload"


class Figures(Struct, frozen=True):
    """What is counted of a night. Times are aware; `outcomes` counts the rows that it read, by outcome.

    `plant` is a label of every figure: a machine may upload for several plants, each with its own file.
    """

    plant: str
    ended_at: dt.datetime
    succeeded_at: dt.datetime | None
    seconds: float
    exit_code: int
    outcomes: Mapping[str, int]
    requests: int
    rows_waiting: int | None
    files_waiting: int | None
    waiting_since: dt.datetime | None
    token_expires: dt.datetime | None


def exposed(figures: Figures) -> bytes:
    """The text of the file. A time that is not known is left out, not zero."""
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()

    def put(name: str, means: str, value: float | None) -> None:
        if value is not None:
            Gauge(f"{_PREFIX}_{name}", means, ["plant"], registry=registry).labels(figures.plant).set(value)

    ended = figures.ended_at
    put("last_run_timestamp_seconds", "When the last night ended.", ended.timestamp())
    put(
        "last_success_timestamp_seconds",
        "When a night last did its work: with exit code 0 or 1.",
        _seconds(figures.succeeded_at),
    )
    put("duration_seconds", "How long the last night took.", figures.seconds)
    put("exit_code", "The exit code of the last night.", figures.exit_code)
    put("requests", "Requests that the last night made to the registry.", figures.requests)
    put("rows_needing_a_person", "Rows that wait for a person.", figures.rows_waiting)
    put("files_needing_a_person", "Files in the inbox that were not read.", figures.files_waiting)
    put(
        "oldest_failing_row_age_seconds",
        "How long the oldest row has waited for a person; 0 when none does.",
        _age(figures),
    )
    put("token_expiry_timestamp_seconds", "When the access token expires.", _seconds(figures.token_expires))
    rows = Gauge(f"{_PREFIX}_rows", "Rows that the last night read.", ["plant", "outcome"], registry=registry)
    for outcome, count in figures.outcomes.items():
        rows.labels(figures.plant, outcome).set(count)
    return generate_latest(registry)


def _age(figures: Figures) -> float | None:
    if figures.waiting_since:
        return (figures.ended_at - figures.waiting_since).total_seconds()
    return None if figures.rows_waiting is None else 0


def _seconds(moment: dt.datetime | None) -> float | None:
    return moment.timestamp() if moment else None
