"""A run that only looks, and could not."""

from pathlib import Path

import pytest

from pipeline import run
from pipeline.local_registry.conduct import AS_PUBLISHED
from pipeline.report import following
from pipeline.report.words import in_a_sentence, means
from tests.protocol.plant import Plant, Power


@pytest.mark.parametrize(
    "faults", ["redirect:on=list,from=1", "error-503:on=list,from=1", "401:on=list,from=1"]
)
def test_a_dry_run_that_could_not_ask_the_registry_calls_nothing_in_order(
    tmp_path: Path, faults: str
) -> None:
    plant = Plant(tmp_path, rows=2)
    report = run.upload([plant.log], plant.settings(dry_run=True), plant.world(faults, AS_PUBLISHED, Power()))
    assert report.stopped
    assert report.exit_code == (2 if "401" in faults else 3)
    assert "not looked up at the registry" in means(report, "not_sent")
    assert "in order" not in in_a_sentence(report)
    assert following(report, tmp_path).command.startswith("pipeline upload --dry-run ")
