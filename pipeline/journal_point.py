"""The named moments at which a run may die: the program says when it passes one, a test decides to end it.

Nothing listens outside of tests. A moment that happens inside a library or on the wire, where there is no
line of ours to say it, is not in this list; the tests bring it about there.
"""

from collections.abc import Callable
from typing import Literal, get_args

Point = Literal[
    # a file, until its batches are in the ledger
    "file.found",
    "file.complete",
    "inbox.locked",
    "file.hashed",
    "file.parsed",
    "file.checked",
    "run.begun",
    "run.staged",
    # one batch on its way
    "intent.before",
    "intent.written",
    "intent.committed",
    "answer.begun",
    "answer.read",
    "outcome.written",
    "outcome.committed",
    # the registry's list, and what it settles
    "list.before",
    "list.between_pages",
    "list.read",
    "settled.found",
    "settled.committed",
    # who may act on a batch
    "lease.claimed",
    "lease.prolonged",
    "lease.taken_over",
    # the report, and the end
    "report.opened",
    "report.half_written",
    "report.synced",
    "report.named",
    "run.closed",
    "file.archived",
]
POINTS: tuple[Point, ...] = get_args(Point)

Listener = Callable[[Point, str], None]
_listeners: list[Listener] = []


def journal_point(point: Point, about: str = "") -> None:
    """Say that the run passes this point; `about` is the reference or the name that it is about."""
    for listener in _listeners:
        listener(point, about)


def listen(listener: Listener) -> Callable[[], None]:
    """Hear of every point from now on; the answer ends it."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)
