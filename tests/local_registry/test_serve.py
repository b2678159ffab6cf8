"""Running it: it says where it is, keeps to the loopback interface, and never outlives its parent."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from pipeline.local_registry.launch import launched
from tests.local_registry.calls import all_references, client, create

HEAVY = ("pandas", "openpyxl", "pandera", "sqlalchemy", "httpx", "aiohttp", "typer", "numpy")


def listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def port_of(url: str) -> int:
    return httpx.URL(url).port or 0


def test_what_was_created_is_there_when_it_is_started_again(tmp_path: Path) -> None:
    place = tmp_path / "r.sqlite3"
    with launched(place) as url, client(url) as registry:
        create(registry, "R")
    with launched(place) as url, client(url) as registry:
        assert all_references(registry) == ["R"]


def test_it_listens_as_soon_as_it_has_said_so_and_no_longer_than_its_context(
    tmp_path: Path,
) -> None:
    with launched(tmp_path / "r.sqlite3") as url:
        assert url == f"http://127.0.0.1:{port_of(url)}/mrv/v0"
        assert listens(port_of(url))
    assert not listens(port_of(url))


def test_it_is_out_of_reach_of_other_addresses(tmp_path: Path) -> None:
    with launched(tmp_path / "r.sqlite3") as url, socket.socket() as caller:
        caller.settimeout(2)
        assert caller.connect_ex(("127.0.0.2", port_of(url))) != 0


def test_a_start_that_fails_says_why(tmp_path: Path) -> None:
    place = tmp_path / "r.sqlite3"
    with (
        pytest.raises(RuntimeError, match='did you mean "lose-answer"'),
        launched(place, faults="loose-answer"),
    ):
        pass
    with (
        launched(place) as url,
        pytest.raises(RuntimeError, match="in use"),
        launched(place, port=port_of(url)),
    ):
        pass
    with (
        pytest.raises(RuntimeError, match="unable to open database file"),
        launched(tmp_path / "missing" / "r.sqlite3"),
    ):
        pass


def test_it_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    parent = (
        "import sys, time\n"
        "from pipeline.local_registry.launch import launched\n"
        "with launched(sys.argv[1], faults='hang') as url:\n"
        "    print(url, flush=True)\n"
        "    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", parent, str(tmp_path / "r.sqlite3")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = port_of(process.stdout.readline().strip())
        assert listens(port)
        process.kill()
    deadline = time.monotonic() + 5
    while listens(port) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not listens(port)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_in_order_when_it_is_interrupted(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "pipeline.local_registry", str(tmp_path / "r.sqlite3")]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b'{"url": "http://127.0.0.1:')
        os.kill(process.pid, number)
        _, said = process.communicate(timeout=10)
    assert said == b""
    assert process.returncode in (0, -signal.SIGTERM)


def test_its_start_loads_nothing_heavy() -> None:
    code = "import sys, pipeline.local_registry.__main__; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert not set(HEAVY) & set(loaded)
    own = {name for name in loaded if name.startswith(("pipeline.", "schemas"))}
    assert all(name.startswith("pipeline.local_registry") for name in own)
