"""What goes from the head to a worker and back. Pure; no credential is among it."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from pipeline.deliver.pace import Why
from pipeline.model import Batch, Environment, Outcome
from pipeline.settings import Options

_LARGEST, _SMALLEST = 2000, 50
_FOR_EACH = 4
"""How many parts a worker gets, where there are batches enough: so the last to end is not long alone."""


class Share(Struct, frozen=True):
    """What one worker may use of the account: requests at once, and requests a second."""

    concurrency: int
    rate_limit: float | None


class Part(Struct, frozen=True):
    """Some batches of a run, for one worker to deliver.

    `name` begins the id of whoever delivers it; `lease` is how many seconds that may give no sign.
    `errors_left` is how many of them may need a person before the run is to stop; None: any number. `typed`
    is what counts as typed for the worker.
    """

    name: str
    run_id: str
    version: str
    environment: Environment
    url: str
    batches: tuple[Batch, ...]
    share: Share
    quiet_seconds: float
    lease: float
    errors_left: int | None
    typed: Options


class Done(Struct, frozen=True):
    """What became of a part: outcomes by reference, requests as a report counts them, answers by status.

    `worker` is the address of who did it. `why` and `message` tell why it stopped before its end, if it did.
    """

    worker: str
    outcomes: dict[str, Outcome]
    requests: dict[str, int]
    answers: dict[int | None, int]
    why: Why | None
    message: str


class Unfit(Struct, frozen=True):
    """Why a worker did not begin: its settings, its ledger or its version are not those of the run."""

    reason: str


def shares(workers: int, concurrency: int, rate_limit: float | None) -> list[Share]:
    """The whole budget, divided among as many workers as can each have one request under way."""
    among = min(workers, concurrency)
    each, over = divmod(concurrency, among)
    rate = rate_limit / among if rate_limit else None
    return [Share(each + (place < over), rate) for place in range(among)]


def parts(batches: Sequence[Batch], workers: int) -> Iterator[tuple[Batch, ...]]:
    """The batches in their order, in pieces of about the same size."""
    size = min(_LARGEST, max(_SMALLEST, -(-len(batches) // (workers * _FOR_EACH))))
    for start in range(0, len(batches), size):
        yield tuple(batches[start : start + size])
