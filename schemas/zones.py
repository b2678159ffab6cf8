"""Time zones by the tables that are installed with this program, never by those of the machine.

Python asks the machine first, and a machine that was not updated when a country changed its clocks reads
every log of a plant there an hour wrong, without a word. The lock pins these tables, so that machines
which share a ledger agree on what a log means.
"""

from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

_TABLES = "tzdata"
_NOT_SET = "Factory"  # a clock of which nobody has said where it hangs; it would be read as UTC


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Every IANA name that `zone` knows, such as "Europe/Berlin"."""
    names = files(_TABLES).joinpath("zones").read_text(encoding="ascii").split()
    return frozenset(names) - {_NOT_SET}


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The zone of that name; KeyError when there is none."""
    if name not in zone_names():
        raise KeyError(name)
    with files(_TABLES).joinpath("zoneinfo", *name.split("/")).open("rb") as table:
        return ZoneInfo.from_file(table, key=name)
