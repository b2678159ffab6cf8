"""Signals, heard by a run that is at work."""

import asyncio
import signal
from collections.abc import Callable

from pipeline.deliver.pace import Halt
from pipeline.stopping import let


def stop_on_signals(halt: Halt, tell: Callable[[str], None]) -> None:
    """The first signal ends sending and lets what is in flight finish; the second stops at once.

    The loop's own handlers would give way to the system's, which kill, a moment before the loop is closed.
    """
    loop, main = asyncio.get_running_loop(), asyncio.current_task()
    heard: list[int] = []

    def stop(number: int) -> None:
        heard.append(number)
        by_hand = number == signal.SIGINT
        if len(heard) > 1 and main:
            main.cancel()
        else:
            said = "Interrupted" if by_hand else "Terminated"
            halt.stop(
                "interrupted" if by_hand else "terminated", f"{said}. What was in flight has been waited for."
            )
            tell(said)

    let(lambda number, _: loop.call_soon_threadsafe(stop, number))
