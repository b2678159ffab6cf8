"""Who is at the other end, asked before anything else is."""

from msgspec.structs import replace
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_result,
    stop_after_attempt,
    wait_random_exponential,
)

from pipeline.deliver.pace import LONGEST_WAIT, Halt
from pipeline.model import Target
from pipeline.registry import Busy, Denied, Doubtful, NeverLeft, Redirected, Refused, Registry, Reply

_TRIES_TO_MEET = 4
_backoff = wait_random_exponential(multiplier=0.3, max=5)


async def identify(registry: Registry, target: Target, halt: Halt, unsent: str = "Nothing") -> Target:
    """Whose registry it is. Without an answer the run is stopped before anything (`unsent`) was sent."""
    patiently = AsyncRetrying(
        retry=retry_if_result(lambda reply: not halt and _may_meet_yet(reply)),
        wait=_patience,
        stop=stop_after_attempt(_TRIES_TO_MEET),
        sleep=halt.sleep,
        retry_error_callback=lambda state: state.outcome and state.outcome.result(),
    )
    match await patiently(registry.organisation):
        case str() as organisation:
            return replace(target, organisation=organisation)
        case Denied(status=status):
            halt.stop("denied", f"The registry refused the credentials ({status}). Renew them.")
        case NeverLeft(reason=reason) | Doubtful(reason=reason):
            halt.stop("unreachable", f"{unsent} was sent: {reason}.")
        case Redirected(status=status, location=host):
            halt.stop("redirected", f"The registry answered with a redirect ({status}) to {host}.")
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


def _patience(state: RetryCallState) -> float:
    match state.outcome and state.outcome.result():
        case Busy(retry_after=float(seconds)) | Doubtful(retry_after=float(seconds)):
            return min(seconds, LONGEST_WAIT)
    return _backoff(state)
