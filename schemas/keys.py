"""Keys by which a run that was written down twice is found: under another reference, or in another spelling.

A key is a whole number of 64 bits with a sign, as both databases keep it. Two keys that are equal are a
reason to compare what they were made of, and no proof.
"""

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b

import msgspec
from msgspec import Raw, Struct

_REMEMBERED = 1 << 17
_NUMBER = re.compile(r"([0-9]+)[.,]0+")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[.,' ][0-9]{3})+")
_MAY_BE_FIGURES = re.compile("[oil]")
_FIGURES = re.compile(r"(?:(?<![^\W_])[oil]+)?[0-9][0-9oil]*|(?<![^\W_])[oil](?![^\W_])")
_AS_DIGITS = str.maketrans("oil", "011")
_PIECES = re.compile(r"[0-9]+|[^\W_0-9]+")


class _Magnitude(Struct, frozen=True):
    magnitude: Raw


class _Content(Struct, frozen=True):
    facility_id: str
    started_at: str
    ended_at: str
    mass: _Magnitude


_content = msgspec.json.Decoder(_Content)


def content_key(body: str) -> int | None:
    """Of a canonical body, the key of its facility, its start and end, and its mass; None: it has none."""
    try:
        run = _content.decode(body)
    except msgspec.DecodeError:
        return None
    mass = bytes(run.mass.magnitude).decode()
    return _key(f"{run.facility_id} {run.started_at} {run.ended_at} {mass}")


def reference_key(reference: str) -> int:
    """The key of all the spellings that a person or a spreadsheet may make of one reference (see `plain`)."""
    return _key(plain(reference))


@lru_cache(_REMEMBERED)
def plain(reference: str) -> str:
    """A reference without what is lost or mistaken on the way: the same for its twins (hazards 13 to 15).

    Capitals, other alphabets' letters that look like these, zeros in front of a number, ".0" behind it,
    and separators do not count; nor does O for 0, or l or I for 1, where a number stands. Between two
    numbers a separator counts, whichever it is: 1-12 is not 11-2.
    """
    folded = (reference if reference.isascii() else _in_latin(reference)).strip().casefold()
    if folded[:1].isdigit():
        folded = _as_whole_number(folded)
    if _MAY_BE_FIGURES.search(folded):
        folded = _FIGURES.sub(lambda found: found[0].translate(_AS_DIGITS), folded)
    return _joined(_PIECES.findall(folded)) or folded


def _as_whole_number(text: str) -> str:
    """42.0 is 42, and 4,200 is 4200; any other text stays as it is."""
    if _GROUPED.fullmatch(text):
        return re.sub("[^0-9]", "", text)
    number = _NUMBER.fullmatch(text)
    return number[1] if number else text


def _joined(pieces: list[str]) -> str:
    text, after_number = "", False
    for piece in pieces:
        is_number = piece[0] in "0123456789"
        text += ("-" if is_number and after_number else "") + (
            piece.lstrip("0") or "0" if is_number else piece
        )
        after_number = is_number
    return text


def _in_latin(text: str) -> str:
    normal = unicodedata.normalize("NFKC", text)
    return "".join(char if char.isascii() else _lookalike(char) for char in normal)


@lru_cache(_REMEMBERED)
def _lookalike(char: str) -> str:
    """The Latin letter or the digit that cannot be told from this character, or the character itself (14)."""
    from confusable_homoglyphs.confusables import confusables_data

    if char.isdecimal():
        return str(unicodedata.decimal(char))
    alike = (each["c"] for each in confusables_data.get(char, ()))
    return next((each for each in alike if len(each) == 1 and each.isascii() and each.isalnum()), char)


def _key(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest(), signed=True)
