"""Credentials that are refused in the middle of a run end its sending at once, and cost no row."""

from pathlib import Path

import pytest

from pipeline.report import counts
from tests.protocol.plant import Plant

CONCURRENCY = 3
"""Of the plant's uploads."""


@pytest.mark.parametrize("status", ["401", "403"])
@pytest.mark.parametrize("first", [1, 5, 30])
def test_after_the_first_refusal_only_what_was_in_flight_is_posted(
    tmp_path: Path, status: str, first: int
) -> None:
    plant = Plant(tmp_path, rows=40)
    refused = plant.upload(f"{status}:from={first},on=post")
    assert refused.requests["POST /production_batches"] <= first - 1 + CONCURRENCY
    words = counts(refused.rows)
    assert words["created"] == first - 1
    assert words["not_sent"] == 40 - words["created"]
    assert "refused the credentials" in refused.stopped
    healed = plant.upload()
    assert counts(healed.rows)["created"] == words["not_sent"]
    assert set(plant.held().values()) == {1}
