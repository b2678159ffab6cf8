"""What of a reference fits together, and what does not: each check with its reason."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

import msgspec

from pipeline.evidence.known import Attempt, Known, Now, Reading
from pipeline.evidence.means import MISSING, was_deleted, without_attempts
from pipeline.evidence.origin import Rows, contradicting, made_from
from pipeline.evidence.told import Checked, Fit
from pipeline.model import REGISTERED_TWICE
from pipeline.plan import CORRECTING, Record
from schemas.production_batch import HeldBatch, decode, decode_held, differences

_SETTLED = ("registered", "conflict")


def checks(known: Known, files: Mapping[str, Reading], now: Now | None) -> tuple[Checked, ...]:
    """Every check of a reference; none of one that never was in order to be sent."""
    record = known.record
    if record is None:
        return ()
    return (
        _fingerprint(record),
        _lines(known, record),
        _answer(known, record),
        _rows(known, record),
        *_sources(known, files),
        _now(record, now),
    )


def _fingerprint(record: Record) -> Checked:
    worked_out = sha256(record.body.encode()).hexdigest()
    if worked_out == record.fingerprint:
        return Checked("the fingerprint", "fits", "Worked out again, it is the one that the ledger keeps.")
    return Checked(
        "the fingerprint", "does_not_fit", "Worked out again, it is another: the ledger is damaged."
    )


def _lines(known: Known, record: Record) -> Checked:
    """The state against the lines that led to it."""
    what = "the state and what happened"
    said = without_attempts(known)
    if said.startswith(MISSING):
        return Checked(what, "does_not_fit", said)
    if not known.attempts:
        return Checked(what, "not_checked", said)
    last = [each for each in known.attempts if each.state == "registered"][-1:]
    if record.state == "registered" and not last:
        return Checked(what, "does_not_fit", f"{MISSING}: no line says that it was registered.")
    if record.state == "registered" and last[0].fingerprint != record.fingerprint:
        reason = f"The line that says it was registered has another fingerprint, {last[0].fingerprint}."
        return Checked(what, "does_not_fit", reason)
    return Checked(what, "fits", "The lines of what happened lead to this state.")


def _answer(known: Known, record: Record) -> Checked:
    """The payload against what the registry answered, by meaning."""
    what = "the payload and the registry’s kept answer"
    answered = [each for each in known.attempts if _may_hold(each, record)]
    if not answered:
        return Checked(what, "not_checked", "No answer with the registry’s values is kept.")
    held = _held(answered[-1])
    if held is None:
        return Checked(what, "not_checked", "Of the answer only the beginning is kept, 500 characters.")
    differing = [f"{name}: sent {ours}, held {theirs}" for name, ours, theirs in _differing(record, held)]
    if differing:
        return Checked(what, "does_not_fit", f"They differ: {'; '.join(differing)}.")
    return Checked(what, "fits", f"The answer names {held.id}, and means the same in every field.")


def _may_hold(attempt: Attempt, record: Record) -> bool:
    right = attempt.fingerprint == record.fingerprint and attempt.state in _SETTLED
    return right and attempt.http_status is not None and "{" in attempt.answer


def _held(attempt: Attempt) -> HeldBatch | None:
    try:
        return decode_held(attempt.answer[attempt.answer.index("{") :].encode())
    except (msgspec.DecodeError, UnicodeError):
        return None


def _differing(record: Record, held: HeldBatch) -> Iterator[tuple[str, str, str]]:
    if record.registry_id and held.id not in record.registry_ids:
        yield "id in the ledger", record.registry_id, held.id
    yield from differences(decode(record.body), held)


def _rows(known: Known, record: Record) -> Checked:
    """The payload against the rows as they were read: first start, last end, sum of the masses."""
    what = "the payload and the rows as read"
    if made := made_from(known):
        reason = f"{_as_read(made)}, as run {made.run_id} read {place(made)}: the payload says the same."
        return Checked(what, "fits", reason)
    if wrong := contradicting(known):
        mass = decode(record.body).mass
        reason = (
            f"Run {wrong.run_id} read {place(wrong)} as {_as_read(wrong)}, and says that this is registered; "
            f"the payload says otherwise ({mass.magnitude:f} {mass.unit})."
        )
        return Checked(what, "does_not_fit", reason)
    return Checked(what, "not_checked", "No run is kept that read rows of a log as these values.")


def _as_read(rows: Rows) -> str:
    """What the rows say together, with the sum where several are added up."""
    start, end = min(each.started_at for each in rows.read), max(each.ended_at for each in rows.read)
    masses = [each.mass for each in rows.read]
    added = len({*rows.read}) > 1
    total = f" = {sum(masses):f} kg" if added else ""
    mass = " + ".join(f"{each:f} kg" for each in (masses if added else masses[:1]))
    return f"start {_time(start)}, end {_time(end)}, mass {mass}{total}"


def place(rows: Rows) -> str:
    """The rows and their files, as a sentence names them."""
    files: dict[tuple[str, str], list[int]] = {}
    for row in rows.rows:
        table = rows.report.tables[row.table]
        files.setdefault((table.file, table.sheet), []).append(row.row)
    return " and ".join(
        f"row{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))} of {file}"
        + (f", sheet {sheet}" if sheet else "")
        for (file, sheet), numbers in files.items()
    )


def digests(rows: Rows) -> dict[str, str]:
    """The sha256 of the content of each file that the rows stand in."""
    named = {rows.report.tables[row.table].file for row in rows.rows}
    return {source.file: source.sha256 for source in rows.report.sources if source.file in named}


def _sources(known: Known, files: Mapping[str, Reading]) -> Iterator[Checked]:
    """Each source file as it lies now against the content that was read."""
    made = made_from(known)
    for file, digest in digests(made).items() if made else ():
        yield Checked(f"the file {file}", *_lying(files.get(digest) if digest else None))
    if made is None:
        yield Checked("the file", "not_checked", "It is not known which file it was made from.")


def _lying(reading: Reading | None) -> tuple[Fit, str]:
    if reading is None:
        return "not_checked", "The sha256 of its content was not kept, or it was not looked for."
    if reading.place:
        return "fits", f"What was read lies at {reading.place} now, with the same sha256."
    if reading.changed:
        return "does_not_fit", (
            f"No file with the content that was read was found; what lies at {_listed(reading.changed)} is "
            "a content that no run has read: it was changed in the archive."
        )
    if reading.others:
        return "not_checked", (
            f"No file with the content that was read was found. Of its name, with another content: "
            f"{_listed(reading.others)}. A log that is written on looks so too; ask for the file of then."
        )
    return "not_checked", "No file with the content that was read was found. Ask for it."


def _now(record: Record, now: Now | None) -> Checked:
    """What the registry holds now against what the ledger says."""
    what = "what the registry holds now"
    if now is None:
        asked = "It was not asked (--ask asks it)." if record.registry_id else "There is no id to ask for."
        return Checked(what, "not_checked", asked)
    if now.verdict == "unknown":
        return Checked(what, "not_checked", now.says)
    if record.code == CORRECTING:
        return Checked(what, "not_checked", f"{now.says} Its batch is being replaced; “amend” finishes that.")
    if record.code == REGISTERED_TWICE and now.verdict == "same":
        return Checked(
            what, "not_checked", f"{now.says} The ledger learns of it when its log is uploaded again."
        )
    differing = "; ".join(f"{each.field}: sent {each.wanted}, held {each.held}" for each in now.differences)
    right = "gone" if was_deleted(record) else "same"
    return Checked(
        what, "fits" if now.verdict == right else "does_not_fit", f"{now.says} {differing}".strip()
    )


def _time(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"


def _listed(places: Sequence[str]) -> str:
    return ", ".join(places)
