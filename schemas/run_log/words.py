"""Words that stand in a cell in place of a value, in the six languages that logs are kept in.

English, German, French, Spanish, Portuguese, Norwegian. Each is compared as a whole, after NFKC and
folding of case: "Sum" says that a row is a total, "Sum-3" is a reference.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from schemas.run_log.units import unit_named

SAYS_NONE = frozenset(
    word
    for words in (
        "n/a, n.a., n. a., n.a, n/d, n.d., n. d., n.d, none, null, nil, nan, <na>",
        "not available, not applicable, unknown, pending",
        "k.a., k. a., k.a, keine angabe, s.o., s/o, sans objet, s/d, s.d., i.a., i/a, tbd, tba, tbc",
        "to be determined, to be confirmed, unbekannt, inconnu, inconnue, desconocido, desconhecido, ukjent",
    )
    for word in words.split(", ")
)
"""What people and programs write where there is no value; "NA" may be a reference (hazard 60)."""

SAYS_NONE_IF_OPTIONAL = SAYS_NONE | {"na", "nd"}

_TOTALS = frozenset(
    word
    for words in (
        "total, totals, subtotal, sub-total, sub total, grand total, overall total, total sum, sum, sums",
        "average, averages, total average, avg, mean",
        "summe, summen, gesamt, gesamtsumme, insgesamt, zwischensumme, teilsumme, ergebnis, teilergebnis",
        "gesamtergebnis, mittelwert, durchschnitt, mittel",
        "total général, totaux, sous-total, sous total, somme, moyenne, moyenne générale",
        "total general, total parcial, suma, suma total, promedio, media",
        "total geral, soma, soma total, média",
        "totalt, totalsum, sum totalt, delsum, gjennomsnitt, snitt, middelverdi",
        "σ, ∑, ø, ⌀",
    )
    for word in words.split(", ")
)
_DITTO = frozenset(
    (
        *('"', "''", "″", "〃", "„", "”", "“", "ditto", "dito", "dto.", "dto", "do.", "idem", "id.", "ibid."),
        *("ibid", "same", "as above", "same as above", "see above", "siehe oben", "wie oben", "s. o."),
    )
)
_ERROR = re.compile(r"#[¡¿]?[^\W\d_][\w/]*[!?]|#(n/a|n/d|nv|i/t|getting_data|#+)|err:[0-9]{3}")
"""Errors as spreadsheets show them; all but a few end in "!" or "?", in every language."""

_WITH_DIGITS = re.compile(r"[0-9]+(?:[A-Za-z._/+:-]+[0-9]+)*Z?|[A-Za-z]+[._/-]*[0-9]+(?:[._/-]+[0-9]+)*")
"""Numbers, times and references: no word of any kind, and most cells are one."""
_LONGEST = 40
_AROUND = " \t\r\n\u00a0.:;*=-–—_|"
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")

Said = Literal["error", "ditto", "none", "none if optional", ""]


def said_by(text: str) -> Said:
    """What a cell's text says in place of a value; nothing when it is one, or empty."""
    return "" if len(text) > _LONGEST or _WITH_DIGITS.fullmatch(text) else _said_by(text)


def says_total(text: str) -> bool:
    """Whether a text calls its row a total or an average (hazard 50): "Total", "SUMME:", "Total (kg)"."""
    return len(text) <= _LONGEST and not _WITH_DIGITS.fullmatch(text) and _says_total(text)


@lru_cache(maxsize=4096)
def _said_by(text: str) -> Said:
    word = _folded(text).strip()
    if _ERROR.fullmatch(word):
        return "error"
    if word in _DITTO:
        return "ditto"
    if word in SAYS_NONE or (word and not any(map(_is_written, word))):
        return "none"
    return "none if optional" if word in SAYS_NONE_IF_OPTIONAL else ""


@lru_cache(maxsize=4096)
def _says_total(text: str) -> bool:
    word = _folded(_BRACKETS.sub(" ", text)).strip(_AROUND)
    first, _, last = word.rpartition(" ")
    return word in _TOTALS or bool(unit_named(last) and first.strip(_AROUND) in _TOTALS)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _is_written(character: str) -> bool:
    """Not a dash, a question mark, or another sign that says nothing by itself."""
    return unicodedata.category(character)[0] not in "PS"
