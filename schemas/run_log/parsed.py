"""What a column's parser answers: a value, a tidied value, a problem, or nothing for an empty cell."""

from typing import Generic, Literal, TypeAlias, TypeVar

from msgspec import Struct
from msgspec.structs import replace

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")

HealedIn = Literal["log", "settings", "either"]
"""Where a problem is healed; "either" when a person has to find out which of the two is wrong."""


class Problem(Struct, frozen=True):
    """Why a cell cannot be used: a stable code, what is wanted instead, and what to do.

    Where a field stands in several cells, `cell` is the one to correct first, counted from 0.
    """

    code: str
    wanted: str
    remedy: str
    cell: int = 0
    healed_in: HealedIn = "log"


class Tidying(Struct, frozen=True):
    """One thing that is told of a cell that is read: what was done, and the text before and after it.

    Nothing was changed when `after` is `before` or empty: then it is only worth a look.
    """

    code: str
    how: str
    before: str = ""
    after: str = ""


class Tidied(Struct, Generic[T_co], frozen=True):
    """A value that needed tidying that cannot change its meaning; `how` is told to the operator.

    `before` and `after` are the text that was tidied; `also` is what else there is to tell.
    """

    value: T_co
    code: str
    how: str
    before: str = ""
    after: str = ""
    also: tuple[Tidying, ...] = ()

    @property
    def tidyings(self) -> tuple[Tidying, ...]:
        return Tidying(self.code, self.how, self.before, self.after), *self.also

    def holding(self, value: U) -> "Tidied[U]":
        """The same tidying of what the text stands for: an id for a name, kilograms for tonnes."""
        return Tidied(value, self.code, self.how, self.before, self.after, self.also)


Parsed: TypeAlias = T | Tidied[T] | Problem | None


def told(value: T, tidyings: tuple[Tidying, ...]) -> T | Tidied[T]:
    """A value with what was done to read it, if anything."""
    if not tidyings:
        return value
    first, *rest = tidyings
    return Tidied(value, first.code, first.how, first.before, first.after, tuple(rest))


def also_told(parsed: Parsed[T], *tidyings: Tidying) -> Parsed[T]:
    """The same answer with more to tell; where there is no value, there is nothing to tell."""
    if parsed is None or isinstance(parsed, Problem) or not tidyings:
        return parsed
    if isinstance(parsed, Tidied):
        return replace(parsed, also=(*parsed.also, *tidyings))
    return told(parsed, tidyings)
