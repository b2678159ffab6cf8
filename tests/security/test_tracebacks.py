"""What a traceback with the locals of every frame shows when something breaks that nobody foresaw.

Kept: no frame of this program, from settings to request, and none of the libraries below a request,
holds a credential in what it would show. Out of reach: a debugger in the process, its memory, the frames of
a library while it still runs, and the two lines in which a credential is put on a request.
"""

import datetime as dt
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec
import pytest

from pipeline import run
from pipeline.errors import SettingsError
from pipeline.local_registry.app import build
from pipeline.local_registry.conduct import AS_PUBLISHED
from pipeline.local_registry.store import Store
from pipeline.model import Outcome, Report, Target
from pipeline.read import read
from pipeline.run.world import Several, World
from pipeline.settings import Options, Settings, load
from tests.protocol.plant import Clock, Plant
from tests.security.secrets_of_tests import ACCESS_TOKEN, CLIENT_SECRET, found_in

ENVIRON = {
    "ISOMETRIC_ENVIRONMENT": "local",
    "ISOMETRIC_BASE_URL": "http://127.0.0.1:9/mrv/v0",
    "ISOMETRIC_ACCESS_TOKEN": ACCESS_TOKEN,
    "ISOMETRIC_CLIENT_SECRET": CLIENT_SECRET,
    "PIPELINE_LEDGER_URL": "",
}


class BugError(Exception):
    """Something that nobody foresaw."""


class Library(httpx.AsyncBaseTransport):
    """A library that holds what it is about to send in plain locals, as real ones do."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        headers = dict(request.headers)
        raw = request.headers.raw
        assert found_in(repr((headers, raw)).encode(), ACCESS_TOKEN)
        raise BugError from KeyError(len(headers))


class Breaking(Several):
    """A watcher that breaks at one of its calls."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self._at = at

    def planned(self, report: Report) -> None:
        self._break("planned", report)

    def talking_to(self, target: Target) -> None:
        self._break("talking_to", target)

    def told(self, reference: str, outcome: Outcome) -> None:
        self._break("told", reference, outcome)

    def stopping(self, why: str) -> None:
        self._break("stopping", why)

    def ended(self, report: Report) -> None:
        self._break("ended", report)

    def _break(self, where: str, *_: object) -> None:
        if where == self._at:
            raise BugError


def settings(folder: Path) -> Settings:
    return load(folder=folder, environ=ENVIRON, options=Options())


def shown(work: Callable[[], object], error: type[BaseException] = BugError) -> str:
    """The whole traceback, causes and groups too, with the locals of each frame."""
    with pytest.raises((error, BaseExceptionGroup)) as caught:
        work()
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    return "".join(told.format())


@pytest.mark.parametrize("at", ["planned", "talking_to", "told", "ended"])
def test_no_frame_of_a_run_that_breaks_holds_a_credential(tmp_path: Path, at: str) -> None:
    plant = Plant(tmp_path)
    app = build(Store(":memory:"), conduct=AS_PUBLISHED, faults=(), now=plant.clock.now)
    world = World(
        now=Clock().now,
        sleep=Clock().sleep,
        reach=lambda _: httpx.ASGITransport(app),
        watcher=Breaking(at),
        read=read,
    )
    told = shown(lambda: run.upload([plant.log], settings(tmp_path), world))
    assert "settings = Settings(environment='local'" in told
    assert not found_in(told.encode(), ACCESS_TOKEN, CLIENT_SECRET)


def test_no_frame_of_a_library_below_a_request_is_left_in_the_traceback(tmp_path: Path) -> None:
    plant = Plant(tmp_path)
    world = World(now=Clock().now, sleep=Clock().sleep, reach=lambda _: Library(), read=read)
    told = shown(lambda: run.upload([plant.log], settings(tmp_path), world))
    assert "BugError" in told
    assert "fetched" in told
    assert "handle_async_request" not in told
    assert not found_in(told.encode(), ACCESS_TOKEN, CLIENT_SECRET)


@pytest.mark.parametrize("name", ["ISOMETRIC_ACCESS_TOKEN", "ISOMETRIC_CLIENT_SECRET"])
def test_no_frame_of_settings_that_are_refused_holds_a_credential(tmp_path: Path, name: str) -> None:
    secret = ENVIRON[name]
    environ = {**ENVIRON, name: f"{secret} with a space", "PIPELINE_LEDGER_URL": "nonsense"}
    told = shown(lambda: _loaded(tmp_path, environ), SettingsError)
    assert "given = <" in told
    assert not found_in(_below(told, "in load").encode(), ACCESS_TOKEN, CLIENT_SECRET)


def test_no_frame_of_settings_shows_an_address_of_messages(tmp_path: Path) -> None:
    (tmp_path / "pipeline.toml").write_text(
        f'[notify]\nurls = ["slack://{CLIENT_SECRET}"]\n[delivery]\nquiet_seconds = -1\n'
    )
    told = shown(lambda: _loaded(tmp_path, {}), SettingsError)
    assert "found = Examined(" in told
    assert not found_in(_below(told, "in load").encode(), CLIENT_SECRET)


def _loaded(folder: Path, environ: dict[str, str]) -> Settings:
    return load(folder=folder, environ=environ, options=Options())


def _below(told: str, frame: str) -> str:
    """The part of a traceback that is this program's: the frames before are the test's own."""
    return told[told.index(frame) :]


def test_the_password_of_a_shared_ledger_is_masked_where_messages_are(tmp_path: Path) -> None:
    """Its address is text that many frames hold; what is written of them is masked."""
    url = "postgresql+psycopg://ada:a%2Flong+canary@host/ledger"
    made = _loaded(tmp_path, {"PIPELINE_LEDGER_URL": url})
    assert "a/long+canary" in {secret.reveal() for secret in made.secrets}


def test_settings_and_what_they_hold_show_nothing(tmp_path: Path) -> None:
    made = settings(tmp_path)
    for shown_as in (repr(made), str(made), repr(made.secrets), repr(made.route)):
        assert not found_in(shown_as.encode(), ACCESS_TOKEN, CLIENT_SECRET)
    encoded = msgspec.json.encode([str(each) for each in made.secrets])
    assert not found_in(encoded, ACCESS_TOKEN, CLIENT_SECRET)


HOOKS = """
import asyncio, faulthandler, logging, resource, sys, threading, warnings
from pipeline.cli import last_resort
last_resort.redaction.learn(sys.stdin.readline().strip())
secret = SECRET = sys.stdin.readline().strip()
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
last_resort.prepare()
assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
warnings.warn(f"warned of {secret}")
logging.getLogger("library").error("logged %s", secret)
thread = threading.Thread(target=lambda: int(f"in a thread {secret}"))
thread.start(); thread.join()
class Gone:
    def __del__(self): raise ValueError(f"unraisable {secret}")
Gone()
async def forgotten():
    asyncio.get_running_loop().create_task(failing())
    await asyncio.sleep(0.01)
async def failing(): raise ValueError(f"forgotten {secret}")
asyncio.run(forgotten())
faulthandler.dump_traceback(sys.stderr)
raise ValueError(f"uncaught {secret}\\x1b[31m")
"""


def test_every_hook_of_the_interpreter_masks_what_it_prints(tmp_path: Path) -> None:
    script = tmp_path / "hooks.py"
    script.write_text(HOOKS)
    ran = subprocess.run(
        [sys.executable, str(script)],
        input=f"{CLIENT_SECRET}\n{CLIENT_SECRET}\n",
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    for word in (
        "warned of",
        "logged",
        "in a thread",
        "unraisable",
        "forgotten",
        "uncaught",
        "Current thread",
    ):
        assert word in ran.stderr, ran.stderr
    assert ran.stderr.count("***") >= 6
    assert "\x1b" not in ran.stderr
    assert not found_in(ran.stderr.encode(), CLIENT_SECRET)


def test_a_bug_is_kept_in_a_file_of_its_own_without_a_credential(tmp_path: Path) -> None:
    from pipeline.cli import last_resort  # noqa: PLC0415

    last_resort.redaction.learn(CLIENT_SECRET)
    now = dt.datetime(2026, 11, 24, 12, 0, 0, 5, tzinfo=dt.UTC)
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        sentence = last_resort.kept(f"KeyError: {CLIENT_SECRET}", now)
        another = last_resort.kept(f"another {CLIENT_SECRET}", now)
    finally:
        os.chdir(here)
    (path,) = tmp_path.glob(".pipeline/bug-*.log")
    assert path.name in sentence
    assert path.read_text() == "KeyError: ***"
    assert another.endswith("cannot be written (File exists): another ***")
    assert path.stat().st_mode & 0o777 == 0o600
