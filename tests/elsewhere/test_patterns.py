"""A quoted pattern is what the files are that it matches, here and elsewhere."""

from pathlib import Path

import pytest

from pipeline.elsewhere import Nowhere, Remote, places


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "logs"
    (folder / "2026" / "deep.csv").mkdir(parents=True)
    for name in ("b.csv", "a.csv", "c.txt", ".hidden.csv", "2026/d.csv"):
        (folder / name).touch()
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("logs/*.csv", ["logs/a.csv", "logs/b.csv"]),
        ("logs/[bc].*", ["logs/b.csv", "logs/c.txt"]),
        ("logs/?.csv", ["logs/a.csv", "logs/b.csv"]),
        ("logs/2026/*", ["logs/2026/d.csv"]),
        ("logs/.*.csv", ["logs/.hidden.csv"]),
        ("logs/**/*.csv", ["logs/2026/d.csv", "logs/a.csv", "logs/b.csv"]),
    ],
)
def test_a_pattern_is_its_files_by_name_and_no_folder(logs: Path, pattern: str, names: list[str]) -> None:
    assert logs.is_dir()
    assert places([pattern]) == [Path(name) for name in names]


def test_a_match_comes_once_and_what_is_named_comes_as_often_as_it_is_named(logs: Path) -> None:
    assert logs.is_dir()
    typed = ["logs/b.csv", "logs/b.csv", "logs/*.csv", "logs/a.*"]
    assert [str(each) for each in places(typed)] == ["logs/b.csv", "logs/b.csv", "logs/a.csv"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(logs: Path) -> None:
    (logs / "log[1].csv").touch()
    (logs / "log1.csv").touch()
    assert places(["logs/log[1].csv"]) == [Path("logs/log[1].csv")]


@pytest.mark.parametrize("pattern", ["logs/*.xlsx", "nowhere/*.csv", "logs/*.csv/*"])
def test_a_pattern_without_a_match_is_refused_by_its_name(logs: Path, pattern: str) -> None:
    assert logs.is_dir()
    (found,) = places([pattern, pattern])
    assert isinstance(found, Nowhere)
    assert (str(found), found.refusal.code) == (pattern, "nothing_matches")


def test_what_is_no_pattern_is_asked_of_nobody() -> None:
    typed = ["s3://bucket/a.csv", "gone.csv"]
    assert places(typed) == [Remote("s3://bucket/a.csv"), Path("gone.csv")]
