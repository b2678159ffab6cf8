"""One check's finding: a name, a verdict, what was found, and what to do about it."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

from msgspec import Struct

from pipeline.errors import Exit

Verdict = Literal["ok", "warning", "failure", "skipped"]
Name = Literal[
    "program", "settings", "credentials", "token", "keyring", "notify", "way", "registry", "clock",
    "time_zones", "facilities", "feedstocks", "ledger", "open_rows", "claims", "room", "folders", "modes",
    "inbox",
]  # fmt: skip
TITLES: Mapping[Name, str] = MappingProxyType(
    {
        "program": "Program",
        "settings": "Settings",
        "credentials": "Credentials",
        "token": "Access token",
        "keyring": "System keyring",
        "notify": "Messages",
        "way": "Way to the registry",
        "registry": "Registry",
        "clock": "Clock",
        "time_zones": "Time zones",
        "facilities": "Facilities",
        "feedstocks": "Feedstocks",
        "ledger": "Ledger",
        "open_rows": "Rows left open",
        "claims": "Runs at work",
        "room": "Room on the disk",
        "folders": "Folders",
        "modes": "Who may read it",
        "inbox": "Inbox",
    }
)
"""What each check is called, in the order in which they are told."""
_GRAVITY: Mapping[Verdict, int] = MappingProxyType({"skipped": 0, "ok": 0, "warning": 1, "failure": 2})


class Finding(Struct, frozen=True):
    """What a check found. A `remedy` belongs to what is not well, and may belong to what was skipped.

    `may_pass` says of a failure that nothing has to be put right here: trying again later may be enough.
    """

    name: Name
    verdict: Verdict
    found: str
    remedy: str = ""
    may_pass: bool = False


def ok(name: Name, found: str) -> Finding:
    return Finding(name, "ok", found)


def skipped(name: Name, why: str, remedy: str = "") -> Finding:
    """A check that could not be made, or has nothing to check, with the reason."""
    return Finding(name, "skipped", why, remedy)


def worst(findings: Iterable[Finding]) -> Verdict:
    """The gravest verdict; what was skipped is no worse than what is well."""
    return max((each.verdict for each in findings), key=_GRAVITY.__getitem__, default="ok")


def exit_code(findings: Iterable[Finding]) -> Exit:
    """0: no failure. 2: something has to be put right. 3: all that failed may pass by itself."""
    failures = [each for each in findings if each.verdict == "failure"]
    if not failures:
        return Exit.OK
    return Exit.UNFINISHED if all(each.may_pass for each in failures) else Exit.USAGE
