"""The program with logs and results in a bucket: the same rows, the same promises, and no credential told."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.local_registry.launch import launched
from tests.elsewhere.buckets import Buckets, serving
from tests.program.shell import DEADLINE, HARBOUR, SAMPLES, Shell, held
from tests.security.secrets_of_tests import leaks

LINES = HARBOUR.read_text(encoding="utf-8").splitlines(keepends=True)
FIRST, SECOND = "".join(LINES[:31]), "".join([LINES[0], *LINES[31:]])
FARM = SAMPLES / "hollin-farm"


@pytest.fixture
def buckets() -> Iterator[Buckets]:
    with serving() as served:
        served.make("logs", **{"day/b.csv": SECOND, "day/a.csv": FIRST, "day/deeper/c.csv": "x"})
        served.make("runs")
        yield served


@pytest.fixture
def shell(tmp_path: Path, buckets: Buckets) -> Shell:
    return Shell(tmp_path / "plant", **buckets.environment)


def test_logs_of_a_bucket_are_checked_and_registered_each_row_once(shell: Shell, buckets: Buckets) -> None:
    checked = shell.run("check", "s3://logs/day/*.csv")
    assert (checked.code, held(shell.store)) == (0, Counter())
    assert "Next: pipeline upload s3://logs/day/a.csv s3://logs/day/b.csv" in checked.stdout
    uploaded = shell.run("upload", "--json", "s3://logs/day/*.csv")
    assert (uploaded.code, uploaded.outcomes) == (0, {"created": 60})
    assert [each["name"] for each in uploaded.json["files"]] == ["s3://logs/day/a.csv", "s3://logs/day/b.csv"]
    assert set(held(shell.store).values()) == {1}
    again = shell.run("upload", "--json", "s3://logs/day/b.csv", str(HARBOUR))
    assert (again.outcomes, again.posts) == ({"already_registered": 90}, 0)
    compared = shell.run("reconcile", "--json", "s3://logs/day/*.csv")
    assert {each["verdict"] for each in compared.json["findings"]} == {"same"}
    assert ("PUT", "/logs/day/a.csv") not in buckets.requests


def test_a_log_that_is_replaced_while_it_is_read_registers_nothing(shell: Shell, buckets: Buckets) -> None:
    doubled = FIRST.replace("816.0", "918.0")
    assert (len(doubled), doubled == FIRST) == (len(FIRST), False)
    buckets.before("GET", "/a.csv", lambda: buckets.put("logs", "day/a.csv", doubled))
    ran = shell.run("upload", "--json", "s3://logs/day/*.csv")
    assert (ran.code, ran.outcomes) == (1, {"created": 30})
    assert [each["refusal"]["code"] for each in ran.json["files"] if each["refusal"]] == ["file_changing"]
    assert len(held(shell.store)) == 30


def test_what_a_driver_cannot_do_is_told_in_a_sentence_for_each_address(
    shell: Shell, buckets: Buckets
) -> None:
    buckets.step_in = lambda method, path: (
        "AccessDenied" if path.endswith("/a.csv") and method == "GET" else ""
    )
    ran = shell.run(
        "check", "s3://logs/day/a.csv", "s3://logs/gone.csv", "s3://logs/*.xlsx", "s3://logs/day/b.csv"
    )
    assert ran.code == 2
    assert (
        "“s3://logs/day/a.csv” may not be read or written with these credentials (AccessDenied)."
        in ran.stdout
    )
    assert "“s3://logs/gone.csv” does not exist." in ran.stdout
    assert "No file matches “s3://logs/*.xlsx”." in ran.stdout
    assert "'s3://logs/*.xlsx'" in ran.stdout.splitlines()[-1]


def test_an_address_that_cannot_be_reached_ends_with_what_running_again_heals(shell: Shell) -> None:
    shell.environment |= {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    ran = shell.run("upload", "--json", "s3://logs/day/a.csv", str(HARBOUR))
    assert (ran.code, ran.outcomes) == (3, {"created": 60})
    assert ran.json["files"][0]["refusal"]["code"] == "address_unreachable"


def test_a_pattern_without_a_match_is_not_an_upload_of_nothing_that_went_well(shell: Shell) -> None:
    ran = shell.run("upload", "day/*.csv")
    assert (ran.code, "No file matches “day/*.csv”." in ran.stdout) == (2, True)


def test_a_password_in_an_address_is_refused_and_left_nowhere(shell: Shell) -> None:
    secret = "Tr0ub4dor-and-3"  # noqa: S105
    named = (f"sftp://kiln:{secret}@127.0.0.1/a.csv", f"https://127.0.0.1/a.csv?token={secret}")
    for command in ("check", "upload"):
        ran = shell.run(command, *named)
        assert ran.code == 2
        assert secret not in ran.screen
        assert "kind that is not read" in ran.stdout
    ran = shell.run("check", "--results", named[0], "a.csv")
    assert (ran.code, secret in ran.screen) == (2, False)
    (shell.folder / "other.toml").write_text(f'[results]\nfolder = "{named[0]}"\n')
    ran = shell.run("check", "--config", "other.toml", "a.csv")
    assert (ran.code, secret in ran.screen) == (2, False)
    assert "other.toml, line 2: [results] folder cannot be used" in ran.stderr
    (shell.folder / "other.toml").unlink()
    assert leaks(shell.folder, secret) == {}


def test_the_results_are_put_into_a_bucket_whole_and_the_summary_last(shell: Shell, buckets: Buckets) -> None:
    (shell.folder / "pipeline.toml").write_text(
        (FARM / "pipeline.toml").read_text() + '\n[results]\nfolder = "s3://runs/plant"\n'
    )
    buckets.put("logs", "farm.xlsx", (FARM / "log-2025-10.xlsx").read_bytes())
    ran = shell.run("upload", "s3://logs/farm.xlsx")
    assert ran.code == 1
    (run,) = (shell.folder / "runs").iterdir()
    there = f"s3://runs/plant/{run.name}"
    assert f"Results: {there}\n" in ran.stdout
    assert ran.stdout.splitlines()[-1].endswith(f"pipeline upload {there}/to_fix.xlsx")
    written = {path.name for path in run.iterdir()}
    assert written >= {"marked-farm.xlsx", "to_fix.xlsx", "run.log.jsonl"}
    assert set(buckets.keys("runs")) == {f"plant/{run.name}/{name}" for name in written}
    for name in written:
        assert buckets.get("runs", f"plant/{run.name}/{name}") == (run / name).read_bytes()
    puts = [path for method, path in buckets.requests if method == "PUT"]
    assert puts[-1].endswith("/summary.json")
    assert leaks(shell.folder, buckets.environment["AWS_SECRET_ACCESS_KEY"]) == {}


def test_results_that_cannot_be_put_are_on_this_machine_and_report_puts_them(
    shell: Shell, buckets: Buckets
) -> None:
    buckets.step_in = lambda method, path: (
        "AccessDenied" if method == "PUT" and "results.xlsx" in path else ""
    )
    ran = shell.run("upload", "--results", "s3://runs/plant", "s3://logs/day/a.csv")
    (run,) = (shell.folder / "runs").iterdir()
    assert ran.code == 3
    assert f"The results are whole in {run}." in ran.stderr
    assert f"pipeline report {run.name} --results s3://runs/plant" in ran.stderr
    assert json.loads((run / "summary.json").read_text())["outcomes"]["created"] == 30
    assert not any(key.endswith("summary.json") for key in buckets.keys("runs"))
    buckets.put("runs", f"plant/{run.name}/to_fix.xlsx", "of an earlier writing")
    buckets.step_in = lambda _method, _path: ""
    assert shell.run("report", run.name, "--results", "s3://runs/plant").code == 0
    names = {key.rpartition("/")[2] for key in buckets.keys("runs")}
    assert names == {"report.html", "results.csv", "results.xlsx", "run.log.jsonl", "summary.json"}


def test_results_are_copied_into_a_folder_of_this_machine_too(shell: Shell, tmp_path: Path) -> None:
    for command in ("check", "upload", "retry"):
        ran = shell.run(
            command,
            "--results",
            str(tmp_path / "share"),
            *([] if command == "retry" else ["s3://logs/day/a.csv"]),
        )
        assert (ran.code, f"Results: {tmp_path / 'share'}" in ran.stdout) == (0, command != "retry")
    copies = {path.name for path in (tmp_path / "share").iterdir()}
    assert copies == {path.name for path in (shell.folder / "runs").iterdir()}
    for path in (shell.folder / "runs").rglob("*.*"):
        copy = tmp_path / "share" / path.relative_to(shell.folder / "runs")
        assert copy.is_dir() or copy.read_bytes() == path.read_bytes()


def test_a_night_puts_its_results_elsewhere(shell: Shell, buckets: Buckets) -> None:
    shell.folder.joinpath("inbox").mkdir()
    shell.copy(HARBOUR, "inbox/log.csv")
    os.utime(shell.folder / "inbox" / "log.csv", (0, 0))  # it lies there for a long time
    ran = shell.run("nightly", "--json", "--target", "local", "--results", "s3://runs")
    assert (ran.code, ran.json["run"]["outcomes"]["created"]) == (0, 60)
    assert ran.json["run"]["folder"] == f"s3://runs/{ran.json['run']['run_id']}"
    assert f"{ran.json['run']['run_id']}/summary.json" in buckets.keys("runs")


@pytest.mark.parametrize(
    ("lacks", "url"),
    [
        ("fsspec", "s3://logs/day/a.csv"),
        ("s3fs", "s3://logs/day/a.csv"),
        ("gcsfs", "gs://logs/a.csv"),
        ("adlfs", "abfs://logs/a.csv"),
        ("adlfs", "abfss://logs@plant.dfs.core.windows.net/a.csv"),
        ("paramiko", "sftp://127.0.0.1/a.csv"),
    ],
)
def test_a_driver_that_is_not_installed_is_named_with_what_installs_it(
    shell: Shell, lacks: str, url: str
) -> None:
    shell.folder.joinpath("without.py").write_text(
        f"import sys\nsys.modules[{lacks!r}] = None\nfrom pipeline.__main__ import main\nmain()\n"
    )
    ran = subprocess.run(
        [sys.executable, "without.py", "check", url],
        cwd=shell.folder,
        env={"PATH": os.environ["PATH"], "HOME": str(shell.folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE,
    )
    assert (ran.returncode, ran.stderr) == (2, "")
    assert f"“{url}” cannot be reached: what reads {url.partition(':')[0]}:// is not installed." in ran.stdout
    assert "make install-cluster" in ran.stdout


def test_a_settings_file_is_proposed_from_a_log_of_a_bucket(shell: Shell) -> None:
    ran = shell.run("init", "s3://logs/day/a.csv")
    assert ran.code == 0
    assert (shell.folder / "pipeline.toml").exists()
    assert "proposed from s3://logs/day/a.csv" in ran.stdout


def test_the_workers_of_a_cluster_read_what_lies_elsewhere(shell: Shell, buckets: Buckets) -> None:
    ran = shell.run("check", "--json", "s3://logs/day/*.csv")
    with launched(shell.folder / "registry.sqlite3") as url:
        shell.environment |= {"ISOMETRIC_BASE_URL": url, "ISOMETRIC_ENVIRONMENT": "local"}
        shared = shell.run(
            "upload", "--json", "--cluster", "local:2", "s3://logs/day/*.csv", "s3://logs/gone"
        )
    assert (shared.outcomes, shared.code) == ({"created": 60}, 2)
    assert [each["sha256"] for each in shared.json["files"][:2]] == [
        each["sha256"] for each in ran.json["files"]
    ]
    assert shared.json["files"][2]["refusal"]["code"] == "file_missing"
    assert sum(path == "/logs/day/a.csv" for method, path in buckets.requests if method == "GET") == 2
