"""Known -> Evidence."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from pipeline.evidence.checks import checks
from pipeline.evidence.known import Known, Now, Ran, Reading
from pipeline.evidence.means import means, told, without_attempts
from pipeline.evidence.recovered import payloads
from pipeline.evidence.rows import rows_of
from pipeline.evidence.short import in_short
from pipeline.evidence.told import Earlier, Evidence, RowSeen, RunSeen
from schemas.production_batch import decode


class About(Struct, frozen=True):
    """What the evidence is told with: when, by which version, from which ledger, of which registry."""

    at: dt.datetime
    version: str
    ledger: str
    stamps: dict[str, str]


def evidence(known: Known, about: About, files: Mapping[str, Reading], now: Now | None) -> Evidence:
    """All that is known of one reference. `files` tell for the sha256 of a log where it lies now."""
    record = known.record
    payload, every = record.body if record else "", payloads(known)
    own = record.fingerprint if record else ""
    all_known = all(each.fingerprint in every for each in known.attempts)
    sent = tuple(every.values()) if all_known else ()
    return Evidence(
        reference=known.reference,
        written_at=about.at,
        version=about.version,
        ledger=about.ledger,
        environment=about.stamps.get("environment", ""),
        registry=about.stamps.get("registry", ""),
        organisation=about.stamps.get("organisation", ""),
        in_short=in_short(known),
        checks=checks(known, files, now),
        state=record.state if record else "",
        means=means(record),
        registry_id=record.registry_id if record else "",
        message=record.message if record else "",
        payload=payload,
        fingerprint=record.fingerprint if record else "",
        recomputed=sha256(payload.encode()).hexdigest() if payload else "",
        values=_values(payload) if payload else (),
        earlier=tuple(Earlier(key, body, _values(body)) for key, body in every.items() if key != own),
        runs=_each_once([_run(known, ran, files, sent, about) for ran in known.runs]),
        attempts=known.attempts,
        without_attempts=without_attempts(known),
        replacement=told(known.replacement, record),
        now=now,
        not_known=tuple(_not_known(known)),
    )


def _values(payload: str) -> tuple[tuple[str, str], ...]:
    """The payload's values, as they are written there."""
    batch = decode(payload)
    deviation = batch.mass.standard_deviation
    found = {
        "supplier_reference_id": batch.supplier_reference_id,
        "facility_id": batch.facility_id,
        "feedstock_type_ids": "; ".join(batch.feedstock_type_ids),
        "kind": batch.kind,
        "started_at": utc(batch.started_at),
        "ended_at": utc(batch.ended_at),
        "mass": f"{batch.mass.magnitude:f} {batch.mass.unit}",
        "mass.standard_deviation": f"{deviation:f} {batch.mass.unit}" if deviation else "none",
        "display_name": batch.display_name or "none",
    }
    return tuple((name, str(value)) for name, value in found.items())


def utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def _run(known: Known, ran: Ran, files: Mapping[str, Reading], sent: Sequence[str], about: About) -> RunSeen:
    report = ran.report
    read_by = report.read_by if report else ""
    reader = next((each.report for each in known.runs if each.id == read_by), report)
    origin = reader.origin if reader else None
    own = report.origin if report else None
    return RunSeen(
        run_id=ran.id,
        command=ran.command,
        started_at=ran.started_at,
        finished_at=ran.finished_at,
        exit_code=ran.exit_code,
        did=_did(known, ran),
        by=own.by if own else "",
        version=own.version if own else "",
        home=ran.home,
        environment=report.target.environment if report else "",
        url=report.target.url if report else "",
        organisation=_organisation(known, ran, about),
        read_by=read_by,
        settings=origin.settings if origin else {},
        rows=rows_of(known.reference, report, files, sent, ended=ran.finished_at is not None)
        if report
        else (),
    )


def _organisation(known: Known, ran: Ran, about: About) -> str:
    """Whose registry a run talked to. A run that sent something found the one that the ledger serves."""
    if ran.report and ran.report.target.organisation:
        return ran.report.target.organisation
    sent = any(each.run_id == ran.id and each.state == "sending" for each in known.attempts)
    return about.stamps.get("organisation", "") if sent else ""


def _each_once(runs: Sequence[RunSeen]) -> tuple[RunSeen, ...]:
    """The runs, each row that an earlier one read just so marked with that run."""
    first: dict[object, str] = {}

    def marked(run: RunSeen, row: RowSeen) -> RowSeen:
        what = (row.sha256, row.file, row.sheet, row.row, row.cells, row.fields, str(run.settings))
        reader = first.setdefault(what, run.run_id)
        return row if reader == run.run_id else replace(row, same_as=reader)

    return tuple(replace(run, rows=tuple(marked(run, row) for row in run.rows)) for run in runs)


def _did(known: Known, ran: Ran) -> str:
    """What a run had to do with the reference: what it changed, else what it said."""
    own = [each for each in known.attempts if each.run_id == ran.id]
    states = [each.state for each in own]
    sent = "sending" in states
    if "deleted" in states and states[-1] == "registered":
        return "had the registered batch deleted, and the new one registered"
    if states[-1:] == ["registered"]:
        return "sent it, and the registry registered it" if sent else "found it registered at the registry"
    if sent:
        return f"wrote down that it was about to send it; at the end of the run it was {states[-1]}"
    if own:
        return f"changed what is known of it, to {states[-1]}"
    if ran.finished_at is None:
        return "died, or has not ended, before it reported what became of it"
    rows = ran.report.rows if ran.report else ()
    words = dict.fromkeys(row.outcome.word for row in rows if row.reference == known.reference)
    return (
        f"reported it as {', '.join(words)}, and changed nothing"
        if words
        else "is not known to have changed it"
    )


def _not_known(known: Known) -> Iterator[str]:
    """What a verifier may ask for and nobody has kept."""
    record = known.record
    old = {each.fingerprint for each in known.attempts} - payloads(known).keys() - {""}
    for fingerprint in sorted(old):
        yield f"The payload with the fingerprint {fingerprint}: another has taken its place in the ledger."
    for ran in known.runs:
        if ran.report is None:
            yield f"What run {ran.id} read: it died before it could keep it."
        elif ran.report.origin is None:
            yield f"Who started run {ran.id}, by which version and settings: that was not kept yet then."
    if record and not known.attempts:
        yield "Who sent it: the ledger has no attempt of it."
    if not any(ran.report and rows_of(known.reference, ran.report, {}, (), ended=True) for ran in known.runs):
        yield "The rows of the log that it was made from."
