"""The verifier's trail as a process: each page says what the ledger, the log and the registry say."""

import csv
import hashlib
import html
import os
import re
import signal
import sqlite3
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx

from pipeline.local_registry.conduct import Conduct
from pipeline.local_registry.launch import launched
from pipeline.write.evidence import file_name
from tests.cli.test_json import described
from tests.program.shell import HARBOUR, SAMPLES, Ran, Shell, held, struck
from tests.program.test_amend import REFERENCE, conflicting
from tests.program.test_doctor import sandboxed
from tests.security.secrets_of_tests import ACCESS_TOKEN, CLIENT_SECRET, leaks
from tests.security.servers import Answer, Asked, registered, serving

HEADERS = {"authorization": "Bearer token", "x-client-secret": "secret"}
HOSTILE = '<script>alert(1)</script> & "=cmd()" \u202e\u200b'


class _Tags(HTMLParser):
    """Every tag of a page, its attributes that lead elsewhere, and the texts of its boxes by id."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.boxes: dict[str, str] = {}
        self._box = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [name for name, _ in attrs if name in {"src", "href", "srcset", "action"}]
        self._box = dict(attrs).get("id") or "" if tag in {"pre", "code"} else ""

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  as its parent calls it
        self._box = ""

    def handle_data(self, data: str) -> None:
        if self._box:
            self.boxes[self._box] = self.boxes.get(self._box, "") + data


def parsed(page: Path) -> _Tags:
    found = _Tags()
    found.feed(page.read_text(encoding="utf-8"))
    return found


def evidence(shell: Shell, *arguments: str) -> dict[str, Any]:
    ran = shell.run("evidence", "--json", *arguments)
    assert ran.code in {0, 1}, ran.screen
    found = dict(ran.json["evidence"][0])
    assert ran.code == int(bool(astray(found))), ran.screen
    return found


def astray(found: dict[str, Any]) -> list[str]:
    """What was checked and does not fit."""
    return [each["what"] for each in found["checks"] if each["verdict"] == "does_not_fit"]


def uploaded(folder: Path) -> tuple[Shell, str]:
    shell = Shell(folder)
    log = shell.copy(HARBOUR, "log.csv")
    assert shell.run("upload", log).code == 0
    return shell, log


def log_row(reference: str) -> dict[str, str]:
    with HARBOUR.open(encoding="utf-8", newline="") as file:
        return next(row for row in csv.DictReader(file) if row["supplier_reference_id"] == reference)


def test_the_fingerprint_can_be_worked_out_from_the_page_alone(tmp_path: Path) -> None:
    shell, _ = uploaded(tmp_path)
    ran = shell.run("evidence", REFERENCE)
    assert ran.code == 0, ran.screen
    page = parsed(tmp_path / "evidence" / f"{REFERENCE}.html")
    digest = hashlib.sha256(page.boxes["payload"].encode()).hexdigest()
    assert digest == page.boxes["fingerprint"]
    with closing(sqlite3.connect(tmp_path / ".pipeline" / "ledger.sqlite3")) as ledger:
        (kept,) = ledger.execute(
            "SELECT fingerprint FROM batches WHERE reference = ?", (REFERENCE,)
        ).fetchone()
    assert digest == kept


def test_the_page_has_no_script_needs_nothing_else_and_is_its_owners_alone(tmp_path: Path) -> None:
    shell, _ = uploaded(tmp_path)
    shell.run("evidence", REFERENCE)
    path = tmp_path / "evidence" / f"{REFERENCE}.html"
    page = parsed(path)
    assert page.tags.isdisjoint({"script", "link", "img", "iframe", "object", "form"})
    assert page.links == []
    assert path.stat().st_mode & 0o077 == 0
    assert "@import" not in path.read_text(encoding="utf-8")


def test_the_row_stands_there_cell_by_cell_as_the_file_has_it(tmp_path: Path) -> None:
    shell, log = uploaded(tmp_path)
    found = evidence(shell, REFERENCE)
    (run,) = found["runs"]
    (row,) = run["rows"]
    assert {cell["header"]: cell["text"] for cell in row["cells"]} == log_row(REFERENCE)
    assert row["sha256"] == hashlib.sha256((tmp_path / log).read_bytes()).hexdigest()
    assert (row["lies"]["place"], run["did"]) == (log, "sent it, and the registry registered it")
    assert [each["verdict"] for each in found["checks"]] == ["fits"] * 5 + ["not_checked"]
    told = found["in_short"]
    assert all(each in told for each in (log, row["sha256"], run["run_id"], run["by"], found["registry_id"]))
    read = {field["field"]: field["read"] for field in row["fields"]}
    assert read["started_at"] == "2025-06-02 05:15:00 UTC"
    assert (read["mass"], read["facility"]) == ("816 kg", dict(found["values"])["facility_id"])


def test_who_ran_it_and_the_settings_of_then_are_told_when_others_apply_today(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.copy(SAMPLES / "hollin-farm" / "pipeline.toml")
    log = shell.copy(SAMPLES / "hollin-farm" / "log-2025-10.xlsx")
    shell.run("upload", log)
    (tmp_path / "pipeline.toml").write_text("[log]\n", encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / ".pipeline" / "ledger.sqlite3")) as ledger:
        ((reference,), *_) = ledger.execute(
            "SELECT reference FROM batches WHERE state = 'registered'"
        ).fetchall()
    (run,) = evidence(shell, reference)["runs"]
    assert run["settings"]["timezone"] == "Europe/London"
    assert re.fullmatch(r".+@.+", run["by"])
    assert run["version"]
    read = {field["field"]: field["read"] for row in run["rows"] for field in row["fields"]}
    assert any("in Europe/London" in each for each in read.values())


def test_all_rows_of_a_batch_of_several_are_told(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    (tmp_path / "pipeline.toml").write_text('[log]\none_batch_per = "reference"\n', encoding="utf-8")
    header, first, *_ = HARBOUR.read_text(encoding="utf-8").splitlines()
    second = first.replace("2025-06-02", "2025-06-03").replace("816.0", "790.5")
    (tmp_path / "log.csv").write_text(f"{header}\n{first}\n{second}\n", encoding="utf-8")
    assert shell.run("upload", "log.csv").code == 0
    found = evidence(shell, REFERENCE)
    (run,) = found["runs"]
    read = [{field["field"]: field["read"] for field in row["fields"]} for row in run["rows"]]
    assert [(row["row"], each["mass"]) for row, each in zip(run["rows"], read, strict=True)] == [
        (2, "816 kg"),
        (3, "790.5 kg"),
    ]
    assert dict(found["values"])["mass"] == "1606.5 kg"
    (checked,) = [each for each in found["checks"] if each["what"] == "the payload and the rows as read"]
    assert checked["verdict"] == "fits"
    assert "816 kg + 790.5 kg = 1606.5 kg" in checked["reason"]


def test_which_run_made_it_and_which_only_saw_it_is_told(tmp_path: Path) -> None:
    shell, log = uploaded(tmp_path)
    shell.run("upload", log)
    made, saw = evidence(shell, REFERENCE)["runs"]
    assert made["did"] == "sent it, and the registry registered it"
    assert saw["did"] == "reported it as already_registered, and changed nothing"
    assert saw["rows"][0]["same_as"] == made["run_id"]


def test_a_kill_between_request_and_answer_shows_the_run_that_died_and_the_one_that_settled_it(
    tmp_path: Path,
) -> None:
    shell = Shell(tmp_path / "plant")
    (shell.folder / "pipeline.toml").write_text("[delivery]\nquiet_seconds = 0.2\n", encoding="utf-8")
    log, store = shell.copy(HARBOUR, "log.csv"), tmp_path / "registry.sqlite3"
    with launched(store, faults="slow:every=1,seconds=5,on=post") as url:
        shell.environment["ISOMETRIC_BASE_URL"] = url
        killed = shell.start("upload", "--concurrency", "1", log)
        struck(killed, signal.SIGKILL, when=lambda: sent(shell) > 0)
    with launched(store) as url:
        shell.environment["ISOMETRIC_BASE_URL"] = url
        assert shell.run("upload", log).code == 0
        found = evidence(shell, REFERENCE)
    died, settled = found["runs"]
    assert (died["finished_at"], died["did"]) == (
        None,
        "wrote down that it was about to send it; at the end of the run it was unknown",
    )
    assert settled["did"] in {
        "sent it, and the registry registered it", "found it registered at the registry"
    }  # fmt: skip
    states = [each["state"] for each in found["attempts"]]
    assert states[:2] == ["sending", "unknown"]
    assert states[-1] == "registered"
    assert [each["at"] for each in found["attempts"]] == sorted(each["at"] for each in found["attempts"])
    assert held(store)[REFERENCE] == 1


def sent(shell: Shell) -> int:
    """How many intents the ledger holds."""
    path = shell.folder / ".pipeline" / "ledger.sqlite3"
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as ledger:
            (count,) = ledger.execute("SELECT count(*) FROM attempts").fetchone()
            return int(count)
    except sqlite3.OperationalError:
        return 0


def test_a_correction_shows_both_ids_and_proves_the_payload_that_was_replaced(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    conflicting(shell)
    before = evidence(shell, REFERENCE)
    assert shell.run("amend", "--yes", REFERENCE).code == 0
    after = evidence(shell, REFERENCE)
    assert after["replacement"]["old_id"] == before["registry_id"] != after["registry_id"]
    assert (after["replacement"]["new_id"], after["replacement"]["state"]) == (after["registry_id"], "done")
    (earlier,) = after["earlier"]
    assert earlier["payload"] == before["payload"] != after["payload"]
    assert hashlib.sha256(earlier["payload"].encode()).hexdigest() == before["fingerprint"]
    assert after["runs"][-1]["did"] == "had the registered batch deleted, and the new one registered"
    text = (tmp_path / "evidence" / f"{REFERENCE}.html").read_text(encoding="utf-8")
    assert before["registry_id"] in text
    assert all(each in after["in_short"] for each in (before["registry_id"], after["registry_id"]))
    assert (astray(before), astray(after)) == ([], [])
    for each in (before["registry_id"], after["registry_id"]):
        assert evidence(shell, each)["reference"] == REFERENCE
    assert after["registry_id"] in text


def test_a_row_in_conflict_is_not_told_to_have_been_read_as_what_is_registered(tmp_path: Path) -> None:
    shell, log = uploaded(tmp_path)
    path = tmp_path / log
    text = path.read_text(encoding="utf-8")
    facility = log_row(REFERENCE)["facility_id"]
    path.write_text(text.replace(facility, "fcl_1J3NHV8QK0SAW5ZZ"), encoding="utf-8")
    assert shell.run("upload", log).code == 1
    (row,) = evidence(shell, REFERENCE)["runs"][-1]["rows"]
    (field,) = [each for each in row["fields"] if each["field"] == "facility"]
    assert (row["outcome"], field["written"], field["read"]) == ("conflict", "fcl_1J3NHV8QK0SAW5ZZ", "")


def test_a_log_that_was_changed_in_the_archive_is_told_and_an_unchanged_one_is_found(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    (tmp_path / "inbox").mkdir()
    dropped = tmp_path / "inbox" / "log.csv"
    dropped.write_bytes(HARBOUR.read_bytes())
    os.utime(dropped, (1_700_000_000, 1_700_000_000))
    assert shell.run("upload").code == 0
    (archived,) = (tmp_path / "archive").glob("*/log.csv")
    (row,) = evidence(shell, REFERENCE)["runs"][0]["rows"]
    assert Path(row["lies"]["place"]) == archived
    archived.write_bytes(archived.read_bytes() + b"\n")
    (row,) = evidence(shell, REFERENCE)["runs"][0]["rows"]
    assert (row["lies"]["place"], row["lies"]["others"]) == ("", [str(archived)])
    assert len(astray(evidence(shell, REFERENCE))) == 1
    assert "ANOTHER content" in (tmp_path / "evidence" / f"{REFERENCE}.html").read_text(encoding="utf-8")
    shell.run("upload", str(archived.relative_to(tmp_path)))
    assert astray(evidence(shell, REFERENCE)) == []


def test_text_of_a_cell_is_text_on_the_page_and_what_hides_in_it_is_named(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    with (tmp_path / "log.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, log_row(REFERENCE).keys())
        writer.writeheader()
        writer.writerow({**log_row(REFERENCE), "operator": HOSTILE})
    assert shell.run("upload", "log.csv").code == 0
    shell.run("evidence", REFERENCE)
    path = tmp_path / "evidence" / f"{REFERENCE}.html"
    text = path.read_text(encoding="utf-8")
    assert "script" not in parsed(path).tags
    assert "\u202e" not in text
    assert "\u200b" not in text
    assert '<script>alert(1)</script> & "=cmd()" <U+202E><U+200B>' in html.unescape(text)


def test_rows_that_failed_the_checks_are_told_to_have_never_been_sent(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    bad = HARBOUR.read_text(encoding="utf-8").replace("816.0", "a lot")
    (tmp_path / "log.csv").write_text(bad, encoding="utf-8")
    assert shell.run("upload", "log.csv").code == 1
    found = evidence(shell, REFERENCE)
    assert (found["state"], found["payload"], found["attempts"]) == ("", "", [])
    (row,) = found["runs"][0]["rows"]
    assert row["outcome"] == "invalid"
    assert any("a lot" in each for each in row["told"])


def test_the_page_has_no_empty_section_and_does_not_print_what_is_for_machines(tmp_path: Path) -> None:
    shell, _ = uploaded(tmp_path)
    assert evidence(shell, REFERENCE)["not_known"] == []
    text = (tmp_path / "evidence" / f"{REFERENCE}.html").read_text(encoding="utf-8")
    assert "What is not known" not in text
    assert "@media print { .machine { display: none; }" in text
    assert 'class="astray"' not in text


def test_the_registry_is_asked_only_when_that_is_wanted(tmp_path: Path) -> None:
    shell, _ = uploaded(tmp_path)
    assert evidence(shell, REFERENCE)["now"] is None
    now = evidence(shell, "--ask", REFERENCE)["now"]
    assert (now["verdict"], now["differences"]) == ("same", [])
    with closing(sqlite3.connect(shell.store)) as store:
        store.execute("UPDATE resources SET body = replace(body, '816.0', '817.0')")
        store.execute("UPDATE resources SET body = replace(body, ': 816,', ': 817,')")
        store.commit()
    now = evidence(shell, "--ask", REFERENCE)["now"]
    assert now["verdict"] == "differs"
    ran = shell.run("evidence", "--ask", REFERENCE)
    assert (ran.code, "DOES NOT FIT: what the registry holds now" in ran.stdout) == (1, True)
    header, _, _ = (
        (tmp_path / "evidence" / f"{REFERENCE}.html").read_text(encoding="utf-8").partition("<main>")
    )
    assert '<p class="astray">Does not fit: what the registry holds now.' in header
    assert now["differences"] == [{"field": "mass", "wanted": "816 kg", "held": "817 kg"}]


def test_a_reference_that_is_held_twice_is_told_until_one_of_the_two_is_removed(tmp_path: Path) -> None:
    store = tmp_path / "registry.sqlite3"
    with launched(store, faults="replay:on=post,nth=1", conduct=Conduct(duplicates="allow")) as url:
        shell = Shell(tmp_path / "plant", ISOMETRIC_BASE_URL=url)
        log = shell.copy(HARBOUR, "log.csv")
        assert shell.run("upload", log).code == 1
        (reference,) = [each for each, count in held(store).items() if count == 2]
        both = evidence(shell, "--ask", reference)
        first, second = both["registry_id"].split(", ")
        assert (both["now"]["verdict"], astray(both)) == ("twice", ["what the registry holds now"])
        assert f"as {first} and {second}" in both["now"]["says"]
        httpx.delete(f"{url}/production_batches/{first}", headers=HEADERS).raise_for_status()
        one = evidence(shell, "--ask", reference)
        assert (one["now"]["verdict"], one["now"]["batch_id"], astray(one)) == ("same", second, [])
        assert f"It holds none under {first}." in one["now"]["says"]
        assert "when its log is uploaded again" in one["checks"][-1]["reason"]
        assert shell.run("upload", log).code == 0
        assert evidence(shell, "--ask", reference)["registry_id"] == second
        httpx.delete(f"{url}/production_batches/{second}", headers=HEADERS).raise_for_status()
        none = evidence(shell, "--ask", reference)
    assert (none["now"]["verdict"], astray(none)) == ("gone", ["what the registry holds now"])


def test_of_a_damaged_ledger_nothing_is_proven_and_it_is_to_be_kept(tmp_path: Path) -> None:
    shell, _ = uploaded(tmp_path)
    with closing(sqlite3.connect(tmp_path / ".pipeline" / "ledger.sqlite3")) as ledger:
        ledger.execute("UPDATE batches SET body = replace(body, '816', '861')")
        ledger.commit()
    ran = shell.run("evidence", REFERENCE)
    said = " ".join(ran.stderr.split())
    assert ran.code == 2
    assert "Keep this ledger as it is, and compare it with a backup." in said
    assert "empty ledger" not in said


def test_a_reference_that_is_not_known_is_2_with_the_nearest_and_nothing_is_written(tmp_path: Path) -> None:
    shell, _ = uploaded(tmp_path)
    ran = shell.run("evidence", REFERENCE, "00318")
    assert ran.code == 2
    assert f"“{REFERENCE}”" in ran.stderr
    assert not (tmp_path / "evidence").exists()


def test_without_a_ledger_it_says_so_and_makes_none(tmp_path: Path) -> None:
    ran = Shell(tmp_path).run("evidence", REFERENCE)
    assert ran.code == 2
    assert "no ledger" in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_it_is_written_where_it_is_wanted_again_and_again_with_the_same_text(tmp_path: Path) -> None:
    shell, _ = uploaded(tmp_path)
    pages = []
    for _ in range(2):
        ran: Ran = shell.run("evidence", REFERENCE, "-o", "for.html")
        assert (ran.code, ran.stdout.splitlines()[1].strip()) == (0, "for.html")
        pages.append(re.sub(r"\d{4}-\d\d-\d\d[ T][0-9:.]+( UTC|Z), by|\"written_at\": .*", "", (
            tmp_path / "for.html").read_text(encoding="utf-8")))  # fmt: skip
    plain = [re.sub(r"&#34;written_at&#34;: [^\n]*", "", page) for page in pages]
    assert plain[0] == plain[1]
    assert shell.run("evidence", REFERENCE, "000319", "-o", "for.html").code == 2


def test_no_credential_stands_in_it_though_the_registry_quotes_both(tmp_path: Path) -> None:
    def echoing(asked: Asked) -> Answer:
        quoted = f"{asked.headers['authorization']} {asked.headers['x-client-secret']}"
        return registered(asked, uploaded_by=quoted) if asked.method == "POST" else registered(asked)

    with serving(echoing) as registry:
        shell = sandboxed(tmp_path, registry.url)
        assert shell.run("upload", shell.copy(HARBOUR, "log.csv")).code == 0
        asked = shell.run("evidence", "--ask", REFERENCE)
    found = evidence(shell, REFERENCE)
    assert asked.code == 0, asked.screen
    assert "uploaded_by" in found["attempts"][-1]["answer"]
    assert leaks(tmp_path, ACCESS_TOKEN, CLIENT_SECRET) == {}


def test_every_key_of_the_json_is_described(tmp_path: Path) -> None:
    shell, _ = uploaded(tmp_path)
    found = evidence(shell, REFERENCE)
    assert set(found) == described("of evidence")
    assert all(set(each) == {"what", "verdict", "reason"} for each in found["checks"])
    assert set(found["runs"][0]) == described("of a run in evidence")
    assert set(found["runs"][0]["rows"][0]) == described("of a row in evidence")


def test_each_reference_has_a_name_of_its_own_that_every_file_system_holds() -> None:
    odd = ["A/1", "A_1", "a/1", "a 1", "../../etc", "CON", "Ä", ".", "-", "nul", "a", "A"]
    references = [*odd, "x" * 100, "x" * 99]
    names = [file_name(each) for each in references]
    assert len({name.casefold() for name in names}) == len(references)
    assert "nul.html" not in names
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.html", name) for name in names)


def test_what_is_no_text_is_no_reference_and_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    assert shell.run("upload", shell.copy(HARBOUR)).code == 0
    odd = shell.run("evidence", "a\udcff")
    assert (odd.code, "is no text" in odd.stderr) == (2, True)
    (tmp_path / "share").mkdir(mode=0o755)
    (tmp_path / "share").chmod(0o755)
    assert shell.run("evidence", "000318", "--output", "share").code == 0
    assert (tmp_path / "share").stat().st_mode & 0o777 == 0o755


def test_a_registry_of_another_organisation_is_not_asked_for_proof(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    assert shell.run("upload", shell.copy(HARBOUR)).code == 0
    with launched(tmp_path / "other.sqlite3") as url:
        other = Shell(tmp_path, ISOMETRIC_BASE_URL=url).run("evidence", "--ask", "000318")
    assert (other.code, "belongs to the organisation" in other.stderr) == (2, True)
