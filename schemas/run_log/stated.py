"""What a cell states before any field's own rules: a value, that there is none, or what nobody can use."""

from schemas.cell import Broken, Cell, quoted
from schemas.run_log.parsed import Problem, Tidied
from schemas.run_log.texts import broken
from schemas.run_log.words import said_by

MAX_CELL = 32_767
"""The most characters that a cell of a spreadsheet holds (hazard 66)."""

TOO_LONG = Problem(
    "cell_too_long",
    f"at most {MAX_CELL:,} characters, which is what a cell of a spreadsheet holds",
    "Shorten the text.",
)
_DITTO = Problem(
    "says_ditto",
    "a value of its own; this says that it is the same as above",
    "Write the value out in the row.",
)


def stated(cell: Cell, *, optional: bool) -> Cell | Tidied[str] | Problem:
    """The cell to read; an empty text where it says that an `optional` field has none (hazards 59, 60)."""
    if isinstance(cell, Broken) and cell.why in ("struck", "raised"):
        return broken(cell)
    match said_by(cell) if isinstance(cell, str) else "":
        case "error":
            return broken(Broken(str(cell), "error"))
        case "ditto":
            return _DITTO
        case "none" | "none if optional" if optional:
            how = "words that say that there is no value were read as empty cells"
            return Tidied("", "says_none", how, quoted(cell))
    return cell
