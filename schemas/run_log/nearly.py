"""Texts that a person reads as a date and this program does not: why each is refused.

What is understood is in `instants`; here a refusal is only made plainer, and nothing is ever read.
"""

import re
import unicodedata
from functools import lru_cache

from schemas.run_log.parsed import Problem

LATEST_YEAR = 2100

_MONTHS = frozenset(
    month
    for months in (
        "january february march april may june july august september october november december",
        "januar jänner februar märz april mai juni juli august september oktober november dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "januari februari mars april maj juni juli augusti september oktober november december",
        "januar februar marts april maj juni juli august september oktober november desember",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "januari februari maart mrt april mei juni juli augustus september oktober november december",
    )
    for month in months.split()
)
_WORD_BY_A_DAY = re.compile(
    r"\d{1,2}(?:st|nd|rd|th|\.|º)?[ -]*(?:de )?([^\W\d_]{3,})|([^\W\d_]{3,})\.?[ -]+\d{1,2}(?![\d:])",
    re.IGNORECASE,
)
_AFTER_THE_TIME = re.compile(
    r"\d[-./]\d{1,4}(?: ?T ?|,? )\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?(?: ?[AP]M)?+ ?([^\d\s:].*)", re.IGNORECASE
)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?", re.ASCII)
_MIDNIGHT = re.compile(r"(?:.*\s)?24:00(?::00)?", re.ASCII)
_LONGEST = 100
"""Characters up to which a text may be a date that somebody wrote; longer ones only cost time."""
_BUDDHIST, _ISLAMIC = range(2543, 2644), range(1379, 1525)


def plainer(problem: Problem, text: str) -> Problem:
    """The problem of a text that is no date or no time, with the reason where one can be seen."""
    if len(text) > _LONGEST:
        return problem
    code, wanted = problem.code, problem.wanted
    words = (one or other for one, other in _WORD_BY_A_DAY.findall(text))
    if month := next(filter(_names_a_month, words), None):
        return Problem(
            code,
            f"{wanted}, in figures; “{month}” looks like the name of a month",
            "Write the month as a number.",
        )
    after = _AFTER_THE_TIME.search(text)
    if after:
        return Problem(
            code,
            f"a date and a time, and after them no more than an offset in figures (+02:00, or Z for UTC); "
            f"“{after[1]}” is not one",
            f"Write the offset, or leave “{after[1]}” out where the time is in the plant's own zone.",
        )
    if _SERIAL.fullmatch(text):
        return Problem(
            code,
            f"{wanted}; this may be the number by which a spreadsheet counts days",
            "Format the column as a date in the spreadsheet, check that it shows the right day, save again.",
        )
    if _MIDNIGHT.fullmatch(text):
        return Problem(
            code,
            f"{wanted}; a day ends with 23:59, and midnight is 00:00 of the next day",
            "Write 00:00 and the date of the next day.",
        )
    return problem


def other_calendar(year: int) -> Problem | None:
    """Why a year that no run can be of stands there, when it looks like that of another calendar (46)."""
    if year in _ISLAMIC:
        return Problem(
            "too_early",
            f"a year from 2000 on; {year} may be of the Islamic or the Persian calendar",
            "Write the date in the Gregorian calendar, such as 2026-10-05.",
        )
    if year > LATEST_YEAR:
        buddhist = f"; {year} may be of the Buddhist calendar ({year - 543})" if year in _BUDDHIST else ""
        return Problem(
            "in_the_future",
            f"a year up to {LATEST_YEAR}{buddhist}",
            "Write the date in the Gregorian calendar, such as 2026-10-05.",
        )
    return None


@lru_cache(maxsize=256)
def _names_a_month(word: str) -> bool:
    """Whether a word is a month's name, or the beginning of one: “Mär”, “Sept”, “août”."""
    plain = _without_accents(word)
    return any(_without_accents(month).startswith(plain) for month in _MONTHS)


def _without_accents(word: str) -> str:
    letters = unicodedata.normalize("NFD", word.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
