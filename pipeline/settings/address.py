"""The two addresses that decide where things go: the registry's, and the ledger's."""

import ipaddress
import re
from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.model import Environment

_HOSTS: dict[str, Environment] = {
    "api.sandbox.isometric.com": "sandbox",
    "api.isometric.com": "production",
}
_URLS = {environment: f"https://{host}/mrv/v0" for host, environment in _HOSTS.items()}
_REGISTRY = re.compile(
    r"(?i:https://(?P<host>[a-z.]+)(?::443)?)/mrv/v0/?",
    re.ASCII,
)
_LOOPBACK = re.compile(
    r"(?i:http://(?:localhost|\[::1\]|(?P<ip>[0-9.]+)))(?::(?P<port>[0-9]{1,5}))?"
    r"(?:/[A-Za-z0-9._~/-]*)?",
    re.ASCII,
)


def registry_url(text: str | None, environment: Environment | None) -> str | None:
    """The address that credentials are sent to, or None for the local registry this program starts.

    `text` is compared with the few forms that are allowed, never taken apart and judged: what
    matches none of them is refused, and not repeated, for it may hold a password. `environment` is
    None when it is not known; then only the form is looked at.
    """
    if text is None:
        return _URLS.get(environment) if environment else None
    if _is_loopback(text):
        return text.rstrip("/")
    match = _REGISTRY.fullmatch(text)
    serves = _HOSTS.get(match["host"].lower()) if match else None
    if serves is None:
        raise SettingsError(
            "ISOMETRIC_BASE_URL is not an address that credentials may be sent to. Unset it; or "
            f"write {_URLS['sandbox']}, {_URLS['production']}, or http://127.0.0.1:PORT for a "
            "registry on this machine, each without a user name, a query or anything else."
        )
    if environment and serves != environment:
        raise SettingsError(
            f"ISOMETRIC_BASE_URL is the {serves} registry, but the environment is {environment}. "
            f"Unset ISOMETRIC_BASE_URL, or choose --target {serves}."
        )
    return _URLS[serves]


def _is_loopback(text: str) -> bool:
    match = _LOOPBACK.fullmatch(text)
    if match is None or not 0 < int(match["port"] or 80) < 65_536:
        return False
    try:
        return match["ip"] is None or ipaddress.IPv4Address(match["ip"]).is_loopback
    except ValueError:
        return False


def ledger_url(text: str | None, home: Path, where: str) -> str:
    """SQLAlchemy's address of the ledger. What is refused is not repeated: it may hold a password."""
    if text is None:
        text = "sqlite:///.pipeline/ledger.sqlite3"
    if re.fullmatch(r"postgresql\+psycopg://\S+", text):
        return text
    path = text.removeprefix("sqlite:///")
    if path in {text, "", ":memory:"}:
        raise SettingsError(
            f"{where} is not an address of a ledger that lasts. "
            "Write sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE."
        )
    file = (home / path).as_posix()
    if "?" in file:
        raise SettingsError(
            f"{where} leads to a path with a question mark, which would be cut off there. "
            "Write sqlite:/// and another path."
        )
    return f"sqlite:///{file}"
