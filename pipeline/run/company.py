"""Who works on a run besides this process: nobody, or the workers of a cluster."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from pipeline.elsewhere import Place
from pipeline.model import Batch, CheckedTable, Issue, Outcome, Source
from pipeline.read import Reader

if TYPE_CHECKING:
    from pipeline.deliver.pace import Halt, Pace
    from pipeline.run.register import Registering


class Looked(Struct, frozen=True):
    """One file, read and checked. Without tables when it was refused; `is_log` when it could be parsed."""

    source: Source
    tables: list[CheckedTable]
    is_log: bool


Look = Callable[[Place], Looked]
Each = Callable[[Look, Sequence[Place]], Iterable[Looked]]
"""Looks at each file, and gives what was found in the order of the files."""


class Company(Protocol):
    """Those who work on a run. What spans their work is decided by the run alone."""

    def reader(self, read: Reader, /) -> Reader:
        """What files are read with: the one that is given, where its screen is, or one that can travel."""

    def each(self, look: Look, files: Sequence[Place], /) -> Iterable[Looked]:
        """Look at each file; what was found, in the order of the files."""

    async def deliver(self, work: "Registering", batches: Sequence[Batch], /) -> dict[str, Outcome]:
        """Send these batches, which the run has claimed; the outcome of each, by reference.

        One that is missing may be under way still, by somebody who holds a claim on it.
        """

    def joined(self, halt: "Halt", pace: "Pace", /) -> AbstractContextManager[object]:
        """For as long as this lasts, the company shares what it learns: when to stop, when to go slower."""

    def notices(self) -> tuple[Issue, ...]:
        """What a person should know of how the work was shared."""


class Alone:
    """A run that one process does from its beginning to its end."""

    def reader(self, read: Reader) -> Reader:
        return read

    def each(self, look: Look, files: Sequence[Place]) -> Iterable[Looked]:
        return map(look, files)

    async def deliver(self, work: "Registering", batches: Sequence[Batch]) -> dict[str, Outcome]:
        return await work.delivery.deliver(batches)

    def joined(self, halt: "Halt", pace: "Pace") -> AbstractContextManager[object]:
        del halt, pace
        return nullcontext()

    def notices(self) -> tuple[Issue, ...]:
        return ()
