"""One batch deleted, with proof: a 204, a 404, or the registry's word that nothing is under its id.

Unlike a POST, a DELETE may be sent again whatever became of the first: an id is never given twice, so
that a late one can only delete what was to be deleted.
"""

from functools import partial

from pipeline.deliver.asking import ask, heeded
from pipeline.deliver.pace import Halt
from pipeline.registry import (
    Answer,
    Busy,
    Denied,
    Doubtful,
    Gone,
    NeverLeft,
    Redirected,
    Refused,
    Registry,
    Stored,
)

_TRIES = 4

Deleted = Gone | Refused | Denied | Busy | NeverLeft | Doubtful
"""Gone: proven. Doubtful: it may be gone. Anything else: it was not done, and nothing has changed."""


async def delete(registry: Registry, batch_id: str, halt: Halt, quiet_seconds: float) -> Deleted:
    """Delete a batch. After an answer that proves nothing, the registry is asked for it by its id."""
    doubted = ""
    for _ in range(_TRIES):
        answer = await heeded(partial(registry.delete, batch_id), halt, (NeverLeft, Busy))
        if isinstance(answer, Gone):
            return answer
        if isinstance(answer, Refused | Denied | Busy | NeverLeft) and not doubted:
            return answer
        doubted = doubted or _reason(answer)
        await halt.sleep(quiet_seconds)
        there = await ask(registry, batch_id, halt)
        if isinstance(there, Gone):
            return there
        if isinstance(answer, Refused) and isinstance(there, Stored):
            return answer
        if halt or not isinstance(there, Stored):
            break
    return Doubtful(doubted)


def _reason(answer: Answer) -> str:
    match answer:
        case Doubtful(reason=reason) | NeverLeft(reason=reason):
            return reason
        case Redirected(status=status) | Stored(status=status) | Refused(status=status):
            return f"the registry answered {status}"
    return "no answer came"
