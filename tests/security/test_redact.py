"""Credentials are masked by their value, in every form, and honest words stay as they are."""

import base64
import html
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.redact import MASK, SHORTEST, Redaction
from tests.security.secrets_of_tests import ACCESS_TOKEN, CLIENT_SECRET, found_in

both = Redaction(ACCESS_TOKEN, CLIENT_SECRET)
VISIBLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=SHORTEST, max_size=80)


@pytest.mark.parametrize("secret", [ACCESS_TOKEN, CLIENT_SECRET], ids=["token", "secret"])
@pytest.mark.parametrize(
    "written",
    [
        str,
        str.lower,
        str.upper,
        lambda text: json.dumps({"input": text}),
        lambda text: text.replace("/", "\\/"),
        lambda text: text.replace("=", "\\u003D"),
        html.escape,
        lambda text: quote(text, safe=""),
        lambda text: quote(text, safe="").lower(),
        lambda text: text.encode().hex(),
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
        lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
        lambda text: base64.b64encode(f"a user:{text}, and more".encode()).decode(),
        lambda text: f"…{text[-8:]}",
    ],
)
def test_a_credential_is_masked_however_it_is_written(secret: str, written: object) -> None:
    assert callable(written)
    masked = both(f"<{written(secret)}>")
    assert MASK in masked
    assert not found_in(masked.encode(), secret)


def test_the_parts_of_a_token_are_masked_alone() -> None:
    for part in ACCESS_TOKEN.split(".")[1:]:
        assert part not in both(f"claims {part}")


@given(VISIBLE, st.text(max_size=20), st.text(max_size=20))
def test_a_secret_is_gone_wherever_it_stands(secret: str, before: str, after: str) -> None:
    masked = Redaction(secret)(f"{before} {secret} {after}")
    assert secret not in masked or secret in MASK * 30


PIECES = st.sampled_from(
    [
        ACCESS_TOKEN,
        CLIENT_SECRET,
        ACCESS_TOKEN[-8:],
        CLIENT_SECRET[-8:].upper(),
        CLIENT_SECRET[:20],
        "ä",
        '"',
        "\\",
    ]
)


@given(st.lists(st.lists(PIECES | st.text(max_size=5), max_size=4).map("".join), max_size=4), st.booleans())
def test_of_an_answer_that_is_said_to_hold_none_no_text_is_masked(texts: list[str], as_ascii: bool) -> None:
    body = json.dumps(texts, ensure_ascii=as_ascii).encode("utf-8", "replace")
    if both.is_none_in(body):
        assert [both(text) for text in texts] == texts
        assert both.content(body, tails=True) == body


def test_a_plain_answer_is_said_to_hold_none() -> None:
    assert both.is_none_in(b'{"id":"ptb_1G8QT5ZAB1S0XSDW","display_name":"Production batch"}')


@given(st.binary(max_size=60), st.integers(0, 5))
def test_an_answer_keeps_every_byte_that_is_no_credential(noise: bytes, place: int) -> None:
    body = noise[:place] + CLIENT_SECRET.encode() + noise[place:]
    assert both.content(body) == noise[:place] + MASK.encode() + noise[place:]


def test_the_tail_of_a_secret_is_left_in_an_answer_that_is_yet_to_be_read() -> None:
    """Eight letters may be an honest word: `oduction` stands in every answer about a batch."""
    wordy = Redaction("acme-uploader-for-production")
    body = b'{"display_name": "Production batch 12"}'
    assert wordy.content(body) == body
    assert wordy.content(body, tails=True) != body


@pytest.mark.parametrize("word", ["local", "offline", "the-secret"])
def test_what_is_too_short_for_a_credential_is_never_masked(word: str) -> None:
    assert Redaction(word)(f"the embedded {word} registry") == f"the embedded {word} registry"


def test_a_redaction_shows_nothing_of_what_it_masks() -> None:
    assert not found_in(repr(both).encode(), ACCESS_TOKEN, CLIENT_SECRET)
