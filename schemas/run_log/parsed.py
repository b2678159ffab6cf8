"""What a column's parser answers: a value, a tidied value, a problem, or nothing for an empty cell."""

from typing import Generic, TypeAlias, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Problem(Struct, frozen=True):
    """Why a cell cannot be used: a stable code, what is wanted instead, and what to do."""

    code: str
    wanted: str
    remedy: str


class Tidied(Struct, Generic[T], frozen=True):
    """A value that needed tidying that cannot change its meaning; `how` is told to the operator."""

    value: T
    code: str
    how: str


Parsed: TypeAlias = T | Tidied[T] | Problem | None
