"""A dead man's switch is told that a night has begun, and how it has ended (as healthchecks.io wants it).

`…/start` at the beginning; at the end the address itself when the night did its work, else `…/<exit code>`.
Rows that need a person do not make it a failure: a switch that is down already says nothing when the nights
stop. Nothing of the log leaves with it.
"""

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx

from pipeline.tell.quiet import unheard
from pipeline.transport import Hidden, through, trusting

TRIES = 3
_TIMEOUT = httpx.Timeout(5.0)
_DONE = (0, 1)
BEGIN = "start"


def ending(code: int) -> str:
    """What is added to the address at the end of a night with this exit code."""
    return "" if code in _DONE else str(code)


def beat(
    url: Hidden, suffix: str, *, proxy: str = "", login: Hidden | None = None, ca_file: Path | None = None
) -> str:
    """One sign, tried three times. What went wrong, in a sentence that does not tell the address."""
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
    return f"The heartbeat was not taken ({why}, {TRIES} tries): see heartbeat_url under [nightly]."


def _address(url: str, suffix: str) -> str:
    parts = urlsplit(url)
    path = f"{parts.path.rstrip('/')}/{suffix}" if suffix else parts.path
    return urlunsplit(parts._replace(path=path))
