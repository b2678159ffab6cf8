"""The real program, with credentials that must not be found, through all that may happen to it.

Looked through afterwards: both outputs, every file of its folder (the ledger and its write-ahead log,
what it keeps compressed, workbooks unzipped, logs, what is kept of bugs), and its command line.
"""

import base64
import json
import signal
import sqlite3
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.program.shell import Ran, Shell, ended, poll
from tests.protocol.plant import HEADER, KILN, WOOD
from tests.security.secrets_of_tests import ACCESS_TOKEN, CLIENT_SECRET, found_in, leaks
from tests.security.servers import Answer, Answering, Asked, answered, registered, serving

WHEN = "2026-10-01T06:00:00Z,2026-10-01T10:00:00Z"
LOG = "".join([f"{HEADER}\n", *(f"R-{n},{KILN},{WOOD},{WHEN},10{n}\n" for n in range(3))])
BATCH = {
    "supplier_reference_id": "R-0",
    "kind": "biochar",
    "started_at": "2026-10-01T06:00:00Z",
    "ended_at": "2026-10-01T10:00:00Z",
}
TOML = "[delivery]\nquiet_seconds = 0\nmax_duration = 20\n"
FILES = (
    '[registry]\nenvironment = "local"\n[credentials]\naccess_token_file = "t"\nclient_secret_file = "s"\n'
)


def quoted(asked: Asked) -> str:
    """Both headers as a careless server quotes them, whole and by their ends."""
    both = f"{asked.headers['authorization']} {asked.headers['x-client-secret']}"
    return f"you sent {both}, ending in {both[-8:]}"


def echoing(status: int, shape: str, on: str = "POST") -> Answering:
    """A registry that quotes the credentials in its answers of one kind."""

    def answer(asked: Asked) -> Answer:
        if asked.method != on or asked.path.endswith("/organisation") != (shape == "organisation"):
            return registered(asked)
        text = quoted(asked)
        match shape:
            case "organisation":
                return registered(asked, id=f"org_{text}", name=text)
            case "batch":
                return registered(asked, display_name=text)
            case "held":
                ids = [WOOD, text]
                mass = {"magnitude": 1, "unit": text}
                sent = json.dumps({**BATCH, "display_name": text, "facility_id": text, "mass": mass})
                held = registered(
                    asked._replace(method="POST", body=sent.encode()), id=text, feedstock_type_ids=ids
                )
                page = json.loads(registered(asked).body)
                return answered({**page, "nodes": [json.loads(held.body)], "total_count": 1})
            case "validation":
                entry = {
                    "loc": ["body", text],
                    "msg": text,
                    "input": {"headers": asked.headers},
                    "type": text,
                }
                return answered({"detail": [entry]}, status)
            case "location":
                host = asked.headers["x-client-secret"][-8:]
                return Answer(status, text.encode(), {"location": f"https://{host}.example/?{text}"})
            case "list":
                return answered({"nodes": text, "page_info": text, "total_count": text}, status)
        return Answer(status, f"<html>{text}</html>".encode())

    return answer


def hung_up(asked: Asked) -> Answer:
    if asked.method == "POST":
        raise ConnectionResetError
    return registered(asked)


class Case(NamedTuple):
    """What the registry does, how the program is called, and the exit code it ends with."""

    registry: Answering
    options: tuple[str, ...]
    code: int


CASES = {
    "all well, verbose": Case(registered, ("-v",), 0),
    "an organisation that quotes": Case(echoing(200, "organisation", "GET"), ("--json",), 0),
    "a batch that quotes": Case(echoing(200, "batch"), ("--log-format", "json"), 0),
    "a batch held otherwise that quotes": Case(echoing(200, "held", "GET"), ("-v",), 1),
    "401 that quotes": Case(echoing(401, "html"), ("-v",), 3),
    "422 that quotes": Case(echoing(422, "validation"), ("--log-format", "json"), 1),
    "400 that quotes": Case(echoing(400, "html"), ("--json",), 1),
    "500 that quotes": Case(echoing(500, "html"), ("-v",), 3),
    "200 that is a page and quotes": Case(echoing(200, "html"), ("--json",), 3),
    "a list that quotes": Case(echoing(200, "list", "GET"), ("-v",), 3),
    "a redirect that quotes": Case(echoing(307, "location"), ("-v",), 3),
    "no answer": Case(hung_up, ("-v",), 3),
}


def from_environment(folder: Path, url: str) -> Shell:
    shell = Shell(
        folder / "plant",
        ISOMETRIC_BASE_URL=url,
        ISOMETRIC_ENVIRONMENT="local",
        ISOMETRIC_ACCESS_TOKEN=ACCESS_TOKEN,
        ISOMETRIC_CLIENT_SECRET=CLIENT_SECRET,
    )
    (shell.folder / "pipeline.toml").write_text(TOML)
    (shell.folder / "log.csv").write_text(LOG)
    return shell


def from_files(folder: Path, url: str) -> Shell:
    """The credentials lie beside the folder that is looked through."""
    for name, secret in (("t", ACCESS_TOKEN), ("s", CLIENT_SECRET)):
        (folder / name).write_text(secret)
        (folder / name).chmod(0o600)
    shell = Shell(folder / "plant", ISOMETRIC_BASE_URL=url)
    (shell.folder / "pipeline.toml").write_text(
        TOML + FILES.replace('"t"', '"../t"').replace('"s"', '"../s"')
    )
    (shell.folder / "log.csv").write_text(LOG)
    return shell


def assert_clean(shell: Shell, *rans: Ran) -> None:
    for ran in rans:
        assert not found_in(ran.screen.encode(), ACCESS_TOKEN, CLIENT_SECRET), ran.screen
    assert leaks(shell.folder, ACCESS_TOKEN, CLIENT_SECRET) == {}


@pytest.mark.parametrize("name", CASES)
def test_no_credential_is_left_anywhere_whatever_the_registry_answers(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    with serving(case.registry) as registry:
        shell = from_environment(tmp_path, registry.url)
        ran = shell.run("upload", *case.options, "log.csv")
    assert ran.code == case.code, ran.screen
    assert registry.asked[0].headers["x-client-secret"] == CLIENT_SECRET
    assert_clean(shell, ran)
    if "quotes" in name and case.code != 0:
        ledger = (shell.folder / ".pipeline" / "ledger.sqlite3").read_bytes()
        assert b"you sent" not in ledger or b"***" in ledger


@pytest.mark.parametrize("make", [from_environment, from_files])
def test_no_credential_is_left_by_a_bug_nor_by_the_runs_after_it(
    tmp_path: Path, make: Callable[[Path, str], Shell]
) -> None:
    """The bug: what the ledger keeps of a run's report is none."""
    with serving(registered) as registry:
        shell = make(tmp_path, registry.url)
        first = shell.run("upload", "log.csv")
        with sqlite3.connect(shell.folder / ".pipeline" / "ledger.sqlite3") as ledger:
            ledger.execute("UPDATE runs SET report = x'00'")
        ledger.close()
        ran = shell.run("retry")
    assert (first.code, ran.code) == (0, 70), first.screen
    assert list(shell.folder.glob(".pipeline/bug-*.log"))
    assert registry.asked[0].headers["x-client-secret"] == CLIENT_SECRET
    assert_clean(shell, first, ran)


def test_no_credential_is_left_by_a_killed_run_nor_shown_while_it_runs(tmp_path: Path) -> None:
    def slowly(asked: Asked) -> Answer:
        if asked.method == "POST":
            time.sleep(0.5)
        return echoing(422, "validation")(asked)

    with serving(slowly) as registry:
        shell = from_environment(tmp_path, registry.url)
        process = shell.start("upload", "-v", "--concurrency", "1", "log.csv")
        poll(lambda: len([asked for asked in registry.asked if asked.method == "POST"]) >= 2)
        commands = [
            path.read_bytes()
            for path in Path("/proc").glob("[0-9]*/cmdline")
            if path.parent.name == str(process.pid) or _parent(path.parent) == process.pid
        ]
        assert leaks(shell.folder, ACCESS_TOKEN, CLIENT_SECRET) == {}
        process.send_signal(signal.SIGKILL)
        killed = ended(process)
    assert killed.code == -signal.SIGKILL
    assert b"upload" in b"".join(commands)
    assert not found_in(b"".join(commands), ACCESS_TOKEN, CLIENT_SECRET)
    assert (shell.folder / ".pipeline" / "ledger.sqlite3-wal").exists()
    reported = shell.run("report", "-v")
    assert_clean(shell, killed, reported)


def _parent(process: Path) -> int:
    try:
        return int(process.joinpath("stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # it has ended
        return 0


def test_this_search_finds_what_it_looks_for(tmp_path: Path) -> None:
    """Each place and form in which a credential may lie is planted, and found."""
    (tmp_path / "plain").write_text(f"x{ACCESS_TOKEN}")
    (tmp_path / "base64").write_bytes(base64.b64encode(CLIENT_SECRET.encode()))
    (tmp_path / "packed").write_bytes(b"before" + zlib.compress(CLIENT_SECRET.encode(), 1) + b"after")
    (tmp_path / "tail").write_text(CLIENT_SECRET[-8:])
    with zipfile.ZipFile(tmp_path / "book", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("sheet", ACCESS_TOKEN)
    assert set(leaks(tmp_path, ACCESS_TOKEN, CLIENT_SECRET)) == {"plain", "base64", "packed", "tail", "book"}
