"""The verifier's question in one paragraph: which row, read by whom, sent when, answered what."""

import datetime as dt
from collections.abc import Iterator

from pipeline.evidence.checks import digests, place
from pipeline.evidence.known import Attempt, Known, Ran
from pipeline.evidence.means import means, without_attempts
from pipeline.evidence.origin import made_from
from pipeline.plan import Record


def in_short(known: Known) -> str:
    """What became of a reference, from its row to the registry's id."""
    return " ".join((_read(known), *_happened(known), *_replaced(known)))


def _read(known: Known) -> str:
    made = made_from(known)
    if made is None:
        return "The rows that it was made from are not known." if known.record else "Nothing was sent for it."
    hashes = ", ".join(digest or "not kept" for digest in digests(made).values())
    found = place(made)
    by = made.by or "not known by whom"
    return f"{found[0].upper()}{found[1:]} (sha256 {hashes}), read by run {made.run_id} ({by})."


def _happened(known: Known) -> Iterator[str]:
    """The sending that made it what it is, the answer, and the state."""
    record = known.record
    if record is None:
        yield f"It is {means(record)}."
        return
    own = [each for each in known.attempts if each.fingerprint == record.fingerprint]
    sent = [each for each in own if each.state == "sending"]
    if sent:
        yield f"Sent at {_at(sent[-1])} with attempt {sent[-1].number} of run {_run(known, sent[-1])}."
    settled = [each for each in own if each.state in ("rejected", "unknown", "conflict")]
    if last := [each for each in own if each.state == "registered"][-1:] or settled[-1:]:
        yield _answered(last[0])
    if not sent:
        yield without_attempts(known) or "The ledger tells of no sending of these values."
    yield _state(record)


def _state(record: Record) -> str:
    if record.state == "registered":
        return f"It is registered as {record.registry_id}."
    named = f", under the id {record.registry_id}" if record.registry_id else ""
    return f"The ledger calls it {record.state}{named}: {means(record)}."


def _answered(attempt: Attempt) -> str:
    if attempt.http_status is not None:
        return (
            f"The registry answered {attempt.http_status} at {_at(attempt)}, and it became {attempt.state}."
        )
    return f"It became {attempt.state} at {_at(attempt)}: {attempt.answer or 'nothing was kept'}."


def _replaced(known: Known) -> Iterator[str]:
    done = known.replacement
    if done is None or done.state != "done" or not done.deleted_at:
        return
    old = done.old_id or "a batch whose id is not kept"
    if done.new_id or (known.record and known.record.state == "registered"):
        yield f"It took the place of {old}, which run {done.run_id} replaced."
    else:
        yield f"Run {done.run_id} had {old} deleted for it, and nothing is registered in its place."


def _run(known: Known, attempt: Attempt) -> str:
    ran = next((each for each in known.runs if each.id == attempt.run_id), None)
    by = _by(ran) if ran else ""
    return f"{attempt.run_id} ({by or 'not known by whom'})"


def _by(ran: Ran) -> str:
    return ran.report.origin.by if ran.report and ran.report.origin else ""


def _at(attempt: Attempt) -> str:
    return f"{attempt.at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f} UTC"
