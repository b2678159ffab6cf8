"""The local registry as a child process that ends with its parent, which needs nothing of what serves."""

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from pipeline.local_registry.conduct import AS_PUBLISHED, Conduct

_START_SECONDS = 30.0
_STOP_SECONDS = 5.0


@contextmanager
def launched(
    store_path: str | Path,
    *,
    faults: str = "",
    conduct: Conduct = AS_PUBLISHED,
    port: int = 0,
) -> Iterator[str]:
    """A registry in a child process, for as long as the context lasts; the value is its base URL.

    The child also ends when this process dies in any way. RuntimeError, with what the child said:
    it could not start.
    """
    command = [sys.executable, "-m", "pipeline.local_registry", str(store_path), "--port", str(port)]
    command += ["--until-stdin-closes", "--faults", faults, *_as_options(conduct)]
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(  # noqa: S603 - this very interpreter and package
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints
        ) as child,
    ):
        try:
            yield _announced_url(child, complaints)
        finally:
            _end(child)


def _as_options(conduct: Conduct) -> list[str]:
    options = ["--duplicates", conduct.duplicates, "--order", conduct.order]
    options += ["--list-lag", str(conduct.list_lag)]
    return options + [f"--foreign-reference={one}" for one in sorted(conduct.foreign_references)]


def _announced_url(child: subprocess.Popen[bytes], complaints: IO[bytes]) -> str:
    timer = threading.Timer(_START_SECONDS, child.kill)
    timer.start()
    try:
        line = cast("IO[bytes]", child.stdout).readline()
    finally:
        timer.cancel()
        timer.join()
    if not line:
        code = child.wait()
        complaints.seek(0)
        said = complaints.read().decode(errors="replace").strip()
        raise RuntimeError(f"the local registry did not start (exit code {code}): {said}")
    return str(json.loads(line)["url"])


def _end(child: subprocess.Popen[bytes]) -> None:
    with suppress(BrokenPipeError):
        cast("IO[bytes]", child.stdin).close()
    try:
        child.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
