"""A place where a log lies, or results: a path of this machine, or an address elsewhere. Pure."""

import re
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from msgspec import Struct

from pipeline.model import Refusal

_ADDRESS = re.compile(
    r"(?P<kind>[A-Za-z][A-Za-z0-9+.-]*(?:::[A-Za-z][A-Za-z0-9+.-]*)*)://(?P<rest>.*)", re.DOTALL
)
"""Also one that is chained, such as zip::s3://."""
_BUCKET = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_ACCOUNT = r"[a-z0-9]{3,24}\.(?:dfs|blob)\.core\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)"
_AZURE = rf"(?P<container>{_BUCKET})(?:@(?P<account>{_ACCOUNT}))?"
"""Only to the hosts of Azure: whoever gets the request gets what proves who we are."""
_SFTP = (
    r"(?:(?P<user>[A-Za-z0-9._][A-Za-z0-9._-]*)@)?"
    r"(?P<host>[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
)
AUTHORITIES = MappingProxyType({"s3": _BUCKET, "gs": _BUCKET, "abfs": _AZURE, "abfss": _AZURE, "sftp": _SFTP})
"""What may stand between :// and the next slash, by the kind of address."""
_FORMS = MappingProxyType(
    {
        "s3": "s3://BUCKET/FILE",
        "gs": "gs://BUCKET/FILE",
        "abfs": "abfs://CONTAINER@ACCOUNT.dfs.core.windows.net/FILE",
        "abfss": "abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/FILE",
        "sftp": "sftp://USER@HOST/FOLDER/FILE",
    }
)
_KNOWN = "s3://, gs://, abfs://, abfss:// or sftp://"
_PLAIN_USER = re.compile(r"[A-Za-z0-9._-]+")
_QUERY = re.compile(r"\?[^/]*=")


class Remote(Struct, frozen=True):
    """A file, or a folder, at an address; `str` gives the address back. It holds no credential, ever.

    ValueError when the address is none that is read, or may hold a credential; it is not repeated.
    """

    url: str

    def __post_init__(self) -> None:
        if refused(self.url):
            raise ValueError("This is no address of a file elsewhere; see place_of.")

    def __str__(self) -> str:
        return self.url

    def __truediv__(self, name: str) -> "Remote":
        return Remote(f"{self.url.rstrip('/')}/{name}")

    @property
    def kind(self) -> str:
        """s3, gs, abfs, abfss or sftp."""
        return self.url.partition("://")[0]

    @property
    def authority(self) -> str:
        """The bucket, the container, or the host, with what belongs to it."""
        return self.url.partition("://")[2].partition("/")[0]

    @property
    def path(self) -> str:
        """What follows the authority, without the slash between them."""
        return self.url.partition("://")[2].partition("/")[2]

    @property
    def name(self) -> str:
        """The last part; empty when the address is that of a folder or of a whole bucket."""
        return "" if self.path.endswith("/") else PurePosixPath(self.path).name


class Nowhere(Struct, frozen=True):
    """What was named and is no place, as it may be shown, and why."""

    said: str
    refusal: Refusal

    def __str__(self) -> str:
        return self.said

    @property
    def name(self) -> str:
        return self.said


Place = Path | Remote | Nowhere


def place_of(text: str) -> Place:
    """The place that a text names. The same text comes of `str`, but for what must not be shown."""
    found = _ADDRESS.fullmatch(text)
    if found is None:
        return Path(text)
    url = f"{found['kind'].lower()}://{found['rest']}"
    why = refused(url)
    return Nowhere(masked(url), why) if why else Remote(url)


def refused(url: str) -> Refusal | None:
    """Why nothing is read at this address; None when it can be tried."""
    kind, _, rest = url.partition("://")
    shown = masked(url)
    if kind not in AUTHORITIES:
        return Refusal(
            "address_unknown",
            f"“{shown}” is an address of a kind that is not read.",
            f"Write an address with {_KNOWN}, or copy the file to this machine and name its path.",
        )
    if _with_credential(kind, rest):
        return Refusal(
            "address_with_credential",
            f"“{shown}” holds a password or a token, or what may be one.",
            "Write the address without it, and have it replaced if others could read it. Credentials belong "
            "where the driver looks for them: its own variables or files, and for sftp a key.",
        )
    if not re.fullmatch(AUTHORITIES[kind], rest.partition("/")[0]):
        return Refusal(
            "address_malformed",
            f"“{shown}” is not written as an address of its kind.",
            f"Write {_FORMS[kind]}, without wildcards before the first single slash.",
        )
    return None


def masked(url: str) -> str:
    """The address as it may be shown: nothing of it that could be a credential."""
    kind, _, rest = url.partition("://")
    before, at, after = rest.rpartition("@")
    if at and not (_PLAIN_USER.fullmatch(before) or _without_credential(kind, rest)):
        before = "***"
    rest = f"{before}{at}{after}"
    query = _QUERY.search(rest)
    return f"{kind}://{rest[: query.start()]}?***" if query else f"{kind}://{rest}"


def _with_credential(kind: str, rest: str) -> bool:
    user, at, _ = rest.partition("/")[0].rpartition("@")
    return bool(_QUERY.search(rest) or ":" in user or (at and kind in {"s3", "gs"}))


def _without_credential(kind: str, rest: str) -> bool:
    """Whether the @ stands in the path of an address that is in order."""
    authority = rest.partition("/")[0]
    form = AUTHORITIES.get(kind)
    return form is not None and re.fullmatch(form, authority) is not None and "@" not in authority
