"""What the ledger knows of the batches of a log, and of those that may be kin of them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

Standing = Literal["registered", "open", "planned"]
_STANDS: Mapping[Standing, str] = {
    "registered": "is registered",
    "open": "may be registered",
    "planned": "waits to be sent",
}


class Relative(Struct, frozen=True):
    """A batch that the ledger holds under another reference, and since when it has stood like that."""

    reference: str
    body: str
    standing: Standing
    since: dt.datetime

    @property
    def stands(self) -> str:
        """How far it has come, under which reference and since when, as a sentence goes on about it."""
        return f"{_STANDS[self.standing]} as “{self.reference}” (since {self.since:%Y-%m-%d})"


class Known(Struct, frozen=True):
    """What the ledger knows of the batches of a log.

    `settled` are references that are registered with these very values, or may be: nothing is sent for
    them, whatever is found. `relatives` are batches under other references, for each of the rest; `near` are
    those of the same facilities at about the time of the rest, under references that the log has not.
    """

    settled: frozenset[str] = frozenset()
    relatives: Mapping[str, Sequence[Relative]] = {}
    near: Sequence[Relative] = ()
