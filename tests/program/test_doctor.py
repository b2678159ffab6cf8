"""The doctor as a process: all that a run depends on is looked at, and nothing is changed or shown."""

import datetime as dt
import hashlib
import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from pipeline.ledger import Ledger
from pipeline.local_registry.launch import launched
from tests.postgresql import Server as PostgreSQL
from tests.program.shell import HARBOUR, Ran, Shell, held, struck
from tests.security.secrets_of_tests import ACCESS_TOKEN, CLIENT_SECRET, found_in, token
from tests.security.servers import Answer, Asked, registered, serving

NOWHERE = "http://127.0.0.1:9/mrv/v0"
UTC = dt.UTC
FEEDSTOCK = "ftt_1HZQ4M7CD1S9RX2B"


def checks(ran: Ran) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in ran.json["checks"]}


def failed(ran: Ran) -> set[str]:
    return {name for name, each in checks(ran).items() if each["verdict"] == "failure"}


def settings(shell: Shell, text: str) -> None:
    (shell.folder / "pipeline.toml").write_text(text, encoding="utf-8")


def uploaded(folder: Path) -> Shell:
    shell = Shell(folder)
    assert shell.run("upload", shell.copy(HARBOUR, "log.csv")).code == 0
    return shell


def ledger(shell: Shell, statement: str) -> None:
    with closing(sqlite3.connect(shell.folder / ".pipeline" / "ledger.sqlite3")) as database:
        database.execute(statement)
        database.commit()


def sandboxed(folder: Path, url: str, **more: str) -> Shell:
    """A plant of the sandbox, whose registry a test plays."""
    credentials = {"ISOMETRIC_ACCESS_TOKEN": ACCESS_TOKEN, "ISOMETRIC_CLIENT_SECRET": CLIENT_SECRET, **more}
    return Shell(folder, ISOMETRIC_ENVIRONMENT="sandbox", ISOMETRIC_BASE_URL=url, **credentials)


def contents(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file, and when it was changed; but for the index that SQLite keeps while a file is open."""
    files = [each for each in folder.rglob("*") if each.is_file() and not each.name.endswith("-shm")]
    return {
        str(each): (hashlib.sha256(each.read_bytes()).hexdigest(), each.stat().st_mtime_ns) for each in files
    }


def test_in_an_empty_folder_all_is_well_and_the_folder_stays_empty(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    ran = shell.run("doctor")
    assert ran.code == 0, ran.screen
    assert "All is well." in ran.stdout
    assert list(tmp_path.iterdir()) == []


def test_after_a_run_every_check_is_told_in_words_and_no_file_is_changed_or_made(tmp_path: Path) -> None:
    shell = uploaded(tmp_path)
    before = contents(tmp_path)
    ran, as_json = shell.run("doctor"), shell.run("doctor", "--json")
    assert (ran.code, as_json.code, as_json.json["verdict"]) == (0, 0, "ok")
    assert contents(tmp_path) == before
    assert "60 references, 60 registered" in checks(as_json)["ledger"]["found"]
    assert "organisation org_" in checks(as_json)["registry"]["found"]
    lines = ran.stdout.splitlines()
    assert [line.split()[1] for line in lines[: len(checks(as_json))]] == [
        each["verdict"] for each in as_json.json["checks"]
    ]
    assert "\x1b" not in ran.stdout


def test_a_registry_that_cannot_be_reached_is_3_and_the_rest_is_checked_all_the_same(tmp_path: Path) -> None:
    shell = uploaded(tmp_path)
    shell.environment["ISOMETRIC_BASE_URL"] = NOWHERE
    ran = shell.run("doctor", "--json")
    assert (ran.code, failed(ran)) == (3, {"registry"})
    assert checks(ran)["registry"]["remedy"].endswith(".")
    assert checks(ran)["ledger"]["verdict"] == "ok"


def test_a_registry_that_never_answers_is_given_up_in_time(tmp_path: Path) -> None:
    with launched(tmp_path / "registry.sqlite3", faults="hang:on=all") as url:
        shell = Shell(tmp_path / "plant", ISOMETRIC_BASE_URL=url)
        ran = shell.run("doctor", "--json")
    assert (ran.code, failed(ran)) == (3, {"registry"})
    assert "no answer came within 10 seconds" in checks(ran)["registry"]["found"]


@pytest.mark.parametrize(
    ("text", "code", "still"),
    [
        ("[log]\ndate_order = 'MYD'\n", 2, ("registry", "ledger", "folders")),
        ("[ledgr]\nurl = 'sqlite:///a'\n", 2, ("program", "folders", "room")),
        ("not toml", 2, ("program", "folders", "room", "time_zones")),
    ],
)
def test_settings_that_are_wrong_are_told_and_what_can_be_checked_still_is(
    tmp_path: Path, text: str, code: int, still: tuple[str, ...]
) -> None:
    shell = Shell(tmp_path)
    settings(shell, text)
    ran = shell.run("doctor", "--json")
    assert (ran.code, failed(ran)) == (code, {"settings"})
    assert "pipeline.toml, line 1" in checks(ran)["settings"]["found"] or "line 2" in ran.stdout
    assert all(checks(ran)[name]["verdict"] == "ok" for name in still)
    assert all(each["found"] for each in checks(ran).values() if each["verdict"] == "skipped")


def test_missing_credentials_are_told_and_the_ledger_is_looked_at_without_them(tmp_path: Path) -> None:
    ran = Shell(tmp_path).run("doctor", "--json", "--target", "sandbox")
    assert (ran.code, failed(ran)) == (2, {"credentials"})
    assert "ISOMETRIC_ACCESS_TOKEN" in checks(ran)["credentials"]["found"]
    assert checks(ran)["registry"]["verdict"] == "skipped"
    assert checks(ran)["ledger"]["verdict"] == "ok"


def test_a_credential_in_a_file_that_others_may_read_is_told_with_the_command_that_closes_it(
    tmp_path: Path,
) -> None:
    shell = Shell(tmp_path, ISOMETRIC_CLIENT_SECRET=CLIENT_SECRET)
    (tmp_path / "token").write_text(ACCESS_TOKEN)
    (tmp_path / "token").chmod(0o644)
    settings(shell, '[registry]\nenvironment = "sandbox"\n[credentials]\naccess_token_file = "token"\n')
    ran = shell.run("doctor", "--json")
    assert (ran.code, failed(ran)) == (2, {"credentials"})
    assert "chmod 600" in checks(ran)["credentials"]["found"]


@pytest.mark.parametrize(
    ("days", "code", "verdict"), [(200, 0, "ok"), (10, 0, "warning"), (-1, 2, "failure")]
)
def test_the_days_until_the_token_expires_are_told(
    tmp_path: Path, days: int, code: int, verdict: str
) -> None:
    expires = dt.datetime.now(UTC) + dt.timedelta(days=days, minutes=5)
    with serving(registered) as registry:
        shell = sandboxed(tmp_path, registry.url, ISOMETRIC_ACCESS_TOKEN=token(expires))
        ran = shell.run("doctor", "--json")
    found = checks(ran)["token"]
    assert (ran.code, found["verdict"]) == (code, verdict)
    assert f"{days} more days" in found["found"] or "expired on" in found["found"]
    assert bool(found["remedy"]) == (verdict != "ok")


def test_refused_credentials_are_2_because_no_waiting_helps(tmp_path: Path) -> None:
    with serving(lambda _: Answer(401, b"{}")) as registry:
        ran = sandboxed(tmp_path, registry.url).run("doctor", "--json")
    assert (ran.code, failed(ran)) == (2, {"registry"})


def dated(ahead: dt.timedelta) -> Callable[[Asked], Answer]:
    """A registry whose clock is so far ahead."""

    def answer(asked: Asked) -> Answer:
        date = format_datetime(dt.datetime.now(UTC) + ahead, usegmt=True)
        said = registered(asked)
        return Answer(said.status, said.body, {**said.headers, "date": date})

    return answer


@pytest.mark.parametrize(
    ("minutes", "code", "verdict"),
    [(0, 0, "ok"), (5, 0, "warning"), (-5, 0, "warning"), (90, 2, "failure"), (-90, 2, "failure")],
)
def test_the_clock_is_compared_with_the_registrys(
    tmp_path: Path, minutes: int, code: int, verdict: str
) -> None:
    with serving(dated(dt.timedelta(minutes=minutes))) as registry:
        ran = sandboxed(tmp_path, registry.url).run("doctor", "--json")
    found = checks(ran)["clock"]
    assert (ran.code, found["verdict"]) == (code, verdict)
    if minutes:
        assert ("behind" if minutes > 0 else "ahead of") in found["found"]


def test_feedstocks_that_the_registry_does_not_know_are_named(tmp_path: Path) -> None:
    with serving(registered) as registry:
        shell = sandboxed(tmp_path, registry.url)
        settings(shell, f'[feedstocks]\n"Almond shells" = "{FEEDSTOCK}"\n')
        ran = shell.run("doctor", "--json")
        methods = {asked.method for asked in registry.asked}
    assert (ran.code, failed(ran)) == (2, {"feedstocks"})
    assert f"“Almond shells” ({FEEDSTOCK})" in checks(ran)["feedstocks"]["found"]
    assert methods == {"GET"}


def damaged(shell: Shell) -> None:
    path = shell.folder / ".pipeline" / "ledger.sqlite3"
    content = bytearray(path.read_bytes())
    content[8192:9000] = b"\xff" * 808
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (damaged, "malformed"),
        (
            lambda shell: ledger(shell, "UPDATE batches SET body = body || ' '"),
            "other things than were written",
        ),
        (
            lambda shell: ledger(shell, "UPDATE stamps SET value = '99' WHERE name = 'schema'"),
            "newer version",
        ),
        (
            lambda shell: ledger(shell, "UPDATE stamps SET value = 'org_2' WHERE name = 'organisation'"),
            "org_2",
        ),
        (
            lambda shell: (shell.folder / ".pipeline" / "ledger.sqlite3").write_bytes(b"no ledger" * 99),
            "not a",
        ),
    ],
)
def test_a_ledger_that_a_run_would_refuse_is_told_with_the_reason(
    tmp_path: Path, harm: Callable[[Shell], object], says: str
) -> None:
    shell = uploaded(tmp_path)
    harm(shell)
    ran = shell.run("doctor", "--json")
    assert (ran.code, failed(ran)) == (2, {"ledger"})
    assert says in checks(ran)["ledger"]["found"]
    assert checks(ran)["ledger"]["remedy"].endswith(".")


def test_after_a_kill_what_is_open_and_who_died_is_told_and_the_command_that_is_named_heals_it(
    tmp_path: Path,
) -> None:
    shell = Shell(tmp_path / "plant")
    settings(shell, "[delivery]\nquiet_seconds = 0.2\n")
    log, store = shell.copy(HARBOUR, "log.csv"), tmp_path / "registry.sqlite3"
    with launched(store, faults="lose-answer:every=5; slow:every=1,seconds=0.1,on=post") as url:
        shell.environment["ISOMETRIC_BASE_URL"] = url
        struck(shell.start("upload", log), signal.SIGKILL, when=lambda: held(store).total() >= 20)
    with launched(store) as url:
        shell.environment["ISOMETRIC_BASE_URL"] = url
        before = contents(shell.folder)
        ran = shell.run("doctor", "--json")
        assert contents(shell.folder) == before
        assert (ran.code, ran.json["verdict"]) == (0, "warning")
        assert "no proof either way" in checks(ran)["open_rows"]["found"]
        assert "died, and holds" in checks(ran)["claims"]["found"]
        remedy = checks(ran)["open_rows"]["remedy"].removeprefix("Type: pipeline ")
        assert shell.run(*remedy.split()).code == 0
        assert shell.run("doctor", "--json").json["verdict"] == "ok"


def test_no_secret_is_shown_nor_written(tmp_path: Path) -> None:
    password = "Xk4-" + "pass" * 6
    with serving(registered) as registry:
        shell = sandboxed(
            tmp_path, registry.url, PIPELINE_LEDGER_URL=f"postgresql+psycopg://u:{password}@127.0.0.1:9/db"
        )
        settings(shell, f'[notify]\nurls = ["mailto://user:{password}@example.org", "bad://"]\n')
        shown = [shell.run("doctor"), shell.run("doctor", "--json")]
    for ran in shown:
        assert ran.code in {2, 3}
        assert not found_in(ran.screen.encode(), ACCESS_TOKEN, CLIENT_SECRET, password)


def test_the_inbox_is_told_with_what_waits_what_is_half_there_and_who_works_on_it(tmp_path: Path) -> None:
    shell = uploaded(tmp_path)
    folder = tmp_path / "inbox"
    folder.mkdir()
    for name, content in (("a.csv", b"a,b\n"), ("b.xlsx", b"PK half of one")):
        (folder / name).write_bytes(content)
        os.utime(folder / name, (1_700_000_000, 1_700_000_000))
    with FileLock(folder / ".lock"):
        found = checks(shell.run("doctor", "--json"))["inbox"]
    assert found["verdict"] == "warning"
    assert "1 file is ready (a.csv)" in found["found"]
    assert f"process {os.getpid()} works on it now" in found["found"]
    assert "b.xlsx is left: it is not a complete workbook yet" in found["found"]
    assert "works on it" not in checks(shell.run("doctor", "--json"))["inbox"]["found"]


def test_what_other_users_may_read_is_told_with_the_command_that_closes_it(tmp_path: Path) -> None:
    shell = uploaded(tmp_path)
    (tmp_path / "runs").chmod(0o755)
    found = checks(shell.run("doctor", "--json"))["modes"]
    assert (found["verdict"], found["remedy"]) == ("warning", f"Type: chmod go= {tmp_path / 'runs'}")


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    (tmp_path / "runs").write_text("in the way")
    ran = shell.run("doctor", "--json")
    assert (ran.code, failed(ran)) == (2, {"folders"})


def test_a_ledger_on_a_server_is_looked_at_and_a_server_that_is_away_may_come_back(
    tmp_path: Path, postgresql: PostgreSQL
) -> None:
    url = postgresql.ledger()
    shell = Shell(tmp_path, PIPELINE_LEDGER_URL=url)
    assert "none yet" in checks(shell.run("doctor", "--json"))["ledger"]["found"]
    Ledger(url).__exit__()
    assert "0 references" in checks(shell.run("doctor", "--json"))["ledger"]["found"]
    shell.environment["PIPELINE_LEDGER_URL"] = "postgresql+psycopg://u@127.0.0.1:9/db"
    ran = shell.run("doctor", "--json")
    assert (ran.code, failed(ran)) == (3, {"ledger"})
