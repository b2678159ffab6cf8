"""Every point that a batch passes, with every fault of the network, on both kinds of ledger.

The fault strikes once or for as long as the run and one more last; then a healthy run heals it.
"""

from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.journal_point import POINTS
from tests.conftest import NewLedger
from tests.protocol.line import Line
from tests.protocol.network import FAULTS, Network, every_post_from, once
from tests.protocol.plant import WIRE_POINTS, Power, PowerCutError
from tests.protocol.test_every_event import assert_healed, assert_nothing_false, conduct_for, in_memory

WITH_FILES = ("file.", "inbox.", "report.", "run.closed")
PASSED = [point for point in (*POINTS, *WIRE_POINTS) if not point.startswith(WITH_FILES)]
ROWS = ("B-001", "B-002", "B-003")
OF_A_ROW = ("intent.", "wire.", "answer.read", "outcome.", "settled.")


def cell(folder: Path, ledger: str, fault: str, point: str, number: int, *, lasts: bool) -> None:
    """One run that dies at the point, or ends because the fault kept it from there; then it is healed."""
    line = Line(folder, ledger, rows=3)
    network = Network(line.plant)
    conduct = conduct_for(fault, number)
    row = ROWS[number % 3] if point.startswith(OF_A_ROW) else ""
    network.strikes(FAULTS[fault].what, (every_post_from if lasts else once)(1 + number % 3))
    with suppress(PowerCutError):
        assert_nothing_false(line, line.upload(conduct=conduct, power=Power(point=point, about=row)))
    if lasts:
        assert_nothing_false(line, line.upload(conduct=conduct))
    network.heals()
    assert_healed(line, line.upload(conduct=conduct))


def ways(ledger: str, fault: str, number: int, *, thorough: bool) -> tuple[bool, ...]:
    """Whether the fault lasts: both, or in turn, each fault at every second point.

    On SQLite it always lasts: one that strikes once meets the events of a run elsewhere.
    """
    if thorough:
        return (False, True)
    turn = (number + list(FAULTS).index(fault)) % 4
    return (turn == 0 or ledger == "sqlite",) * (turn % 2 == 0)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_run_that_dies_at_any_point_under_any_fault_is_healed(
    request: pytest.FixtureRequest, tmp_path: Path, new_ledger: NewLedger, fault: str
) -> None:
    thorough = request.config.getoption("--thorough")
    with in_memory(tmp_path) as folder:
        for number, point in enumerate(PASSED):
            for lasts in ways(request.node.callspec.params["new_ledger"], fault, number, thorough=thorough):
                home = folder / f"{number}-{lasts}"
                home.mkdir()
                cell(home, new_ledger(), fault, point, number, lasts=lasts)
