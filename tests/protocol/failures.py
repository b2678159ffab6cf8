"""What fails before, beside or within an answer, raised as the pinned transport raises it.

`test_failures` provokes each with a real socket, so that these are measured and not believed.
"""

from asyncio import CancelledError
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import aiohttp
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.http_exceptions import HttpProcessingError
from httpx_aiohttp.transport import map_aiohttp_exceptions
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

Done = Literal["never", "at once", "late"]
"""Whether the registry does what it was asked for, although the client does not hear of it."""

_KEY = ConnectionKey("registry", 443, True, True, None, None, None)
_URL = URL("https://registry/")
_ASKED = aiohttp.RequestInfo(_URL, "POST", CIMultiDictProxy(CIMultiDict()), _URL)


@dataclass(frozen=True)
class Failure:
    """A failure that the client sees as an exception, `seconds` after it began to wait.

    `halfway`: in the middle of the answer. `later`: how long after it the registry does what it was
    asked for, when it does so late.
    """

    cause: Callable[[], Exception]
    done: Done = "never"
    seconds: float = 0.0
    halfway: bool = False
    later: float = 0.0

    def happen(self) -> None:
        """Raise it, by the transport's own rule of what is raised for which cause."""
        with map_aiohttp_exceptions():
            raise self.cause()


def no_such_name() -> Exception:
    return aiohttp.ClientConnectorDNSError(_KEY, OSError(-2, "Name or service not known"))


def refused() -> Exception:
    return aiohttp.ClientConnectorError(_KEY, ConnectionRefusedError(111, "Connect call failed"))


def no_connection_in_time() -> Exception:
    return aiohttp.ConnectionTimeoutError("Connection timeout to host")


def untrusted_certificate() -> Exception:
    return aiohttp.ClientConnectorCertificateError(_KEY, ValueError("self-signed certificate"))


def tls_reset() -> Exception:
    return aiohttp.ClientConnectorError(_KEY, ConnectionResetError(104, "Connection reset by peer"))


def no_tls() -> Exception:
    return aiohttp.ClientConnectorSSLError(_KEY, OSError(1, "wrong version number"))


def reset() -> Exception:
    return aiohttp.ClientOSError(104, "Connection reset by peer")


def closed() -> Exception:
    return aiohttp.ServerDisconnectedError()


def silence() -> Exception:
    return aiohttp.SocketTimeoutError("Timeout on reading data from socket")


def cut_short() -> Exception:
    return aiohttp.ClientPayloadError("Response payload is not completed")


def misread() -> Exception:
    failure = aiohttp.ClientResponseError(_ASKED, (), status=400, message="Bad status line")
    failure.__cause__ = HttpProcessingError(code=400, message="Bad status line")
    return failure


def out_of_patience() -> Exception:
    failure = TimeoutError()
    failure.__cause__ = CancelledError()
    return failure
