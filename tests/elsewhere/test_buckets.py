"""A file of a bucket is read like one of this machine, by a real server that speaks S3."""

import hashlib
from collections.abc import Iterator

import pytest
import s3fs

from pipeline.elsewhere import Nowhere, Remote, places
from pipeline.read import FileRefused, read
from pipeline.read.fetched import fetched
from tests.elsewhere.buckets import Buckets, serving
from tests.read.make import fits

CSV = "Run ID,Mass\nR1,5\n"
LARGE = 8 << 20
"""More than is asked for at once."""


@pytest.fixture
def buckets(monkeypatch: pytest.MonkeyPatch) -> Iterator[Buckets]:
    """The drivers look for their credentials in the environment, and nowhere else can they be given."""
    with serving() as served:
        for name, value in served.environment.items():
            monkeypatch.setenv(name, value)
        served.make("logs", **{"a.csv": CSV})
        yield served
        s3fs.S3FileSystem.clear_instance_cache()


def refusal(url: str) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(Remote(url), url, fits=fits)
    return caught.value


def code(url: str) -> str:
    return refusal(url).refusal.code


def test_what_is_read_is_what_is_there_now(buckets: Buckets) -> None:
    for mass in ("5", "66"):
        content = CSV.replace("5", mass)
        buckets.put("logs", "a.csv", content)
        digest, (table,) = read(Remote("s3://logs/a.csv"), "the log", fits=fits)
        assert digest == hashlib.sha256(content.encode()).hexdigest()
        assert table.rows[1] == (2, ("R1", mass))
        assert table.file == "the log"


def test_a_pattern_is_listed_anew_each_time(buckets: Buckets) -> None:
    buckets.make("more", **{"d/b.csv": CSV, "d/.c.csv": CSV, "d/sub/e.csv": CSV, "d/x[1].csv": CSV})
    assert list(map(str, places(["s3://more/d/*.csv"]))) == ["s3://more/d/b.csv", "s3://more/d/x[1].csv"]
    buckets.put("more", "d/a.csv", CSV)
    assert list(map(str, places(["s3://more/d/?.csv"]))) == ["s3://more/d/a.csv", "s3://more/d/b.csv"]
    assert list(map(str, places(["s3://more/d/**.csv"])))[-1] == "s3://more/d/x[1].csv"
    assert places(["s3://more/d/x[1].csv"]) == [Remote("s3://more/d/x[1].csv")]


@pytest.mark.parametrize("pattern", ["s3://logs/*.xlsx", "s3://logs/a.csv/*"])
def test_a_pattern_without_a_match_is_refused(buckets: Buckets, pattern: str) -> None:
    assert buckets.keys("logs") == ["a.csv"]
    (found,) = places([pattern])
    assert isinstance(found, Nowhere)
    assert found.refusal.code == "nothing_matches"


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("s3://logs/b.csv", "file_missing"),
        ("s3://no-such-bucket/a.csv", "file_missing"),
        ("s3://logs", "not_a_file"),
        ("s3://logs/", "not_a_file"),
        ("s3://logs/folder", "not_a_file"),
        ("s3://logs/~$a.xlsx", "file_lock"),
        ("s3://logs/a.csv.part", "file_unfinished"),
        ("s3://logs/empty.csv", "file_empty"),
    ],
)
def test_what_is_no_log_is_refused_as_it_would_be_here(buckets: Buckets, url: str, wanted: str) -> None:
    for key in ("folder/a.csv", "~$a.xlsx", "a.csv.part", "empty.csv"):
        buckets.put("logs", key, "" if key == "empty.csv" else CSV)
    assert code(url) == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("AccessDenied", "address_denied"),
        ("InvalidAccessKeyId", "address_denied"),
        ("SignatureDoesNotMatch", "address_denied"),
        ("ExpiredToken", "address_denied"),
    ],
)
def test_credentials_that_are_refused_are_told_by_the_code_of_the_answer(
    buckets: Buckets, said: str, wanted: str
) -> None:
    buckets.step_in = lambda method, _path: said if method == "GET" else ""
    found = refusal("s3://logs/a.csv").refusal
    assert (found.code, said in found.message) == (wanted, True)
    (listed,) = places(["s3://logs/*.csv"])
    assert isinstance(listed, Nowhere)
    assert listed.refusal.code == wanted


def test_without_credentials_nothing_is_asked(buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert code("s3://logs/a.csv") == "address_without_credentials"
    assert buckets.requests == []


def test_a_server_that_is_not_there_is_told(buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert code("s3://logs/a.csv") == "address_unreachable"
    assert buckets.requests == []


@pytest.mark.parametrize("other", [CSV.replace("5", "6"), CSV + "R2,7\n", CSV[:-3]])
def test_a_file_that_is_replaced_while_it_is_read_is_not_read(buckets: Buckets, other: str) -> None:
    """Before its bytes are sent, or after."""
    for method, nth in (("GET", 1), ("HEAD", 2)):
        buckets.put("logs", "a.csv", CSV)
        buckets.before(method, "/a.csv", lambda: buckets.put("logs", "a.csv", other), nth=nth)
        assert code("s3://logs/a.csv") == "file_changing"


def test_a_large_file_that_is_replaced_or_goes_between_its_pieces_is_not_read(buckets: Buckets) -> None:
    for act in (
        lambda: buckets.put("logs", "large.csv", b"y" * (LARGE + 9)),
        lambda: buckets.put("logs", "large.csv", b"y"),
        lambda: buckets.delete("logs", "large.csv"),
    ):
        buckets.put("logs", "large.csv", b"x" * (LARGE + 9))
        buckets.before("GET", "/large.csv", act, nth=2)
        assert code("s3://logs/large.csv") == "file_changing"


def test_a_file_over_the_limit_is_refused_before_it_is_sent(buckets: Buckets) -> None:
    with pytest.raises(FileRefused) as caught:
        list(fetched(Remote("s3://logs/a.csv"), "a.csv", len(CSV) - 1))
    assert caught.value.refusal.code == "file_too_large"
    assert ("GET", "/logs/a.csv") not in buckets.requests
    assert b"".join(fetched(Remote("s3://logs/a.csv"), "a.csv", len(CSV))) == CSV.encode()
