"""What stops a run that is only looking for duplicates stops nothing any more."""

import signal
from pathlib import Path

import pytest

from pipeline import run
from pipeline.journal_point import listen
from pipeline.local_registry.conduct import AS_PUBLISHED
from tests.protocol.plant import Plant, Power


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_after_the_last_batch_is_settled_changes_neither_report_nor_exit_code(
    tmp_path: Path, number: signal.Signals
) -> None:
    plant = Plant(tmp_path, rows=2)
    last = Power()
    world = plant.world("", AS_PUBLISHED, last)
    outcomes: list[str] = []

    def strike(point: str, about: str) -> None:
        if point == "outcome.written":
            outcomes.append(about)
        if len(outcomes) == 2:
            outcomes.clear()
            signal.raise_signal(number)

    deaf = listen(strike)
    before = signal.signal(number, lambda *_: pytest.fail("the signal went to whoever called"))
    try:
        report = run.upload([plant.log], plant.settings(concurrency=2), world)
    finally:
        signal.signal(number, before)
        deaf()
    assert [row.outcome.word for row in report.rows] == ["created", "created"]
    assert (report.stopped, report.exit_code) == ("", 0)
