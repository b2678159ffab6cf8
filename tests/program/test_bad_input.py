"""What is not a log, or no setting, ends as one sentence and an exit code, and harms nothing else."""

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.program.shell import HARBOUR, SAMPLES, Ran, Shell, held

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_WORKBOOK = SAMPLES / "hollin-farm" / "log-2025-10.xlsx"


def _lines(first: int, last: int) -> bytes:
    """Lines of a log like the good one, with references of its own; the first is the header."""
    log = HARBOUR.read_bytes().replace(b"\n000", b"\nbad-")
    return b"".join(log.splitlines(keepends=True)[first - 1 : last])


def _nothing(_: Path) -> None:
    """Leave the file missing."""


def _holding(content: Callable[[], bytes]) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(content())

    return make


BAD_FILES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "missing": ("bad.csv", _nothing),
    "empty": ("bad.csv", _holding(lambda: b"")),
    "only a header": ("bad.csv", _holding(lambda: _lines(1, 1))),
    "a PDF named .csv": (
        "bad.csv",
        _holding(lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"),
    ),
    "a workbook with a password": (
        "bad.xlsx",
        _holding(lambda: _OLE + bytes(1016) + "EncryptedPackage".encode("utf-16-le") + bytes(3040)),
    ),
    "half a workbook": (
        "bad.xlsx",
        _holding(lambda: _WORKBOOK.read_bytes()[: _WORKBOOK.stat().st_size // 2]),
    ),
    "no header that fits": ("bad.csv", _holding(lambda: b"name,colour\nada,red\ngrace,blue\n")),
    "two headers that fit": ("bad.csv", _holding(lambda: _lines(1, 3) + _lines(1, 1) + _lines(4, 6))),
    "a folder": ("bad.csv", Path.mkdir),
}


def says_it_once(ran: Ran, name: str) -> None:
    """One sentence names the file, and says more than its name."""
    (sentence,) = [line for line in ran.screen.splitlines() if name in line]
    assert len(sentence.split()) > 2
    assert sentence.rstrip().endswith(".")


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_is_no_log_is_named_in_one_sentence_and_the_good_file_beside_it_is_registered(
    tmp_path: Path, kind: str
) -> None:
    name, make = BAD_FILES[kind]
    shell = Shell(tmp_path)
    make(shell.folder / name)
    ran = shell.run("upload", name, shell.copy(HARBOUR))
    assert ran.code in (1, 2)
    says_it_once(ran, name)
    assert "Traceback" not in ran.screen
    with HARBOUR.open(encoding="utf-8", newline="") as file:
        assert held(shell.store) == Counter(row["supplier_reference_id"] for row in csv.DictReader(file))


def test_a_key_that_is_no_setting_is_named_with_its_line_and_the_key_that_was_meant(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    (tmp_path / "pipeline.toml").write_text("# ours\n[delivery]\nquiet_second = 1\n", encoding="utf-8")
    ran = shell.run("upload", shell.copy(HARBOUR))
    assert ran.code == 2
    for word in ("pipeline.toml", "line 3", "quiet_second ", "quiet_seconds"):
        assert word in ran.screen
    assert not shell.store.exists()


def test_credentials_without_an_environment_are_an_error_and_are_not_repeated(tmp_path: Path) -> None:
    names = ("ISOMETRIC_ACCESS_TOKEN", "ISOMETRIC_CLIENT_SECRET")
    shell = Shell(tmp_path, **dict.fromkeys(names, "made-of-a-test"))
    ran = shell.run("upload", shell.copy(HARBOUR))
    assert ran.code == 2
    assert "ISOMETRIC_ENVIRONMENT" in ran.screen
    assert "of-a-test" not in ran.screen
    assert not shell.store.exists()


def test_with_no_errors_allowed_one_bad_row_keeps_every_row_from_being_sent(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    content = HARBOUR.read_text(encoding="utf-8").replace(",816.0,kg,", ",a lot,kg,", 1)
    (tmp_path / "log.csv").write_text(content, encoding="utf-8")
    ran = shell.run("upload", "--json", "--max-errors", "0", "log.csv")
    assert ran.code == 4
    assert ran.outcomes == {"invalid": 1, "not_sent": 59}
    assert ran.posts == 0
    assert held(shell.store).total() == 0
