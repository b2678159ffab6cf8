"""No text of a log, a file name or the registry drives a terminal or breaks a line of the run's log."""

import json
import os
import re
import time
import unicodedata
from pathlib import Path

import pytest
from openpyxl import Workbook

from pipeline.cli.last_resort import said
from pipeline.cli.screen import printable
from tests.program.shell import Ran, Shell
from tests.protocol.plant import HEADER, KILN, WOOD
from tests.security.servers import Answer, Asked, answered, registered, serving

FORGED = (
    "\n0  rows\nResults: forged\r\x1b[2J\x1b]0;owned\x07\x1b[31m\x9b31m\x85"
    "\u2028\u2029\u202e\u2066\u200b\x7f\x00"
)
ONLY_CONTROLS = FORGED.partition("\u2028")[0]
WITHOUT_NUL = FORGED.replace("\x00", "")
XML_HOLDS = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", FORGED)
NAME = "l\x1b[31mog\u202e\x9b.csv"
LONG = "endless " * 5_000


def driving(text: str) -> set[str]:
    """The characters of the text that do more than stand there; line ends are the program's own."""
    seen = set(text) - {"\n"}
    return {c for c in seen if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")}


def csv_field(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def hostile_csv(path: Path) -> None:
    """Wrong and right rows, each with the forged text in a cell that is shown or sent."""
    when = "2026-10-01T06:00:00Z,2026-10-01T10:00:00Z"
    lines = [
        f"{HEADER},{csv_field('note' + WITHOUT_NUL)}",
        f"{csv_field('A' + WITHOUT_NUL)},{KILN},{WOOD},{when},100,x",
        f"B,{csv_field(WITHOUT_NUL)},{WOOD},{when},100,x",
        f"C,{KILN},{csv_field(LONG)},{when},100,x",
        f"D,{KILN},{WOOD},{when},{csv_field('1' + WITHOUT_NUL)},x",
        f"E,{KILN},{WOOD},{when},100,x",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")


def hostile_workbook(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet
    sheet.title = "Ru\u202ens\x85"
    sheet.append([*HEADER.split(","), f"note{XML_HOLDS}"])
    when = ["2026-10-01T06:00:00Z", "2026-10-01T10:00:00Z"]
    sheet.append([f"A{XML_HOLDS}", KILN, WOOD, *when, 100, "x"])
    sheet.append(["B", XML_HOLDS, WOOD, *when, f"1{XML_HOLDS}", "x"])
    sheet.append(["E", KILN, WOOD, *when, 100, "x"])
    book.create_sheet("\x9bo\u2066").append([f"x{XML_HOLDS}"])
    book.save(path)


def forging(asked: Asked) -> Answer:
    """A registry whose every text is forged."""
    if asked.path.endswith("/organisation"):
        return answered({"id": f"org{FORGED}", "name": FORGED})
    if asked.method == "POST":
        return answered({"detail": [{"loc": ["body", FORGED], "msg": FORGED + LONG, "type": "x"}]}, 422)
    return registered(asked)


def assert_tame(ran: Ran, folder: Path) -> None:
    assert driving(ran.screen) == set(), ran.screen
    assert not re.search(r"^(0  rows|Results: forged)", ran.screen, re.MULTILINE)
    assert max(map(len, ran.screen.splitlines())) < 12_000
    (log,) = folder.glob("runs/*/run.log.jsonl")
    assert_log(log.read_bytes())


def assert_log(content: bytes) -> None:
    """One JSON object a line, all of it harmless ASCII, none of it endless."""
    for line in content.splitlines():
        assert json.loads(line)["event"]
        assert line.isascii()
        assert driving(line.decode()) == set()
        assert len(line) < 20_000


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("csv", []),
        ("xlsx", ["-v"]),
        ("xlsx", ["-q"]),
        ("csv", ["--json"]),
        ("xlsx", ["--log-format", "json"]),
    ],
)
def test_a_hostile_log_and_a_hostile_registry_do_not_reach_the_terminal(
    tmp_path: Path, kind: str, options: list[str]
) -> None:
    name = NAME.replace("csv", kind)
    (hostile_csv if kind == "csv" else hostile_workbook)(tmp_path / name)
    with serving(forging) as registry:
        shell = Shell(tmp_path, ISOMETRIC_BASE_URL=registry.url)
        shell.environment["PYTHONUTF8"] = "1"
        ran = shell.run("upload", *options, name)
    assert ran.code in (1, 3), ran.screen
    assert any(asked.method == "POST" for asked in registry.asked)
    assert_tame(ran, tmp_path)
    if options == ["--json"]:
        assert ran.json["files"][0]["name"] == name
    if options == ["--log-format", "json"]:
        assert_log(ran.stderr.encode())


@pytest.mark.parametrize(
    "arguments",
    [
        ["upload", f"gone{WITHOUT_NUL}.csv"],
        ["check", f"gone{WITHOUT_NUL}.csv"],
        ["upload", "--config", f"gone{WITHOUT_NUL}.toml"],
        ["upload", f"--{ONLY_CONTROLS}"],
        ["upload", "--concurrency", WITHOUT_NUL],
        ["upload", "--max-errors", WITHOUT_NUL],
        ["upload", "--target", WITHOUT_NUL],
        [WITHOUT_NUL],
        ["retry", WITHOUT_NUL],
        ["report", WITHOUT_NUL],
        ["registry", "--faults", WITHOUT_NUL],
    ],
)
def test_what_was_typed_does_not_reach_the_terminal_as_it_was(tmp_path: Path, arguments: list[str]) -> None:
    ran = Shell(tmp_path, PYTHONUTF8="1").run(*arguments)
    assert ran.code != 0
    assert driving(ran.screen) == set(), ran.screen


def test_a_file_that_waits_in_the_inbox_is_named_harmlessly(tmp_path: Path) -> None:
    shell = Shell(tmp_path, PYTHONUTF8="1")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / NAME).write_text("just now")
    later = time.time() + 600
    os.utime(tmp_path / "inbox" / NAME, (later, later))
    ran = shell.run("upload")
    assert "is left for the next run" in ran.stdout
    assert driving(ran.screen) == set()


@pytest.mark.parametrize(
    "code", [*range(32), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
def test_each_character_that_drives_a_terminal_is_shown_as_its_number(code: int) -> None:
    assert printable(f"a{chr(code)}b") == f"a\\u{code:04x}b"
    assert said(f"a{chr(code)}b") in (f"a\\u{code:04x}b", "a\nb")


def test_a_long_text_is_cut_with_a_mark() -> None:
    assert len(printable(LONG)) == 201
    assert printable(LONG).endswith("…")
