"""What can become of a request to the registry. Nothing here knows of HTTP but its statuses."""

from typing import TypeAlias

from msgspec import Struct

from schemas.production_batch import HeldBatch


class Stored(Struct, frozen=True):
    """The registry answered 200 with the right reference and an id: the batch is registered."""

    held: HeldBatch
    status: int
    text: str


class Reason(Struct, frozen=True):
    """One reason of a refusal: the path of the field in the body, and what is wrong with it."""

    field: str
    message: str


class Refused(Struct, frozen=True):
    """The registry read the request and said no: any 4xx that has no class of its own."""

    status: int
    reasons: tuple[Reason, ...]
    text: str


class Denied(Struct, frozen=True):
    """401 or 403: no request with these credentials will do better."""

    status: int
    text: str


class Busy(Struct, frozen=True):
    """429: not done, ask again, not before `retry_after` seconds when the registry says so."""

    retry_after: float | None
    status: int = 429


class NeverLeft(Struct, frozen=True):
    """The request failed before its first byte was sent: it may be sent again.

    `hopeless` when trying again cannot help: the registry's certificate is not to be trusted.
    """

    reason: str
    hopeless: bool = False


class Redirected(Struct, frozen=True):
    """A 3xx. Redirects are never followed: the credentials would travel along."""

    status: int
    location: str


class Doubtful(Struct, frozen=True):
    """Anything else: it may have been stored or not, and only the list can tell.

    `retry_after` as in Busy: a server that fails may say so too (503). `named` is the id in an answer that
    is about another reference than the one that was sent.
    """

    reason: str
    status: int | None = None
    retry_after: float | None = None
    named: str = ""


Reply: TypeAlias = Stored | Refused | Denied | Busy | NeverLeft | Redirected | Doubtful


class Gone(Struct, frozen=True):
    """The registry has no batch under that id: it answered 404, or 204 to a request to delete it."""

    status: int
    text: str = ""


Answer: TypeAlias = Reply | Gone
"""What is said of one batch that was asked for, or asked to be deleted, by its id."""


class Page(Struct, frozen=True):
    """One page of the list. `after` is the cursor of the next one, empty on the last."""

    held: list[HeldBatch]
    total: int
    after: str


class FeedstockType(Struct, frozen=True):
    """What the registry calls a kind of feedstock, and its id."""

    id: str
    name: str


class Types(Struct, frozen=True):
    """One page of the feedstock types. `after` as in Page."""

    types: list[FeedstockType]
    after: str


class Unreadable(Struct, frozen=True):
    """The list could not be read; nothing follows about what it holds. `retry_after` as in Busy.

    `expired` when the cursor was refused: that page can only be reached from the beginning again.
    """

    reason: str
    denied: bool = False
    retry_after: float | None = None
    expired: bool = False
    hopeless: bool = False
