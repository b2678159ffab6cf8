"""Masses and deviations: exact decimals, read under the plant's own decimal mark (hazards 19 to 32)."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Literal

from schemas.cell import Broken, Cell, Number
from schemas.run_log.formats import Section, section_for
from schemas.run_log.kilograms import to_kilograms
from schemas.run_log.parsed import Parsed, Problem, Tidied, Tidying, also_told, told
from schemas.run_log.texts import SPACE, broken
from schemas.run_log.units import unit_among, unit_named
from schemas.visible import visible

DecimalMark = Literal[".", ","]
DECIMAL_MARKS: tuple[DecimalMark, DecimalMark] = (".", ",")

_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_GROUPED = {
    ".": re.compile(r"[+-]?[1-9][0-9]{0,2}([, '’])[0-9]{3}(?:\1[0-9]{3})*(\.[0-9]+)?"),
    ",": re.compile(r"[+-]?[1-9][0-9]{0,2}([. '’])[0-9]{3}(?:\1[0-9]{3})*(,[0-9]+)?"),
}
"""No group starts with a zero: "0,123" is a fraction in another notation, never 123."""
_UNGROUPED = {".": _PLAIN, ",": re.compile(r"[+-]?[0-9]+(,[0-9]+)?")}
_WITH_UNIT = re.compile(r"(.*\d)\s*([^\d\s.,'’+-][^\d]*)")
_MINUS = "\N{MINUS SIGN}"
_OF_NUMBERS = frozenset("0123456789.,+-'")
_MAX_DIGITS = 15
_ROUNDED = Context(prec=60, rounding=ROUND_HALF_UP)
_MONEY = frozenset(
    word
    for words in (
        "eur usd gbp chf sek nok dkk kr pln zł czk kč huf ft ron lei try",
        "cad aud nzd zar inr rs brl jpy cny",
    )
    for word in words.split()
)


def magnitude(cell: Cell, mark: DecimalMark | None, unit: str | None) -> Parsed[Decimal]:
    """The number in a cell, as it was stored: at most 15 significant digits, no unit converted.

    `mark` is the plant's decimal mark, None when it has not said: then only "12.5" is a number.
    `unit` is what the cell's unit must be if it states one ("12.5 kg").
    """
    match cell:
        case str():
            return _from_text(cell, mark, unit)
        case bool():
            return _not_a_number(mark, "; TRUE and FALSE are none")
        case Number(format=shown) if "%" in shown:
            return Problem("percentage", "a mass; this cell is a percentage", "Format it as a number.")
        case Number(value=value, format=shown):
            section = section_for(shown, value)
            return _misleading(section, value, unit) or _from_stored(value, section)
        case Broken(text=text, why="error") if not text.startswith("#"):
            return _not_a_number(mark)
        case Broken():
            return broken(cell)
        case _:
            return Problem(
                "number_is_date",
                "a number; the cell is formatted as a date or time",
                "Format the cell as a number and type it again.",
            )


def kilograms(value: Decimal, unit: str) -> Decimal:
    """A magnitude in kilograms, exactly, without trailing zeros: equal masses are equal texts."""
    return plain(to_kilograms(value, unit))


def plain(value: Decimal) -> Decimal:
    """The same number without an exponent and without trailing zeros (1.50E+1 is 15)."""
    text = f"{value:f}"
    if "." not in text:
        return Decimal(text)
    return Decimal(text.rstrip("0").rstrip(".") or "0") if text.endswith("0") else value


def _misleading(section: Section, value: float, unit: str | None) -> Problem | None:
    """What is wrong when a cell's format lets the operator see another mass than is stored (28, 31)."""
    words = " ".join(re.findall(r"[^\W\d_][^\s()]*", section.words))
    named, understood = unit_among(words)
    if named and named != unit:
        return _other_unit(words, unit)
    money = {word.casefold().rstrip(".") for word in words.split()} & _MONEY
    if money or any(unicodedata.category(c) == "Sc" for c in section.words):
        return Problem("money", "a mass; this cell is an amount of money", "Format it as a plain number.")
    if section.divides:
        return _shown_wrongly("shown_in_thousands", "shows its number divided by a thousand")
    if value > 0 and section.hides and section.words:  # with no words, it is told as a cell that is not seen
        return _shown_wrongly("shown_as_nothing", "does not show its number")
    is_as_stored = value <= 0 or section.hides or section.is_legible(value)
    if understood and is_as_stored:
        return None
    if understood and section.unsigned.is_legible(value):
        return _shown_wrongly("shown_as_negative", "shows its number as a negative one")
    return _shown_wrongly("shown_with_words", f"shows “{visible(section.words or ' ')}” beside its digits")


def _shown_wrongly(code: str, how: str) -> Problem:
    return Problem(
        code,
        f"a mass as it is shown; this cell's format {how}",
        "Format it as a plain number and check that it shows the right mass.",
    )


def _from_stored(value: float, section: Section) -> Parsed[Decimal]:
    """A stored number to 15 digits, as far as a spreadsheet holds it, however it is shown (30, 31)."""
    if not abs(value) < 10**_MAX_DIGITS:  # nor is NaN
        return _not_a_number(None)
    number = _to_fifteen_digits(value)
    tidyings = []
    if (exact := Decimal(repr(value))) != number:
        tidyings.append(_noise(exact, number))
    if section.decimals is not None:
        shown = number.quantize(Decimal(1).scaleb(-section.decimals), context=_ROUNDED)
        if shown != number:
            tidyings.append(
                Tidying(
                    "stored_not_shown",
                    "read as it is stored, not as it is shown",
                    f"{shown:f}",
                    f"{number:f}",
                )
            )
    return told(number, tuple(tidyings))


def _to_fifteen_digits(value: float) -> Decimal:
    return Decimal(value) if isinstance(value, int) else plain(Decimal(f"{value:.15g}"))


def _noise(exact: Decimal, rounded: Decimal) -> Tidying:
    return Tidying(
        "float_noise", "rounded to the 15 digits that a computer keeps apart", f"{exact:f}", f"{rounded:f}"
    )


def _from_text(raw: str, mark: DecimalMark | None, unit: str | None) -> Parsed[Decimal]:
    """A number that was typed. Digits and spaces of another width are read, other disguises are not."""
    if _UNGROUPED[mark or "."].fullmatch(raw):
        return _number(raw, mark)
    if any(map(_disguised, raw)):
        return _not_a_number(mark)
    normal = unicodedata.normalize("NFKC", raw).strip(SPACE)
    if not normal:
        return None
    stated = _WITH_UNIT.fullmatch(normal)
    if stated:
        if unit is None or unit_named(stated[2]) != unit:
            return _other_unit(stated[2], unit) if unit_named(stated[2]) else _not_a_number(mark)
        normal = stated[1].rstrip()
    number = normal.replace(_MINUS, "-")
    return also_told(_number(number, mark), *_tidyings(raw, number, with_unit=bool(stated)))


def is_pointed(raw: str) -> bool:
    """Whether a number, seen at a glance, has a point or nothing: no comma can be its decimal mark."""
    return _PLAIN.fullmatch(raw) is not None


def mark_of(raw: str) -> DecimalMark | Literal["either"] | None:
    """The mark that a typed number shows to be the decimal one; None when nothing shows, or no number."""
    plainly = _PLAIN.fullmatch(raw)
    if plainly and len(fraction := plainly[1] or "") != len(".123"):
        return "." if fraction else None
    normal = unicodedata.normalize("NFKC", raw).strip(SPACE)
    stated = _WITH_UNIT.fullmatch(normal)
    number = stated[1].rstrip() if stated else normal
    by_point, by_comma = (_decimal_of(_number(number, mark)) for mark in DECIMAL_MARKS)
    if by_point == by_comma:
        return None
    if by_point is not None and by_comma is not None:
        return "either"
    return "." if by_comma is None else ","


def _decimal_of(parsed: Parsed[Decimal]) -> Decimal | None:
    read = parsed.value if isinstance(parsed, Tidied) else parsed
    return read if isinstance(read, Decimal) else None


def _disguised(character: str) -> bool:
    """Superscripts, fractions, digits in circles and the like, which NFKC would make plain (22, 25)."""
    if character.isascii() or unicodedata.decomposition(character).startswith("<wide>"):
        return False
    return bool(_OF_NUMBERS & {*unicodedata.normalize("NFKC", character)})


def _tidyings(raw: str, number: str, *, with_unit: bool) -> Iterator[Tidying]:
    inner = raw.strip(SPACE)
    done = (
        (raw != inner, "space around it was dropped"),
        (with_unit, "the column's unit beside it was passed over"),
        (_MINUS in raw, "a long minus sign was read as one"),
        (
            any(c in SPACE for c in inner if not c.isascii()),
            "spaces of another width were read as plain ones",
        ),
        (any(map(_is_wide, inner)), "digits of another width were read as plain ones"),
    )
    for it_was, how in done:
        if it_was:
            yield Tidying("number_tidied", how, visible(raw), number)


def _is_wide(character: str) -> bool:
    return unicodedata.decomposition(character).startswith("<wide>") and character not in SPACE


def _number(text: str, mark: DecimalMark | None) -> Parsed[Decimal]:
    if mark is None:
        return _exact(text) if _PLAIN.fullmatch(text) else _unmarked(text)
    if _UNGROUPED[mark].fullmatch(text) or _GROUPED[mark].fullmatch(text):
        return _exact(re.sub(r"[^0-9+\-" + mark + "]", "", text).replace(mark, "."))
    return _not_a_number(mark)


def _exact(text: str) -> Parsed[Decimal]:
    """All the digits of a text; of those that a computer wrote, the 15 that it means (30)."""
    value = Decimal(text)
    if len(value.as_tuple().digits) <= _MAX_DIGITS or len(plain(value).as_tuple().digits) <= _MAX_DIGITS:
        return value
    if "." in text and abs(value) < 10**_MAX_DIGITS and _is_a_double(value):
        rounded = _to_fifteen_digits(float(value))
        return told(rounded, (_noise(value, rounded),))
    return Problem(
        "too_many_digits",
        f"a number of at most {_MAX_DIGITS} digits; the registry could not hold more",
        "Round it as it was weighed.",
    )


def _is_a_double(value: Decimal) -> bool:
    """Whether a number has just the digits in which programs write the double that is nearest to it."""
    nearest = float(value)
    return value in (Decimal(repr(nearest)), Decimal(f"{nearest:.17g}"))


def _unmarked(text: str) -> Problem:
    if any(pattern.fullmatch(text) for pattern in (*_GROUPED.values(), *_UNGROUPED.values())):
        return Problem(
            "decimal_mark_unknown",
            "a number that can be read in one way only",
            'Say which mark this plant writes: decimal = "," (or ".") under [log] in pipeline.toml.',
            healed_in="settings",
        )
    return _not_a_number(None)


def _other_unit(stated: str, unit: str | None) -> Problem:
    wanted = f"the column's unit, {unit}" if unit else "one unit for the whole column"
    return Problem("other_unit", wanted, f"Convert the value and leave “{stated}” out of the cell.")


def _not_a_number(mark: DecimalMark | None, but: str = "") -> Problem:
    return Problem(
        "not_a_number",
        f"a number in plain digits, such as 1234{mark or '.'}5{but}",
        "Type the number as it was weighed, or delete the row.",
    )
