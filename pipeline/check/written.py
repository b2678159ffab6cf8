"""What can be told of a cell from how it was written, before and beside what its field makes of it."""

import re
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from schemas.cell import Cell, text_of
from schemas.run_log.garbled import before_garbling
from schemas.run_log.parsed import Problem, Tidying, also_told

SENT_AS_WRITTEN = frozenset(("supplier_reference_id", "display_name"))
"""Fields whose text goes to the registry itself; the other texts are looked up in the settings."""

SAVE_AS_UTF8 = "save the log as “CSV UTF-8”"
LOOKED_UP = frozenset(("facility", "feedstock"))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_AS_FORMULA = re.compile(r'\s*="([^"]*)"\s*')


def read_as(
    field: str,
    parse: Callable[..., object],
    cells: Sequence[Cell],
    beside: Sequence[object] = (),
    guessed: str = "",
) -> object:
    """What the field's own parser makes of its cells, unless how they are written puts it in doubt.

    `guessed` is the encoding that the file was read in by guess, if it was.
    """
    if all(map(_is_plain, cells)):
        return parse(*cells, *beside)
    if any(isinstance(cell, str) and _CONTROL.search(cell) for cell in cells):
        return Problem(
            "invisible_character",
            "text without control characters, which cannot be seen",
            "Delete the cell's content and type it again by hand.",
        )
    if field in SENT_AS_WRITTEN:
        return _garbled(cells) or _guessed(cells, guessed) or parse(*cells, *beside)
    parsed = parse(*map(_bare, cells), *beside)
    if isinstance(parsed, Problem):
        looks_wrong = field in LOOKED_UP and _guessed(cells, guessed)
        hint = f" If its letters look wrong, {SAVE_AS_UTF8}." if looks_wrong else ""
        return replace(parsed, remedy=f"{parsed.remedy}{hint}")
    if all(_bare(cell) is cell for cell in cells):
        return parsed
    before, after = (" ".join(map(text_of, each)) for each in (cells, map(_bare, cells)))
    return also_told(parsed, Tidying("formula_unwrapped", 'the text in ="…" was read', before, after))


def _is_plain(cell: Cell) -> bool:
    return not isinstance(cell, str) or (cell.isascii() and cell.isprintable() and '="' not in cell)


def _bare(cell: Cell) -> Cell:
    """The text in ="…", by which a spreadsheet is made to take digits for text (hazard 86)."""
    found = _AS_FORMULA.fullmatch(cell) if isinstance(cell, str) else None
    return found[1] if found else cell


def _garbled(cells: Sequence[Cell]) -> Problem | None:
    for was in (before_garbling(cell) for cell in cells if isinstance(cell, str)):
        if was is not None:
            return Problem(
                "text_garbled",
                "text as it was typed; this was saved in one encoding and read in another",
                f"Type it again; perhaps “{was}” is meant.",
            )
    return None


def _guessed(cells: Sequence[Cell], guessed: str) -> Problem | None:
    if not guessed or all(cell.isascii() for cell in cells if isinstance(cell, str)):
        return None
    return Problem(
        "encoding_guessed",
        f"text whose letters are certain; this file does not say its encoding, and {guessed} is a guess",
        f"See that every letter is right, and {SAVE_AS_UTF8}, or as an Excel workbook.",
    )
