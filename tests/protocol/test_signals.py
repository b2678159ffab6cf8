"""A signal at the very end of a run, when its loop goes or is gone and no results are written yet."""

import asyncio
import signal
from pathlib import Path

import pytest

from pipeline import run
from pipeline.journal_point import listen
from pipeline.run.world import Several, World, by_network
from pipeline.settings import Options, load
from tests.protocol.plant import Plant


class Told(Several):
    """Keeps what is said when somebody wants the run to end."""

    def __init__(self) -> None:
        super().__init__()
        self.why: list[str] = []

    def stopping(self, why: str) -> None:
        self.why.append(why)


@pytest.mark.parametrize(("number", "said"), [(signal.SIGINT, "Interrupted"), (signal.SIGTERM, "Terminated")])
@pytest.mark.parametrize("moment", ["the loop closes", "the loop is closed", "the ledger has the report"])
def test_after_the_last_answer_a_signal_is_told_and_the_results_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, number: signal.Signals, said: str
) -> None:
    plant, told = Plant(tmp_path, rows=2), Told()
    settings = load(folder=tmp_path, environ={}, options=Options())
    close = asyncio.SelectorEventLoop.close

    def strike(at: str) -> None:
        if at == moment:
            signal.raise_signal(number)

    def closing(loop: asyncio.SelectorEventLoop) -> None:
        strike("the loop closes")
        close(loop)
        strike("the loop is closed")

    def ours(*_: object) -> None:
        pytest.fail("the signal went to whoever called")

    monkeypatch.setattr(asyncio.SelectorEventLoop, "close", closing)
    deaf = listen(lambda point, _: strike("the ledger has the report") if point == "run.closed" else None)
    before = signal.signal(number, ours)
    try:
        report = run.upload([plant.log], settings, World(reach=by_network(settings.route), watcher=told))
        assert signal.getsignal(number) is ours
    finally:
        signal.signal(number, before)
        deaf()
    assert told.why == [said]
    assert [row.outcome.word for row in report.rows] == ["created", "created"]
    assert (tmp_path / "runs" / report.run_id / "results.xlsx").exists()
