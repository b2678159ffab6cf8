"""What a three-way check found, as a table to filter, and its totals for machines."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pipeline.model import Report
from pipeline.reconcile import MEANS, Compared, Finding, counts
from pipeline.write.safe import guarded
from pipeline.write.summary import facts
from pipeline.write.whole import private_folder, whole

HEADER = (
    "supplier_reference_id",
    "verdict",
    "ledger_state",
    "ledger_id",
    "registry_ids",
    "field",
    "said_by",
    "said",
    "held",
    "meaning",
)


def write_comparison(report: Report, compared: Compared | None, folder: Path) -> None:
    """Write `reconcile.csv` (when the registry could be read) and `summary.json`."""
    private_folder(folder)
    if compared:
        with whole(folder / "reconcile.csv") as file:
            _write_lines(compared, file)
    with whole(folder / "summary.json") as file:
        text = json.dumps({**facts(report), **totals(compared)}, indent=2, ensure_ascii=False)
        file.write(f"{text}\n".encode(errors="backslashreplace"))


def totals(compared: Compared | None) -> dict[str, object]:
    """The counts by verdict; null when nothing could be compared."""
    return {
        "verdicts": counts(compared.findings) if compared else None,
        "without_reference": list(compared.nameless) if compared else None,
        "rows_left_out": compared.rows_left_out if compared else None,
    }


def _write_lines(compared: Compared, file: BinaryIO) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    out = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    out.writerow(HEADER)
    for finding in compared.findings:
        out.writerows([guarded(cell) for cell in line] for line in _lines(finding))
    for batch_id in compared.nameless:
        meaning = "the registry holds it without a reference"
        out.writerow(map(guarded, ("", "without_reference", "", "", batch_id, "", "", "", "", meaning)))
    text.detach()


def _lines(finding: Finding) -> Iterator[tuple[str, ...]]:
    """A line for each field that differs, and one for a reference where none does."""
    whose = (
        finding.reference,
        finding.verdict,
        finding.state,
        finding.ledger_id,
        " ".join(finding.ids),
    )
    for each in finding.disagreements:
        yield (*whose, each.field, each.source, each.says, each.held, MEANS[finding.verdict])
    if not finding.disagreements:
        yield (*whose, "", "", "", "", MEANS[finding.verdict])
