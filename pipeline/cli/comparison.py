"""A three-way check in words: the totals as a table, then what a person has to look at."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Group
from rich.table import Table
from rich.text import Text

from pipeline.cli.screen import Screen
from pipeline.cli.wrong import FEW
from pipeline.elsewhere import Remote
from pipeline.model import Report
from pipeline.reconcile import AGREED, MEANS, Compared, Finding, counts


def show(screen: Screen, report: Report, compared: Compared | None, folder: Path | Remote) -> None:
    """The end of a three-way check: how many of each verdict, and which references they are."""
    tell = report.exit_code != 0 or not screen.quiet
    if compared and tell:
        screen.show(verdicts(compared))
    for line in remarks(compared, few=None if screen.verbose else FEW) if compared else ():
        screen.line(line)
    if report.stopped or not compared:
        why = report.stopped or "the list of batches could not be read"
        screen.line(f"Stopped: {why}. Nothing follows about what the registry holds.", "yellow")
    if tell:
        screen.line(f"Results: {folder}", "dim")


def verdicts(compared: Compared) -> Group:
    """How many references have each verdict, with what it means."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right", vertical="top")
    table.add_column(vertical="top")
    table.add_column(style="dim")
    for verdict, count in counts(compared.findings).items():
        if count:
            style = "green" if verdict in AGREED else "red"
            table.add_row(f"{count:,}", Text(verdict, style=style), MEANS[verdict])
    if compared.nameless:
        meaning = "held without a reference; this program did not make them"
        table.add_row(f"{len(compared.nameless):,}", Text("without_reference", style="red"), meaning)
    if compared.rows_left_out:
        meaning = "of the files that name no reference; run pipeline check"
        table.add_row(f"{compared.rows_left_out:,}", Text("rows", style="red"), meaning)
    table.add_row(f"{len(compared.findings):,}", "references", "")
    return Group(Text(), table, Text())


def remarks(compared: Compared, few: int | None) -> Iterator[str]:
    """The references that a person has to look at, by verdict; no more than `few` of each, if given."""
    wrong = [each for each in compared.findings if each.verdict not in AGREED]
    for verdict in dict.fromkeys(each.verdict for each in wrong):
        lines = [remark for each in wrong if each.verdict == verdict for remark in [_remark(each)]]
        yield f"{verdict} ({len(lines):,})"
        yield from (f"  {line}" for line in lines[:few])
        if few is not None and len(lines) > few:
            yield f"  … and {len(lines) - few:,} more; all are in reconcile.csv, or with --verbose"
    if compared.nameless:
        yield "without_reference"
        yield f"  {', '.join(compared.nameless[:few])}{'' if few is None else _more(compared, few)}"


def _remark(finding: Finding) -> str:
    ids = ", ".join(finding.ids)
    held = f"registry: {ids}" if ids else f"ledger: {finding.ledger_id}" if finding.ledger_id else ""
    fields = "; ".join(
        f"{each.field}: the {each.source} says “{each.says}”, held is “{each.held}”"
        for each in finding.disagreements
    )
    return " — ".join(part for part in (finding.reference, held, fields) if part)


def _more(compared: Compared, few: int) -> str:
    left = len(compared.nameless) - few
    return f" … and {left:,} more" if left > 0 else ""
