"""What a run that talked to the registry knows when it has ended."""

from typing import TYPE_CHECKING

from msgspec import Struct

from pipeline.errors import Exit
from pipeline.model import Outcome, Target, Tempo

if TYPE_CHECKING:
    from pipeline.deliver.pace import Why


class Ended(Struct, frozen=True):
    """What a run knows when it has ended. `exit_code` is None when the rows decide it.

    `answers` counts those of the registry by status (None: no answer), `why` tells what stopped it, or None.
    """

    outcomes: dict[str, Outcome]
    target: Target
    requests: dict[str, int]
    stopped: str
    exit_code: Exit | None
    tempo: Tempo | None = None
    answers: dict[int | None, int] = {}
    why: "Why | None" = None
