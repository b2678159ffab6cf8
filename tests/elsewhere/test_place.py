"""An address is known from a path, and one that may hold a credential is neither read nor shown."""

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.elsewhere import Nowhere, Remote, place_of

ADDRESSES = [
    "s3://bucket/logs/a.csv",
    "gs://bucket/a b.csv",
    "abfs://container@plant.dfs.core.windows.net/a.csv",
    "abfss://container/a.csv",
    "sftp://kiln@host.example:2222/logs/a.csv",
    "sftp://[::1]/logs/a@home.csv",
    "s3://bucket/2026/[0-9]*.csv",
    "s3://bucket/log-?.csv",
]


@pytest.mark.parametrize("text", ADDRESSES)
def test_an_address_comes_back_as_it_was_written_and_can_be_handed_to_another_process(text: str) -> None:
    place = place_of(text)
    assert place == Remote(text)
    assert place_of(str(place)) == place
    assert pickle.loads(pickle.dumps(place)) == place  # noqa: S301


@pytest.mark.parametrize("text", ["log.csv", "C:\\logs\\a.csv", "a::b.csv", "s3:/bucket/a.csv", "./x://y"])
def test_whatever_is_no_address_is_a_path(text: str) -> None:
    assert place_of(text) == Path(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("https://host.example/a.csv", "address_unknown"),
        ("http://127.0.0.1/a.csv", "address_unknown"),
        ("file:///etc/passwd", "address_unknown"),
        ("memory://a.csv", "address_unknown"),
        ("ssh://host/a.csv", "address_unknown"),
        ("zip://a.csv::s3://bucket/a.zip", "address_unknown"),
        ("simplecache::s3://bucket/a.csv", "address_unknown"),
        ("s3://", "address_malformed"),
        ("s3://*/a.csv", "address_malformed"),
        ("s3://bucket:x/a.csv", "address_malformed"),
        ("abfs://container@evil.example/a.csv", "address_malformed"),
        ("abfs://container@plant.dfs.core.windows.net.evil.example/a", "address_malformed"),
        ("sftp:///logs/a.csv", "address_malformed"),
        ("sftp://-oProxyCommand=x@host/a.csv", "address_malformed"),
    ],
)
def test_an_address_of_no_known_form_is_refused(text: str, code: str) -> None:
    place = place_of(text)
    assert isinstance(place, Nowhere)
    assert place.refusal.code == code
    with pytest.raises(ValueError, match="no address"):
        Remote(text)


SECRET = "hunter2hunter2"  # noqa: S105


@pytest.mark.parametrize(
    "text",
    [
        f"sftp://kiln:{SECRET}@host/a.csv",
        f"sftp://kiln:p/{SECRET}@host/a.csv",
        f"sftp://:{SECRET}@host/a.csv",
        f"s3://AKID:{SECRET}@bucket/a.csv",
        f"s3://{SECRET}!@bucket/a.csv",
        f"https://kiln:{SECRET}@host/a.csv",
        f"https://host/a.csv?token={SECRET}",
        f"abfs://container/a.csv?sv=1&sig={SECRET}",
        f"s3://bucket/a.csv?X-Amz-Signature={SECRET}",
        f"zip::sftp://kiln:{SECRET}@host/a.csv",
    ],
)
def test_a_credential_in_an_address_is_refused_and_shown_nowhere(text: str) -> None:
    place = place_of(text)
    assert isinstance(place, Nowhere)
    assert SECRET not in f"{place!r} {place}"
    with pytest.raises(ValueError, match="no address") as caught:
        Remote(text)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "text", [f"sftp://k:{SECRET}@host/a", f"s3://k:{SECRET}@bucket/a", f"gs://{SECRET}@b/a", "s3://b/a?t=x"]
)
def test_what_is_wrong_with_a_credential_in_an_address_is_said(text: str) -> None:
    place = place_of(text)
    assert isinstance(place, Nowhere)
    assert place.refusal.code == "address_with_credential"


@given(kind=st.sampled_from(["s3", "gs", "abfs", "sftp"]), name=st.text(min_size=1))
def test_any_address_that_is_taken_keeps_every_letter_of_its_path(kind: str, name: str) -> None:
    place = place_of(f"{kind}://bucket/{name}")
    if isinstance(place, Remote):
        assert place.path == name
        assert place_of(str(place)) == place


def test_a_file_of_a_folder_is_beside_its_sisters() -> None:
    assert Remote("s3://bucket") / "a.csv" == Remote("s3://bucket/a.csv") == Remote("s3://bucket/") / "a.csv"
    assert Remote("s3://bucket/logs/a.csv").name == "a.csv"
    assert Remote("s3://bucket/logs/").name == Remote("s3://bucket").name == ""
