"""A copy of this tree with an interpreter of its own, and what its tests say."""

import os
import shutil
import signal
import subprocess
import sysconfig
import venv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FOLDERS = ("pipeline", "schemas", "tests", "sample_data")
_PYTEST = ("-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-p", "no:hypothesispytest")
"""Without the plugin hypothesis works as well, and is imported, for a second, by its own tests only."""
PATIENCE = 90.0
"""Seconds after which tests are taken to hang, many times what the slowest of them needs."""


@dataclass(frozen=True)
class Verdict:
    """What pytest said. `failed`: the first test that failed, and why; only such a one is a catch."""

    passed: bool
    failed: str
    told: str


def judged(code: int | None, output: str) -> Verdict:
    """The verdict of an exit code of pytest; None when it had to be killed."""
    failures = [line.removeprefix("FAILED ") for line in output.splitlines() if line.startswith("FAILED ")]
    if code == 1 and failures:
        return Verdict(passed=False, failed=failures[0], told=failures[0])
    if code == 0:
        return Verdict(passed=True, failed="", told="every test passed")
    told = (
        "the tests did not end in time" if code is None else f"pytest ended with {code}, not with a failure"
    )
    return Verdict(passed=False, failed="", told=told)


class Copy:
    """The tree once more, in a folder of its own.

    Its interpreter finds the copy before everything else that is installed, so that a process which a
    test starts with `sys.executable` runs the copy too, from any folder and without any variable.
    """

    def __init__(self, folder: Path) -> None:
        self.root = folder / "tree"
        self._python = folder / "venv" / "bin" / "python"
        self._output = folder / "output"
        self._temporary = folder / "tmp"
        for name in _files():
            place = self.root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, place)
        venv.create(folder / "venv", symlinks=True)
        (site,) = (folder / "venv").glob("lib/python*/site-packages")
        installed = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})"
        (site / "copy.pth").write_text(f"{self.root}\n{installed}\n")
        self._assert_own()

    def tested(self, tests: Sequence[str], patience: float = PATIENCE) -> Verdict:
        """What these tests say of the copy, when they end within so many seconds."""
        command: list[str | Path] = [self._python, *_PYTEST, "--basetemp", self._temporary, *tests]
        with self._output.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=self.root,
                env={**os.environ, "COLUMNS": "200"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            code = _ended(process, patience)
        return judged(code, self._output.read_text(encoding="utf-8", errors="replace"))

    def _assert_own(self) -> None:
        """Or every bug would be looked for in the program without it."""
        where = "import pipeline, schemas; print(pipeline.__file__); print(schemas.__file__)"
        asked = subprocess.run(
            [self._python, "-c", where], cwd="/", env={}, capture_output=True, check=True, encoding="utf-8"
        )
        if not all(Path(file).is_relative_to(self.root) for file in asked.stdout.split()):
            raise RuntimeError(f"the copy in {self.root} imports {asked.stdout}")


def _ended(process: subprocess.Popen[bytes], patience: float) -> int | None:
    """The exit code; None when it had to be killed, with all that it had started."""
    try:
        return process.wait(patience)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _files() -> Iterable[str]:
    """What git knows or would add, as it is now; without git, the folders of the program."""
    if git := shutil.which("git"):
        command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, encoding="utf-8")
        if names := [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]:
            return names
    folders = [path for folder in _FOLDERS for path in (ROOT / folder).rglob("*")]
    files = [path for path in (*folders, *ROOT.glob("*.*")) if path.is_file()]
    return [str(path.relative_to(ROOT)) for path in files if "__pycache__" not in path.parts]
