"""The way to the registry comes from the environment that is handed in, and only for the registry."""

import ssl
from collections.abc import Mapping
from pathlib import Path

import pytest
import trustme

from pipeline.errors import SettingsError
from pipeline.settings import Options, Settings, load
from pipeline.settings.route import DIRECT, Route
from tests.program.shell import HARBOUR, Shell
from tests.security.secrets_of_tests import ACCESS_TOKEN, CLIENT_SECRET, found_in
from tests.security.servers import proxying, registered, serving

SANDBOX = {
    "ISOMETRIC_ENVIRONMENT": "sandbox",
    "ISOMETRIC_ACCESS_TOKEN": ACCESS_TOKEN,
    "ISOMETRIC_CLIENT_SECRET": CLIENT_SECRET,
}
PROXY = "http://proxy.example:3128"
CANARY = "canary-of-the-proxy"


def settled(folder: Path, environ: Mapping[str, str], *, offline: bool = False) -> Settings:
    return load(folder=folder, environ={**SANDBOX, **environ}, options=Options(), offline=offline)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_each_of_four_variables_names_the_proxy(tmp_path: Path, name: str) -> None:
    assert settled(tmp_path, {name: PROXY}).route == Route(PROXY)


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "FTP_PROXY"])
def test_a_proxy_for_what_is_not_https_is_not_meant(tmp_path: Path, name: str) -> None:
    assert settled(tmp_path, {name: PROXY}).route == DIRECT


def test_the_variable_for_https_goes_before_the_one_for_all(tmp_path: Path) -> None:
    assert settled(tmp_path, {"ALL_PROXY": "http://b:1", "HTTPS_PROXY": PROXY}).route.proxy == PROXY


@pytest.mark.parametrize(
    ("text", "excepted"),
    [
        ("*", True),
        ("api.sandbox.isometric.com", True),
        ("localhost, .isometric.com", True),
        ("ISOMETRIC.com", True),
        ("*.isometric.com", True),
        ("api.sandbox.isometric.com:443", True),
        ("api.isometric.com", False),
        ("metric.com", False),
        ("", False),
        (" , ", False),
    ],
)
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_no_proxy_excepts_hosts_and_domains(tmp_path: Path, name: str, text: str, excepted: bool) -> None:
    assert settled(tmp_path, {"HTTPS_PROXY": PROXY, name: text}).route == (
        DIRECT if excepted else Route(PROXY)
    )


@pytest.mark.parametrize("url", [None, "http://127.0.0.1:8765/mrv/v0", "http://localhost:8765/mrv/v0"])
def test_a_registry_on_this_machine_is_never_reached_through_a_proxy(tmp_path: Path, url: str | None) -> None:
    environ = {"ISOMETRIC_ENVIRONMENT": "local", "HTTPS_PROXY": PROXY, "ALL_PROXY": PROXY}
    assert settled(tmp_path, environ | ({"ISOMETRIC_BASE_URL": url} if url else {})).route == DIRECT


@pytest.mark.parametrize(
    ("text", "shown", "login"),
    [
        ("proxy.example:3128", PROXY, None),
        ("http://proxy.example", "http://proxy.example:80", None),
        ("http://PROXY.example:3128/", PROXY, None),
        ("http://[fd00::1]:3128", "http://[fd00::1]:3128", None),
        (f"http://ada:{CANARY}@proxy.example:3128", PROXY, f"ada:{CANARY}"),
        ("http://ada:p%40ss%3A1@proxy.example:3128", PROXY, "ada:p@ss:1"),
        ("http://ada@proxy.example:3128", PROXY, "ada:"),
    ],
)
def test_the_login_is_kept_apart_from_the_address(
    tmp_path: Path, text: str, shown: str, login: str | None
) -> None:
    settings = settled(tmp_path, {"HTTPS_PROXY": text})
    assert settings.route.proxy == shown
    assert (settings.route.login.reveal() if settings.route.login else None) == login
    assert CANARY not in repr(settings.route)
    if CANARY in text:
        assert CANARY in {secret.reveal() for secret in settings.secrets}


@pytest.mark.parametrize(
    "text",
    [
        f"socks5://ada:{CANARY}@proxy.example:1080",
        f"https://ada:{CANARY}@proxy.example:3128",
        f"http://ada:{CANARY}@proxy.example:99999",
        f"http://ada:{CANARY}@proxy.example:3128/path",
        f"http://ada:{CANARY}@proxy.example:3128?x=1",
        f"http://ada:{CANARY}@:3128",
        f"http://ada:{CANARY}@proxy.example:3128\nx",
        f"http://ada:{CANARY}%0d%0ax@proxy.example:3128",
        f"http://ada:{CANARY}é@proxy.example:3128",
        f"http://ada:{CANARY}@prоxy.example:3128",
        f"http://[{CANARY}",
    ],
)
def test_any_other_proxy_is_refused_and_its_password_not_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settled(tmp_path, {"HTTPS_PROXY": text})
    assert str(caught.value).startswith("HTTPS_PROXY is not the address of a proxy")
    assert CANARY not in str(caught.value)
    assert settled(tmp_path, {"HTTPS_PROXY": text}, offline=True).route == DIRECT


def test_a_file_of_authorities_is_looked_at_before_anything_is_sent(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.pem", tmp_path / "bad.pem"
    trustme.CA().cert_pem.write_to_path(good)
    bad.write_text("no certificate")
    assert settled(tmp_path, {"SSL_CERT_FILE": str(good)}).route.ca_file == good
    for wrong in (bad, tmp_path / "missing.pem", tmp_path):
        with pytest.raises(SettingsError, match="SSL_CERT_FILE does not name a readable file"):
            settled(tmp_path, {"SSL_CERT_FILE": str(wrong)})


def test_the_program_goes_through_the_proxy_and_shows_it_without_its_login(tmp_path: Path) -> None:
    """The proxy refuses the tunnel, so that nothing is sent to the real sandbox."""
    with proxying(b"HTTP/1.1 407 Login") as proxy:
        shell = Shell(tmp_path, **SANDBOX, HTTPS_PROXY=f"http://ada:{CANARY}@127.0.0.1:{proxy.port}")
        ran = shell.run("upload", shell.copy(HARBOUR))
    assert ran.code == 3
    assert [asked.path for asked in proxy.asked] == ["api.sandbox.isometric.com:443"]
    assert f"through the proxy http://127.0.0.1:{proxy.port}\n" in ran.stdout
    assert "the proxy did not let it through (407)" in ran.screen
    (log,) = tmp_path.glob("runs/*/run.log.jsonl")
    assert f'"proxy": "http://127.0.0.1:{proxy.port}"' in log.read_text()
    for path in (each for each in tmp_path.rglob("*") if each.is_file()):
        assert not found_in(path.read_bytes(), CANARY), path
    assert not found_in(ran.screen.encode(), CANARY)


def test_the_program_stops_at_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    """The proxy leads the real sandbox's name to a server of this test, as an impostor would."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("api.sandbox.isometric.com").configure_cert(context)
    with serving(registered, context) as impostor, proxying(leads_to=impostor.port) as proxy:
        shell = Shell(tmp_path, **SANDBOX, HTTPS_PROXY=f"http://127.0.0.1:{proxy.port}")
        ran = shell.run("upload", shell.copy(HARBOUR))
    assert ran.code == 3
    assert "the registry's certificate cannot be trusted" in ran.screen
    assert (len(proxy.asked), len(impostor.connections), impostor.asked) == (1, 1, [])
