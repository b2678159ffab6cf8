"""How a request is repeated that may be, and which answers end a run whatever was asked."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_result,
    stop_after_attempt,
    wait_random_exponential,
)

from pipeline.deliver.pace import LONGEST_WAIT, Halt
from pipeline.registry import Denied, Redirected

_TRIES = 5
_backoff = wait_random_exponential(multiplier=0.5, max=10)
T = TypeVar("T")


async def patiently(
    request: Callable[[], Awaitable[T]], worth_another: Callable[[T], bool], halt: Halt, tries: int = _TRIES
) -> T:
    """Repeat a request while another may fare better and the run goes on; the last answer, if need be.

    Only for what may arrive twice: a POST has a policy of its own (`sending`).
    """
    repeatedly = AsyncRetrying(
        retry=retry_if_result(lambda answer: not halt and worth_another(answer)),
        wait=_wait,
        stop=stop_after_attempt(tries),
        sleep=halt.sleep,
        retry_error_callback=lambda state: state.outcome and state.outcome.result(),
    )
    answer: T = await repeatedly(request)
    return answer


def stop_if_turned_away(answer: object, halt: Halt) -> None:
    """Stop the run at a 401, a 403 or a redirect: no other request would fare better."""
    match answer:
        case Denied(status=status):
            halt.stop("denied", f"The registry refused the credentials ({status}). Renew them.")
        case Redirected(status=status, location=host):
            halt.stop(
                "redirected",
                f"The registry answered with a redirect ({status}) to {host or 'nowhere'}; "
                "redirects are never followed. Check ISOMETRIC_BASE_URL and the network.",
            )


def _wait(state: RetryCallState) -> float:
    """As long as the registry asks for, within reason, or a little longer each time."""
    told: float | None = getattr(state.outcome and state.outcome.result(), "retry_after", None)
    return _backoff(state) if told is None else min(told, LONGEST_WAIT)
