"""Contenders take turns: yardstick, ours, yardstick, ours. None runs while another does."""

import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from bench.data import Logs
from bench.measure import FailedError, Taken

Value = Callable[[Taken], float]
TROUBLE = (FailedError, OSError, RuntimeError)
"""What keeps a contender from its work, and must not keep the others from theirs."""


def wall(taken: Taken) -> float:
    """Seconds of the whole process."""
    return taken.wall


def work(taken: Taken) -> float:
    """Seconds of the work alone, without start-up and imports."""
    return taken.told["seconds"]


def peak(taken: Taken) -> float:
    return taken.peak


def told(name: str) -> Value:
    """What the process told under this name."""
    return lambda taken: taken.told[name]


@dataclass(frozen=True, slots=True)
class Contender:
    """Somebody who does a piece of work. `run` does it once, in a new folder; `value` is what counts of it.

    `needs` are the packages or programs that it cannot do without. `turns` limits how often a slow one runs.
    """

    name: str
    run: Callable[[Path], Taken]
    value: Value = wall
    needs: tuple[str, ...] = ()
    turns: int = 99

    @property
    def lacking(self) -> list[str]:
        return [each for each in self.needs if not (shutil.which(each) or find_spec(each))]


def given(name: str, value: float) -> Contender:
    """A yardstick that follows from arithmetic."""
    return Contender(name, lambda _: Taken(0, 0, 0, {"given": value}), told("given"), turns=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be reached: in words, and as a test of our value and the yardstick's."""

    text: str
    reached: Callable[[float, float], bool]


NOTHING = Wanted("", lambda _, __: True)
"""Told for its own sake: there is no target."""


def at_most(times: float) -> Wanted:
    return Wanted(f"≤ {times:g} ×", lambda ours, yardstick: ours <= times * yardstick)


def at_least(times: float) -> Wanted:
    return Wanted(f"≥ {times:g} ×", lambda ours, yardstick: ours >= times * yardstick)


def within(limit: float, unit: str) -> Wanted:
    return Wanted(f"≤ {limit:g} {unit}", lambda ours, _: ours <= limit)


def more_by(limit: float, unit: str) -> Wanted:
    return Wanted(f"≤ + {limit:g} {unit}", lambda ours, yardstick: ours - yardstick <= limit)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A piece of work. The first yardstick that is to be had is the one that counts; the others are told.

    `telling` names what a contender told of itself that is shown besides its value.
    """

    work: str
    ours: Contender
    yardsticks: tuple[Contender, ...]
    wanted: Wanted
    unit: str = "s"
    turns: int = 3
    rows: int = 0
    telling: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that one contender took, or why it took nothing."""

    contender: Contender
    taken: list[Taken] = field(default_factory=list)
    absent: str = ""

    @property
    def values(self) -> list[float]:
        return [self.contender.value(each) for each in self.taken]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def told(self, name: str) -> float:
        """The median of what it told under this name."""
        return statistics.median(each.told[name] for each in self.taken)

    @property
    def cpu(self) -> float:
        """Processor seconds of what is counted: the whole process, or the work alone."""
        inner = self.contender.value is work
        return statistics.median(each.told["cpu"] if inner else each.cpu for each in self.taken)

    @property
    def peak(self) -> float:
        return statistics.median(each.peak for each in self.taken)


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of a comparison. `yardstick` is None when none was to be had, `ours` may be absent too."""

    comparison: Comparison
    ours: Result
    others: tuple[Result, ...]

    @property
    def yardstick(self) -> Result | None:
        return next((each for each in self.others if each.taken), None)

    @property
    def ratio(self) -> float | None:
        measured = self.yardstick and self.ours.taken and self.yardstick.median
        return self.ours.median / measured if measured else None

    @property
    def reached(self) -> bool | None:
        """None when it cannot be said, or nothing is wanted."""
        if self.comparison.wanted is NOTHING or not (self.ours.taken and self.yardstick):
            return None
        return self.comparison.wanted.reached(self.ours.median, self.yardstick.median)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured. `turns` is the most that any contender gets."""

    rows: int = 100_000
    uploaded: int = 10_000
    growth: tuple[int, ...] = (10, 1_000, 10_000, 100_000, 1_000_000)
    listed: int = 100_000
    opened: int = 500
    seconds: int = 8
    turns: int = 99
    workers: tuple[int, ...] = (1, 2, 4)


FULL = Scale()
QUICK = Scale(10_000, 2_000, (10, 1_000, 10_000), 5_000, 100, 3, 1)
TINY = Scale(10, 10, (10, 20), 100, 5, 1, 1, (1,))
"""To see whether everything works."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the comparisons are made from: the logs, and how much is measured."""

    logs: Logs
    scale: Scale


Part = Callable[[Desk], Iterator[Comparison]]
"""A kind of work: its comparisons, each ready to be made when it is yielded."""


def take_turns(comparison: Comparison, scale: Scale) -> Compared:
    """Run all contenders of a comparison, one after the other, as often as each has turns."""
    results = [Result(each, absent=_absent(each)) for each in (*comparison.yardsticks, comparison.ours)]
    for turn in range(min(comparison.turns, scale.turns)):
        for place, result in enumerate(results):
            if not result.absent and turn < result.contender.turns:
                results[place] = _once_more(result)
    *others, ours = results
    return Compared(comparison, ours, tuple(others))


def all_of(name: str, part: Part, desk: Desk) -> Iterator[Compared]:
    """What comes of each comparison of a part; one that cannot be prepared is told, not left out."""
    try:
        for comparison in part(desk):
            yield take_turns(comparison, desk.scale)
    except TROUBLE as failure:
        nobody = Contender("this program", lambda _: Taken(0, 0))
        nothing = Comparison(f"{name} could not be prepared", nobody, (), at_most(1))
        yield Compared(nothing, Result(nobody, absent=f"failed: {failure}"), ())


def _absent(contender: Contender) -> str:
    lacking = contender.lacking
    return f"not to be had here: {', '.join(lacking)}" if lacking else ""


def _once_more(result: Result) -> Result:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        try:
            taken = result.contender.run(Path(folder))
        except TROUBLE as failure:
            return Result(result.contender, absent=f"failed: {failure}")
        return Result(result.contender, [*result.taken, taken])
