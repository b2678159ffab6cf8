"""What becomes of batches at a registry that misbehaves, as examples: each story has a plant of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.model import Report
from tests.messages.example import Example
from tests.protocol.plant import Plant

WORDS = ("conflict", "rejected", "unknown", "not_sent")
Story = Callable[[Plant], Report]


def _other_values(plant: Plant) -> Report:
    plant.upload()
    plant.log = plant.write({"B-001": 7})
    return plant.upload()


def _deleted(plant: Plant) -> Report:
    plant.upload()
    plant.delete("B-001")
    plant.reconcile()
    return plant.upload()


def _unanswered_then_other_values(plant: Plant) -> Report:
    plant.upload("lose-answer; skip-rows")
    plant.log = plant.write({"B-001": 7})
    return plant.upload("error-503:on=list")


def _not_deleted(plant: Plant) -> Report:
    _other_values(plant)
    return plant.amend("B-001", faults="reject-409:on=delete")


def _deletion_without_answer(plant: Plant) -> Report:
    _other_values(plant)
    return plant.amend("B-001", faults="error-500:on=delete; error-500:on=get")


def _being_corrected(plant: Plant) -> Report:
    _deletion_without_answer(plant)
    return plant.upload()


STORIES: tuple[Story, ...] = (
    _other_values, _deleted, _unanswered_then_other_values, _not_deleted, _deletion_without_answer,
    _being_corrected,
)  # fmt: skip
SCRIPTS = (
    "reject-422", "taken", "401", "redirect", "lose-answer; error-503:on=list", "replay:first=1",
    "heavier:first=1", "drop-before:from=3", "taken; error-503:on=list", "429", "error-503",
)  # fmt: skip
"""Faults, as `pipeline registry --faults` takes them."""


def answers(folder: Path) -> Iterator[Example]:
    for number, story in enumerate(STORIES):
        yield from _told(story(_plant(folder / f"story-{number}")))
    for number, script in enumerate(SCRIPTS):
        yield from _told(_plant(folder / f"script-{number}").upload(script))


def _plant(folder: Path) -> Plant:
    folder.mkdir()
    return Plant(folder, rows=2)


def _told(report: Report) -> Iterator[Example]:
    for row in report.rows:
        outcome = row.outcome
        if outcome.word in WORDS and outcome.code:
            differing = (
                f"{each.field}: wanted {each.wanted}, held {each.held}." for each in outcome.differences
            )
            says = " ".join((outcome.message, *differing))
            yield Example(outcome.code, outcome.word, f"row {row.row}", says)
