"""What a run is given from outside: time, chance, and somebody who watches."""

import asyncio
import datetime as dt
import getpass
import secrets
import socket
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct
from msgspec.structs import replace

from pipeline.elsewhere import Remote
from pipeline.model import Outcome, Report, Target
from pipeline.read import Reader, read_apart
from pipeline.report import Following, following
from pipeline.run.company import Alone, Company
from pipeline.settings import Route
from pipeline.settings.route import DIRECT
from pipeline.write import write_results

if TYPE_CHECKING:
    import httpx

Reach = Callable[[int], "httpx.AsyncBaseTransport"]


class Watcher(Protocol):
    """Somebody who is told how a run goes on; the screen, or nobody."""

    def planned(self, report: Report) -> None:
        """The files were read and checked; `report` holds what is decided so far."""

    def talking_to(self, target: Target) -> None:
        """The registry has said who it is, or could not be reached."""

    def told(self, reference: str, outcome: Outcome) -> None:
        """The outcome of one batch is known."""

    def stopping(self, why: str) -> None:
        """Somebody wants the run to end: what is in flight is waited for, then it is reported."""

    def ended(self, report: Report) -> None:
        """The run is over, and its results are written."""


class Several:
    """Any number of watchers, told one after the other; none is nobody."""

    def __init__(self, *watchers: Watcher) -> None:
        self._watchers = watchers

    def planned(self, report: Report) -> None:
        for each in self._watchers:
            each.planned(report)

    def talking_to(self, target: Target) -> None:
        for each in self._watchers:
            each.talking_to(target)

    def told(self, reference: str, outcome: Outcome) -> None:
        for each in self._watchers:
            each.told(reference, outcome)

    def stopping(self, why: str) -> None:
        for each in self._watchers:
            each.stopping(why)

    def ended(self, report: Report) -> None:
        for each in self._watchers:
            each.ended(report)


def by_network(way: Route = DIRECT) -> Reach:
    """Transports to the registry by this way. What they need is imported with the first of them."""

    def made(connections: int) -> "httpx.AsyncBaseTransport":
        from pipeline.transport import over_the_network

        return over_the_network(connections, proxy=way.proxy, login=way.login, ca_file=way.ca_file)

    return made


def _this_user() -> str:
    """Who runs this, and where; a user without a name goes by no name."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):
        user = "(no name)"
    return f"{user}@{socket.gethostname()}"


class World(Struct, frozen=True):
    """`now` is an aware time in UTC, `clock` a monotonic count of seconds, `sleep` waits for some.

    `beside` waits for some while others work: until the lease is to be prolonged, or the run's time is over.
    `reach` makes the transport to the registry for so many connections, `aside` a place where slow calls
    are made one after the other, without holding up the rest. `lease` is how long a run that gives no sign
    keeps what it has claimed (point 7), `patience` how many seconds it waits for another's transaction in
    the ledger. `read` reads the logs, `who` names who runs this, and on which machine. `then` tells what
    follows a run whose results are looked for in a folder, and `write` writes them on this machine.
    `company` are those who work on the run.
    """

    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    clock: Callable[[], float] = time.monotonic
    short_id: Callable[[], str] = lambda: secrets.token_hex(3)
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    beside: Callable[[float], Awaitable[object]] = asyncio.sleep
    reach: Reach = by_network()
    aside: Callable[[], Executor] = lambda: ThreadPoolExecutor(1, thread_name_prefix="ledger")
    lease: dt.timedelta = dt.timedelta(seconds=60)
    patience: float = 30.0
    read: Reader = read_apart
    who: Callable[[], str] = _this_user
    watcher: Watcher = Several()
    then: Callable[[Report, Path | Remote], Following] = following
    write: Callable[[Report, Path, Following], object] = write_results
    company: Company = Alone()

    def with_company(self, company: Company) -> "World":
        """The same, where these work on the run."""
        return replace(self, company=company, read=company.reader(self.read))

    def without_links(self) -> "World":
        """The same, but no link is followed to a log (hazard 77)."""
        return replace(self, read=partial(self.read, links=False))
