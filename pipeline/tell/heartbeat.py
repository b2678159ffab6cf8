"""A dead man's switch is told that a night has begun, and how it has ended (as healthchecks.io wants it).

`…/start` at the beginning; at the end the address itself when the night did its work, else `…/<exit code>`.
Rows that need a person do not make it a failure: a switch that is down already says nothing when the nights
stop. Nothing of the log leaves with it.
"""

from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit, urlunsplit

import httpx

from pipeline.tell.quiet import unheard
from pipeline.transport import Hidden, through, trusting

TRIES = 3
LONGEST = 20.0
"""Seconds after which nobody waits any longer: each read may be quick, and the answer without an end."""
_TIMEOUT = httpx.Timeout(5.0)
_DONE = (0, 1)
BEGIN = "start"


def ending(code: int) -> str:
    """What is added to the address at the end of a night with this exit code."""
    return "" if code in _DONE else str(code)


def beat(
    url: Hidden,
    suffix: str,
    *,
    proxy: str = "",
    login: Hidden | None = None,
    ca_file: Path | None = None,
    longest: float = LONGEST,
) -> str:
    """One sign, tried three times. What went wrong, in a sentence that does not tell the address."""
    told: list[str] = []
    trying = Thread(target=lambda: told.append(_beaten(url, suffix, proxy, login, ca_file)), daemon=True)
    trying.start()
    trying.join(longest)
    return told[0] if told else _not_taken(f"no answer within {longest:g} seconds")


def _beaten(url: Hidden, suffix: str, proxy: str, login: Hidden | None, ca_file: Path | None) -> str:
    why = ""
    address = _address(url.reveal(), suffix)
    with httpx.Client(
        proxy=through(proxy, login), verify=trusting(ca_file), timeout=_TIMEOUT, trust_env=False
    ) as client:
        for _ in range(TRIES):
            try:
                with unheard("httpx"), client.stream("GET", address) as answer:  # its body is nothing to us
                    status = answer.status_code
            except (httpx.HTTPError, httpx.InvalidURL, OSError) as failure:
                why = type(failure).__name__
            else:
                if 200 <= status < 300:
                    return ""
                why = f"HTTP {status}"
    return _not_taken(f"{why}, {TRIES} tries")


def _not_taken(why: str) -> str:
    return f"The heartbeat was not taken ({why}): see heartbeat_url under [nightly]."


def _address(url: str, suffix: str) -> str:
    parts = urlsplit(url)
    path = f"{parts.path.rstrip('/')}/{suffix}" if suffix else parts.path
    return urlunsplit(parts._replace(path=path))
