"""What a run that talked to the registry knows when it has ended."""

from msgspec import Struct

from pipeline.errors import Exit
from pipeline.model import Outcome, Target, Tempo


class Ended(Struct, frozen=True):
    """What a run knows when it has ended. `exit_code` is None when the rows decide it."""

    outcomes: dict[str, Outcome]
    target: Target
    requests: dict[str, int]
    stopped: str
    exit_code: Exit | None
    tempo: Tempo | None = None
