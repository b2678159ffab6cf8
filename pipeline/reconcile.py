"""What the ledger, the registry and the log say of each reference, side by side. Pure.

The registry's side is its whole list; the ledger's, every record it keeps; the log's, the batches of
the files that were given, if any were. What follows for the ledger is decided here too (`lesson`).
"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, get_args

from msgspec import Struct

from pipeline.errors import Exit
from pipeline.model import Batch
from pipeline.plan import DELETED, OPEN, Held, Record, State, look_up
from schemas.production_batch import HeldBatch, decode, differences

Verdict = Literal[
    "differs",
    "registered_twice",
    "being_corrected",
    "only_in_ledger",
    "only_in_registry",
    "only_in_log",
    "invalid_in_log",
    "open",
    "not_in_log",
    "not_registered",
    "same",
]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""What can be said of a reference; the gravest first."""
AGREED: frozenset[Verdict] = frozenset(("same", "not_registered", "not_in_log"))
"""Ledger and registry say the same, and no log says otherwise."""
MEANS: Mapping[Verdict, str] = {
    "differs": "held with other values or another id; decide which are right. If the log's are: pipeline "
    "upload the log, then pipeline amend the reference",
    "registered_twice": "held more than once; ask the registry to remove the wrong one",
    "being_corrected": "an approved correction has not ended; pipeline amend the reference again ends it",
    "only_in_ledger": "registered once, and not at the registry any more. It is not made again by itself: "
    "pipeline amend the reference does, if it should be there; or a corrected log, if an amend deleted it "
    "and the registry refused the new values",
    "only_in_registry": "held, and the ledger does not know it as registered. Upload its log to take it in "
    "(nothing is sent for it), or find out who made it",
    "only_in_log": "in the files, and registered nowhere; upload them. What was deleted at the registry is "
    "made again by pipeline amend only",
    "invalid_in_log": "its rows failed the checks, so that they were not compared; run pipeline check",
    "open": "sent, or being sent by another run, and not settled yet; run pipeline upload or retry",
    "not_in_log": "the same in ledger and registry; the files that were given do not name it",
    "not_registered": "known to the ledger as not registered, and not at the registry",
    "same": "the same everywhere",
}


class Disagreement(Struct, frozen=True):
    """A field in which the ledger or the log says one thing, and the registry holds another."""

    source: Literal["ledger", "log"]
    field: str
    says: str
    held: str


class Finding(Struct, frozen=True):
    """The verdict on one reference. `ids` are the registry's, all of them; `state` is the ledger's."""

    reference: str
    verdict: Verdict
    ids: tuple[str, ...] = ()
    ledger_id: str = ""
    state: State | Literal[""] = ""
    disagreements: tuple[Disagreement, ...] = ()


class Compared(Struct, frozen=True):
    """What a three-way check found: references, ids that have none, and rows that name none."""

    findings: tuple[Finding, ...]
    nameless: tuple[str, ...] = ()
    rows_left_out: int = 0


class Log(Struct, frozen=True):
    """What the given files say: their batches, and references with rows that failed the checks."""

    batches: Mapping[str, Batch]
    left_out: frozenset[str] = frozenset()


class Lesson(Struct, frozen=True):
    """What the registry's list teaches the ledger about a batch; it never makes one free to be sent."""

    state: Literal["registered", "conflict"]
    registry_id: str
    code: str = ""
    message: str = ""


def findings(
    records: Mapping[str, Record], held: Held, log: Log | None, deleted: Mapping[str, str]
) -> list[Finding]:
    """The verdict on every reference that any side knows, the gravest first; `log` None: no files.

    `deleted` are the ids of batches that an amend deleted, when the registry then refused the new values.
    """
    said = set(log.batches) | log.left_out if log else set()
    found = [
        _judged(reference, records.get(reference), held.get(reference, ()), log, deleted.get(reference, ""))
        for reference in records.keys() | held.keys() | said
    ]
    return sorted(found, key=lambda each: (VERDICTS.index(each.verdict), each.reference))


def counts(found: Sequence[Finding]) -> dict[Verdict, int]:
    """How many references have each verdict; all of them, zeros too."""
    verdicts = [each.verdict for each in found]
    return {verdict: verdicts.count(verdict) for verdict in VERDICTS}


def exit_code(compared: Compared | None, *, refused: bool) -> Exit:
    """0: everything is the same. 1: a person is needed. 3: not read, or something is still open.

    `compared` is None when the registry could not be read; `refused`: a file could not.
    """
    if compared is None:
        return Exit.UNFINISHED
    verdicts = {finding.verdict for finding in compared.findings}
    if verdicts - AGREED - {"open"} or compared.nameless or compared.rows_left_out or refused:
        return Exit.NEEDS_A_PERSON
    return Exit.UNFINISHED if "open" in verdicts else Exit.OK


def lesson(record: Record, held: Sequence[HeldBatch]) -> Lesson | None:
    """What the ledger must learn of what is held under a reference; None: nothing.

    A batch that it calls registered, and that is not held like that, becomes a conflict; one that is
    held as wanted, once, becomes registered. What is open, or being corrected, is never touched: that
    is for settling, and for amend.
    """
    if record.state in OPEN or record.correction:
        return None
    found = look_up(
        Batch(record.reference, record.body, record.fingerprint, ()), {record.reference: held} if held else {}
    )
    registered = record.state == "registered"
    if found and found.word == "already_registered":
        known = registered and record.registry_id == found.registry_id
        return None if known else Lesson("registered", found.registry_id)
    if not registered:
        return None
    if found:
        return Lesson("conflict", found.registry_id, found.code, found.message)
    message = (
        f"It was registered as {record.registry_id}, and the registry does not hold it any more. It is not "
        f"made again by itself; if it should be there, “pipeline amend {shlex.quote(record.reference)}” does."
    )
    return Lesson("conflict", record.registry_id, DELETED, message)


def _judged(
    reference: str, record: Record | None, held: Sequence[HeldBatch], log: Log | None, deleted: str
) -> Finding:
    batch = log.batches.get(reference) if log else None
    disagreements = tuple(_disagreements(record, batch, held[0])) if len(held) == 1 else ()
    return Finding(
        reference,
        _verdict(record, held, batch, differ=bool(disagreements), deleted=bool(deleted))
        or _where_they_agree(reference, held, batch, log),
        tuple(each.id for each in held),
        (record.registry_id if record else "") or ("" if held else deleted),
        record.state if record else "",
        disagreements,
    )


def _verdict(
    record: Record | None, held: Sequence[HeldBatch], batch: Batch | None, *, differ: bool, deleted: bool
) -> Verdict | None:
    """What is wrong between ledger and registry, or with the log; None: nothing."""
    registered = record is not None and record.state == "registered"
    if len(held) > 1:
        return "registered_twice"
    if record and record.state in OPEN:
        return "open"
    if record and record.correction and not registered:
        return "being_corrected"
    if not held and (registered or deleted):
        return "only_in_ledger"
    if not held and batch:
        return "only_in_log"
    if differ:
        return "differs"
    return "only_in_registry" if held and not registered else None


def _where_they_agree(
    reference: str, held: Sequence[HeldBatch], batch: Batch | None, log: Log | None
) -> Verdict:
    if log and reference in log.left_out:
        return "invalid_in_log"
    if not held:
        return "not_registered"
    if log and batch is None:
        return "not_in_log"
    return "same"


def _disagreements(record: Record | None, batch: Batch | None, held: HeldBatch) -> Iterator[Disagreement]:
    if record and record.state == "registered" and record.registry_id != held.id:
        yield Disagreement("ledger", "id", record.registry_id, held.id)
    if record:
        for each in differences(decode(record.body), held):
            yield Disagreement("ledger", *each)
    if batch:
        for each in differences(decode(batch.body), held):
            yield Disagreement("log", *each)
