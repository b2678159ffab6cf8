"""What a header says of a time zone: UTC, where that is beyond doubt, or something to be asked about."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from schemas.run_log.explaining import only_explains
from schemas.run_log.spelling import apart, joined

UTC = frozenset(("utc", "z", "zulu"))
_ZONES = frozenset(
    word
    for words in (
        "utc z zulu gmt wet west bst ist cet cest met mest mez mesz eet eest msk eat cat wat sast",
        "est edt cst cdt mst mdt pst pdt akst akdt hst brt art clt pet cot pkt npt wib ict sgt pht",
        "jst kst hkt awst acst acdt aest aedt nzst nzdt",
    )
    for word in words.split()
)
_ALSO_WORDS = frozenset(("z", "wet", "west", "ist", "met", "est", "art", "cat", "eat", "pet", "cot", "wat"))
_ZONE = re.compile(
    r"(utc|gmt)?[+\-\u2212±][0-9]{1,2}(:?[0-9]{2})?h?"
    r"|(africa|america|antarctica|asia|atlantic|australia|europe|indian|pacific|etc)/.+"
    r"|(.*[\W_])?(utc|gmt)([\W\d_].*)?"
)
_WORD = re.compile(r"[^\s,;()\[\]]+")
_OFFSET = re.compile(r"[+\-\u2212±]|[0-9]{1,2}(:?[0-9]{2})?h?")
_MARKS = re.compile(r"[-\u2010-\u2015:.*/&|=]*")
_PLAIN = re.compile(r"[\w\-\u2010-\u2015:.*/&|=]+")
_BESIDE_UTC = frozenset(
    joined(word)
    for words in (
        "in all times zone timezone iso 8601 coordinated universal",
        "alle zeiten zeitzone weltzeit koordinierte en heures fuseau horaire universel universelle coordonné",
        "zona horaria tiempo em horas fuso horário tempo alle tider tidssone",
    )
    for word in words.split()
)
_LOCAL = frozenset(("local", "locale", "lokal", "lokalzeit", "ortszeit"))
_NOT_JUST_UTC = _LOCAL | {
    joined(word)
    for words in (
        "plus minus offset not versatz nicht moins décalage pas non",
        "más menos desfase mais não pluss forskyvning ikke",
    )
    for word in words.split()
}
_SEASONS = frozenset(
    joined(word)
    for words in (
        "summer winter dst daylight saving sommer sommerzeit winterzeit été hiver d",
        "verano invierno verão inverno sommertid vintertid",
    )
    for word in words.split()
)


def zone_stated(text: str) -> str | None:
    """What a header says of a time zone, in small letters: "utc" or the like where its times are in UTC.

    None where it names no zone. What stands beside UTC and is not known to be harmless is part of what it
    says ("utc +2", "local not utc"): such times may be in another zone.
    """
    outside, insides = apart(unicodedata.normalize("NFKC", text).casefold())
    said = _said_outside(_words(outside)) + [
        word for inside in insides for word in _said_in_brackets(_words(inside))
    ]
    if not any(map(_is_zone, said)):
        return None
    return said[0] if UTC.issuperset(said) else " ".join(said)


def only_speaks_of_a_zone(text: str) -> bool:
    """Whether a text names a zone and every other word is of zones or explains: "UTC + 2", "hh:mm, UTC"."""
    words = _words(unicodedata.normalize("NFKC", text).casefold())
    return any(map(_is_zone, words)) and all(map(_is_of_a_zone, words))


def zone_mentioned(text: str) -> str | None:
    """As `zone_stated`, of any text: None where its only zone may be a common word, such as "Ist"."""
    normal = unicodedata.normalize("NFKC", text)
    parts = (normal, *apart(normal)[1])
    in_capitals = any(part == part.upper() and only_speaks_of_a_zone(part) for part in parts)
    if in_capitals or any(map(_is_only_a_zone, _words(normal.casefold()))):
        return zone_stated(text)
    return None


def _words(text: str) -> list[str]:
    """The words of a text; an underscore parts them unless it belongs to a zone."""
    found = [[word] if "/" in word else word.split("_") for word in _WORD.findall(text)]
    return [word for words in found for word in words if not _MARKS.fullmatch(word)]


def _said_outside(words: Sequence[str]) -> list[str]:
    """Outside brackets a header may say much, but a number behind a zone is an offset."""
    return [
        word
        for before, word in pairwise(("", *words))
        if _is_zone(word) or _contradicts(word) or (_is_zone(before) and _OFFSET.fullmatch(word))
    ]


def _said_in_brackets(words: Sequence[str]) -> list[str]:
    if any(map(_is_zone, words)):
        return [word for word in words if not _is_harmless(word)]
    return list(filter(_contradicts, words))


def _is_zone(word: str) -> bool:
    return word in _ZONES or _ZONE.fullmatch(word) is not None


def _is_only_a_zone(word: str) -> bool:
    return _is_zone(word) and word not in _ALSO_WORDS and any(map(str.isalpha, word))


def _contradicts(word: str) -> bool:
    return joined(word) in _NOT_JUST_UTC


def _is_harmless(word: str) -> bool:
    """Whether it says nothing of a zone: "time", "hh:mm"."""
    plain = not _is_zone(word) and _PLAIN.fullmatch(word) is not None
    return plain and all(joined(part) in _BESIDE_UTC or _explains(part) for part in re.findall(r"\w+", word))


def _explains(part: str) -> bool:
    return joined(part) not in _LOCAL and only_explains(part)


def _is_of_a_zone(word: str) -> bool:
    known = _is_zone(word) or _contradicts(word) or joined(word) in _SEASONS
    return known or _is_harmless(word) or _OFFSET.fullmatch(word) is not None
