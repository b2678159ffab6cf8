"""`check` of a log, from its bytes to the results' files, beside readers that judge nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path

from bench.compare import Comparison, Contender, Desk, at_most, work
from bench.data import Logs
from bench.measure import Taken, process, task
from bench.program import checked, gathered, settled

Work = Callable[[], object]


def comparisons(desk: Desk) -> Iterator[Comparison]:
    rows = desk.scale.rows
    clean, bad, book = desk.logs.csv(rows), desk.logs.csv(rows, 0.05), desk.logs.xlsx(rows)
    sheets = (
        _reader("python-calamine, to lists", calamine, book, "python_calamine"),
        _reader("fastexcel, to Arrow", with_fastexcel, book, "fastexcel", "pyarrow"),
        _reader("openpyxl, read-only", with_openpyxl, book, "openpyxl", turns=1),
        _reader("pandas.read_excel", pandas_excel, book, "pandas", turns=1),
    )
    texts = (
        _reader("pandas.read_csv(dtype=str)", pandas_csv, clean, "pandas"),
        _reader("csv.reader, to lists", csv_reader, clean),
        _reader("frictionless validate", frictionless, clean, "frictionless", turns=1),
    )
    yield Comparison(f"`check` of {rows:,} rows of XLSX, whole process", _check(book), sheets, at_most(3))
    inner = _ours_inside(book)
    yield Comparison("the same, read and judged only, no results written", inner, sheets[:1], at_most(3))
    yield Comparison(f"`check` of {rows:,} rows of CSV, whole process", _check(clean), texts, at_most(8))
    inner = _ours_inside(clean)
    yield Comparison("the same, read and judged only, no results written", inner, texts[:1], at_most(8))
    spoiled = (
        Contender("`pipeline check`, all rows good", lambda folder: checked(clean, folder)),
        _reader("frictionless validate, 5 % bad", frictionless, bad, "frictionless", turns=1),
    )
    yield Comparison(f"`check` of {rows:,} rows of CSV, 5 % of them bad", _check(bad), spoiled, at_most(1.5))


def _check(log: Path) -> Contender:
    return Contender("`pipeline check`", lambda folder: checked(log, folder))


def _ours_inside(log: Path) -> Contender:
    return Contender("`read`, `check` and `assemble`", lambda folder: _run(read_and_judge, log, folder), work)


def _reader(name: str, function: Callable[[str], Work], log: Path, *needs: str, turns: int = 99) -> Contender:
    return Contender(name, lambda folder: _run(function, log, folder), work, needs, turns)


def _run(function: Callable[[str], Work], log: Path, folder: Path) -> Taken:
    return process(task(__name__, function.__name__, log), settled(folder))


def read_and_judge(log: str) -> Work:
    """What is imported at the first judging is imported before, by a small log; as for the readers."""
    from pipeline.collecting import for_one_command

    for_one_command()
    gathered(Logs(Path.cwd()).csv(10))
    return lambda: gathered(Path(log))


def calamine(log: str) -> Work:
    from python_calamine import CalamineWorkbook

    return lambda: CalamineWorkbook.from_path(log).get_sheet_by_index(0).to_python()


def with_fastexcel(log: str) -> Work:
    import fastexcel

    return lambda: fastexcel.read_excel(log).load_sheet(0).to_arrow()


def with_openpyxl(log: str) -> Work:
    from openpyxl import load_workbook

    def read() -> None:
        for _ in load_workbook(log, read_only=True).worksheets[0].iter_rows(values_only=True):
            pass

    return read


def pandas_excel(log: str) -> Work:
    import pandas as pd

    return lambda: pd.read_excel(log)


def pandas_csv(log: str) -> Work:
    import pandas as pd

    return lambda: pd.read_csv(log, dtype=str)


def csv_reader(log: str) -> Work:
    import csv

    def read() -> None:
        with Path(log).open(encoding="utf-8", newline="") as file:
            list(csv.reader(file))

    return read


def frictionless(log: str) -> Work:
    """Types are inferred from the first rows and then asked of all, as a user gets them."""
    import os

    from frictionless import system, validate

    os.chdir(Path(log).parent)

    def read() -> None:
        with system.use_context(trusted=True):
            validate(log)

    return read
