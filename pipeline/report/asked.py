"""Whether a reference still stands for what the rows of a run asked for under it. Pure."""

from collections.abc import Iterable, Sequence

from pipeline.model import ASKED_OTHERWISE_SINCE, Outcome, ReportRow
from schemas.production_batch import decode, sum_of


def by_reference(rows: Iterable[ReportRow]) -> dict[str, list[ReportRow]]:
    """The rows of each reference."""
    found: dict[str, list[ReportRow]] = {}
    for row in rows:
        found.setdefault(row.reference, []).append(row)
    return found


def is_asked_for(rows: Sequence[ReportRow], fingerprint: str, body: str) -> bool:
    """Whether this batch is what the rows of one reference asked for, in one run.

    Rows that were kept before their fingerprint was are told by their times and mass; before those, they are
    taken to be the same.
    """
    if asked := {row.fingerprint for row in rows if row.fingerprint}:
        return asked == {fingerprint}
    read = {row.as_read for row in rows if row.as_read}  # rows that say the same are one batch
    if not read or not body:
        return True
    batch = decode(body)
    looks_like = (
        min(each.started_at for each in read),
        max(each.ended_at for each in read),
        sum_of(each.mass for each in read),
    )
    return looks_like == (batch.started_at, batch.ended_at, batch.mass.magnitude)


def asked_otherwise(registry_id: str) -> Outcome:
    """The outcome of a row whose reference stands for other values by now, which may have this id."""
    now = f"is registered as {registry_id}, with other values" if registry_id else "was asked for otherwise"
    return Outcome(
        "conflict",
        registry_id,
        code=ASKED_OTHERWISE_SINCE,
        message=f"Since this row was read, its reference {now}. Nothing was sent for the row. "
        "Upload the log that is right.",
    )
