"""The three-way check as a process: what it shows, what it writes, and how it ends."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.program.shell import HARBOUR, Shell


def deleted(store: Path, references: int) -> None:
    """Somebody deletes the first batches at the registry, by hand."""
    with closing(sqlite3.connect(store)) as database, database:
        database.execute(
            "DELETE FROM resources WHERE seq IN (SELECT seq FROM resources "
            "WHERE kind = 'production_batch' ORDER BY reference LIMIT ?)",
            (references,),
        )


def test_a_deletion_is_shown_once_with_exit_code_1_and_no_upload_undoes_it(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    log = shell.copy(HARBOUR)
    shell.run("upload", log)
    before = shell.run("reconcile", "--json", log)
    assert (before.code, before.json["verdicts"]["same"]) == (0, 60), before.screen
    deleted(shell.store, 7)
    found = shell.run("reconcile")
    assert found.code == 1
    assert "only_in_ledger (7)" in found.stdout
    assert "and 2 more; all are in reconcile.csv" in found.stdout
    after = shell.run("upload", "--json", log)
    assert (after.code, after.outcomes, after.posts) == (1, {"already_registered": 53, "conflict": 7}, 0)
    again = shell.run("reconcile", "--json")
    assert (again.code, again.json["verdicts"]["not_registered"]) == (0, 7)
    assert {path.name for path in (tmp_path / again.json["folder"]).iterdir()} == {
        "reconcile.csv",
        "summary.json",
        "run.log.jsonl",
    }


def test_a_check_in_between_does_not_hide_the_last_upload_from_report_and_retry(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    uploaded = shell.run("upload", "--json", shell.copy(HARBOUR)).json["run_id"]
    checked = shell.run("reconcile", "--json").json["run_id"]
    assert shell.run("report", "--json").json["run_id"] == uploaded
    assert shell.run("retry").code == 0
    refused = shell.run("report", checked)
    assert refused.code == 2
    assert "reconcile" in refused.stderr
