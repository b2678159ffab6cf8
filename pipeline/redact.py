"""Credentials are taken out of text by their value, in every form in which they are likely to come back.

What knows keys only (`authorization: …`) misses a registry that quotes a header in a sentence, a proxy
that puts one into an address, and an exception that holds one in its message.
"""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

MASK = "***"
SHORTEST = 12
"""What is shorter is no credential of a registry, and may be a word of the log."""
_LONG = 24
_TAIL = 8
"""The last characters of a long one are masked too: people and programs quote these to tell two apart."""


class Redaction:
    """Masks the credentials that it was told of. It shows none of them itself."""

    __slots__ = ("_all", "_whole")

    def __init__(self, *secrets: str) -> None:
        self._whole: dict[str, re.Pattern[str]] = {}
        self._all: dict[str, re.Pattern[str]] = {}
        self.learn(*secrets)

    def learn(self, *secrets: str) -> None:
        """From now on, mask these as well."""
        whole = {form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}
        tails = {secret[-_TAIL:] for secret in secrets if len(secret) >= _LONG}
        self._whole = _longest_first(self._whole, whole)
        self._all = _longest_first(self._all, whole | tails)

    def __call__(self, text: str) -> str:
        """The text for a person, a file or a log: neither a credential nor the tail of one."""
        return _masked(text, self._all)

    def is_none_in(self, body: bytes) -> bool:
        """Whether no text that is read out of this JSON can hold what would be masked.

        True only where that is plain to see: in ASCII without an escape, every text stands as it is read.
        """
        if not body.isascii() or b"\\" in body:
            return False
        lower = body.decode("ascii").lower()
        return not any(form in lower for form in self._all)

    def content(self, body: bytes, *, tails: bool = False) -> bytes:
        """An answer before it is parsed. Without `tails`: eight letters may be a word of an honest answer."""
        return _masked(body.decode("latin-1"), self._all if tails else self._whole).encode("latin-1")


def _longest_first(known: Mapping[str, re.Pattern[str]], new: Iterable[str]) -> dict[str, re.Pattern[str]]:
    patterns = {**known, **{form.lower(): re.compile(re.escape(form), re.IGNORECASE) for form in new}}
    return dict(sorted(patterns.items(), key=lambda each: len(each[0]), reverse=True))


def _masked(text: str, forms: Mapping[str, re.Pattern[str]]) -> str:
    lower = text.lower()
    for form, pattern in forms.items():
        if form in lower:
            text = pattern.sub(MASK, text)
    return text


def _forms(secret: str) -> Iterator[str]:
    """The secret itself, each long part of a token, and what JSON, HTML, URLs and base64 make of them."""
    parts = [part for part in secret.split(".")[1:] if len(part) >= _LONG]
    for text in (secret, *parts):
        quoted = json.dumps(text)[1:-1]
        yield from (text, quoted, quoted.replace("/", "\\/"), html.escape(text))
        yield re.sub(r"[=&<>'+]", lambda found: f"\\u{ord(found[0]):04x}", quoted)
        yield from (quote(text, safe=""), quote(text), text.encode().hex())
        yield from _in_base64(text.encode())


def _in_base64(text: bytes) -> Iterator[str]:
    """The characters that stand for the text wherever it begins in what was encoded."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + text)
        whole = encoded[-(-before * 8 // 6) : (before + len(text)) * 8 // 6].decode()
        yield from (whole, whole.translate(str.maketrans("+/", "-_")))
