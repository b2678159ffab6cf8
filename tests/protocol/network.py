"""Everything that a network and a server do to a client: 32 faults, and five of the list.

Each is a named value, to strike the requests that are chosen: one POST, every POST from one on, or
everything from one POST on. What a server does is done by the local registry; what happens before or
beside a server is a `Failure`.
"""

import datetime as dt
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from functools import partial

import httpx

from pipeline.local_registry.app import build
from pipeline.local_registry.conduct import AS_PUBLISHED, Conduct
from pipeline.local_registry.faults import KINDS, parse
from tests.protocol import failures
from tests.protocol.failures import Failure
from tests.protocol.plant import Plant

QUIET_SECONDS = 5.0
"""What the settings say when nobody says otherwise; the tests of lateness stand on either side of it."""

Chosen = Callable[[str, int], bool]
"""Whether a request is struck: its method, and how many POSTs there have been, itself included."""
Choose = Callable[[str, int], str | Failure | None]
"""What strikes a request, told in the same way."""


def once(number: int) -> Chosen:
    return lambda method, posts: method == "POST" and posts == number


def every_post_from(number: int) -> Chosen:
    return lambda method, posts: method == "POST" and posts >= number


def everything_from(number: int) -> Chosen:
    return lambda _, posts: posts >= number


def in_turn(*faults: str | Failure | None) -> Choose:
    """The first POST meets the first of these, and so on; the last of them meets all that follow."""
    return lambda method, posts: faults[min(posts, len(faults)) - 1] if method == "POST" else None


def nothing(_: str, __: int) -> bool:
    return False


@dataclass(frozen=True)
class Fault:
    """One way to go wrong: a script of the local registry without its selector, or a failure.

    `ends` are the outcomes that a row may have while every POST is struck and the list can be read.
    """

    name: str
    what: Failure | str
    ends: frozenset[str]


OPEN = frozenset(("unknown", "not_sent"))
MADE = frozenset(("created",))
FOUND = frozenset(("created", "already_registered"))
REFUSED = frozenset(("rejected",))


def _fault(name: str, what: Failure | str, ends: frozenset[str] = OPEN) -> Fault:
    return Fault(name, what, ends)


FAULTS: dict[str, Fault] = {fault.name: fault for fault in (
    _fault("N1 no such name", Failure(failures.no_such_name)),
    _fault("N2 refused", Failure(failures.refused)),
    _fault("N3 no connection in time", Failure(failures.no_connection_in_time, seconds=10)),
    _fault("N4 untrusted certificate", Failure(failures.untrusted_certificate)),
    _fault("N5 reset in the TLS handshake", Failure(failures.tls_reset)),
    _fault("N6 reset before the body", Failure(failures.reset)),
    _fault("N7 reset in the middle of the body", Failure(failures.reset)),
    _fault("N8 reset after the body, not stored", "drop-before"),
    _fault("N9 reset after it was stored", Failure(failures.reset, "at once"), MADE),
    _fault("N10 silence, not stored", Failure(failures.silence, seconds=30)),
    _fault("N11 silence, stored", Failure(failures.silence, "at once", seconds=30), MADE),
    _fault("N12 stored late", Failure(failures.closed, "late", later=1.0), MADE),
    _fault("N13 answer cut short", Failure(failures.cut_short, "at once", halfway=True), MADE),
    _fault("N14 answer of another length", Failure(failures.misread, "at once", halfway=True), MADE),
    _fault("N15 web page, not stored", "html-200"),
    _fault("N15 web page, stored", "html-200-after", MADE),
    _fault("N16 bad JSON", "bad-json-after", MADE),
    _fault("N17 answer about another batch", "wrong-reference-after", MADE),
    _fault("N18 unknown fields", "extra-fields", MADE),
    _fault("N19 429 and seconds", "429:retry_after=7"),
    _fault("N20 429 and a date", "429:retry_after=7,form=date"),
    _fault("N21 429 bare", "429:form=none"),
    _fault("N22 500, not stored", "error-500"),
    _fault("N23 500, stored", "error-500-after", MADE),
    _fault("N24 502, stored", "error-502-after", MADE),
    _fault("N24 504, stored", "error-504-after", MADE),
    _fault("N25 503", "error-503"),
    _fault("N25 503 and seconds", "error-503:retry_after=7"),
    _fault("N26 refused value", "reject-422", REFUSED),
    _fault("N27 refused as its own duplicate", "taken-after:form=422", FOUND),
    _fault("N28 refused as another's duplicate", "taken:form=422", REFUSED),
    _fault("N29 401", "401"),
    _fault("N29 403", "403"),
    _fault("N30 redirect", "redirect"),
    _fault("N31 slow drip", Failure(failures.out_of_patience, "at once", seconds=60, halfway=True), MADE),
    _fault("N32 replayed POST", "replay", FOUND | {"conflict"}),
)}  # fmt: skip
"""By name. A number that stands twice is one fault with two faces."""

LIST_FAULTS: dict[str, str] = {
    "stale": "stale-list:seconds=60",
    "row doubled": "shuffle:on=list",
    "row missed": "skip-rows:on=list",
    "cursor expired": "cursor-expired:on=list",
    "500 between pages": "error-500:on=list",
    "429 between pages": "429:on=list,retry_after=7",
    "count too small": "short-total:by=3",
    "count too large": "long-total:by=3",
}
"""Scripts of the local registry; with a comma and a selector they strike once."""


class Network:
    """The network between one plant and its registry, run after run; it counts what each run sends."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self.sent: list[tuple[float, str, str]] = []
        """When, method and path of each request of the last run."""
        self._choose: Choose = lambda _method, _posts: None
        self._late: list[tuple[dt.datetime, httpx.Request]] = []
        self._conduct = AS_PUBLISHED
        plant.between = self._between

    @property
    def posts(self) -> int:
        return sum(method == "POST" for _, method, _ in self.sent)

    def strikes(self, fault: str | Failure, chosen: Chosen) -> None:
        """From the next run on, this goes wrong with the chosen requests."""
        self._choose = lambda method, posts: fault if chosen(method, posts) else None

    def strikes_as(self, choose: Choose) -> None:
        """From the next run on, what goes wrong with each request is chosen for it."""
        self._choose = choose

    def heals(self) -> None:
        self.strikes("", nothing)

    def _between(self, registry: httpx.AsyncBaseTransport, conduct: Conduct) -> "_Wire":
        self.sent, self._conduct = [], conduct
        return _Wire(self, registry)

    async def passes(self, request: httpx.Request, registry: httpx.AsyncBaseTransport) -> httpx.Response:
        """What the client gets for a request: the registry's answer, or what is made of it."""
        self.sent.append((self.plant.clock.seconds, request.method, request.url.path))
        fault = self._choose(request.method, self.posts)
        await self._do_what_is_late()
        if isinstance(fault, Failure):
            return await self._fails(fault, request, registry)
        if fault and _fits(fault, request):
            return await self._misbehaving(fault).handle_async_request(request)
        return await registry.handle_async_request(request)

    def _misbehaving(self, script: str) -> httpx.AsyncBaseTransport:
        return self._registry(script, self.plant.clock.now)

    def _registry(self, script: str, now: Callable[[], dt.datetime]) -> httpx.AsyncBaseTransport:
        faults = tuple(replace(one, on="all") for one in parse(script))
        return httpx.ASGITransport(build(self.plant.store, conduct=self._conduct, faults=faults, now=now))

    async def _fails(
        self, failure: Failure, request: httpx.Request, registry: httpx.AsyncBaseTransport
    ) -> httpx.Response:
        if failure.done == "late":
            self._late.append((self.plant.clock.now() + dt.timedelta(seconds=failure.later), request))
        answer = await registry.handle_async_request(request) if failure.done == "at once" else None
        await self.plant.clock.sleep(failure.seconds)
        if answer is None or not failure.halfway:
            failure.happen()
        body = await answer.aread() if answer else b""
        return httpx.Response(200, stream=_Halfway(body, failure))

    async def _do_what_is_late(self) -> None:
        """Nobody looks before the next request, so it is early enough to do it then, in its own time."""
        now = self.plant.clock.now()
        due = [each for each in self._late if each[0] <= now]
        self._late = [each for each in self._late if each not in due]
        for moment, request in due:
            await self._registry("", partial(_at, moment)).handle_async_request(request)


def _at(moment: dt.datetime) -> dt.datetime:
    return moment


class _Wire(httpx.AsyncBaseTransport):
    def __init__(self, network: Network, registry: httpx.AsyncBaseTransport) -> None:
        self._network, self._registry = network, registry

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._network.passes(request, self._registry)
        except ConnectionAbortedError:
            # The registry's way to drop a connection where there is none.
            Failure(failures.closed).happen()
            raise


class _Halfway(httpx.AsyncByteStream):
    """An answer that fails in its middle."""

    def __init__(self, body: bytes, failure: Failure) -> None:
        self._body, self._failure = body, failure

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body[: len(self._body) // 2]
        self._failure.happen()


def _fits(script: str, request: httpx.Request) -> bool:
    """Some faults can only be asked of a POST, others only of the list."""
    asked = "post" if request.method == "POST" else "list"
    return asked in KINDS[script.partition(":")[0]].on
