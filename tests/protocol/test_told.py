"""Whoever watches a run hears of each batch when it is settled, and once."""

from pathlib import Path

from msgspec.structs import replace

from pipeline import run
from pipeline.local_registry.conduct import AS_PUBLISHED
from pipeline.model import Outcome
from pipeline.run.world import Several
from tests.protocol.plant import Plant, Power


class Listener(Several):
    """Notes what it is told, and how many batches the registry holds at that moment."""

    def __init__(self, plant: Plant) -> None:
        super().__init__()
        self._plant = plant
        self.heard: list[tuple[str, str, int]] = []

    def told(self, reference: str, outcome: Outcome) -> None:
        held = sum(map(len, self._plant.ids().values()))
        self.heard.append((reference, outcome.word, held))


def heard(plant: Plant, faults: str = "") -> list[tuple[str, str, int]]:
    listener = Listener(plant)
    world = replace(plant.world(faults, AS_PUBLISHED, Power()), watcher=listener)
    run.upload([plant.log], plant.settings(concurrency=1), world)
    return listener.heard


def test_a_batch_that_is_stored_is_told_before_the_next_one_is_sent(tmp_path: Path) -> None:
    assert heard(Plant(tmp_path)) == [(f"B-{number:03}", "created", number) for number in range(1, 8)]


def test_a_batch_whose_answer_was_lost_is_told_once_when_it_is_settled(tmp_path: Path) -> None:
    told = heard(Plant(tmp_path), "lose-answer:first=1,reference=B-002")
    assert sorted(told) == sorted(
        [(f"B-{number:03}", "created", number) for number in (1, 3, 4, 5, 6, 7)] + [("B-002", "created", 7)]
    )
