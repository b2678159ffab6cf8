"""Payloads that the ledger has let go of, worked out again from what the registry answered.

The proof is the fingerprint: a text whose sha256 is the one that was kept is the text that was sent.
"""

from collections.abc import Iterator

import msgspec
from msgspec import UNSET

from pipeline.evidence.known import Known
from schemas.production_batch import HeldBatch, ProductionBatch, canonical, decode_held, fingerprint


def payloads(known: Known) -> dict[str, str]:
    """Every payload that is known, by its fingerprint: the present one, and those that can be proven."""
    wanted = {each.fingerprint for each in known.attempts}
    found = {known.record.fingerprint: known.record.body} if known.record else {}
    for held in _held(known):
        for body in _as_sent(held):
            if (digest := fingerprint(body)) in wanted:
                found.setdefault(digest, body)
    return found


def _held(known: Known) -> Iterator[HeldBatch]:
    """The batches that stand in answers; those that were cut, or are something else, are passed over."""
    texts = [each.answer[each.answer.find("{") :] for each in known.attempts if "{" in each.answer]
    texts += [known.replacement.old_body] if known.replacement and known.replacement.old_body else []
    for text in texts:
        try:
            yield decode_held(text.encode())
        except (msgspec.DecodeError, UnicodeError):
            continue


def _as_sent(held: HeldBatch) -> Iterator[str]:
    """What may have been sent for it: in kilograms, and with a display name or without."""
    if held.supplier_reference_id is None:
        return
    mass = msgspec.structs.replace(held.mass, unit="kg")
    for name in (held.display_name, UNSET):
        yield canonical(
            ProductionBatch(
                held.supplier_reference_id,
                held.facility_id,
                held.feedstock_type_ids,
                held.kind,
                held.started_at,
                held.ended_at,
                mass,
                name,
            )
        )
