"""A real process, a real SIGKILL, at every named point and with every fault: the next run heals it."""

import os
import signal
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from pipeline.journal_point import POINTS, Point
from pipeline.local_registry.launch import launched
from pipeline.local_registry.store import Store
from pipeline.model import Report
from tests.postgresql import Server
from tests.program.relay import WIRE_POINTS, Relay, WirePoint, relayed
from tests.program.shell import payloads
from tests.program.victim import Orders, report_of, started
from tests.protocol.plant import Plant

FAULTS = (
    "",
    "lose-answer:first=1,reference={}",
    "lose-answer:first=1,form=reset,reference={}",
    "drop-before:first=1,reference={}",
    "late-commit:first=1,seconds=0.1,reference={}",
    "slow:every=3,seconds=0.05",
    "drip:first=1,seconds=0.1,reference={}",
    "error-500:first=1,reference={}",
    "error-500-after:first=1,reference={}",
    "error-502-after:first=1,reference={}",
    "error-503:first=1,retry_after=0,reference={}",
    "error-504-after:first=1,reference={}",
    "429:first=1,retry_after=0,reference={}",
    "429:first=1,form=date,retry_after=1,reference={}",
    "429:first=1,form=none,reference={}",
    "reject-422:first=1,reference={}",
    "reject-400:first=1,reference={}",
    "401:first=1,reference={}",
    "403:first=1,reference={}",
    "redirect:first=1,reference={}",
    "html-200:first=1,reference={}",
    "html-200-after:first=1,reference={}",
    "bad-json-after:first=1,reference={}",
    "wrong-reference-after:first=1,reference={}",
    "truncated-after:first=1,reference={}",
    "extra-fields:share=0.5,seed=1",
    "error-500:nth=2,on=list",
    "cursor-expired:first=1,on=list",
    "long-total:first=1,on=list",
)
CELLS_A_FAULT, FEWER = 9, 3
"""Cells of each fault with --thorough, and without."""
EVERYWHERE: tuple[Point | WirePoint, ...] = (*POINTS, *WIRE_POINTS)


class Cell(NamedTuple):
    """Where a run dies, at which of its rows, while which fault is at work."""

    point: Point | WirePoint
    row: str
    fault: str


def cells(fault: str, count: int) -> list[Cell]:
    """So many of the points for each fault, in turn; of nine, each point meets six faults or more."""
    first = FAULTS.index(fault) * count
    numbers = range(first, first + count)
    return [
        Cell(EVERYWHERE[number % len(EVERYWHERE)], ("001", "004", "007")[number % 3], fault)
        for number in numbers
    ]


def script(fault: str, prefixes: list[str]) -> str:
    """The fault, once for the middle row of each cell; and an answer lost, so that there is a question."""
    doubts = [f"lose-answer:first=1,reference={prefix}-002" for prefix in prefixes]
    faults = [fault.format(f"{prefix}-004") for prefix in prefixes] if "{}" in fault else [fault]
    return "; ".join([*doubts, *filter(None, faults)])


def about(cell: Cell, prefix: str) -> str:
    """What the point is about: a row, where it is passed for each row."""
    of_a_row = ("intent.", "wire.", "answer.read", "outcome.")
    return f"{prefix}-{cell.row}" if cell.point.startswith(of_a_row) else ""


def plant_in(folder: Path, prefix: str) -> Plant:
    folder.mkdir()
    plant = Plant(folder, toml="[delivery]\nquiet_seconds = 0.15\n")
    plant.log = plant.write({f"{prefix}-{number:03}": number for number in range(1, 8)})
    plant.drop()
    return plant


def run_until_it_dies(orders: Orders, cell: Cell, prefix: str) -> int | None:
    """The exit code: of a SIGKILL, or of a run that a fault kept from the point."""
    victims: list[int] = []
    wire = [point for point in WIRE_POINTS if point == cell.point]
    if not wire:
        process = started(replace(orders, point=cell.point, about=about(cell, prefix)))
        process.join(60)
        return process.exitcode
    relay = Relay(orders.url, wire[0], about(cell, prefix), lambda: os.kill(victims[0], signal.SIGKILL))
    with relayed(relay) as port:
        process = started(replace(orders, url=f"http://127.0.0.1:{port}/mrv/v0"))
        victims.append(process.pid or 0)
        process.join(60)
    return process.exitcode


def upload(orders: Orders) -> Report | None:
    return report_of(started(orders), orders)


def ids_of(store: Path, prefix: str) -> dict[str, list[str]]:
    """The batches that the registry holds of one cell: their ids, by reference."""
    found: dict[str, list[str]] = {}
    for each in payloads(store):
        if each["supplier_reference_id"].startswith(prefix):
            found.setdefault(each["supplier_reference_id"], []).append(each["id"])
    return found


def settled(report: Report | None) -> bool:
    return report is None or {row.outcome.word for row in report.rows} <= {"created", "already_registered"}


def assert_healed(orders: Orders, store: Path, prefix: str) -> None:
    """After a run that may still meet the fault, and a healthy one, each reference is held once.

    The last report names the id that holds it, and nothing more is sent.
    """
    named = replace(orders, files=(orders.folder / "log.csv",))
    if not settled(upload(orders)):
        upload(orders)
        upload(named)
    again = upload(named)
    held = ids_of(store, prefix)
    assert held.keys() == {f"{prefix}-{number:03}" for number in range(1, 8)}
    assert {len(ids) for ids in held.values()} == {1}
    assert again
    assert again.requests.get("POST /production_batches", 0) == 0
    assert {row.outcome.word for row in again.rows} == {"already_registered"}
    assert {row.reference: [row.outcome.registry_id] for row in again.rows} == held
    assert Counter(path.name for path in (orders.folder / "archive").rglob("log*.csv")) == {"log.csv": 1}


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_point_a_process_is_killed_at_the_next_run_heals_it(
    request: pytest.FixtureRequest, tmp_path: Path, postgresql: Server, fault: str
) -> None:
    count = CELLS_A_FAULT if request.config.getoption("--thorough") else FEWER
    store = tmp_path / "registry.sqlite3"
    Plant(tmp_path, rows=51, store=Store(store)).upload()
    prefixes = [f"C{number}" for number in range(count)]
    killed = 0
    with launched(store, faults=script(fault, prefixes)) as url:
        for number, (cell, prefix) in enumerate(zip(cells(fault, count), prefixes, strict=True)):
            folder = tmp_path / prefix
            plant_in(folder, prefix)
            orders = Orders(folder, url, postgresql.ledger() if number % 2 else "")
            if cell.point == "lease.taken_over":
                run_until_it_dies(orders, Cell("intent.committed", "001", fault), prefix)
            killed += run_until_it_dies(orders, cell, prefix) == -signal.SIGKILL
            assert_healed(orders, store, prefix)
    assert killed >= (count if not fault else 1)


def test_each_point_is_killed_and_there_are_enough_cells() -> None:
    every = [cell for fault in FAULTS for cell in cells(fault, CELLS_A_FAULT)]
    assert len(every) >= 256
    some = [cell for fault in FAULTS for cell in cells(fault, FEWER)]
    for chosen in (every, some):
        assert {cell.point for cell in chosen} == set(EVERYWHERE)
