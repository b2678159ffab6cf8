"""A plant in one process: a real ledger on disk, the real local registry, and a power switch.

The registry is reached without a socket, waiting takes no time, and the power can be cut at any event:
before any statement or commit of the ledger, and before and after any request. Once it is cut, nothing
that the run still tries to do has an effect, as after a SIGKILL.
"""

import datetime as dt
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import httpx
from sqlalchemy import Engine, Pool, event

from pipeline import run
from pipeline.ledger import Ledger
from pipeline.local_registry.app import build
from pipeline.local_registry.conduct import AS_PUBLISHED, Conduct
from pipeline.local_registry.faults import parse
from pipeline.local_registry.store import Store
from pipeline.model import Report
from pipeline.reconcile import Compared
from pipeline.run.world import World
from pipeline.settings import Options, Settings, load

URL = "http://127.0.0.1:9/mrv/v0"
KILN = "fcl_1G8QT5ZAB1S0XSDW"
WOOD = "ftt_1D7KZ1P761S0G7BN"
T = TypeVar("T")
START = dt.datetime(2026, 10, 1, 6, tzinfo=dt.UTC)
HEADER = "reference,facility,feedstock,started at,ended at,mass (kg)"


class PowerCutError(BaseException):
    """The process is dead. Not an Exception, so that nothing recovers from it."""


class Power:
    """Counts events, and ends everything at the one that was chosen; 0 never ends."""

    def __init__(self, ends_at: int = 0) -> None:
        self.events = 0
        self._ends_at = ends_at

    @property
    def is_off(self) -> bool:
        return 0 < self._ends_at <= self.events

    def event(self, *_: object) -> None:
        self.events += 1
        if self.is_off:
            raise PowerCutError

    @contextmanager
    def on_the_ledger(self) -> Iterator[None]:
        connections: list[sqlite3.Connection] = []
        hooks = (
            (Pool, "connect", lambda connection, _: connections.append(connection)),
            (Engine, "before_cursor_execute", lambda *_: self.event()),
            (Engine, "commit", self.event),
        )
        for hook in hooks:
            event.listen(*hook)
        try:
            yield
        finally:
            for hook in hooks:
                event.remove(*hook)
            for connection in connections if self.is_off else ():
                connection.close()


class Wire(httpx.AsyncBaseTransport):
    """The registry, as near as a function call, under the same power."""

    def __init__(self, transport: httpx.AsyncBaseTransport, power: Power) -> None:
        self._transport, self._power = transport, power

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._power.event()
        answer = await self._transport.handle_async_request(request)
        self._power.event()
        return answer


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


class Plant:
    """A folder with a log, a ledger and a registry that outlives every run."""

    def __init__(self, folder: Path, rows: int = 7, toml: str = "") -> None:
        self.folder = folder
        self.clock = Clock()
        self.store = Store(":memory:")
        self.log = self.write({f"B-{number:03}": number for number in range(1, rows + 1)})
        (folder / "pipeline.toml").write_text(toml)
        self.runs = 0

    def write(self, masses: dict[str, int], name: str = "log.csv") -> Path:
        """A log with a row a reference; its mass is 100 kg and a bit."""
        lines = [HEADER]
        for number, (reference, extra) in enumerate(masses.items()):
            start = START + dt.timedelta(hours=5 * number)
            end = start + dt.timedelta(hours=4)
            lines.append(f"{reference},{KILN},{WOOD},{start.isoformat()},{end.isoformat()},{100 + extra}")
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n")
        return path

    def settings(self, **options: object) -> Settings:
        return load(
            folder=self.folder,
            environ={"ISOMETRIC_BASE_URL": URL},
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
        world = self._world(faults, conduct, power)
        return self._under(
            power, lambda: run.upload(files or [self.log], self.settings(concurrency=3), world)
        )

    def _under(self, power: Power, work: Callable[[], T]) -> T:
        with power.on_the_ledger():
            try:
                return work()
            except BaseExceptionGroup as several:
                if power.is_off and several.subgroup(PowerCutError):
                    raise PowerCutError from several
                raise

    def retry(self, faults: str = "") -> Report:
        return run.retry(None, self.settings(concurrency=3), self._world(faults, AS_PUBLISHED, Power()))

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
        world = self._world(faults, conduct, power)
        return self._under(power, lambda: run.reconcile(files, self.settings(), world))

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

        def work() -> Report:
            looking = self._world("", conduct, power)
            shown = run.proposals(references, settings, looking) if approved is None else approved
            return run.amend(references, shown, settings, self._world(faults, conduct, power))

        return self._under(power, work)

    def proposals(self, *references: str) -> run.Proposals:
        return run.proposals(references, self.settings(), self._world("", AS_PUBLISHED, Power()))

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
        rows = self.store._db.execute("SELECT reference FROM resources WHERE kind = 'production_batch'")
        return Counter(str(row[0]) for row in rows)

    def _world(self, faults: str, conduct: Conduct, power: Power) -> World:
        self.runs += 1
        app = build(self.store, conduct=conduct, faults=parse(faults), now=self.clock.now)
        return World(
            now=self.clock.now,
            clock=self.clock.monotonic,
            short_id=lambda: f"{self.runs:06}",
            sleep=self.clock.sleep,
            reach=lambda _: Wire(httpx.ASGITransport(app, raise_app_exceptions=True), power),
        )
