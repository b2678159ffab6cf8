"""What was typed as FILES, as places: a pattern becomes the files that it matches, each once, by name."""

import glob
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.elsewhere.failures import MISSING, NotHadError
from pipeline.elsewhere.place import Nowhere, Place, Remote, place_of
from pipeline.elsewhere.store import Store, store
from pipeline.model import Refusal

_WILD = frozenset("*?[")


def places(typed: Iterable[str]) -> list[Place]:
    """The places that these texts name, in their order; a pattern's files follow one another by name.

    `*`, `?` and `[…]` are wildcards, and `**` stands for any folders, unless a file has exactly that name.
    A pattern passes over folders, and over names that begin with a point, unless it says the point
    itself. One that matches nothing, and an address that cannot be listed, is a `Nowhere`.
    """
    found: list[Place] = []
    seen: set[Place] = set()
    for text in typed:
        place = place_of(text)
        wild = not _WILD.isdisjoint(text)
        for each in _matched(place) if wild else [place]:
            if not wild or each not in seen:
                found.append(each)
                seen.add(each)
    return found


def _matched(place: Place) -> list[Place]:
    match place:
        case Path():
            return _or_nothing([place] if os.path.lexists(place) else _on_this_machine(place), place)
        case Remote():
            try:
                return _or_nothing(list(_elsewhere(place)), place)
            except NotHadError as failure:
                return [Nowhere(str(place), failure.refusal)]
    return [place]


def _on_this_machine(pattern: Path) -> list[Path]:
    return [Path(name) for name in sorted(glob.glob(str(pattern), recursive=True)) if os.path.isfile(name)]  # noqa: PTH113, PTH207


def _elsewhere(pattern: Remote) -> Iterator[Remote]:
    with store(pattern) as opened:
        if _is_there(opened, pattern):
            yield pattern
            return
        for each in opened.matches(_as_here(pattern)):
            if pattern.name.startswith(".") or not each.name.startswith("."):
                yield each


def _as_here(pattern: Remote) -> Remote:
    """`**` is any folders where it stands alone, and else a `*`, as for paths; fsspec takes no other."""
    parts = (part if part == "**" else re.sub(r"\*{2,}", "*", part) for part in pattern.path.split("/"))
    return Remote(f"{pattern.kind}://{pattern.authority}/{'/'.join(parts)}")


def _is_there(opened: Store, remote: Remote) -> bool:
    """Whether there is a file of exactly that name."""
    try:
        return opened.stamp(remote).is_file
    except NotHadError as failure:
        if failure.refusal.code == MISSING:
            return False
        raise


def _or_nothing(found: list[Place] | list[Path] | list[Remote], pattern: Place) -> list[Place]:
    return [*found] or [
        Nowhere(
            str(pattern),
            Refusal(
                "nothing_matches",
                f"No file matches “{pattern}”.",
                "Check the pattern and the folder; in the shell, it stands in quotes.",
            ),
        )
    ]
