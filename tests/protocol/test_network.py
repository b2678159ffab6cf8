"""Whatever the network does, and however the registry behaves: nothing lost, nothing twice, nothing false."""

from itertools import cycle, product
from pathlib import Path

import pytest

from pipeline.local_registry.conduct import DUPLICATES, ORDERS, Conduct
from tests.protocol.network import FAULTS, OPEN, Network, every_post_from, everything_from, once
from tests.protocol.plant import Plant
from tests.protocol.truth import assert_healed, assert_nothing_false

ROWS = 3
STRIKES = {
    "the first POST": once(1),
    "the second POST": once(2),
    "the last POST": once(ROWS),
    "every POST": every_post_from(1),
    "every POST from the second on": every_post_from(2),
    "everything from the second POST on": everything_from(2),
}
REFUSING = [
    Conduct(duplicates, order, lag)
    for duplicates, order, lag in product(DUPLICATES, ORDERS, (0.0, 3.0))
    if duplicates != "allow"
]
PERMISSIVE = [Conduct("allow", order, lag) for order, lag in product(ORDERS, (0.0, 3.0))]
CELLS = [
    pytest.param(fault, strike, conducts, id=f"{fault}, {strike}")
    for (fault, strike), *conducts in zip(
        product(FAULTS, STRIKES), cycle(REFUSING), cycle(PERMISSIVE), strict=False
    )
]
"""Each fault on each POST with a registry that refuses duplicates and one that does not, in turn."""


@pytest.mark.parametrize(("fault", "strike", "conducts"), CELLS)
def test_nothing_is_lost_or_registered_twice_and_no_report_is_wrong(
    tmp_path: Path, fault: str, strike: str, conducts: list[Conduct]
) -> None:
    for conduct in conducts:
        folder = tmp_path / conduct.duplicates
        folder.mkdir()
        plant = Plant(folder, ROWS)
        network = Network(plant)
        network.strikes(FAULTS[fault].what, STRIKES[strike])
        report = plant.upload(conduct=conduct)
        assert_nothing_false(report, plant)
        words = {row.outcome.word for row in report.rows}
        if strike.startswith("every POST"):
            assert words <= FAULTS[fault].ends | {"created"}
        if strike.startswith("everything"):
            assert words <= FAULTS[fault].ends | {"created"} | OPEN
        network.heals()
        if fault.startswith("N32") and conduct.duplicates == "allow":
            assert_told_as_doubled(plant, conduct)
        else:
            assert_healed(plant.upload(conduct=conduct), plant)


def assert_told_as_doubled(plant: Plant, conduct: Conduct) -> None:
    """A POST that was sent twice on its way, to a registry that takes it twice: no run calls it clean."""
    doubled = {reference for reference, times in plant.held().items() if times == 2}
    report = plant.upload(conduct=conduct)
    assert_nothing_false(report, plant)
    assert doubled == {row.reference for row in report.rows if row.outcome.word == "conflict"}
    assert doubled
    assert report.exit_code == 1
