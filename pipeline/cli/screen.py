"""What a person sees: progress while it works, the outcome as a table, what is wrong, what to do next."""

import unicodedata
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table
from rich.text import Text

from pipeline.model import NEEDS_A_PERSON, UNFINISHED, Outcome, Report, Source, Target, Word
from pipeline.report import ONLY_LOOKS, counts, problems

_MEANS: dict[Word, tuple[str, str]] = {
    "created": ("green", "registered by this run"),
    "already_registered": ("green", "the registry holds it already, with the same values"),
    "conflict": ("red", "the reference stands for other values; nothing was sent"),
    "invalid": ("red", "failed the checks; nothing was sent"),
    "rejected": ("red", "the registry refused it"),
    "unknown": ("yellow", "sent, and no proof either way; the next run asks first"),
    "not_sent": ("yellow", "the run stopped before it"),
}
_REGISTRIES = {
    "local": "LOCAL — for trying things out; nothing leaves this machine",
    "sandbox": "SANDBOX — nothing here becomes credits",
    "production": "PRODUCTION — what is registered here becomes carbon credits",
}
_FEW, _LONGEST = 5, 200
_DRIVES = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
"""The categories of what moves a cursor, turns a line round, or cannot be shown."""


def printable(text: str, longest: int = _LONGEST) -> str:
    """Text from a file or the registry, safe for a terminal: no control, no direction, not endless."""
    safe = "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) in _DRIVES else c for c in text)
    return safe if len(safe) <= longest else f"{safe[:longest]}…"


class Screen:
    """A watcher that prints. Quiet, it says only what needs a person."""

    def __init__(self, console: Console, *, quiet: bool = False, verbose: bool = False) -> None:
        self._console, self._quiet, self._verbose = console, quiet, verbose
        self._progress = Progress(
            TextColumn("Registering"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("batches"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )
        self._told: set[str] = set()

    def planned(self, report: Report) -> None:
        if report.command == "retry":
            self._say(
                f"{len(report.rows):,} rows were left open." if report.rows else "Nothing was left open."
            )
        for source in report.sources if report.command != "retry" else ():
            self._say_source(source)
        for notice in report.notices:
            self._say(f"  notice: {notice.column and notice.column + ': '}{notice.wanted}", "dim")
        waiting = {row.reference for row in report.rows if row.outcome.word == "not_sent"}
        if report.command != "check" and waiting:
            self._task = self._progress.add_task("", total=len(waiting))
            self._progress.start()

    def talking_to(self, target: Target) -> None:
        whose = f", organisation {target.organisation}" if target.organisation else ""
        self._say(f"Registry: {_REGISTRIES[target.environment]}", "bold")
        way = f", through the proxy {target.proxy}" if target.proxy else ""
        self._say(f"  {target.url}{whose}{way}", "dim")

    def told(self, reference: str, outcome: Outcome) -> None:  # noqa: ARG002  a Watcher is told both
        if reference not in self._told:
            self._told.add(reference)
            self._progress.advance(self._task)

    def ended(self, report: Report) -> None:  # noqa: ARG002  a Watcher is told the whole
        self.stop()

    def stop(self) -> None:
        """Give the terminal back; again and again, it does nothing."""
        self._progress.stop()

    def summary(self, report: Report, folder: Path, following: str) -> None:
        """The end of a run: totals, what is wrong, where the results are, what to type next."""
        trouble = report.exit_code != 0
        if trouble or not self._quiet:
            self._totals(report)
        self._problems(report)
        for row in report.rows if report.command == "amend" else ():
            if row.outcome.word in ("created", "already_registered"):
                self._say(f"{row.reference}: {row.outcome.registry_id}. {row.outcome.message}")
        if report.stopped:
            self._line(f"Stopped: {printable(report.stopped)}", "yellow")
        if report.rows and (trouble or not self._quiet):
            self._line(f"Results: {printable(str(folder), 1000)}", "dim")
        if following:
            self._line(f"Next: {_by_hand(report)}{printable(following, 10_000)}")

    def line(self, text: str) -> None:
        """A line that is shown even when little is asked for."""
        self._line(printable(text, 600))

    def _say(self, text: str, style: str = "") -> None:
        if not self._quiet:
            self._line(printable(text, 1000), style)

    def _line(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style=style), soft_wrap=True)

    def _say_source(self, source: Source) -> None:
        if source.refusal:
            self._line(printable(source.refusal.message), "red")
            self._line(f"  {printable(source.refusal.remedy)}")
            return
        self._say(f"{source.file}: {source.rows:,} rows")
        for told in source.told:
            self._say(f"  notice: {told}", "dim")

    def _totals(self, report: Report) -> None:
        if not report.rows:
            self._line("No rows.")
            return
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(justify="right")
        table.add_column()
        table.add_column(style="dim")
        for word, count in counts(report.rows).items():
            if count:
                style, means = _MEANS[word]
                means = "in order; would be sent" if _only_looked(report, word) else means
                table.add_row(f"{count:,}", Text(word, style=style), means)
        table.add_row(f"{len(report.rows):,}", "rows", "")
        self._console.print(Group(Text(), table, Text()))

    def _problems(self, report: Report) -> None:
        for problem in problems(report):
            title = f"{problem.code} ({len(problem.places):,} row{'s' if len(problem.places) > 1 else ''})"
            self._line(printable(title), "bold")
            shown = problem.places if self._verbose else problem.places[:_FEW]
            for place in shown:
                self._line(f"  {printable(place.where)}: {printable(place.what, 400)}")
            if len(shown) < len(problem.places):
                left = len(problem.places) - len(shown)
                self._line(f"  … and {left:,} more; all are in to_fix.xlsx, or with --verbose")


def _only_looked(report: Report, word: Word) -> bool:
    return word == "not_sent" and report.command in ONLY_LOOKS


def _by_hand(report: Report) -> str:
    """What to do before the next command, if anything."""
    words = {row.outcome.word for row in report.rows}
    if report.command in ONLY_LOOKS or words & UNFINISHED or not words & NEEDS_A_PERSON:
        return ""
    return "correct to_fix.xlsx as its notes and its last column say, then: "
