"""What the ledger remembers is told only as far as it may concern a log."""

import datetime as dt

from pipeline.ledger import Ledger
from pipeline.model import Batch
from schemas.production_batch import canonical, fingerprint
from tests.conftest import NewLedger
from tests.pure.build import HOUR, NOW, OTHER_KILN, START, a_payload

DAY = 24 * HOUR


def batch(reference: str, at: dt.datetime = START, **fields: object) -> Batch:
    body = canonical(
        a_payload(supplier_reference_id=reference, started_at=at, ended_at=at + HOUR, **fields)  # type: ignore[arg-type]
    )
    return Batch(reference, body, fingerprint(body), ())


def test_near_are_batches_of_a_facility_within_the_length_of_a_batch_and_not_of_the_log_itself(
    new_ledger: NewLedger,
) -> None:
    near = [batch("before", START - 31 * DAY), batch("at once"), batch("after", START + 31 * DAY)]
    far = [batch("long before", START - 33 * DAY), batch("long after", START + 33 * DAY)]
    others = [batch("elsewhere", facility_id=OTHER_KILN), batch("known"), Batch("empty", "{}", "", ())]
    with Ledger(new_ledger()) as ledger:
        ledger.claim("first", [*near, *far, *others], NOW, looked_up=False)
        found = ledger.memory.known([batch("new"), batch("known")])
        assert {each.reference for each in found.near} == {each.reference for each in near}
        assert {each.standing for each in found.near} == {"planned"}
        assert ledger.memory.known([]).near == []
