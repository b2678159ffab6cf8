"""What a person sees: progress while it works, the outcome as a table, what is wrong, what to do next."""

import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.cli.progress import Working
from pipeline.cli.wrong import FEW, Line, notice_lines, problem_lines
from pipeline.elsewhere import Place, Remote
from pipeline.model import NEEDS_A_PERSON, Environment, Outcome, Report, Source, Target, Word
from pipeline.read import Fits, Reader, Tables
from pipeline.report import Following, Notice, counts, notices, problems
from pipeline.report.words import REGISTRIES, means

_STYLES: dict[Word, str] = {
    "created": "green",
    "already_registered": "green",
    "conflict": "red",
    "invalid": "red",
    "rejected": "red",
    "unknown": "yellow",
    "not_sent": "yellow",
}
_LONGEST, _LONGEST_LINE = 200, 2_000
_NARROWEST = 40
_DRIVES = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
"""The categories of what moves a cursor, turns a line round, or cannot be shown."""


def printable(text: str, longest: int = _LONGEST) -> str:
    """Text from a file or the registry, safe for a terminal: no control, no direction, not endless."""
    safe = "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) in _DRIVES else c for c in text)
    return safe if len(safe) <= longest else f"{safe[:longest]}…"


class Screen:
    """A watcher that prints. Quiet, it says only what needs a person."""

    def __init__(self, console: Console, *, quiet: bool = False, verbose: bool = False) -> None:
        self._console = console
        self.quiet, self.verbose = quiet, verbose
        self._working = Working(console, quiet=quiet)
        self._told: set[str] = set()

    def reading(self, read: Reader) -> Reader:
        """The same reader, and the screen says meanwhile what is being read."""

        def told(
            place: Place, name: str, *, fits: Fits, sheet: str | None = None, links: bool = True
        ) -> tuple[str, Tables]:
            self._working.read(printable(name))
            return read(place, name, fits=fits, sheet=sheet, links=links)

        return told

    def planned(self, report: Report) -> None:
        self._working.stop()
        if report.command == "retry":
            rows = "1 row was" if len(report.rows) == 1 else f"{len(report.rows):,} rows were"
            nothing = f"Nothing of the run {report.read_by} is left open."
            self._say(f"{rows} left open." if report.rows else nothing)
        sources = report.sources if report.command != "retry" else ()
        told = notices(report)
        for source in sorted(sources, key=lambda each: each.refusal is None):
            self._say_source(source, [each for each in told if each.file == source.file])
        names = {source.file for source in sources}
        self._notices([each for each in told if each.file not in names])
        waiting = {row.reference for row in report.rows if row.outcome.word == "not_sent"}
        self._working.send(len(waiting) if report.command != "check" else 0)

    def talking_to(self, target: Target) -> None:
        whose = f", organisation {target.organisation}" if target.organisation else ""
        self.registry(target.environment)
        way = f", through the proxy {target.proxy}" if target.proxy else ""
        self._say(f"  {target.url}{whose}{way}", "dim")

    def registry(self, environment: Environment) -> None:
        """Which registry it is, in letters that nobody overlooks."""
        self._say(f"Registry: {environment.upper()} — {REGISTRIES[environment]}", "bold")

    def told(self, reference: str, outcome: Outcome) -> None:  # noqa: ARG002  a Watcher is told both
        if reference not in self._told:
            self._told.add(reference)
            self._working.settle()

    def stopping(self, why: str) -> None:
        """The first Ctrl-C is answered at once, for what is in flight may take a while."""
        self._working.end()
        self._say(
            f"{why}: what is in flight is being finished and reported. Once more stops at once.", "yellow"
        )

    def ended(self, report: Report) -> None:  # noqa: ARG002  a Watcher is told the whole
        self.stop()

    def stop(self) -> None:
        """Give the terminal back; again and again, it does nothing."""
        self._working.stop()

    def summary(self, report: Report, folder: Path | Remote, following: Following) -> None:
        """The end of a run: totals, what is wrong, where the results are, what to do next."""
        tell = report.exit_code != 0 or not self.quiet
        if tell:
            self._totals(report)
        self._problems(report)
        for row in report.rows if report.command == "amend" else ():
            if row.outcome.word in ("created", "already_registered"):
                self._say(f"{row.reference}: {row.outcome.registry_id}. {row.outcome.message}")
        for notice in report.notices:
            if notice.code == "not_marked":
                self._say(f"{notice.file}: {notice.wanted}.", "dim")
        if report.stopped:
            self.line(f"Stopped: {report.stopped}", "yellow")
        if report.rows and tell:
            self.line("")
            self.line(f"Results: {folder}", "dim")
        if text := str(following):
            self._print(Text(f"Next: {printable(text, 10_000)}"))

    def line(self, text: str, style: str = "") -> None:
        """A line that is shown even when little is asked for."""
        self._print(Text(printable(text, _LONGEST_LINE), style=style))

    def show(self, what: RenderableType) -> None:
        """A table of rich's; what is wider than a file has no end cut off."""
        self._console.print(what, crop=False)

    def _say(self, text: str, style: str = "") -> None:
        if not self.quiet:
            self.line(text, style)

    def _print(self, text: Text) -> None:
        """One line, however long: a terminal wraps it, and a command can be copied from it."""
        self._console.print(text, soft_wrap=True)

    def lines(self, lines: Iterable[Line]) -> None:
        """Each set in; on a terminal, what does not fit is continued a little further in."""
        for each in lines:
            indent = " " * each.indent
            text = Text(printable(each.text, _LONGEST_LINE), style=each.style)
            room = self._console.width - each.indent - 2
            if not self._console.is_terminal or room < _NARROWEST:
                self._print(Text(indent).append_text(text))
                continue
            for number, part in enumerate(text.wrap(self._console, room) or [text]):
                part.rstrip()
                self._print(Text(indent + "  " * bool(number)).append_text(part))

    def _say_source(self, source: Source, told: Sequence[Notice]) -> None:
        if source.refusal:
            self.line(source.refusal.message, "red")
            self.lines([Line(source.refusal.remedy)])
            return
        self._say(f"{source.file}: {source.rows:,} row{'s' if source.rows != 1 else ''}")
        if not self.quiet:
            self.lines(Line(f"notice: {each}", 2, "dim") for each in source.told)
        self._notices(told)

    def _notices(self, told: Sequence[Notice]) -> None:
        if not self.quiet:
            self.lines(notice_lines(told))

    def _totals(self, report: Report) -> None:
        if not report.rows:
            self.line("No rows.")
            return
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(justify="right")
        table.add_column()
        table.add_column(style="dim")
        for word, count in counts(report.rows).items():
            if count:
                table.add_row(f"{count:,}", Text(word, style=_STYLES[word]), means(report, word))
        table.add_row(f"{len(report.rows):,}", "rows", "")
        self._console.print(Group(Text(), table))

    def _problems(self, report: Report) -> None:
        in_a_file = any(row.outcome.word in NEEDS_A_PERSON for row in report.rows)
        everything = f"; all {'are in to_fix.xlsx, or' if in_a_file else 'of them'} with --verbose"
        self.lines(problem_lines(problems(report), None if self.verbose else FEW, everything))
