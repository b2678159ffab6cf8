"""Logs, checked rows, batches and reports in a few words, and ways to look at what became of them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType

from msgspec import UNSET, UnsetType

from pipeline.check import check
from pipeline.model import (
    CheckedRow,
    CheckedTable,
    Issue,
    Outcome,
    RawTable,
    Refusal,
    Report,
    ReportRow,
    ReportTable,
    Run,
    Source,
    Target,
)
from schemas.cell import Cell, Number
from schemas.convention import Convention
from schemas.production_batch import HeldBatch, Mass, ProductionBatch
from schemas.run_log.parsed import Parsed, Problem, T, Tidied

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
KILN = "fcl_1G8QT5ZAB1S0XSDW"
OTHER_KILN = "fcl_1G8QT5ZAB1S0XSDX"
WOOD = "ftt_1D7KZ1P761S0G7BN"
STRAW = "ftt_1D7KZ1P761S0G7BP"
SHELLS = "ftt_1D7KZ1P761S0G7BQ"
START = dt.datetime(2026, 10, 1, 6, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
HEADER = ("Batch ref", "Facility", "Feedstock", "Start", "End", "Mass (kg)")
GOOD: tuple[Cell, ...] = ("A1", "North", "Wood", "2026-10-01 06:00Z", "2026-10-01 18:00Z", Number(100))
PLANT = Convention(
    timezone="Europe/Berlin",
    facilities={"North": KILN, "South": OTHER_KILN},
    feedstocks={"Wood": WOOD, "Straw": STRAW, "Shells, almond": SHELLS},
)
COLUMNS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "supplier_reference_id": (0,),
        "facility": (1,),
        "feedstock": (2,),
        "started_at": (3,),
        "ended_at": (4,),
        "mass": (5,),
    }
)


def code(parsed: Parsed[T]) -> str:
    """The code of a problem; for a value, that there was none."""
    return parsed.code if isinstance(parsed, Problem) else "read"


def value(parsed: Parsed[T]) -> T | None:
    """What was read, tidied or not."""
    assert not isinstance(parsed, Problem), parsed.code
    return parsed.value if isinstance(parsed, Tidied) else parsed


def checked(
    *rows: tuple[Cell, ...],
    header: tuple[Cell, ...] = HEADER,
    plant: Convention = PLANT,
    sheet: str = "Runs",
    now: dt.datetime = NOW,
) -> CheckedTable:
    found = judged(*rows, header=header, plant=plant, sheet=sheet, now=now)
    assert isinstance(found, CheckedTable), found
    return found


def judged(
    *rows: tuple[Cell, ...],
    header: tuple[Cell, ...] = HEADER,
    plant: Convention = PLANT,
    sheet: str = "Runs",
    now: dt.datetime = NOW,
) -> CheckedTable | Refusal:
    return check(RawTable("log.xlsx", sheet, list(enumerate((header, *rows), 1))), plant, now)


def good(**cells: Cell) -> tuple[Cell, ...]:
    """A row in order, but for the named cells."""
    names = ("reference", "facility", "feedstock", "start", "end", "mass")
    assert cells.keys() <= set(names)
    return tuple(cells.get(name, was) for name, was in zip(names, GOOD, strict=True))


def wrongs(row: CheckedRow) -> list[tuple[str, tuple[str, ...]]]:
    """Each error of a row: its code, and where."""
    assert (row.run is None) == any(issue.severity == "error" for issue in row.issues)
    return [(issue.code, issue.cells) for issue in row.issues if issue.severity == "error"]


def a_run(reference: str = "A1", **fields: object) -> Run:
    given: dict[str, object] = {
        "facility_id": KILN,
        "feedstock_type_ids": (WOOD,),
        "started_at": START,
        "ended_at": START + 12 * HOUR,
        "mass": Decimal(100),
    }
    return Run(reference, **{**given, **fields})  # type: ignore[arg-type]  # a test names what it sets


def a_row(number: int, run: Run | None, reference: str | None = None, *cells_at: str) -> CheckedRow:
    """A row with its run, or a bad one whose errors stand at the given cells."""
    named = reference if reference is not None else run.reference if run else "A1"
    cells: tuple[Cell, ...] = (named, "North", "Wood", "start", "end", "mass")
    issues = [an_issue(number, at) for at in (cells_at or ("",))] if run is None else []
    return CheckedRow(number, cells, named, run, tuple(issues))


def an_issue(row: int, at: str = "", code: str = "bad") -> Issue:
    cells = (at,) if at else ()
    return Issue("error", code, "log.xlsx", "Runs", row, cells, "Mass (kg)", "x", "a number", "Type it.")


def a_table(*rows: CheckedRow, file: str = "log.xlsx") -> CheckedTable:
    return CheckedTable(file, "Runs", HEADER, 1, dict(COLUMNS), list(rows))


def a_payload(
    mass: str = "100",
    unit: str = "kg",
    deviation: Decimal | UnsetType | None = UNSET,
    **fields: object,
) -> ProductionBatch:
    given: dict[str, object] = {
        "supplier_reference_id": "A1",
        "facility_id": KILN,
        "feedstock_type_ids": (WOOD, STRAW),
        "kind": "biochar",
        "started_at": START,
        "ended_at": START + 12 * HOUR,
    }
    mass_of = Mass(Decimal(mass), unit, deviation)
    return ProductionBatch(**{**given, **fields}, mass=mass_of)  # type: ignore[arg-type]  # the same


def held_of(
    batch: ProductionBatch, number: str = "ptb_1", display_name: str | None = "Kiln batch 7"
) -> HeldBatch:
    return HeldBatch(
        number,
        batch.supplier_reference_id,
        batch.facility_id,
        batch.feedstock_type_ids,
        batch.kind,
        batch.started_at,
        batch.ended_at,
        batch.mass,
        batch.display_name or display_name,
    )


def a_report(
    outcomes: Iterable[Outcome],
    command: str = "upload",
    sources: tuple[Source, ...] = (Source("log.xlsx", "ab", 1),),
    issues: tuple[Issue, ...] = (),
) -> Report:
    rows = tuple(
        ReportRow(0, number, ("A",), f"A{number}", outcome, issues)
        for number, outcome in enumerate(outcomes, 2)
    )
    tables = (ReportTable("log.xlsx", "Runs", HEADER, dict(COLUMNS)),)
    target = Target("local", "http://127.0.0.1:8000")
    return Report("run", command, target, NOW, NOW, sources, tables, rows, (), {}, 0)
