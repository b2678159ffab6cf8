"""What the parts of a run tell one another while they work: when to stop, and when to go slower.

It goes by Dask's events, through the scheduler, to the head and to every part. A part that hears nothing any
more still obeys what the registry answers to itself.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
from distributed import Client, Worker, WorkerPlugin
from msgspec import Struct

from pipeline.deliver.pace import Halt, Pace, Why
from pipeline.run.company import Alone

_SAME_NEWS = 0.5
"""How many seconds a part is silent after it has told of a push: the others have gone slower for it."""
OWN_AFFAIRS: frozenset[Why] = frozenset(("ledger", "lost"))
"""What may stop one worker and no other."""


class Push(Struct, frozen=True, tag=True):
    """The registry pushed back, and wants to be left alone for so many seconds, or 0."""

    by: str
    seconds: float


class Stop(Struct, frozen=True, tag=True):
    """Nothing more is to be sent."""

    by: str
    why: Why
    message: str


News = Push | Stop


class Line(WorkerPlugin):
    """A worker's end of the line; Dask makes it on each worker, also on one that comes later.

    With `at_terminal` the worker does not die of the Ctrl-C that is meant for the head.
    """

    def __init__(self, name: str, *, at_terminal: bool) -> None:
        self.name = name
        self._at_terminal = at_terminal
        self._listeners: set[Callable[[News], object]] = set()
        self._worker: Worker | None = None

    def setup(self, worker: Worker) -> None:
        self._worker = worker
        _without_profiler(worker)
        for number in (signal.SIGINT, signal.SIGHUP) if self._at_terminal else ():
            signal.signal(number, signal.SIG_IGN)

    def teardown(self, worker: Worker) -> None:
        """A worker that is told to end sends nothing more; Dask then waits for what is in flight."""
        del worker
        ending = Stop("", "lost", "The worker was told to end. What was in flight has been waited for.")
        for listener in tuple(self._listeners):
            listener(ending)

    def say(self, news: News) -> None:
        """Tell everybody; it does not wait."""
        if self._worker:
            self._worker.log_event(self.name, msgspec.to_builtins(news))

    @contextmanager
    def heard_by(self, listener: Callable[[News], object], client: Client) -> Iterator[None]:
        """Let it hear everything that is said meanwhile, in the thread of the worker."""
        self._listeners.add(listener)
        client.subscribe_topic(self.name, self._hear)  # type: ignore[no-untyped-call]
        try:
            yield
        finally:
            self._listeners.discard(listener)

    def _hear(self, event: tuple[float, object]) -> None:
        news = heard(event)
        for listener in tuple(self._listeners):
            listener(news)


def _without_profiler(worker: Worker) -> None:
    """Dask looks at all stacks 100 times a second, and Python 3.11 can lock up for good when it does.

    It is python/cpython#106883. Of its two profilers, Dask itself leaves out only the other one.
    """
    if profiler := worker.periodic_callbacks.pop("profile", None):
        profiler.stop()


def heard(event: tuple[float, object]) -> News:
    """What was said."""
    news: News = msgspec.convert(event[1], Push | Stop)
    return news


class Hand(Alone):
    """The company of a part: the other parts of its run, of which it only hears. `own` is its id.

    `rest` is how many seconds it waits before its first request: the part before may just have sent its last.
    """

    def __init__(self, line: Line, client: Client, own: str, rest: float) -> None:
        self._line, self._client, self._own, self._rest = line, client, own, rest

    @contextmanager
    def joined(self, halt: Halt, pace: Pace) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        pace.hold(self._rest)

        def hear(news: News) -> None:
            match news:
                case Push(by=by, seconds=seconds) if by != self._own:
                    pace.heard(seconds)
                case Stop(why=why, message=message):
                    halt.stop(why, message)

        async def say_why() -> None:
            await halt.stopped()
            if halt.why and halt.why not in OWN_AFFAIRS:
                self._line.say(Stop(self._own, halt.why, halt.message))

        pace.tell = _seldom(lambda seconds: self._line.say(Push(self._own, seconds)), loop.time)
        saying = loop.create_task(say_why())
        with self._line.heard_by(lambda news: loop.call_soon_threadsafe(hear, news), self._client):
            try:
                yield
            finally:
                saying.cancel()


def _seldom(say: Callable[[float], object], clock: Callable[[], float]) -> Callable[[float], None]:
    """Says the same not again at once: a push that asks for no longer a rest than was just told."""
    last, until = float("-inf"), 0.0

    def said(seconds: float) -> None:
        nonlocal last, until
        now = clock()
        if now - last >= _SAME_NEWS or now + seconds > until + _SAME_NEWS:
            last, until = now, now + seconds
            say(seconds)

    return said
