"""A file of a host is read by SFTP, and only from a host whose key somebody has confirmed."""

from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from pipeline.elsewhere import Nowhere, Remote, place_of, places, put_all
from pipeline.elsewhere.failures import NotHadError
from pipeline.read import FileRefused, read
from tests.elsewhere.hosts import Host, serving
from tests.read.make import fits

CSV = "Run ID,Mass\nR1,5\n"


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """Where ~/.ssh is, HOME alone says."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    folder = tmp_path / "served"
    (folder / "logs").mkdir(parents=True)
    for name in ("b.csv", "a.csv", "log-1?.csv"):
        (folder / "logs" / name).write_text(CSV)
    with serving(folder, tmp_path / "home") as served:
        served.known()
        yield served


def code(url: str) -> str:
    with pytest.raises(FileRefused) as caught:
        read(Remote(url), url, fits=fits)
    return caught.value.refusal.code


def test_a_file_of_a_known_host_is_read(host: Host) -> None:
    (table,) = read(Remote(f"{host.url}/logs/a.csv"), "a.csv", fits=fits)[1]
    assert table.rows[1] == (2, ("R1", "5"))
    assert set(host.logins) == {"kiln"}


def test_every_byte_of_a_large_file_comes_in_its_order(host: Host) -> None:
    rows = "".join(f"R{number},{number}\n" for number in range(300_000))
    (host.folder / "logs" / "large.csv").write_text(f"Run ID,Mass\n{rows}")
    (table,) = read(Remote(f"{host.url}/logs/large.csv"), "large.csv", fits=fits)[1]
    assert table.rows[-1] == (300_001, ("R299999", "299999"))
    assert len(table.rows) == 300_001


def test_an_unknown_host_is_not_logged_in_to(host: Host) -> None:
    (host.home / ".ssh" / "known_hosts").unlink()
    assert code(f"{host.url}/logs/a.csv") == "host_key_unknown"
    assert host.logins == []
    assert not (host.home / ".ssh" / "known_hosts").exists()


def test_a_host_with_another_key_than_the_known_one_is_not_logged_in_to(host: Host) -> None:
    host.known(paramiko.ECDSAKey.generate())
    assert code(f"{host.url}/logs/a.csv") == "host_key_changed"
    (listed,) = places([f"{host.url}/logs/*.csv"])
    assert isinstance(listed, Nowhere)
    assert listed.refusal.code == "host_key_changed"
    with pytest.raises(NotHadError):
        put_all(host.folder / "logs", Remote(f"{host.url}/runs"))
    assert host.logins == []


def test_a_user_who_is_not_let_in_is_told(host: Host) -> None:
    assert code(f"{host.url.replace('kiln', 'other')}/logs/a.csv") == "address_denied"


@pytest.mark.parametrize(
    ("path", "wanted"), [("gone.csv", "file_missing"), ("logs", "not_a_file"), ("logs/", "not_a_file")]
)
def test_what_is_no_file_is_refused(host: Host, path: str, wanted: str) -> None:
    assert code(f"{host.url}/{path}") == wanted


def test_a_host_that_does_not_answer_is_told(host: Host) -> None:
    assert code("sftp://kiln@127.0.0.1:9/a.csv") == "address_unreachable"
    assert host.logins == []


def test_a_pattern_is_its_files_by_name(host: Host) -> None:
    found = [str(each).removeprefix(host.url) for each in places([f"{host.url}/logs/*.csv"])]
    assert found == ["/logs/a.csv", "/logs/b.csv", "/logs/log-1?.csv"]
    assert places([f"{host.url}/logs/log-1?.csv"]) == [place_of(f"{host.url}/logs/log-1?.csv")]
    assert [str(each)[-5:] for each in places([f"{host.url}/logs/?.csv"])] == ["a.csv", "b.csv"]


def test_results_are_put_into_folders_that_are_made_and_the_summary_last(host: Host, tmp_path: Path) -> None:
    results = tmp_path / "results"
    results.mkdir()
    for name in ("summary.json", "to_fix.xlsx", "results.csv", ".part"):
        (results / name).write_text(name)
    put_all(results, Remote(f"{host.url}/runs/one"))
    there = host.folder / "runs" / "one"
    assert {path.name for path in there.iterdir()} == {"summary.json", "to_fix.xlsx", "results.csv"}
    (results / "to_fix.xlsx").unlink()
    put_all(results, Remote(f"{host.url}/runs/one"), anew=True)
    assert {path.name: path.read_text() for path in there.iterdir()} == {
        "summary.json": "summary.json",
        "results.csv": "results.csv",
    }
