"""Whether a report says anything false: its every row against what the registry really holds.

Written from the log's cells and the registry's own records, without the program's rules.
"""

import csv
import datetime as dt
import json
from collections import Counter
from typing import Any

from pipeline.model import Outcome, Report
from schemas.cell import text_of
from tests.protocol.plant import Plant

WORDS = {"created", "already_registered", "conflict", "invalid", "rejected", "unknown", "not_sent"}
WELL = {"created", "already_registered"}
HEALS = {"unknown", "not_sent"}
PERSON = {"invalid", "rejected", "conflict"}
OF_THE_RUN = {2, 4, 70, 130, 143}
"""Exit codes that tell of the run, whatever became of the rows."""


def holdings(plant: Plant) -> dict[str, list[dict[str, Any]]]:
    """All that the registry holds, by reference."""
    rows = plant.store._db.execute("SELECT body FROM resources WHERE kind = 'production_batch' ORDER BY seq")
    found: dict[str, list[dict[str, Any]]] = {}
    for (body,) in rows:
        batch = json.loads(body)
        found.setdefault(batch["supplier_reference_id"], []).append(batch)
    return found


def assert_nothing_false(report: Report, plant: Plant, *, of_others: frozenset[str] = frozenset()) -> None:
    """Every statement of a report and of its files is true now. `of_others`: held, but not by us."""
    held = holdings(plant)
    for row in report.rows:
        mine = held.get(row.reference, [])
        cells = [text_of(cell) for cell in row.cells]
        assert _is_true(row.outcome, cells, mine, others=row.reference in of_others), (row.outcome, mine)
        assert row.reference == cells[0]
    cut_short = {3} if report.stopped else set()
    assert report.exit_code in OF_THE_RUN | {_code(report)} | cut_short
    assert not (report.exit_code == 0 and HEALS & {row.outcome.word for row in report.rows})
    _assert_files_agree(report, plant)


def assert_healed(report: Report, plant: Plant) -> None:
    """After a healthy run nothing is lost, nothing doubled, nothing open."""
    assert_nothing_false(report, plant)
    assert plant.held() == Counter(row.reference for row in report.rows)
    assert {row.outcome.word for row in report.rows} <= WELL
    assert report.exit_code == 0


def _is_true(outcome: Outcome, cells: list[str], held: list[dict[str, Any]], *, others: bool) -> bool:
    ids = [batch["id"] for batch in held]
    match outcome.word:
        case "created" | "already_registered":
            return ids == [outcome.registry_id] and _same(cells, held[0])
        case "rejected" | "invalid" | "not_sent":
            return others or not held
        case "conflict":
            told = set(filter(None, outcome.registry_id.split(", ")))
            named = told == set(ids) or outcome.code == "sent_with_other_values"
            return named and (len(held) != 1 or not _same(cells, held[0]))
        case "unknown":
            return len(held) <= 1
        case _:
            return False


def _same(cells: list[str], batch: dict[str, Any]) -> bool:
    _, facility, feedstock, start, end, mass = cells
    return (
        batch["facility_id"] == facility
        and batch["feedstock_type_ids"] == [feedstock]
        and _instant(batch["started_at"]) == _instant(start)
        and _instant(batch["ended_at"]) == _instant(end)
        and batch["mass"]["magnitude"] == float(mass)
        and batch["mass"]["unit"] in ("kg", "kilogram")
    )


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _code(report: Report) -> int:
    words = {row.outcome.word for row in report.rows}
    return 3 if words & HEALS else 1 if words & PERSON else 0


def _assert_files_agree(report: Report, plant: Plant) -> None:
    folder = plant.folder / "runs" / report.run_id
    words: Counter[str] = Counter(row.outcome.word for row in report.rows)
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["rows"] == len(report.rows)
    assert summary["outcomes"] == {word: words[word] for word in WORDS}
    assert summary["exit_code"] == report.exit_code
    with (folder / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = [(line["_supplier_reference_id"], line["_outcome"]) for line in csv.DictReader(file)]
    assert lines == [(row.reference, row.outcome.word) for row in report.rows]
