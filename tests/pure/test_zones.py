"""What a local time means does not depend on the machine that reads the log."""

import datetime as dt
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from schemas.zones import zone, zone_names

ROOT = Path(__file__).parents[2]
READS = """
import datetime as dt, zoneinfo
from schemas.zones import zone
noon = dt.datetime(2026, 7, 1, 12)
print(*(noon.replace(tzinfo=where("Europe/Berlin")).utcoffset() for where in (zoneinfo.ZoneInfo, zone)))
"""


def test_a_machine_with_other_tables_reads_the_same_instant(tmp_path: Path) -> None:
    """Its Berlin has the clocks of Tokyo, and Python alone believes it."""
    tokyo = files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo")
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "Berlin").write_bytes(tokyo.read_bytes())
    ran = subprocess.run(
        [sys.executable, "-c", READS],
        cwd=ROOT,
        env={"PYTHONTZPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == ["9:00:00", "2:00:00"]


def test_the_tables_know_a_change_of_the_law_that_is_younger_than_many_machines() -> None:
    """British Columbia's clocks did not go back in November 2026."""
    noon = dt.datetime(2026, 11, 20, 12, tzinfo=zone("America/Vancouver"))
    assert noon.utcoffset() == dt.timedelta(hours=-7)


@pytest.mark.parametrize("name", ["localtime", "Factory", "", "Europe", "../tzdata/zones", "Nowhere/At_All"])
def test_what_is_no_zone_is_none(name: str) -> None:
    assert name not in zone_names()
    with pytest.raises(KeyError):
        zone(name)


def test_every_zone_that_is_named_can_be_read() -> None:
    assert len(zone_names()) > 400
    for name in zone_names():
        assert zone(name).key == name
        assert dt.datetime(2026, 1, 1, tzinfo=zone(name)).utcoffset() is not None
