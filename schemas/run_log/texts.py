"""References, names and ids: text that must arrive exactly as the log meant it (hazards 1 to 18)."""

import re
import unicodedata

from schemas.cell import Broken, Cell, Clock, Moment, Number, Span
from schemas.run_log.parsed import Parsed, Problem, Tidied
from schemas.run_log.words import said_by, says_total

_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
                        "\U000e0100-\U000e01ef]")  # fmt: skip
_NO_CHARACTERS = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
_BY_EXCEL = re.compile(r"[0-9]([.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
_AS_FORMULA = re.compile(r'="([^"]*)"')
_EXACT_DIGITS = 15
_PLAIN_FORMATS = ("General", "@", "0", "#,##0")
_EDGES = "\ufeff \t\r\n\u00a0"
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
_WITH_LATIN = frozenset(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC"))


def reference(cell: Cell) -> Parsed[str]:
    """A reference as text. What a spreadsheet has already damaged is refused, never repaired."""
    match cell:
        case Moment() | Clock() | Span():
            return Problem(
                "reference_is_date",
                "a reference as text; the spreadsheet has turned this one into a date",
                "Format the cell as Text and type the reference again.",
            )
        case Number():
            return _number_as_reference(cell)
    parsed = text(cell)
    read = parsed.value if isinstance(parsed, Tidied) else parsed
    return (_damage(read) if isinstance(read, str) else None) or parsed


def _damage(read: str) -> Problem | None:
    """Why a text is not the reference that was meant (hazards 5, 13, 14, 60)."""
    if _BY_EXCEL.fullmatch(read):
        return Problem(
            "reference_rounded",
            "a whole reference; this one was shortened to scientific notation",
            "Format the column as Text and type the reference in full.",
        )
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
    plain = unicodedata.normalize("NFKC", read)
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
    """The alphabets of a text's letters and of its digits other than 0 to 9, as Unicode names them."""
    letters = {c for c in read if c.isalpha() or (c.isdecimal() and not c.isascii())}
    names = {re.split("[ -]", unicodedata.name(c, "UNKNOWN"), maxsplit=1)[0] for c in letters}
    return sorted(names - _WITH_LATIN)


def text(cell: Cell) -> Parsed[str]:
    """A name, an id or a remark as text: outer space stripped, NFC, nothing invisible inside."""
    match cell:
        case str():
            return _tidied(cell)
        case Broken():
            return broken(cell)
        case bool():
            return Problem("not_text", "text, not TRUE or FALSE", "Type the text.")
        case Number(value=value, format=shown) if _is_whole(value) and shown in _PLAIN_FORMATS:
            return Tidied(str(int(value)), "number_as_text", "a number was read as text")
        case _:
            return Problem(
                "not_text",
                "text, not a number or a date",
                "Format the cell as Text and type again.",
            )


def broken(cell: Broken) -> Problem:
    """Why a cell without a usable value cannot be used (hazards 45, 57, 59, 64, 82)."""
    return _BROKEN[cell.why]


def _is_whole(value: float) -> bool:
    return abs(value) < 10**_EXACT_DIGITS and float(value).is_integer()


def _number_as_reference(cell: Number) -> Parsed[str]:
    value = cell.value
    if not _is_whole(value):
        return Problem(
            "reference_rounded",
            "a reference as text; as a number its digits cannot be trusted",
            "Format the column as Text and type the reference in full.",
        )
    if cell.format not in _PLAIN_FORMATS:
        return Problem(
            "reference_is_number",
            f"a reference as text; this is a number that is only shown in the format {cell.format}",
            "Format the column as Text and type the reference as it should read.",
        )
    return Tidied(str(int(value)), "number_as_text", "a number was read as text; leading zeros would be lost")


def _tidied(raw: str) -> Parsed[str]:
    stripped = raw.strip(_EDGES).strip()
    if as_formula := _AS_FORMULA.fullmatch(stripped):
        stripped = as_formula[1].strip()
    normal = unicodedata.normalize("NFC", stripped)
    if not normal:
        return None
    if said_by(normal) == "error":
        return broken(Broken(normal, "error"))
    if _DAMAGED in normal:
        return Problem(
            "character_lost",
            "text as it was typed; a character of it was lost on the way",
            "Type the text again, and save the log as an Excel workbook or as “CSV UTF-8”.",
        )
    if _INVISIBLE.search(normal) or any(unicodedata.category(c) in _NO_CHARACTERS for c in normal):
        return Problem(
            "invisible_character",
            "text without invisible characters",
            "Delete the cell's content and type it again by hand.",
        )
    return normal if normal == raw else Tidied(normal, "trimmed", "space or encoding was tidied")
