"""Words in a header's brackets that change nothing of what it names: "Start (date and time)"."""

import re

from schemas.run_log.spelling import joined

_EXPLAINS = frozenset(
    joined(word)
    for words in (
        "optional required local time date and datetime",
        "datum zeit uhrzeit und lokalzeit ortszeit pflichtfeld",
        "heure locale et obligatoire facultatif fecha hora y data e obligatorio opcional obrigatório",
        "dato tid klokkeslett og lokal valgfri påkrevd",
    )
    for word in words.split()
)
_DATE_FORMAT = re.compile(r"d{2}|m{2,4}|y{2,4}|h{2}|s{2}|t{2}|j{2,4}|a{2,4}|å{2,4}|24h|[dm]{2}th{2}")


def only_explains(text: str) -> bool:
    """Whether every word explains, or is part of a format such as "dd.mm.yyyy hh:mm"."""
    return all(map(_explains, re.findall(r"\w+", text.casefold())))


def _explains(word: str) -> bool:
    return joined(word) in _EXPLAINS or _DATE_FORMAT.fullmatch(word) is not None
