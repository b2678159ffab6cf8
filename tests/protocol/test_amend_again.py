"""An amend after the registry, or an earlier amend, has left things otherwise than they were."""

from pathlib import Path

import pytest

from pipeline.correct import Proposal
from pipeline.local_registry.conduct import Conduct
from pipeline.model import REGISTERED_OTHERWISE, Difference
from pipeline.plan import CORRECTING
from tests.protocol.test_amend import conflicting, outcome_of

RENAME = (
    "UPDATE resources SET reference = 'X-9', body = replace(body, 'B-002', 'X-9') WHERE reference = 'B-002'"
)


@pytest.mark.parametrize("answer", ["401", "429:form=none"])
def test_a_deletion_that_an_earlier_amend_may_have_begun_is_not_given_up_for_another_answer(
    tmp_path: Path, answer: str
) -> None:
    plant, _ = conflicting(tmp_path)
    plant.amend("B-002", faults="drop-before:on=delete", approved=plant.proposals("B-002"))
    option = "," if ":" in answer else ":"
    plant.amend("B-002", faults=f"{answer}{option}on=delete", approved={})
    assert outcome_of(plant.upload(), "B-002").code == CORRECTING
    plant.amend("B-002", approved={})
    assert [mass for _, mass in plant.mass("B-002")] == [150]


def test_what_an_id_holds_under_another_reference_now_is_shown_and_not_made_twice(
    tmp_path: Path,
) -> None:
    plant, _ = conflicting(tmp_path)
    plant.store._db.execute(RENAME)
    (shown,) = plant.proposals("B-002").values()
    assert isinstance(shown, Proposal)
    assert Difference("supplier_reference_id", "B-002", "X-9") in shown.differences
    plant.write({"B-001": 1, "B-002": 2, "B-003": 3})
    plant.reconcile(conduct=Conduct(list_lag=600.0))
    assert outcome_of(plant.upload(), "B-002").code == REGISTERED_OTHERWISE
    assert plant.held() == {"B-001": 1, "X-9": 1, "B-003": 1}
