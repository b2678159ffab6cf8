"""Names by which files are known that no person wrote as a log: locks, half copies, litter (hazard 67)."""

from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Literal

Litter = Literal["lock", "unfinished", "system"]

_NAMES: MappingProxyType[Litter, tuple[str, ...]] = MappingProxyType(
    {
        "lock": ("~$*", ".~lock.*"),
        "unfinished": ("*.tmp", "*.part", "*.partial", "*.filepart", "*.crdownload", "*.download"),
        "system": ("thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", "._*", "icon\r"),
    }
)


def litter(name: str) -> Litter | None:
    """What kind of file this is that no person wrote, by its name alone; None for one that may be a log."""
    folded = name.casefold()
    return next((kind for kind, ways in _NAMES.items() if any(fnmatchcase(folded, w) for w in ways)), None)


def locked_log(name: str) -> str:
    """The name of the log that a lock file stands for."""
    return name.removeprefix("~$").removeprefix(".~lock.").removesuffix("#")
