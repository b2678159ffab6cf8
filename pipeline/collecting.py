"""How often the interpreter looks for garbage: seldom, while rows are made by the hundred thousand.

Rows are no garbage, and stand in no cycles; to look at them again and again took a fifth of a check.
"""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_SELDOM = (1_000_000, 50, 100)
_lock = Lock()
_inside: list[tuple[int, int, int]] = []
"""What each of those found who are inside; the first of them found what is set outside."""


@contextmanager
def seldom() -> Iterator[None]:
    """Look for garbage seldom until the context ends, and then as before.

    The interpreter has one setting for all its threads: of several inside, the last one restores it. Where it
    looks more seldom already, or never, it stays so.
    """
    with _lock:
        _inside.append(gc.get_threshold())
        _from_now_on()
    try:
        yield
    finally:
        with _lock:
            as_before = _inside[0]
            _inside.pop()
            if not _inside:
                gc.set_threshold(*as_before)


def for_one_command() -> None:
    """Look for garbage seldom as long as this process lives, and not when it ends: all memory goes then.

    Looking at the end took 0.2 of the 5.6 s of an upload.
    """
    _from_now_on()
    atexit.register(gc.freeze)


def _from_now_on() -> None:
    if 0 < gc.get_threshold()[0] < _SELDOM[0]:
        gc.set_threshold(*_SELDOM)
