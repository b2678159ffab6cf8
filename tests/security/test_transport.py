"""What leaves, by which way, and what is believed of an answer: real servers, real TLS, a real proxy."""

import asyncio
import datetime as dt
import gzip
import socketserver
import ssl
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from pipeline.redact import Redaction
from pipeline.registry import (
    Denied,
    Doubtful,
    NeverLeft,
    Redirected,
    Refused,
    Registry,
    Reply,
    Stored,
    Unreadable,
    connected,
)
from pipeline.settings import Secret
from pipeline.settings.route import DIRECT, Route
from pipeline.transport import Credentials, over_the_network
from tests.protocol.plant import KILN, START, WOOD
from tests.security.secrets_of_tests import ACCESS_TOKEN, CLIENT_SECRET, found_in
from tests.security.servers import (
    Answer,
    Answering,
    Asked,
    answered,
    listening,
    proxying,
    registered,
    serving,
)

BODY = (
    f'{{"supplier_reference_id":"R-1","facility_id":"{KILN}","feedstock_type_ids":["{WOOD}"],"kind":"biochar",'
    '"started_at":"2026-10-01T06:00:00Z","ended_at":"2026-10-01T10:00:00Z",'
    '"mass":{"magnitude":100,"unit":"kg"}}'
)
BOMB = gzip.compress(bytes(50_000_000))
CLEAN_STATUS = (200, 400, 401, 422, 500)


class Place:
    """A certificate authority of this test, and TLS servers by it."""

    def __init__(self, folder: Path) -> None:
        self.authority = trustme.CA()
        self.ca_file = folder / "authority.pem"
        self.authority.cert_pem.write_to_path(self.ca_file)

    def tls(self, name: str = "localhost") -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(name).configure_cert(context)
        return context


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def _posted(url: str, way: Route) -> Reply:
    transport = over_the_network(2, proxy=way.proxy, login=way.login, ca_file=way.ca_file)
    auth = Credentials(Secret(ACCESS_TOKEN), Secret(CLIENT_SECRET))
    redact = Redaction(ACCESS_TOKEN, CLIENT_SECRET)
    async with connected(url, auth, transport, lambda: START, redact) as registry:
        reply = await registry.create("R-1", BODY)
    await _all_closed()
    return reply


async def _all_closed() -> None:
    """A loop that ends before the last farewell of TLS leaves a socket to the collector, and a warning."""
    watched = asyncio.get_running_loop()._selector.get_map()  # type: ignore[attr-defined]
    for _ in range(1_000):
        if len(watched) == 1:  # the loop's own
            return
        await asyncio.sleep(0.001)


def post(url: str, way: Route = DIRECT) -> Reply:
    """Post one batch to what answers at this address."""
    return asyncio.run(_posted(url, way))


def saying(answer: Answer) -> Answering:
    return lambda _: answer


# What leaves


def test_both_credentials_are_on_the_request_and_nothing_compressed_is_asked_for() -> None:
    with serving(registered) as registry:
        assert isinstance(post(registry.url), Stored)
    (asked,) = registry.asked
    assert asked.headers["authorization"] == f"Bearer {ACCESS_TOKEN}"
    assert asked.headers["x-client-secret"] == CLIENT_SECRET
    assert asked.headers["accept-encoding"] == "identity"


def test_a_cookie_is_not_kept() -> None:
    with serving(lambda asked: registered(asked)._replace(headers={"set-cookie": "a=b; path=/"})) as registry:

        async def twice() -> None:
            auth = Credentials(Secret("local"), Secret("local"))
            async with connected(
                registry.url, auth, over_the_network(1), lambda: START, Redaction()
            ) as client:
                await client.organisation()
                await client.organisation()

        asyncio.run(twice())
    assert len(registry.asked) == 2
    assert all("cookie" not in asked.headers for asked in registry.asked)


def test_a_netrc_and_a_proxy_of_the_environment_are_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with serving(registered) as registry, proxying() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert isinstance(post(registry.url), Stored)
    assert registry.asked[0].headers["authorization"] == f"Bearer {ACCESS_TOKEN}"
    assert proxy.connections == []


# TLS


def test_a_registry_that_the_named_authority_vouches_for_is_talked_to(place: Place) -> None:
    with serving(registered, place.tls()) as registry:
        reply = post(f"https://localhost:{registry.port}/mrv/v0", Route(ca_file=place.ca_file))
    assert isinstance(reply, Stored)


def test_an_untrusted_certificate_is_fatal_and_the_server_sees_no_request(place: Place) -> None:
    with serving(registered, place.tls()) as registry:
        reply = post(f"https://localhost:{registry.port}/mrv/v0")
    assert isinstance(reply, NeverLeft)
    assert reply.hopeless
    assert "certificate cannot be trusted" in reply.reason
    assert registry.asked == []
    assert len(registry.connections) == 1


def test_a_certificate_for_another_host_is_fatal_and_the_server_sees_no_request(place: Place) -> None:
    with serving(registered, place.tls("api.isometric.com")) as registry:
        reply = post(f"https://localhost:{registry.port}/mrv/v0", Route(ca_file=place.ca_file))
    assert isinstance(reply, NeverLeft)
    assert reply.hopeless
    assert registry.asked == []


def test_an_expired_certificate_is_fatal(place: Place) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    place.authority.issue_cert("localhost", not_after=yesterday).configure_cert(context)
    with serving(registered, context) as registry:
        reply = post(f"https://localhost:{registry.port}/mrv/v0", Route(ca_file=place.ca_file))
    assert isinstance(reply, NeverLeft)
    assert reply.hopeless
    assert registry.asked == []


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
def test_nothing_older_than_tls_1_2_is_spoken(place: Place) -> None:
    old = place.tls()
    old.set_ciphers("DEFAULT@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with serving(registered, old) as registry:
        reply = post(f"https://localhost:{registry.port}/mrv/v0", Route(ca_file=place.ca_file))
    assert isinstance(reply, NeverLeft)
    assert registry.asked == []


def test_a_reset_in_the_handshake_has_never_left_and_may_pass(place: Place) -> None:
    with resetting() as port:
        reply = post(f"https://localhost:{port}/mrv/v0", Route(ca_file=place.ca_file))
    assert isinstance(reply, NeverLeft)
    assert not reply.hopeless


@contextmanager
def resetting() -> Iterator[int]:
    """A server that closes as soon as something arrives."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(10)

    with listening(Handler) as port:
        yield port


# The proxy


def test_a_request_goes_through_the_proxy_which_sees_a_host_a_login_and_nothing_else(place: Place) -> None:
    with serving(registered, place.tls("registry.example")) as registry, proxying() as proxy:
        way = Route(f"http://127.0.0.1:{proxy.port}", Secret("ada:pass"), place.ca_file)
        reply = post(f"https://registry.example:{registry.port}/mrv/v0", way)
    assert isinstance(reply, Stored)
    (tunnel,) = proxy.asked
    assert (tunnel.method, tunnel.path) == ("CONNECT", f"registry.example:{registry.port}")
    assert tunnel.headers["proxy-authorization"] == "Basic YWRhOnBhc3M="
    assert not found_in(repr(tunnel).encode(), ACCESS_TOKEN, CLIENT_SECRET)
    assert "proxy-authorization" not in registry.asked[0].headers
    assert registry.asked[0].headers["x-client-secret"] == CLIENT_SECRET


def test_a_proxy_that_reads_along_is_not_trusted(place: Place) -> None:
    with serving(registered, place.tls("registry.example")) as registry, proxying() as proxy:
        reply = post(
            f"https://registry.example:{registry.port}/mrv/v0", Route(f"http://127.0.0.1:{proxy.port}")
        )
    assert isinstance(reply, NeverLeft)
    assert reply.hopeless
    assert registry.asked == []


@pytest.mark.parametrize(
    ("line", "hopeless"), [(b"HTTP/1.1 407 Login", True), (b"HTTP/1.1 502 Later", False)]
)
def test_what_the_proxy_refuses_has_never_left(line: bytes, hopeless: bool) -> None:
    with proxying(line) as proxy:
        reply = post("https://registry.example/mrv/v0", Route(f"http://127.0.0.1:{proxy.port}"))
    assert isinstance(reply, NeverLeft)
    assert reply.hopeless == hopeless
    assert line.split()[1].decode() in reply.reason


def test_a_proxy_that_is_not_there_has_never_let_anything_leave() -> None:
    reply = post("https://registry.example/mrv/v0", Route("http://127.0.0.1:1"))
    assert isinstance(reply, NeverLeft)
    assert not reply.hopeless


# Redirects


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_another_host_receives_nothing_of_a_redirect(status: int) -> None:
    with serving(registered) as other:
        to = f"{other.url}/production_batches?token={ACCESS_TOKEN}"
        with serving(saying(Answer(status, b"", {"location": to}))) as registry:
            reply = post(registry.url)
    assert reply == Redirected(status, "127.0.0.1")
    assert other.connections == []
    assert len(registry.asked) == 1


def test_a_secret_in_the_host_of_a_redirect_is_masked() -> None:
    to = f"https://{CLIENT_SECRET.split('/')[-1][-8:]}.evil.example/"
    with serving(saying(Answer(307, b"", {"location": to}))) as registry:
        reply = post(registry.url)
    assert isinstance(reply, Redirected)
    assert not found_in(repr(reply).encode(), CLIENT_SECRET)


# Answers


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "deflate", "br", "gzip, identity", "x-unknown"])
def test_a_compressed_answer_is_not_unpacked(encoding: str) -> None:
    with serving(saying(Answer(200, BOMB, {"content-encoding": encoding}))) as registry:
        tracemalloc.start()
        reply = post(registry.url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert reply == Doubtful("an answer that is not a production batch", 200)
    assert peak < 20_000_000


def test_a_compressed_refusal_says_that_it_was_and_none_of_its_bytes() -> None:
    with serving(saying(Answer(400, BOMB, {"content-encoding": "gzip"}))) as registry:
        reply = post(registry.url)
    assert isinstance(reply, Refused)
    assert reply.text == "(a compressed answer, which was not asked for)"


def test_a_compressed_refusal_of_the_credentials_is_still_one() -> None:
    with serving(saying(Answer(401, BOMB, {"content-encoding": "gzip"}))) as registry:
        assert isinstance(post(registry.url), Denied)


def test_an_answer_of_more_than_a_million_bytes_is_not_read_to_its_end() -> None:
    batch = registered(Asked("POST", "/production_batches", {}, BODY.encode()))
    with serving(saying(batch._replace(body=batch.body + b" " * 5_000_000))) as registry:
        assert post(registry.url) == Doubtful("an answer that is not a production batch", 200)
    with serving(saying(batch._replace(body=batch.body + b" " * 900_000))) as registry:
        assert isinstance(post(registry.url), Stored)


@pytest.mark.parametrize("status", CLEAN_STATUS)
@pytest.mark.parametrize("shape", ["detail", "message", "validation", "html", "plain", "batch"])
def test_credentials_that_an_answer_quotes_are_in_no_reply(status: int, shape: str) -> None:
    quoted = f"Bearer {ACCESS_TOKEN} with {CLIENT_SECRET} or …{CLIENT_SECRET[-8:]}"

    def echo(asked: Asked) -> Answer:
        match shape:
            case "detail" | "message":
                return answered({shape: quoted}, status)
            case "validation":
                entry = {"loc": ["body", quoted], "msg": quoted, "type": "x", "input": quoted}
                return answered({"detail": [entry]}, status)
            case "batch":
                return registered(asked, display_name=quoted, id=quoted)._replace(status=status)
        body = f"<p>{quoted}</p>" if shape == "html" else quoted
        return Answer(status, body.encode())

    with serving(echo) as registry:
        reply = post(registry.url)
    assert not found_in(repr(reply).encode(), ACCESS_TOKEN, CLIENT_SECRET)
    if status in (400, 422):
        assert isinstance(reply, Refused)
        assert "***" in repr(reply)


def test_no_half_of_a_credential_is_left_where_a_text_is_cut() -> None:
    for before in range(440, 500, 7):
        with serving(saying(Answer(400, b"x" * before + CLIENT_SECRET.encode()))) as registry:
            reply = post(registry.url)
        assert isinstance(reply, Refused)
        assert CLIENT_SECRET[:6] not in repr(reply)


def test_a_list_that_cannot_be_had_for_a_certificate_is_not_asked_for_again(place: Place) -> None:
    with serving(registered, place.tls()) as registry:

        async def page() -> object:
            auth = Credentials(Secret("local"), Secret("local"))
            url = f"https://localhost:{registry.port}/mrv/v0"
            async with connected(url, auth, over_the_network(1), lambda: START, Redaction()) as client:
                return await _page(client)

        found = asyncio.run(page())
    assert isinstance(found, Unreadable)
    assert found.hopeless


async def _page(client: Registry) -> object:
    return await client.page("")
