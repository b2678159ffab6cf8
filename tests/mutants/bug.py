"""What a planted bug is, and how it gets into a copy of the program."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Edit:
    """One exact replacement. `old` occurs once in the file, or the list of bugs has fallen behind."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Bug:
    """A bug by its name, what it would do to an operator, and the tests that have to find it.

    It has several edits where the program guards something twice, and one guard alone is enough.
    """

    name: str
    harm: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]


def misplaced(bugs: Iterable[Bug], root: Path) -> list[str]:
    """The edits that do not fit the program (any more), each with what is wrong."""
    return [
        f"{bug.name}: {edit.file} holds this {times} times instead of once:\n{edit.old}"
        for bug in bugs
        for edit in bug.edits
        if (times := (root / edit.file).read_text(encoding="utf-8").count(edit.old)) != 1
    ]


def plant(bug: Bug, root: Path) -> None:
    """Put the bug into the tree under `root`."""
    for edit in bug.edits:
        file = root / edit.file
        file.write_text(file.read_text(encoding="utf-8").replace(edit.old, edit.new), encoding="utf-8")
