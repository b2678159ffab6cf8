"""References, names and ids: text that must arrive exactly as the log meant it (hazards 1 to 18)."""

import re
import unicodedata

from schemas.cell import Broken, Cell, Clock, Moment, Number, Span
from schemas.run_log.parsed import Parsed, Problem, Tidied

_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
                        "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]")  # fmt: skip
_BY_EXCEL = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
_AS_FORMULA = re.compile(r'="([^"]*)"')
_EXACT_DIGITS = 15
_PLAIN_FORMATS = ("General", "@", "0", "#,##0")
_EDGES = "\ufeff \t\r\n\u00a0"


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
        case str() if _BY_EXCEL.fullmatch(cell.strip()):
            return Problem(
                "reference_rounded",
                "a whole reference; this one was shortened to scientific notation",
                "Format the column as Text and type the reference in full.",
            )
    return text(cell)


def text(cell: Cell) -> Parsed[str]:
    """A name, an id or a remark as text: outer space stripped, NFC, nothing invisible inside."""
    match cell:
        case str():
            return _tidied(cell)
        case Broken():
            return broken(cell)
        case bool():
            return Problem("not_text", "text, not TRUE or FALSE", "Type the text.")
        case Number(value=value) if float(value).is_integer() and abs(value) < 10**_EXACT_DIGITS:
            return Tidied(str(int(value)), "number_as_text", "a number was read as text")
        case _:
            return Problem(
                "not_text",
                "text, not a number or a date",
                "Format the cell as Text and type again.",
            )


def broken(cell: Broken) -> Problem:
    """Why an error cell or a formula that was never calculated cannot be used (hazards 57, 59)."""
    if cell.why == "formula":
        return Problem(
            "formula_without_value",
            "a value; this formula was never calculated",
            "Open the file in a spreadsheet program, save it, and try again.",
        )
    return Problem("error_cell", "a value; the cell holds an error", "Correct the formula.")


def _number_as_reference(cell: Number) -> Parsed[str]:
    value = cell.value
    if abs(value) >= 10**_EXACT_DIGITS or not float(value).is_integer():
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
    if _INVISIBLE.search(normal) or any(unicodedata.category(c) == "Cc" for c in normal):
        return Problem(
            "invisible_character",
            "text without invisible characters",
            "Delete the cell's content and type it again by hand.",
        )
    return normal if normal == raw else Tidied(normal, "trimmed", "space or encoding was tidied")


def looks_different(normal: str) -> str | None:
    """The plain form of a text that only looks like it ("Ａ１" for "A1"), or None (hazard 13)."""
    plain = unicodedata.normalize("NFKC", normal)
    return plain if plain != normal else None
