"""The night as cron starts it: another process, in silence unless a person is needed."""

import json
import os
import signal
import time
from pathlib import Path

import pytest
from filelock import FileLock

from tests.program.shell import HARBOUR, Ran, Shell, held, struck
from tests.protocol.test_nights import beats, messages
from tests.security.secrets_of_tests import found_in, leaks
from tests.security.servers import Answer, serving

CANARY = "canary-7Hq2ZxYw9LmN4pRt"


def dropped(shell: Shell, *, wrong: bool = False) -> Path:
    (shell.folder / "inbox").mkdir(exist_ok=True)
    path = shell.folder / shell.copy(HARBOUR, f"inbox/{HARBOUR.name}")
    if wrong:
        path.write_text(path.read_text(encoding="utf-8").replace(",816.0,", ",much,", 1), encoding="utf-8")
    os.utime(path, (time.time() - 10,) * 2)
    return path


def plant(folder: Path, **environment: str) -> Shell:
    """A plant that has settings, though they say nothing."""
    shell = Shell(folder, **environment)
    settings(shell, "")
    return shell


def settings(shell: Shell, text: str) -> None:
    (shell.folder / "pipeline.toml").write_text(text, encoding="utf-8")


def lines(shell: Shell, name: str = ".pipeline/nightly.log.jsonl") -> list[dict[str, object]]:
    text = (shell.folder / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def silent(ran: Ran) -> bool:
    return (ran.stdout, ran.stderr) == ("", "")


def test_an_empty_inbox_is_a_silent_night(tmp_path: Path) -> None:
    shell = plant(tmp_path)
    ran = shell.run("nightly")
    assert (ran.code, silent(ran)) == (0, True)
    assert [line["event"] for line in lines(shell)] == ["night", "night ended"]
    assert (tmp_path / ".pipeline" / "nightly.log.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_good_log_is_registered_and_archived_in_silence(tmp_path: Path) -> None:
    shell = plant(tmp_path)
    log = dropped(shell)
    ran = shell.run("nightly")
    assert (ran.code, silent(ran), log.exists()) == (0, True, False)
    assert held(shell.store).total() == 60
    assert lines(shell)[-1]["exit_code"] == 0
    assert {line.get("run_id") for line in lines(shell)[1:-1]} == {next((tmp_path / "runs").iterdir()).name}


def test_a_bad_row_is_one_sentence_on_standard_error_and_one_message(tmp_path: Path) -> None:
    shell = plant(tmp_path / "north")
    with serving(lambda _: Answer(200, b"OK")) as server:
        settings(shell, f'[notify]\nurls = ["json://127.0.0.1:{server.port}/people"]\n')
        dropped(shell, wrong=True)
        ran = shell.run("nightly")
        again = shell.run("nightly")
    assert (ran.code, ran.stdout) == (1, "")
    assert ran.stderr.startswith("north: 1 row needs a person, since ")
    assert len(ran.stderr.splitlines()) == 1
    (message,) = messages(server)
    assert "(F2), reference 000318: invalid" in message["message"]
    assert "to_fix.xlsx" in message["message"]
    assert (again.code, silent(again)) == (0, True)


def test_json_tells_how_the_night_ended(tmp_path: Path) -> None:
    shell = plant(tmp_path)
    dropped(shell, wrong=True)
    ran = shell.run("nightly", "--json")
    assert ran.json["exit_code"] == 1
    assert ran.json["run"]["outcomes"]["created"] == 59
    (waiting,) = ran.json["waiting"]
    assert (waiting["reference"], waiting["nights"]) == ("000318", 1)
    gone = shell.run("nightly", "--forget", waiting["id"])
    assert (gone.code, "Nothing waits" in gone.stdout) == (0, True)
    assert shell.run("nightly", "--forget", "000318").code == 2


def test_what_follows_a_night_of_another_folder_can_be_typed_where_the_night_was_begun(
    tmp_path: Path,
) -> None:
    here, there = Shell(tmp_path), plant(tmp_path / "plant")
    dropped(there, wrong=True)
    night = here.run("nightly", "--config", "plant/pipeline.toml", "--json").json
    (to_fix,) = tmp_path.glob("plant/runs/*/to_fix.xlsx")
    then = f"pipeline upload --config plant/pipeline.toml {to_fix.relative_to(tmp_path)}"
    assert night["run"]["next"] == then
    assert night["message"]["body"].splitlines()[-1] == f"Next: {then}"
    assert then in (to_fix.parent / "report.html").read_text(encoding="utf-8")
    assert here.run(*then.split()[1:]).code == 1


def test_a_night_that_finds_the_inbox_locked_ends_with_5_in_silence_and_pings_nobody(tmp_path: Path) -> None:
    shell = plant(tmp_path)
    dropped(shell)
    with serving(lambda _: Answer(200, b"OK")) as server:
        settings(shell, f'[nightly]\nheartbeat_url = "http://127.0.0.1:{server.port}/ping"\n')
        with FileLock(tmp_path / "inbox" / ".lock"):
            ran = shell.run("nightly")
    assert (ran.code, silent(ran)) == (5, True)
    assert server.asked == []
    assert lines(shell)[-1]["exit_code"] == 5


def test_a_message_server_that_fails_is_one_more_sentence_and_the_same_exit_code(tmp_path: Path) -> None:
    shell = plant(tmp_path)
    with serving(lambda _: Answer(500, b"no")) as server:
        settings(shell, f'[notify]\nurls = ["json://127.0.0.1:{server.port}/people"]\n')
        dropped(shell, wrong=True)
        ran = shell.run("nightly")
    assert (ran.code, len(ran.stderr.splitlines())) == (1, 2)
    assert "entry 1 (json://…) of urls under [notify]" in ran.stderr


def test_a_terminated_night_ends_in_order_with_143_and_a_report(tmp_path: Path) -> None:
    shell = plant(tmp_path)
    with serving(lambda _: Answer(200, b"OK")) as server:
        toml = f'[nightly]\nheartbeat_url = "http://127.0.0.1:{server.port}/ping"\nmetrics_file = "n.prom"\n'
        settings(shell, f"{toml}[delivery]\nconcurrency = 1\nrate_limit = 5\n")
        log = dropped(shell)
        process = shell.start("nightly")
        ran = struck(process, signal.SIGTERM, when=lambda: held(shell.store).total() > 2)
    assert (ran.code, ran.stdout) == (143, "")
    (folder,) = (tmp_path / "runs").iterdir()
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["exit_code"] == 143
    assert summary["outcomes"]["created"] == held(shell.store).total()
    assert log.exists()
    assert beats(server) == ["/ping/start", "/ping/143"]
    assert "biochar_upload_exit_code" in (tmp_path / "n.prom").read_text(encoding="utf-8")


def test_wrong_settings_are_told_to_people_and_on_standard_error(tmp_path: Path) -> None:
    shell = plant(tmp_path / "north")
    with serving(lambda _: Answer(200, b"OK")) as server:
        settings(shell, f'[notify]\nurls = ["json://127.0.0.1:{server.port}/people"]\n[log]\ndecimal = "x"\n')
        ran = shell.run("nightly")
    assert ran.code == 2
    assert "[log] decimal" in ran.stderr
    (message,) = messages(server)
    assert message["title"] == "north: the night did not begin, because its settings are wrong."
    assert "[log] decimal" in message["message"]


def test_production_is_refused_without_a_word_of_approval_and_nobody_is_asked(tmp_path: Path) -> None:
    credentials = {f"ISOMETRIC_{name}": "made-up" for name in ("ACCESS_TOKEN", "CLIENT_SECRET")}
    shell = plant(tmp_path, ISOMETRIC_ENVIRONMENT="production", **credentials)
    log = dropped(shell)
    ran = shell.run("nightly")
    assert ran.code == 2
    assert "This would send to PRODUCTION. Add --yes" in ran.stderr
    assert log.exists()


def test_the_log_is_put_aside_when_it_is_full_and_so_many_are_kept(tmp_path: Path) -> None:
    shell = plant(tmp_path)
    settings(shell, "[nightly]\nkeep_logs = 1\n")
    log = tmp_path / ".pipeline" / "nightly.log.jsonl"
    log.parent.mkdir()
    for _ in range(2):
        log.write_bytes(b'{"event": "old"}\n' * 120_000)
        shell.run("nightly")
    assert [line["event"] for line in lines(shell)] == ["night", "night ended"]
    found = sorted(path.name for path in log.parent.glob("nightly.log.jsonl*"))
    assert found == ["nightly.log.jsonl", "nightly.log.jsonl.1"]


@pytest.mark.parametrize("status", [200, 500])
def test_no_secret_of_an_address_is_left_anywhere(tmp_path: Path, status: int) -> None:
    shell = Shell(tmp_path / "north")
    with serving(lambda _: Answer(status, CANARY.encode())) as server:
        host = f"127.0.0.1:{server.port}"
        toml = (
            f'[notify]\nurls = ["json://user:{CANARY}@{host}/{CANARY}"]\n'
            f'[nightly]\nheartbeat_url = "http://{host}/{CANARY}"\nmetrics_file = "n.prom"\n'
        )
        (tmp_path / "secret.toml").write_text(toml, encoding="utf-8")
        shell.folder.joinpath("inbox").mkdir()
        config = tmp_path / "north" / "pipeline.toml"
        config.symlink_to(tmp_path / "secret.toml")
        dropped(shell, wrong=True)
        ran = shell.run("nightly")
    assert ran.code == 1
    assert [CANARY in each.path for each in server.asked] == [True] * len(server.asked)
    assert not found_in(ran.screen.encode(), CANARY)
    config.unlink()
    assert leaks(shell.folder, CANARY) == {}


def test_a_night_without_settings_is_no_night_with_the_local_registry(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    log = dropped(shell)
    ran = shell.run("nightly")
    assert (ran.code, log.exists(), held(shell.store).total()) == (2, True, 0)
    assert "There is no pipeline.toml here" in ran.stderr
    assert shell.run("nightly", "--target", "local").code == 0
    assert held(shell.store).total() == 60


def test_a_damaged_ledger_is_no_good_night_even_when_there_is_nothing_to_do(tmp_path: Path) -> None:
    shell = plant(tmp_path)
    (tmp_path / ".pipeline").mkdir()
    (tmp_path / ".pipeline" / "ledger.sqlite3").write_bytes(b"no database" * 1_000)
    assert shell.run("nightly").code == 2
