"""What an answer or a failure means: HTTP -> Reply. Pure but for the types of the libraries.

The one question that matters of a failed POST is whether a byte of it may have arrived. httpx's
exceptions do not tell when the aiohttp transport is used: it reports a connection that was lost after
the body had left as `ConnectTimeout`. So the cause underneath is asked (see `_never_left`).
"""

import datetime as dt
from email.utils import parsedate_to_datetime

import aiohttp
import httpx
import msgspec
from msgspec import Struct

from pipeline.registry.replies import (
    Busy,
    Denied,
    Doubtful,
    Gone,
    NeverLeft,
    Reason,
    Redirected,
    Refused,
    Reply,
)
from pipeline.transport import Received

_SHOWN = 500
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What reading an answer's JSON may raise, whatever its body holds."""


class _Detail(Struct, frozen=True):
    msg: str
    loc: list[str | int] = []


class _Validation(Struct, frozen=True):
    detail: list[_Detail]


def failed(failure: Exception) -> NeverLeft | Doubtful:
    """What a request without an answer means: that it never left, or that nobody knows."""
    cause = failure.__cause__ or failure
    what = type(cause).__name__
    if isinstance(cause, aiohttp.ClientConnectorCertificateError):
        return NeverLeft(
            "the registry's certificate cannot be trusted. Something on the way may be listening; where a "
            "proxy of your own does, name a file with its certificates in SSL_CERT_FILE",
            hopeless=True,
        )
    if isinstance(cause, aiohttp.ClientHttpProxyError):
        return NeverLeft(f"the proxy did not let it through ({cause.status})", hopeless=cause.status == 407)
    if _never_left(cause):
        return NeverLeft(f"the registry could not be reached ({what})")
    return Doubtful(f"the connection failed before an answer came ({what})")


def not_created(answer: Received, now: dt.datetime) -> Reply:
    """What an answer means that is not the 200 that was asked for."""
    status = answer.status
    if status == 429:
        return Busy(wait_asked(answer, now))
    if status in (401, 403):
        return Denied(status, shown(answer))
    if 300 <= status < 400:
        return Redirected(status, _host(answer.headers.get("location", "")))
    if 400 <= status < 500 and status != 408:
        return Refused(status, _reasons(answer), shown(answer))
    return Doubtful(f"the registry answered {status}", status, wait_asked(answer, now))


def gone(answer: Received) -> Gone | Doubtful | None:
    """What a 404 proves: nothing, unless it is the registry's own and not a proxy's page."""
    if answer.status != 404:
        return None
    try:
        msgspec.json.decode(answer.content)
    except UNREADABLE:
        return Doubtful("a 404 that is not the registry's", 404)
    return Gone(404, shown(answer))


def _never_left(cause: BaseException) -> bool:
    """Whether no byte of the request can have been sent: no connection was ever made for it."""
    return isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)


def _reasons(answer: Received) -> tuple[Reason, ...]:
    """A refusal's reasons from any of the shapes that were seen (contract, "Observed")."""
    try:
        found = msgspec.json.decode(answer.content, type=_Validation).detail
    except UNREADABLE:
        return (Reason("", _plain_reason(answer)),)
    paths = [".".join(str(part) for part in each.loc if part != "body") for each in found]
    return tuple(Reason(path, each.msg) for path, each in zip(paths, found, strict=True))


def _plain_reason(answer: Received) -> str:
    try:
        body = msgspec.json.decode(answer.content, type=dict[str, object])
    except UNREADABLE:
        return f"the answer was not JSON but began: {shown(answer)[:80]}"
    said = body.get("detail") or body.get("message") or body.get("error")
    return str(said) if said else shown(answer)


def wait_asked(answer: Received, now: dt.datetime) -> float | None:
    """Seconds from either form of Retry-After; None when there is none or it makes no sense."""
    text = answer.headers.get("retry-after", "")
    if text.strip().isascii() and text.strip().isdigit():
        return float(text)
    moment = moment_of(text)
    return max(0.0, (moment - now).total_seconds()) if moment else None


def moment_of(header: str) -> dt.datetime | None:
    """The date of a header, in UTC; None when it is no date, or one that no calendar has."""
    try:
        moment = parsedate_to_datetime(header)
        return moment.replace(tzinfo=moment.tzinfo or dt.UTC).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def shown(answer: Received) -> str:
    return answer.content[:_SHOWN].decode("utf-8", "replace")


def _host(location: str) -> str:
    try:
        return httpx.URL(location).host
    except httpx.InvalidURL:
        return "an address that is not one"
