"""References, names and ids: text that must arrive exactly as the log meant it (hazards 1 to 18)."""

import re
import unicodedata
from collections.abc import Iterator

from schemas.cell import Broken, Cell, Clock, Moment, Number, Span
from schemas.run_log.parsed import Parsed, Problem, Tidied, Tidying, also_told, told
from schemas.run_log.words import said_by, says_total
from schemas.visible import first_invisible, in_words, visible

_BY_EXCEL = re.compile(
    r"[0-9]([.,][0-9]+)?E\+[0-9]+|[0-9][.,][0-9]+E-[0-9]+|[0-9]E-[0-9]{2,3}", re.IGNORECASE
)
_PLAIN = re.compile('[!"$-<>-~]([ -~]*[!-~])?')
"""Text that nothing can be wrong with: ASCII without space around it, and no formula."""
_PLAIN_REFERENCE = re.compile(
    "(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-[0-9]{2}$)[A-Za-z][A-Za-z0-9._/-]*[0-9]"
)
"""A letter first and a digit last: no word, no number, no date, and nothing that a spreadsheet makes."""
_AS_FORMULA = re.compile(r'="([^"]*)"')
_DATE_BY_A_LIBRARY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]00:00:00", re.ASCII)
_EXACT_DIGITS = 15
_PLAIN_FORMATS = ("General", "@", "0")
_GROUPED_FORMAT = "#,##0"
SPACE = (
    " \t\r\n\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_BYTE_ORDER_MARK = "\ufeff"
_DAMAGED = "\N{REPLACEMENT CHARACTER}"
_BROKEN = {
    "error": Problem("error_cell", "a value; the cell holds an error", "Correct the formula."),
    "formula": Problem(
        "formula_without_value",
        "a value; the result of this formula was not saved",
        "Open the file in a spreadsheet program, save it as .xlsx, and try again.",
    ),
    "quote": Problem(
        "stray_quote",
        "quotation marks only around the whole of a cell, or doubled inside of such a cell",
        "Leave them out, or save the log in a spreadsheet as “CSV UTF-8”.",
    ),
    "offset": Problem(
        "offset_not_shown",
        "a date and time as the sheet shows it; the file holds this one with an offset, of which a "
        "spreadsheet shows nothing, so that it may mean two instants",
        "Type it again in the spreadsheet, or write it as text with its offset.",
    ),
    "struck": Problem(
        "struck_through",
        "a value that counts; this one is struck through, or a part of it is",
        "Delete the row if the run was cancelled; else type the value again without the line.",
    ),
    "raised": Problem(
        "raised_digits",
        "text of one height; some digits of this one are raised, and mean something else than the others",
        "Type the value again as it should read, without raised characters.",
    ),
}
_IS_DATE = Problem(
    "reference_is_date",
    "a reference as text; the spreadsheet has turned this one into a date",
    "Format the cell as Text and type the reference again.",
)
_WITH_LATIN = frozenset(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC"))
_HYPHENS = str.maketrans(dict.fromkeys("\u02d7\u2010\u2012\u2043\u2212", "-"))
"""What looks like the hyphen that keyboards have, and stays another character even in NFKC."""
_LIKE_LATIN = frozenset("АВЕЅІЈКМНОРСТУХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο")
"""Letters of Cyrillic and Greek that are drawn like a Latin one."""
_MONTH = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_MONTH_ABROAD = "Mrz|Mär|Mai|Okt|Dez|janv|févr|mars|avr|juin|juil|août|sept|déc|ene|abr|ago|dic|des"
_DATE_BY_EXCEL = re.compile(rf"{_MONTH}-[0-9]{{2}}|[0-9]{{1,2}}(?:-|[.] ?)(?i:{_MONTH}|{_MONTH_ABROAD})[.]?")
_SERIALS = range(36_526, 54_789)
"""The days from 2000 to 2049 as spreadsheets count them."""


def plain_reference(cell: Cell) -> str | None:
    """A text that `reference` takes as it stands, seen at a glance; nothing for any other."""
    return cell if isinstance(cell, str) and _PLAIN_REFERENCE.fullmatch(cell) else None


def reference(cell: Cell) -> Parsed[str]:
    """A reference as text. What a spreadsheet has already damaged is refused, never repaired."""
    match cell:
        case Moment() | Clock() | Span():
            return _IS_DATE
        case Number():
            parsed = _number_as_reference(cell)
        case _:
            parsed = text(cell)
    read = parsed.value if isinstance(parsed, Tidied) else parsed
    if not isinstance(read, str):
        return parsed
    return _damage(read) or also_told(parsed, *_doubts(read))


def _damage(read: str) -> Problem | None:
    """Why a text is not the reference that was meant (hazards 5, 6, 9, 13, 14, 60)."""
    return _left_by_a_program(read) or _names_no_batch(read) or _only_looks_right(read)


def _left_by_a_program(read: str) -> Problem | None:
    if _BY_EXCEL.fullmatch(read):
        return Problem(
            "reference_rounded",
            "a whole reference; this one was shortened to scientific notation",
            "Format the column as Text and type the reference in full.",
        )
    if _DATE_BY_A_LIBRARY.fullmatch(read):
        return _IS_DATE
    return None


def _names_no_batch(read: str) -> Problem | None:
    if says_total(read):
        return Problem(
            "reference_says_total",
            "a reference; this row calls itself a total",
            "Delete the row, or give the batch a reference of its own.",
        )
    if said_by(read) == "none":
        return Problem(
            "reference_says_none",
            "a reference; this says that there is none",
            "Give the batch its reference.",
        )
    if read.casefold() in ("true", "false"):
        return _not_text("text that names a batch, not TRUE or FALSE")
    return None


def _only_looks_right(read: str) -> Problem | None:
    if read.isascii():
        return None
    plain = unicodedata.normalize("NFKC", read).translate(_HYPHENS)
    if plain != read:
        return Problem(
            "reference_lookalike",
            "a reference in plain characters; this one only looks like them",
            f"Type it again; perhaps “{plain}” is meant.",
        )
    if len(scripts := _scripts(read)) > 1:
        return Problem(
            "reference_lookalike",
            f"a reference in one alphabet; this one mixes {' and '.join(scripts)}",
            "Type it again; some of its characters only look like the others.",
        )
    return None


def _scripts(read: str) -> list[str]:
    """The alphabets of a text's letters and of its digits, as Unicode names them; 0 to 9 go with any."""
    letters = {c for c in read if c.isalpha() or (c.isdecimal() and not c.isascii())}
    names = {re.split("[ -]", unicodedata.name(c, "UNKNOWN"), maxsplit=1)[0] for c in letters} - _WITH_LATIN
    zeros = {ord(c) - unicodedata.decimal(c) for c in read if c.isdecimal()}
    return sorted(names) if len(zeros) < 2 else sorted({*names, "other digits"})


def _doubts(read: str) -> Iterator[Tidying]:
    """What may have happened to a reference that is taken as it stands (hazards 4, 7, 8, 14)."""
    if _DATE_BY_EXCEL.fullmatch(read) or (re.fullmatch("[0-9]{5}", read) and int(read) in _SERIALS):
        yield Tidying("reference_like_date", "taken as it stands, though it may be a date by accident", read)
    if re.fullmatch("[1-9][0-9]{14}0+", read):
        how = "taken as it stands, though digits after the fifteenth may have been lost"
        yield Tidying("reference_like_rounded", how, read)
    letters = set() if read.isascii() else {c for c in read if c.isalpha()}
    if letters and letters <= _LIKE_LATIN:
        how = f"taken as it stands, though its letters are {_scripts(read)[0]} and only look Latin"
        yield Tidying("reference_like_latin", how, read)


def text(cell: Cell) -> Parsed[str]:
    """A name, an id or a remark as text: outer space stripped, NFC, nothing invisible inside."""
    match cell:
        case str():
            return _tidied(cell)
        case Broken():
            return broken(cell)
        case bool():
            return _not_text("text, not TRUE or FALSE")
        case Number() if digits := _digits(cell):
            return Tidied(digits, "number_as_text", "a number was read as text", digits)
        case _:
            return Problem(
                "not_text",
                "text, not a number or a date",
                "Format the cell as Text and type again.",
            )


def broken(cell: Broken) -> Problem:
    """Why a cell without a usable value cannot be used (hazards 45, 57, 59, 64, 82)."""
    return _BROKEN[cell.why]


def _not_text(wanted: str) -> Problem:
    return Problem("not_text", wanted, "Type the text.")


def _is_whole(value: float) -> bool:
    return abs(value) < 10**_EXACT_DIGITS and float(value).is_integer()


def _digits(cell: Number) -> str | None:
    """A whole number's digits, when its format shows just these."""
    value, shown = cell.value, cell.format
    if not _is_whole(value):
        return None
    plain = shown in _PLAIN_FORMATS or (shown == _GROUPED_FORMAT and abs(value) < 1000)
    return str(int(value)) if plain else None


def _number_as_reference(cell: Number) -> Parsed[str]:
    if not _is_whole(cell.value):
        return Problem(
            "reference_rounded",
            "a reference as text; as a number its digits cannot be trusted",
            "Format the column as Text and type the reference in full.",
        )
    if digits := _digits(cell):
        how = "a number was read as text; leading zeros would be lost"
        return Tidied(digits, "number_as_text", how, digits)
    return Problem(
        "reference_is_number",
        f"a reference as text; this is a number that is only shown in the format {cell.format}",
        "Format the column as Text and type the reference as it should read.",
    )


def _tidied(raw: str) -> Parsed[str]:
    if _PLAIN.fullmatch(raw) and said_by(raw) != "error":
        return raw
    tidyings = []
    read = raw
    for code, how, tidy in _TIDYINGS:
        before, read = read, tidy(read)
        if read != before:
            shown = visible(before, forms=code == "composed")
            tidyings.append(Tidying(code, how, shown, visible(read)))
    if not read:
        return None
    return _unusable(read) or told(read, tuple(tidyings))


def _unusable(read: str) -> Problem | None:
    if said_by(read) == "error":
        return broken(Broken(read, "error"))
    if _DAMAGED in read:
        return Problem(
            "character_lost",
            "text as it was typed; a character of it was lost on the way",
            "Type the text again, and save the log as an Excel workbook or as “CSV UTF-8”.",
        )
    if unseen := first_invisible(read):
        return Problem(
            "invisible_character",
            f"text without invisible characters; this one holds {in_words(unseen)}",
            "Delete the cell's content and type it again by hand.",
        )
    return None


def _trimmed(raw: str) -> str:
    """Without the space around it; a byte order mark is passed over only at the start (hazards 10, 11)."""
    return raw.lstrip(SPACE + _BYTE_ORDER_MARK).rstrip(SPACE)


def _unwrapped(raw: str) -> str:
    as_formula = _AS_FORMULA.fullmatch(raw)
    return as_formula[1].strip(SPACE) if as_formula else raw


def _composed(raw: str) -> str:
    return unicodedata.normalize("NFC", raw)


_TIDYINGS = (
    ("trimmed", "space around it was dropped", _trimmed),
    ("formula_unwrapped", 'the text in ="…" was read', _unwrapped),
    ("composed", "accents were joined to their letters, as Unicode's NFC has them", _composed),
)
