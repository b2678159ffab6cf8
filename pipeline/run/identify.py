"""Who is at the other end, asked before anything else is."""

from msgspec.structs import replace

from pipeline.deliver.pace import Halt
from pipeline.deliver.patience import patiently, stop_if_turned_away
from pipeline.model import Target
from pipeline.registry import Busy, Denied, Doubtful, NeverLeft, Redirected, Refused, Registry, Reply

_TRIES_TO_MEET = 4


async def identify(registry: Registry, target: Target, halt: Halt, unsent: str = "Nothing") -> Target:
    """Whose registry it is. Without an answer the run is stopped before anything (`unsent`) was sent."""
    answer = await patiently(registry.organisation, _may_meet_yet, halt, _TRIES_TO_MEET)
    match answer:
        case str() as organisation:
            return replace(target, organisation=organisation)
        case NeverLeft(reason=reason) | Doubtful(reason=reason):
            halt.stop("unreachable", f"{unsent} was sent: {reason}.")
        case Denied() | Redirected():
            stop_if_turned_away(answer, halt)
        case Busy(status=status) | Refused(status=status):
            halt.stop("unreachable", f"{unsent} was sent: the registry does not say whose it is ({status}).")
    return target


def _may_meet_yet(reply: Reply | str) -> bool:
    match reply:
        case NeverLeft(hopeless=hopeless):
            return not hopeless
        case Doubtful() | Busy():
            return True
    return False
