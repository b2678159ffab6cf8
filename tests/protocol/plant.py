"""A plant in one process: a real ledger, the real local registry, and a power switch.

The registry is reached without a socket, waiting takes no time, and the power can be cut at any event:
before any statement or commit of the ledger, at any named point of the program, and at three of the wire.
Once it is cut, nothing that the run still tries to do has an effect, as after a SIGKILL.
"""

import datetime as dt
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Self, TypeVar
from zlib import crc32

import httpx
from sqlalchemy import Engine, Pool, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from pipeline import run
from pipeline.journal_point import listen
from pipeline.ledger import Ledger
from pipeline.local_registry.app import build
from pipeline.local_registry.conduct import AS_PUBLISHED, Conduct
from pipeline.local_registry.faults import parse
from pipeline.local_registry.store import Store
from pipeline.model import Report
from pipeline.read import read
from pipeline.reconcile import Compared
from pipeline.run.drop import upload_inbox
from pipeline.run.world import World
from pipeline.settings import Options, Settings, load
from tests.protocol.brief import Write, briefly

URL = "http://127.0.0.1:9/mrv/v0"
KILN = "fcl_1G8QT5ZAB1S0XSDW"
WOOD = "ftt_1D7KZ1P761S0G7BN"
START = dt.datetime(2026, 10, 1, 6, tzinfo=dt.UTC)
HEADER = "reference,facility,feedstock,started at,ended at,mass (kg)"


class PowerCutError(BaseException):
    """The process is dead. Not an Exception, so that nothing recovers from it."""


T = TypeVar("T")
WIRE_POINTS = ("wire.connected", "wire.half_sent", "wire.sent")
"""Moments of a POST that no line of the program sees."""


class Power:
    """Ends everything at the event of that number, or at a named point; by default, never.

    `about` chooses the batch or the file that the point is about, `turn` which time it is passed.
    """

    def __init__(self, ends_at: int = 0, *, point: str = "", about: str = "", turn: int = 1) -> None:
        self.events = 0
        self.is_off = False
        self._ends_at, self._point, self._about, self._left = ends_at, point, about, turn

    def event(self, *_: object) -> None:
        self.events += 1
        self._end_if(self.events == self._ends_at)

    def passes(self, point: str, about: str) -> None:
        self.events += 1
        here = point == self._point and self._about in ("", about)
        self._left -= here
        self._end_if(self.events == self._ends_at or (here and self._left == 0))

    def _end_if(self, ends: bool) -> None:
        self.is_off = self.is_off or ends
        if self.is_off:
            raise PowerCutError

    @contextmanager
    def on(self) -> Iterator[None]:
        """Supply a run: its ledger and its points."""
        connections: list[DBAPIConnection] = []
        hooks = (
            (Pool, "connect", lambda connection, _: connections.append(connection)),
            (Engine, "before_cursor_execute", lambda *_: self.event()),
            (Engine, "commit", self.event),
        )
        for hook in hooks:
            event.listen(*hook)
        deaf = listen(self.passes)
        try:
            yield
        finally:
            deaf()
            for hook in hooks:
                event.remove(*hook)
            for connection in connections if self.is_off else ():
                connection.close()


class Inline(Executor):
    """Makes each call at once, so that one seed always gives one order of events."""

    def submit(self, fn: Callable[..., T], /, *args: object, **kwargs: object) -> Future[T]:
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001  a power cut too is for whoever waits
            done.set_exception(error)
        return done


class Wire(httpx.AsyncBaseTransport):
    """The registry, as near as a function call, under the same power."""

    def __init__(self, transport: httpx.AsyncBaseTransport, power: Power) -> None:
        self._transport, self._power = transport, power

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        about = _reference_in(request)
        self._power.passes("wire.connected", about)
        self._power.passes("wire.half_sent", about)
        answer = await self._transport.handle_async_request(request)
        self._power.passes("wire.sent", about)
        return answer


def _reference_in(request: httpx.Request) -> str:
    """The batch that a POST is about."""
    return str(json.loads(request.content)["supplier_reference_id"]) if request.method == "POST" else ""


class Clock:
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> dt.datetime:
        return dt.datetime(2026, 11, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@contextmanager
def as_one_cut(power: Power) -> Iterator[None]:
    """Several senders die of one power cut."""
    try:
        yield
    except BaseExceptionGroup as several:
        if power.is_off and several.subgroup(PowerCutError):
            raise PowerCutError from several
        raise


def _first_of(reference: str) -> dt.datetime:
    """Logs of other references are of other times: the same run twice would be a copy."""
    of_the_usual_log = re.fullmatch(r"B-\d+", reference)
    return START - dt.timedelta(days=0 if of_the_usual_log else 40 + crc32(reference.encode()) % 2000)


Between = Callable[[httpx.AsyncBaseTransport, Conduct], httpx.AsyncBaseTransport]
"""What stands between a run and the registry; the second is how the registry behaves."""


class Plant:
    """A folder with a log, a ledger and a registry that outlives every run.

    `between` may put a network that fails between the two, see `network`.
    """

    def __init__(
        self, folder: Path, rows: int = 7, toml: str = "", ledger: str = "", store: Store | None = None
    ) -> None:
        """`ledger` is its address; without one, it is the usual file in the folder."""
        self.folder = folder
        self.ledger = ledger
        self.clock = Clock()
        self.concurrency = 3
        self.write_files: Write = briefly
        self.between: Between = lambda registry, _: registry
        self.store = store or Store(":memory:")
        self.log = self.write({f"B-{number:03}": number for number in range(1, rows + 1)})
        (folder / "pipeline.toml").write_text(toml)
        self.runs = 0

    @classmethod
    def bare(cls, folder: Path) -> Self:
        """A plant without a log."""
        return cls(folder, rows=0)

    def write(self, masses: dict[str, int], name: str = "log.csv") -> Path:
        """A log with a row a reference; its mass is 100 kg and a bit."""
        lines = [HEADER]
        for number, (reference, extra) in enumerate(masses.items()):
            start = _first_of(reference) + dt.timedelta(hours=5 * (number % 140))
            end = start + dt.timedelta(hours=4)
            lines.append(f"{reference},{KILN},{WOOD},{start.isoformat()},{end.isoformat()},{100 + extra}")
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n")
        return path

    def settings(self, **options: object) -> Settings:
        return load(
            folder=self.folder,
            environ={"ISOMETRIC_BASE_URL": URL, "PIPELINE_LEDGER_URL": self.ledger},
            options=Options(**options),  # type: ignore[arg-type]
        )

    def upload(
        self,
        faults: str = "",
        *,
        conduct: Conduct = AS_PUBLISHED,
        power: Power | None = None,
        files: Sequence[Path] = (),
    ) -> Report:
        """Run `upload` once; PowerCutError when the power was cut before it had ended."""
        power = power or Power()
        world = self.world(faults, conduct, power)
        with power.on(), as_one_cut(power):
            return run.upload(files or [self.log], self._settings, world)

    def check(self, *files: Path) -> Report:
        """Run `check` once."""
        return run.check(files or [self.log], self._settings, World(now=self.clock.now))

    def drop(self) -> None:
        """Put the log into the inbox, as a person does; it was complete a while ago."""
        inbox = self.folder / "inbox"
        inbox.mkdir(exist_ok=True)
        shutil.copyfile(self.log, inbox / self.log.name)
        os.utime(inbox / self.log.name, (0, 0))

    def upload_inbox(self, faults: str = "", *, power: Power | None = None) -> Report | None:
        """Run `upload` without files once; None when the inbox is empty."""
        power = power or Power()
        world = self.world(faults, AS_PUBLISHED, power)
        with power.on(), as_one_cut(power):
            return upload_inbox(self.folder / "inbox", self._settings, world, lambda *_: None)

    def retry(self, faults: str = "", *, conduct: Conduct = AS_PUBLISHED) -> Report:
        return run.retry(None, self._settings, self.world(faults, conduct, Power()))

    @property
    def _settings(self) -> Settings:
        return self.settings(concurrency=self.concurrency)

    def reconcile(
        self,
        faults: str = "",
        *,
        conduct: Conduct = AS_PUBLISHED,
        power: Power | None = None,
        files: Sequence[Path] = (),
    ) -> tuple[Report, Compared | None]:
        """Run `reconcile` once; PowerCutError when the power was cut before it had ended."""
        power = power or Power()
        world = self.world(faults, conduct, power)
        with power.on(), as_one_cut(power):
            return run.reconcile(files, self.settings(), world)

    def amend(
        self,
        *references: str,
        faults: str = "",
        conduct: Conduct = AS_PUBLISHED,
        power: Power | None = None,
        approved: run.Proposals | None = None,
    ) -> Report:
        """Look, approve what is shown (or take what was approved), and replace it."""
        power = power or Power()
        settings = self.settings(concurrency=3)
        with power.on(), as_one_cut(power):
            looking = self.world("", conduct, power)
            shown = run.proposals(references, settings, looking) if approved is None else approved
            return run.amend(references, shown, settings, self.world(faults, conduct, power))

    def proposals(self, *references: str) -> run.Proposals:
        return run.proposals(references, self.settings(), self.world("", AS_PUBLISHED, Power()))

    def wanted(self) -> list[str]:
        """The references for which a correction is remembered, and not done."""
        with Ledger(self.settings().ledger_url) as ledger:
            known = ledger.corrections.get(sorted(ledger.all_records()))
        return sorted(each.reference for each in known.values() if each.state != "done")

    def mass(self, reference: str) -> list[tuple[str, float]]:
        """The id and the mass of every batch that is held under a reference."""
        rows = self.store._db.execute("SELECT body FROM resources WHERE reference = ?", (reference,))
        bodies = [json.loads(body) for (body,) in rows]
        return [(body["id"], body["mass"]["magnitude"]) for body in bodies]

    def delete(self, reference: str) -> str:
        """Somebody deletes a batch at the registry, by hand; its id."""
        held = self.store._db.execute(
            "SELECT id FROM resources WHERE kind = 'production_batch' AND reference = ?", (reference,)
        ).fetchone()
        assert self.store.delete_batch(held[0])
        return str(held[0])

    def held(self) -> Counter[str]:
        """How often the registry holds each reference."""
        return Counter({reference: len(ids) for reference, ids in self.ids().items()})

    def ids(self) -> dict[str, list[str]]:
        """The registry's ids of each reference, in the order of their making."""
        rows = self.store._db.execute(
            "SELECT reference, id FROM resources WHERE kind = 'production_batch' ORDER BY seq"
        )
        found: dict[str, list[str]] = {}
        for reference, identity in rows:
            found.setdefault(str(reference), []).append(str(identity))
        return dict(sorted(found.items()))

    def world(self, faults: str, conduct: Conduct, power: Power) -> World:
        self.runs += 1
        app = build(self.store, conduct=conduct, faults=parse(faults), now=self.clock.now)
        return World(
            now=self.clock.now,
            clock=self.clock.monotonic,
            short_id=lambda: f"{self.runs:06}",
            sleep=self.clock.sleep,
            aside=Inline,
            reach=lambda _: Wire(self.between(httpx.ASGITransport(app), conduct), power),
            read=read,
            write=self.write_files,
        )
