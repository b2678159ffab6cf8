"""How much is sent when much goes wrong: repeats, outages, waits that were asked for, and readings."""

import random
from pathlib import Path

import pytest

from pipeline.local_registry.conduct import Conduct
from tests.protocol.clock import SharedClock
from tests.protocol.network import FAULTS, Network, everything_from, in_turn, once
from tests.protocol.plant import Plant
from tests.protocol.truth import assert_healed, assert_nothing_false

IN_FLIGHT = 16
FATAL = ("N4", "N26", "N28", "N29", "N30", "N32")
PASSING = [fault.what for name, fault in FAULTS.items() if not name.startswith(FATAL)]
"""The faults after which a run may go on; the others end it, refuse the row, or are a duplicate."""
OUTAGES = [
    name for name in FAULTS
    if not name.startswith(("N12", "N17", "N18", "N26", "N27", "N28", "N32"))
]  # fmt: skip
"""The faults that, once they strike everything, let nothing be done or known."""


def plant_with(folder: Path, rows: int) -> tuple[Plant, Network]:
    plant = Plant(folder, rows)
    plant.clock, plant.concurrency = SharedClock(), IN_FLIGHT
    return plant, Network(plant)


def test_five_requests_in_a_hundred_failing_cost_less_than_ten_in_a_hundred_more(tmp_path: Path) -> None:
    plant, network = plant_with(tmp_path, 2000)
    chance = random.Random(5)  # noqa: S311  chosen by a seed, to be chosen again
    network.strikes_as(lambda _, __: chance.choice(PASSING) if chance.random() < 0.05 else None)
    report = plant.upload(conduct=Conduct("422", list_lag=3.0))
    assert_nothing_false(report, plant)
    posts = network.posts
    network.heals()
    assert_healed(plant.upload(), plant)
    assert posts + network.posts <= 1.10 * 2000


@pytest.mark.parametrize("name", OUTAGES)
def test_an_outage_is_not_answered_with_a_storm(tmp_path: Path, name: str) -> None:
    plant, network = plant_with(tmp_path, 300)
    network.strikes(FAULTS[name].what, everything_from(20))
    report = plant.upload()
    assert_nothing_false(report, plant)
    assert report.exit_code == 3
    assert network.posts - 19 <= IN_FLIGHT + 100


@pytest.mark.parametrize(
    ("script", "wait"),
    [
        ("429:retry_after=40", 40),
        ("429:retry_after=40,form=date", 39),
        ("429:retry_after=4000", 300),
        ("429:retry_after=4000,form=date", 300),
        ("error-503:retry_after=40", 40),
    ],
)
def test_nobody_sends_earlier_than_the_registry_allows_nor_waits_longer_than_is_sensible(
    tmp_path: Path, script: str, wait: float
) -> None:
    plant, network = plant_with(tmp_path, 100)
    network.strikes(script, once(30))
    report = plant.upload()
    assert_healed(report, plant)
    times = [at for at, method, _ in network.sent if method == "POST"]
    told, later = times[29], times[30:]
    assert sum(at == told for at in later) < IN_FLIGHT
    # A date has whole seconds, and whoever is let go again keeps the pace.
    assert wait <= min(at for at in later if at > told) - told <= wait + 1.1


def test_a_bare_429_is_answered_by_waiting_longer_each_time(tmp_path: Path) -> None:
    plant, network = plant_with(tmp_path, 1)
    network.strikes_as(in_turn(*["429:form=none"] * 6, None))
    assert_healed(plant.upload(), plant)
    assert network.posts == 7
    assert plant.clock.seconds > 3


@pytest.mark.parametrize("script", ["401", "403"])
def test_after_the_first_denial_only_what_is_in_flight_arrives(tmp_path: Path, script: str) -> None:
    plant, network = plant_with(tmp_path, 100)
    network.strikes(script, everything_from(30))
    report = plant.upload()
    assert_nothing_false(report, plant)
    assert network.posts - 30 < IN_FLIGHT
    assert report.exit_code == 3


def test_a_finished_log_is_not_sent_again(tmp_path: Path) -> None:
    plant, network = plant_with(tmp_path, 50)
    plant.upload()
    assert_healed(plant.upload(), plant)
    assert network.posts == 0
    assert len(network.sent) == 2
