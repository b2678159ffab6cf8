"""What the contract leaves open, decided for one run of the local registry."""

from dataclasses import dataclass
from typing import Literal, get_args

Duplicates = Literal["409", "400", "422", "allow"]
Order = Literal["ascending", "descending"]
DUPLICATES: tuple[Duplicates, ...] = get_args(Duplicates)
ORDERS: tuple[Order, ...] = get_args(Order)


@dataclass(frozen=True, slots=True)
class Conduct:
    """How this registry behaves where the contract promises nothing.

    duplicates: the status a second create under one reference is refused with, or "allow"
        (contract: an error is promised, its status and body are not).
    order: the order in which lists run (contract: not documented).
    list_lag: seconds for which a new batch is missing from the list, though its id can be read
        (contract: a batch may appear in the list a little after it was committed).
    foreign_references: references another kind of resource has taken; refused like duplicates, even
        when duplicates are allowed, and never listed (published schema: unique for all resources of
        a supplier).
    """

    duplicates: Duplicates = "409"
    order: Order = "ascending"
    list_lag: float = 0.0
    foreign_references: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.duplicates not in DUPLICATES:
            raise ValueError(f"duplicates is one of {DUPLICATES}, not {self.duplicates!r}")
        if self.order not in ORDERS:
            raise ValueError(f"order is one of {ORDERS}, not {self.order!r}")
        if not 0 <= self.list_lag < float("inf"):
            raise ValueError(f"list_lag is a number of seconds, not {self.list_lag!r}")


AS_PUBLISHED = Conduct()
"""A duplicate is a 409, lists run from the oldest on, nothing lags."""
