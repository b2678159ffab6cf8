"""Masses and deviations: exact decimals, read under the plant's own decimal mark (hazards 19 to 32)."""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from schemas.cell import Broken, Cell, Number
from schemas.run_log.kilograms import to_kilograms
from schemas.run_log.parsed import Parsed, Problem, Tidied
from schemas.run_log.texts import broken
from schemas.run_log.units import unit_named

DecimalMark = Literal[".", ","]

_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_GROUPED = {
    ".": re.compile(r"[+-]?[1-9][0-9]{0,2}([, '’])[0-9]{3}(?:\1[0-9]{3})*(\.[0-9]+)?"),
    ",": re.compile(r"[+-]?[1-9][0-9]{0,2}([. '’])[0-9]{3}(?:\1[0-9]{3})*(,[0-9]+)?"),
}
"""No group starts with a zero: "0,123" is a fraction in another notation, never 123."""
_UNGROUPED = {".": _PLAIN, ",": re.compile(r"[+-]?[0-9]+(,[0-9]+)?")}
_WITH_UNIT = re.compile(r"(.*\d)\s*([^\d\s.,'’+-][^\d]*)")
_MAX_DIGITS = 15
_FORMAT_SECTION = re.compile(r'(?:[^;"\\]|"[^"]*"|\\.)*')
_FORMAT_WORDS = re.compile(r'"([^"]*)"|\\(.)')
_IN_THOUSANDS = re.compile(r"[0#?],+(?![0#?,])")


def magnitude(cell: Cell, mark: DecimalMark | None, unit: str | None) -> Parsed[Decimal]:
    """The number in a cell, as it was stored: at most 15 significant digits, no unit converted.

    `mark` is the plant's decimal mark, None when it has not said: then only "12.5" is a number.
    `unit` is what the cell's unit must be if it states one ("12.5 kg").
    """
    match cell:
        case str():
            return _from_text(cell, mark, unit)
        case bool():
            return _not_a_number()
        case Number(format=shown) if "%" in shown:
            return Problem("percentage", "a mass; this cell is a percentage", "Format it as a number.")
        case Number(value=value, format=shown):
            return _as_shown(shown, unit) or _from_stored(value)
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
    return Decimal(text.rstrip("0").rstrip(".") or "0") if "." in text else Decimal(text)


@lru_cache(maxsize=256)
def _as_shown(shown: str, unit: str | None) -> Problem | None:
    """What is wrong when a cell's format lets the operator see another mass than is stored (31)."""
    section = _FORMAT_SECTION.match(shown)
    first = section[0] if section else ""
    words = "".join(quoted or escaped for quoted, escaped in _FORMAT_WORDS.findall(first)).strip()
    named = unit_named(words)
    if named and named != unit:
        return _other_unit(words, unit)
    if _IN_THOUSANDS.search(_FORMAT_WORDS.sub("", first)):
        return Problem(
            "shown_in_thousands",
            "a mass as it is shown; this cell's format shows its number divided by a thousand",
            "Format it as a plain number and check that it shows the right mass.",
        )
    return None


def _from_stored(value: float) -> Parsed[Decimal]:
    if not abs(value) < 10**_MAX_DIGITS:  # nor is NaN
        return _not_a_number()
    return Decimal(value) if isinstance(value, int) else plain(Decimal(f"{value:.15g}"))


def _from_text(raw: str, mark: DecimalMark | None, unit: str | None) -> Parsed[Decimal]:
    normal = unicodedata.normalize("NFKC", raw).replace("\N{MINUS SIGN}", "-").strip()
    if not normal:
        return None
    if any(unicodedata.category(c) == "No" for c in raw):  # superscripts and fractions
        return _not_a_number()
    stated = _WITH_UNIT.fullmatch(normal)
    if stated:
        if unit is None or unit_named(stated[2]) != unit:
            return _other_unit(stated[2], unit) if unit_named(stated[2]) else _not_a_number()
        normal = stated[1].rstrip()
    elif unicodedata.normalize("NFKC", raw) != raw and re.search(r"[^\x00-\x7f]", raw.strip()):
        return _exotic(normal, mark)
    value = _number(normal, mark)
    if isinstance(value, Decimal) and normal != raw:
        return Tidied(value, "number_tidied", "space or a unit beside the number was passed over")
    return value


def _exotic(normal: str, mark: DecimalMark | None) -> Parsed[Decimal]:
    """Digits and spaces of another width are read; digits of another script are not (22, 25)."""
    value = _number(normal, mark)
    how = "digits or spaces of another width were read as plain ones"
    return Tidied(value, "number_tidied", how) if isinstance(value, Decimal) else value


def _number(text: str, mark: DecimalMark | None) -> Decimal | Problem:
    if mark is None:
        return _exact(text) if _PLAIN.fullmatch(text) else _unmarked(text)
    if _UNGROUPED[mark].fullmatch(text) or _GROUPED[mark].fullmatch(text):
        return _exact(re.sub(r"[^0-9+\-" + mark + "]", "", text).replace(mark, "."))
    return _not_a_number()


def _exact(text: str) -> Decimal | Problem:
    value = Decimal(text)
    if len(value.as_tuple().digits) <= _MAX_DIGITS:
        return value
    return Problem(
        "too_many_digits",
        f"a number of at most {_MAX_DIGITS} digits; the registry could not hold more",
        "Round it as it was weighed.",
    )


def _unmarked(text: str) -> Problem:
    if any(pattern.fullmatch(text) for pattern in (*_GROUPED.values(), *_UNGROUPED.values())):
        return Problem(
            "decimal_mark_unknown",
            "a number that can be read in one way only",
            'Say which mark this plant writes: decimal = "," (or ".") under [log] in pipeline.toml.',
        )
    return _not_a_number()


def _other_unit(stated: str, unit: str | None) -> Problem:
    wanted = f"the column's unit, {unit}" if unit else "one unit for the whole column"
    return Problem("other_unit", wanted, f"Convert the value and leave “{stated}” out of the cell.")


def _not_a_number() -> Problem:
    return Problem("not_a_number", "a number", "Type the number as it was weighed, or delete the row.")
