"""results.xlsx, beside XlsxWriter writing the same cells without a look or a thought."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench.compare import Comparison, Contender, Desk, at_most, work
from bench.measure import process, task
from bench.program import checked, settled

if TYPE_CHECKING:
    from pipeline.model import Report

Work = Callable[[], object]


def comparisons(desk: Desk) -> Iterator[Comparison]:
    log = desk.logs.csv(desk.scale.rows)
    others = (
        _of(constant_memory, "XlsxWriter, constant_memory", log),
        _of(to_excel, "DataFrame.to_excel", log, turns=1),
    )
    mine = _of(ours, "`write_workbook`", log)
    yield Comparison(f"`results.xlsx` of {desk.scale.rows:,} rows", mine, others, at_most(1.2))


def _of(function: Callable[[str], Work], name: str, log: Path, turns: int = 99) -> Contender:
    command = task(__name__, function.__name__, log)
    return Contender(name, lambda folder: process(command, settled(folder)), work, turns=turns)


def ours(log: str) -> Work:
    from pipeline.write.workbook import write_workbook

    report = _report(log)
    return lambda: write_workbook(report, io.BytesIO())


def constant_memory(log: str) -> Work:
    import xlsxwriter  # type: ignore[import-untyped] # it has no types

    lines = _lines(log)

    def write() -> None:
        with xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            for number, line in enumerate(lines):
                for column, value in line.items():
                    if isinstance(value, str):
                        sheet.write_string(number, column, value)
                    else:
                        sheet.write_number(number, column, value)

    return write


def to_excel(log: str) -> Work:
    import pandas as pd

    header, *lines = _lines(log)
    frame = pd.DataFrame(lines).rename(columns=header)
    return lambda: frame.to_excel(io.BytesIO(), index=False, engine="xlsxwriter")


def _lines(log: str) -> list[dict[int, str | int]]:
    """The header and the rows of the results: by column, without the cells that are empty."""
    checked(Path(log), Path.cwd())
    (results,) = Path.cwd().glob("runs/*/results.csv")
    with results.open(encoding="utf-8-sig", newline="") as file:
        found = csv.reader(file)
        return [{column: _value(cell) for column, cell in enumerate(line) if cell} for line in found]


def _value(cell: str) -> str | int:
    return int(cell) if cell.isdecimal() else cell


def _report(log: str) -> "Report":
    from pipeline import run
    from pipeline.run.world import World
    from pipeline.settings import Options, load

    world = World(write=lambda *_: None)
    return run.check([Path(log)], load(folder=Path.cwd(), environ={}, options=Options()), world)
