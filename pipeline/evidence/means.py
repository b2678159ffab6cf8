"""What the ledger's words mean for one reference, in sentences that are so."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from pipeline.evidence.known import Known, Ran, Replacement
from pipeline.plan import CORRECTING, DELETED, Record
from schemas.production_batch import decode, differences

MISSING = "Lines are missing in the ledger's attempts, and this does not fit"

_MEANS: Mapping[str, str] = {
    "": "never in order to be sent: its rows failed the checks or were in conflict with one another",
    "planned": "in order, and not sent yet",
    "sending": "sent, and no proof either way yet",
    "unknown": "sent, and no proof either way yet",
    "registered": "registered",
    "rejected": "refused by the registry, and not registered",
    "conflict": "in conflict with what the registry holds; nothing more is sent",
}
_CONFLICTS: Mapping[str, str] = {
    DELETED: "it was registered, and was deleted at the registry since; it is not made again by itself",
    CORRECTING: "its batch is being replaced, or is gone already; “amend” finishes that",
    "registered_twice": "the registry holds the reference more than once; nothing more is sent",
    "registered_with_other_values": "the registry holds other values; nothing more is sent",
    "stored_otherwise": "the registry stored other values than were sent; nothing more is sent",
}


def means(record: Record | None) -> str:
    """The state in plain words."""
    state = record.state if record else ""
    if record and state == "conflict":
        return _CONFLICTS.get(record.code, _MEANS[state])
    return _MEANS[state]


def was_deleted(record: Record | None) -> bool:
    """Whether it was registered once, and was found not to be held any more."""
    return record is not None and record.state == "conflict" and record.code == DELETED


def told(replacement: Replacement | None, record: Record | None) -> Replacement | None:
    """The correction with what it is about."""
    return replace(replacement, says=_says(replacement, record)) if replacement else None


def _says(wanted: Replacement, record: Record | None) -> str:
    same = record is not None and not differences(decode(wanted.wanted), decode(record.body))
    if wanted.state == "done" and not wanted.deleted_at:
        return (
            "The registry was found to hold the wanted values. This ledger proves no deletion for them: "
            "somebody else may have replaced the batch."
        )
    if wanted.state != "wanted":
        return (
            "A person approved that the batch be replaced. The registry cannot change a batch: the old one "
            "is deleted, and a new one is made under a new id."
        )
    if was_deleted(record):
        kept = "What was registered is kept here" if same else "What a log wants in its place is kept here"
        return (
            f"The batch was deleted at the registry. {kept} as “wanted”, so that “amend” can make it again."
        )
    if same and record and record.state == "registered":
        return "Nothing is to be corrected: the values that are wanted are those that are registered."
    return "A log wanted other values than were registered, and nobody has decided on that yet."


def without_attempts(known: Known) -> str:
    """What it means that nothing of what happened is kept; empty when something is."""
    record = known.record
    if known.attempts:
        return ""
    if created := [ran.id for ran in known.runs if _reported_created(known.reference, ran)]:
        return f"{MISSING}: run {_listed(created)} reported it as created, and no line tells of that."
    if record and record.attempts:
        return f"{MISSING}: it was sent {record.attempts} times, and no line tells of that."
    if record and (record.state == "registered" or was_deleted(record)):
        return "It was found at the registry (already_registered): this ledger tells of nothing sent for it."
    return "The ledger has no attempt of it: it tells of nothing sent for it."


def _reported_created(reference: str, ran: Ran) -> bool:
    rows = ran.report.rows if ran.report else ()
    return any(row.reference == reference and row.outcome.word == "created" for row in rows)


def _listed(runs: Iterable[str]) -> str:
    return ", ".join(runs)
