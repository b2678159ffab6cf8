"""What to do when a run has ended: what a person has to see to, and the command to type then. Pure."""

import shlex
from collections.abc import Iterator, Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from pipeline.errors import Exit
from pipeline.model import (
    NEEDS_A_PERSON,
    REGISTERED_OTHERWISE,
    REGISTERED_TWICE,
    STORED_OTHERWISE,
    UNFINISHED,
    Issue,
    Report,
    ReportRow,
)
from pipeline.report.kinds import WAITS

ONLY_LOOKS = ("check", "dry-run")
"""Commands that send nothing, so that a row which is not sent is as wanted."""
_FEW = 10

_AT_THE_REGISTRY = {
    REGISTERED_TWICE: "ask the registry to remove the wrong batch of",
    STORED_OTHERWISE: "look up what the registry has stored of",
}
"""Conflicts that are seen to at the registry, and what is to be done there; then the same rows go again."""
_BY_AMEND = {
    "being_corrected": "finish what was approved",
    "deleted_at_registry": "where the batch is to be there, have it made again",
    REGISTERED_OTHERWISE: "where the log is right and the registry wrong, have the batch replaced",
}
"""Conflicts for which there is amend, and what it does. The last one a corrected cell may heal too."""


class Again(Struct, frozen=True):
    """How the next command is typed to mean the same: the options to repeat, and whether make is used.

    `settings` is what the file of settings is called, or would be; `configured` tells whether there is one.
    """

    options: tuple[str, ...] = ()
    by_make: bool = False
    settings: str = "pipeline.toml"
    configured: bool = True


NOTHING = Again()


class Folder(Protocol):
    """Where the results of a run are: a path, or an address; `str` of a file in it can be typed."""

    def __truediv__(self, name: str, /) -> object: ...


class Following(Struct, frozen=True):
    """What to see to first, step by step, if anything; and the command that follows, empty when none does."""

    steps: tuple[str, ...] = ()
    command: str = ""

    @property
    def first(self) -> str:
        """All that is to be seen to before the command."""
        return "; ".join(self.steps)

    def __str__(self) -> str:
        return ", then: ".join(part for part in (self.first, self.command) if part)


def has_looked(report: Report) -> bool:
    """Whether a run that only looks has come to its end: then a row that was not sent is in order."""
    return report.command in ONLY_LOOKS and not report.stopped


def following(report: Report, folder: Folder, again: Again = NOTHING) -> Following:
    """What to do next; nothing when there is nothing left to do. `folder` is that of the results."""
    words = {row.outcome.word for row in report.rows}
    files = [source.file for source in report.sources if not source.refusal]
    if report.command in ONLY_LOOKS:
        if report.stopped:
            return Following((), _typed_again(report, again))
        if steps := _to_see_to(report, again):
            return Following(steps, _typed_again(report, again))
        return Following((), typed("upload", files, again) if "not_sent" in words else "")
    if report.command == "amend":
        left = [row.reference for row in report.rows if row.outcome.word in UNFINISHED]
        return Following(
            _left_by_amend(report, again), typed("amend", left, replace(again, by_make=False)) if left else ""
        )
    for_a_person = _for_a_person(report, folder, again) if words & NEEDS_A_PERSON else Following()
    if report.exit_code == Exit.ERROR_LIMIT:
        steps = (*_in_settings(report, again), *_in_conflict(report, again), *_in_log(report))
        return Following(steps, typed("upload", files, again))
    if words & UNFINISHED:
        return Following(_beside(for_a_person), retry_of(report.run_id, again))
    return for_a_person


def _for_a_person(report: Report, folder: Folder, again: Again) -> Following:
    """What a person has to see to, of rows, and the command that sends what was corrected."""
    steps = (*_in_settings(report, again), *_in_conflict(report, again), *_in_to_fix(report))
    needed = {row.outcome.code for row in report.rows if row.outcome.word in NEEDS_A_PERSON}
    if needed <= _BY_AMEND.keys():
        return Following(steps)
    return Following(steps, typed("upload", [str(folder / "to_fix.xlsx")], again))


def _beside(other: Following) -> tuple[str, ...]:
    """All that another command follows on too, as steps before it."""
    if not other.command:
        return other.steps
    return (*other.steps[:-1], f"{other.steps[-1]}, and upload it (“{other.command}”)")


def _in_conflict(report: Report, again: Again) -> Iterator[str]:
    """What heals the conflicts that are not about a cell, or not only."""
    for code, what in _AT_THE_REGISTRY.items():
        if names := _references(report, code):
            yield f"{what} {_named(names)}"
    for code, what in _BY_AMEND.items():
        if names := _references(report, code):
            yield f"{what}: {_amend(names, again)}"


def _in_to_fix(report: Report) -> Iterator[str]:
    codes = {row.outcome.code for row in report.rows if row.outcome.word in NEEDS_A_PERSON}
    otherwise = REGISTERED_OTHERWISE in codes
    if otherwise or codes - _BY_AMEND.keys() - _AT_THE_REGISTRY.keys():
        yield f"{'else ' if otherwise else ''}correct to_fix.xlsx as its notes and its last column say"


def _left_by_amend(report: Report, again: Again) -> tuple[str, ...]:
    """What an amend could not end, and a person has to see to before it is tried again."""
    rows = [row.reference for row in report.rows if row.outcome.word in NEEDS_A_PERSON]
    if not rows:
        return ()
    told = f"see to what is told of {_named(rows)}"
    return (f"{told}, and upload a corrected log or try again: {_amend(rows, again)}",)


def _references(report: Report, code: str) -> list[str]:
    """The references with this code, each once."""
    return list(dict.fromkeys(row.reference for row in report.rows if row.outcome.code == code))


def _named(references: Sequence[str]) -> str:
    more = len(references) - _FEW
    return ", ".join(references[:_FEW]) + (f" and {more:,} more" if more > 0 else "")


def _amend(references: Sequence[str], again: Again) -> str:
    names = references if len(references) <= _FEW else ["REFERENCE…"]
    return typed("amend", names, replace(again, by_make=False))


def to_do(report: Report, then: Following) -> tuple[str, ...]:
    """All that is to be seen to, in its order, before the command that follows.

    Files that were refused stand here after an upload too, where no command can name them.
    """
    files = [] if report.command in ONLY_LOOKS else _in_files(report, NOTHING)
    return (*files, *then.steps)


def _to_see_to(report: Report, again: Again) -> tuple[str, ...]:
    """What a check asks for, of files, settings and cells."""
    return (*_in_files(report, again), *_in_settings(report, again), *_in_log(report))


def _in_files(report: Report, again: Again) -> list[str]:
    refused = [source for source in report.sources if source.refusal]
    what = "the file that was refused" if len(refused) == 1 else f"the {len(refused)} files that were refused"
    foreign = [each.file for each in refused if each.refusal and each.refusal.code == "no_header"]
    return [f"see to {what}{_proposed(foreign, again)}"] if refused else []


def _in_settings(report: Report, again: Again) -> Iterator[str]:
    """What is asked of the settings; and where they or the log are wrong, that a person finds out which."""
    if asking := [row for row in report.rows if any(issue.healed_in == "settings" for issue in _own(row))]:
        files = [report.tables[asking[0].table].file]
        yield f"say in {again.settings} what is asked for{_proposed(files, again)}"
    if any(issue.healed_in == "either" for row in report.rows for issue in _own(row)):
        yield f"correct {again.settings} or the log, whichever is wrong"


def _proposed(files: Sequence[str], again: Again) -> str:
    """How to come by settings, where there are none."""
    if again.configured or not files:
        return ""
    return f" (“{shlex.join(['pipeline', 'init', files[0]])}” proposes it)"


def _in_log(report: Report) -> list[str]:
    """How many cells, and rows without a cell to blame, are to be corrected in the log."""
    cells, rows = set(), set()
    for row in report.rows:
        to_correct = [issue for issue in _own(row) if issue.healed_in == "log"]
        cells |= {(row.table, issue.cells[0]) for issue in to_correct if issue.cells}
        disagrees = row.outcome.word in NEEDS_A_PERSON and not row.issues
        if disagrees or any(not issue.cells for issue in to_correct):
            rows.add((row.table, row.row))
    counted = [
        f"{len(found):,} {noun}{'s' if len(found) > 1 else ''}"
        for found, noun in ((cells, "cell"), (rows, "row"))
        if found
    ]
    files = {report.tables[table].file for table, _ in cells | rows}
    where = files.pop() if len(files) == 1 else f"{len(files)} files"
    return [f"correct {' and '.join(counted)} in {where}"] if counted else []


def _own(row: ReportRow) -> list[Issue]:
    """A row's errors, without that of a row beside it."""
    return [issue for issue in row.issues if issue.severity == "error" and issue.code != WAITS]


def _typed_again(report: Report, again: Again) -> str:
    files = [source.file for source in report.sources]
    if report.command == "dry-run":
        return typed("upload", files, replace(again, options=(*again.options, "--dry-run")))
    return typed("check", files, again)


def retry_of(run_id: str, again: Again) -> str:
    """The command that sends again what this run left open."""
    return typed("retry", [], replace(again, options=(*again.options, run_id)))


def typed(command: str, files: Sequence[str], again: Again) -> str:
    """A command as it is typed, by make or by its name."""
    if any(file.startswith("-") for file in files):
        files = ["--", *files]  # or it would be an option
    if not again.by_make:
        return shlex.join(["pipeline", command, *again.options, *files])
    parts = [f"make {command}"]
    if files:
        parts.append(f"FILES={_in_make(shlex.join(files))}")
    if again.options:
        parts.append(f"ARGS={_in_make(shlex.join(again.options))}")
    return " ".join(parts)


def _in_make(words: str) -> str:
    """Words for a shell that make starts, quoted for the shell that make is started from."""
    if any(sign in words for sign in '$`"\\!'):
        return shlex.quote(words.replace("$", "$$"))
    return f'"{words}"' if " " in words or "'" in words else words
