"""A cluster on this machine: nobody else can give it work, or see it."""

import subprocess
import sys
from pathlib import Path

import psutil

from pipeline.local_registry.launch import launched
from tests.program.shell import Shell, ended, payloads, poll

_ROWS = "".join(
    f"R-{n},fcl_1G8QT5ZAB1S0XSDW,ftt_1D7KZ1P761S0G7BN,2026-01-{n // 20 + 1:02}T{n % 20:02}:00:00Z,"
    f"2026-01-{n // 20 + 1:02}T{n % 20:02}:50:00Z,40\n"
    for n in range(300)
)


def _listening(process: psutil.Process) -> set[str]:
    """The addresses at which a process and all its children take calls."""
    return {
        each.laddr.ip
        for one in (process, *process.children(recursive=True))
        for each in one.net_connections("tcp")
        if each.status == psutil.CONN_LISTEN
    }


def test_a_cluster_on_this_machine_is_reached_from_this_machine_only_and_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    store = tmp_path / "registry.sqlite3"
    with launched(store, faults="slow:seconds=0.2,on=post") as url:
        shell = Shell(tmp_path / "plant", ISOMETRIC_BASE_URL=url)
        (shell.folder / "log.csv").write_text(f"Batch ref,Facility,Feedstock,Start,End,Mass (kg)\n{_ROWS}")
        process = shell.start("upload", "--json", "--cluster", "local:2", "log.csv")
        poll(lambda: bool(payloads(store)) or process.poll() is not None)
        family = psutil.Process(process.pid).children(recursive=True)
        listening = _listening(psutil.Process(process.pid))
        ran = ended(process)
    assert ran.outcomes == {"created": 300}, ran.stderr
    assert listening == {"127.0.0.1"}
    assert not psutil.wait_procs(family, timeout=10)[1]


def test_not_even_what_dask_calls_critical_comes_to_the_screen() -> None:
    said = (
        "import logging, distributed.scheduler\n"
        "from pipeline.cluster.hiring import _in_silence\n"
        "{silence}\n"
        "logging.getLogger('distributed.scheduler').critical('a client has gone')\n"
    )
    heard = [
        subprocess.run(
            [sys.executable, "-c", said.format(silence=silence)], check=True, capture_output=True, text=True
        ).stderr
        for silence in ("", "_in_silence()")
    ]
    assert ["a client has gone" in each for each in heard] == [True, False]
    assert heard[1] == ""
