"""Problems and notices in words, kind by kind: title and count, the first cells, once rule and remedy."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from pipeline.report import Notice, Place, Problem

FEW = 5
_FIRST_CELLS = 3
_LONGEST_FOUND = 200


class Line(Struct, frozen=True):
    """A line of the screen: its text, how far it is set in, and how it looks."""

    text: str
    indent: int = 2
    style: str = ""


def problem_lines(problems: Sequence[Problem], few: int | None, everything: str) -> Iterator[Line]:
    """What is wrong. No more than `few` lines of cells for each kind and column, if given.

    `everything` says where the rest can be found.
    """
    for _, found in groupby(problems, key=lambda each: (each.severity, each.code, each.outcome)):
        kind = list(found)
        yield Line("", 0)
        yield Line(_title(kind), 0, "bold")
        for problem in kind:
            yield from _places(problem, few, everything)
        yield from _rule(kind)


def notice_lines(notices: Sequence[Notice]) -> Iterator[Line]:
    """What was tidied or passed over, a line for each kind and column."""
    for each in notices:
        column = f"{each.column}: " if each.column else ""
        says = each.says[0] if len(each.says) == 1 else f"{each.title}: {_first_rows(each)}"
        cells = f": {_listed(each.cells, each.count)}" if each.cells else ""
        yield Line(f"notice: {column}{says}{cells}", 2, "dim")


def _title(kind: Sequence[Problem]) -> str:
    rows = len({(place.file, place.sheet, place.row) for problem in kind for place in problem.places})
    first = kind[0]
    name = ": ".join(word for word in (first.outcome or _word(first), first.code) if word)
    return f"{first.title} ({name}), {rows:,} row{'s' if rows != 1 else ''}"


def _word(problem: Problem) -> str:
    return "" if problem.severity == "error" else problem.severity


def _places(problem: Problem, few: int | None, everything: str) -> Iterator[Line]:
    """The cells, those that hold the same in one line."""
    alike: dict[tuple[str, ...], list[Place]] = {}
    for place in problem.places:
        alike.setdefault((place.found, *_own(problem, place), *place.details), []).append(place)
    groups = list(alike.values())
    shown = groups if few is None else groups[:few]
    for group in shown:
        yield from _group(problem, group, few)
    if left := sum(map(len, groups[len(shown) :])):
        yield Line(f"… and {left:,} more{everything}")


def _group(problem: Problem, group: Sequence[Place], few: int | None) -> Iterator[Line]:
    first = group[0]
    places = _listed(
        [place.where for place in group], len(group), len(group) if few is None else _FIRST_CELLS
    )
    column = f" ({problem.column})" if problem.column else ""
    found = f" “{_short(first.found)}”" if first.found else ""
    own = " ".join(_own(problem, first))
    yield Line(f"{places}{column}:{found}{'. ' if found and own else ' ' * bool(own)}{own}")
    yield from (Line(detail, 6) for detail in first.details)


def _own(problem: Problem, place: Place) -> list[str]:
    """What is to be said of this place, and not of all the others too."""
    if not place.wanted:
        return [place.what.removesuffix(" ".join(("", *place.details)))] if place.details else [place.what]
    wanted = [] if problem.wanted else [f"Wanted: {place.wanted}."]
    remedy = [place.remedy] if place.remedy and not problem.remedy else []
    return wanted + remedy


def _rule(kind: Sequence[Problem]) -> Iterator[Line]:
    """What is wanted and what to do, once for each that all the places of a column have in common."""
    for wanted, remedy in dict.fromkeys((problem.wanted, problem.remedy) for problem in kind):
        told = [f"Wanted: {wanted}."] if wanted else []
        if text := " ".join([*told, *([remedy] if remedy else [])]):
            yield Line(text)


def _listed(places: Sequence[str], count: int, most: int = _FIRST_CELLS) -> str:
    more = count - min(len(places), most)
    return ", ".join(places[:most]) + (f" and {more:,} more" if more else "")


def _short(found: str) -> str:
    return found if len(found) <= _LONGEST_FOUND else f"{found[:_LONGEST_FOUND]}…"


def _first_rows(notice: Notice) -> str:
    return f"rows {_listed([str(row) for row in notice.rows], notice.count)}"
