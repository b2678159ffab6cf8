"""How the registry is reached: through which proxy, and which certificates are trusted.

A registry on this machine is reached directly, whatever the environment says.
"""

import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from pipeline.errors import SettingsError
from pipeline.settings.secret import Secret

_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")


class Route(Struct, frozen=True):
    """`proxy` is an address without user and password, empty for none. `login` is `user:password`.

    `ca_file` holds the certificates to trust in place of the usual ones.
    """

    proxy: str = ""
    login: Secret | None = None
    ca_file: Path | None = None

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The login, and its password alone."""
        if self.login is None:
            return ()
        password = self.login.reveal().partition(":")[2]
        return (self.login, Secret(password)) if password else (self.login,)


DIRECT = Route()


def route(base_url: str | None, given: Mapping[str, str]) -> Route:
    """The route to the registry; what is refused is not repeated, for it may hold a password."""
    if base_url is None or not base_url.startswith("https:"):
        return DIRECT
    ca_file = _ca_file(given.get("SSL_CERT_FILE"))
    host = urlsplit(base_url).hostname or ""
    excepted = given.get("no_proxy") or given.get("NO_PROXY") or ""
    name = next((name for name in _VARIABLES if name in given), None)
    if name is None or _is_excepted(host, excepted):
        return Route(ca_file=ca_file)
    proxy, login = _proxy(name, given[name])
    return Route(proxy, login, ca_file)


def _is_excepted(host: str, names: str) -> bool:
    """Whether the list names the host, a domain around it, or everything (`*`)."""
    for each in names.lower().split(","):
        name = each.strip().removesuffix(":443").removeprefix("*").removeprefix(".")
        if each.strip() == "*" or (name and (host == name or host.endswith(f".{name}"))):
            return True
    return False


def _proxy(name: str, text: str) -> tuple[str, Secret | None]:
    refusal = SettingsError(
        f"{name} is not the address of a proxy that this program can use. Write "
        "http://HOST:PORT, or http://USER:PASSWORD@HOST:PORT with special characters percent-encoded; "
        "or unset it."
    )
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        host, port = parts.hostname, parts.port or 80
        login = _login(parts.username, parts.password)
    except ValueError:
        raise refusal from None
    extra = parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme != "http" or not host or extra or not host.isascii() or not text.isprintable():
        raise refusal
    return f"http://{f'[{host}]' if ':' in host else host}:{port}", login


def _login(user: str | None, password: str | None) -> Secret | None:
    if user is None:
        return None
    try:
        return Secret(f"{unquote(user)}:{unquote(password or '')}")
    except SettingsError:
        raise ValueError from None


def _ca_file(text: str | None) -> Path | None:
    """The file of SSL_CERT_FILE, once it was seen to hold certificates."""
    if text is None:
        return None
    try:
        ssl.create_default_context(cafile=text)
    except (OSError, ValueError):
        raise SettingsError(
            "SSL_CERT_FILE does not name a readable file of certificates (PEM). Correct or unset it."
        ) from None
    return Path(text)
