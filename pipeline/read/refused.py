"""Why a file is left alone, and how the row that heads a log is told from all others."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from pipeline.model import Refusal
from schemas.run_log.columns import REQUIRED, columns_of
from schemas.run_log.lacking import lacking, nearest_row


class Fits(Struct, frozen=True):
    """Tells whether a row, given as the texts of its cells, is the header of a log.

    It is when it names each of `fields`, by a built-in header or by one of this plant's `columns`.
    """

    columns: dict[str, str] = {}
    fields: tuple[str, ...] = REQUIRED

    def __call__(self, texts: Sequence[str]) -> bool:
        return not set(self.fields) & set(columns_of(texts, self.columns).missing)


HEAD = 50
"""A header is looked for in this many rows from the top."""

ROW_LIMITS = (65_536, 1_048_576)
"""The last rows that old and new spreadsheets can hold: a file that ends there was probably cut."""

MAX_COLUMNS = 1_000
"""More than any log has: what is wider is another thing, or was filled by mistake."""


class Line(NamedTuple):
    """A row of the top of a sheet: its number and the texts of its cells."""

    number: int
    texts: Sequence[str]
    sheet: str = ""


class FileRefused(Exception):  # noqa: N818 - a finding about a file, not an error
    """The file cannot be read as a log. `sha256` is empty when its content was never read.

    `head` are the rows among which no header was found, `sheets` those that each have one.
    """

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.refusal = Refusal(code, message, remedy)
        self.sha256 = ""
        self.head: Sequence[Line] = ()
        self.sheets: Sequence[str] = ()


def header_rows(head: Sequence[Line], fits: Fits) -> list[int]:
    return [line.number for line in head if fits(line.texts)]


def no_header(name: str, head: Sequence[Line], fits: Fits, hint: str = "") -> FileRefused:
    """Quotes the row that comes nearest to a header, and says what it lacks and how that may be called."""
    at = nearest_row([line.texts for line in head], fits.columns)
    if at is None:
        return nothing_in(name)
    if found := _in_one_cell(head, fits):
        return _not_split(name, found)
    nearest = head[at]
    where = f" of sheet “{nearest.sheet}”" if nearest.sheet else ""
    seen = ", ".join(f"“{' '.join(text.split())}”" for text in nearest.texts if text.strip())
    lacks, remedy = lacking(nearest.texts, fits.columns, fits.fields)
    refused = FileRefused(
        "no_header",
        f"“{name}” has no row that names the columns of a log; row {nearest.number}{where} comes "
        f"nearest and has {_short(seen)}, but no header for {lacks}.",
        f"{remedy}{hint}",
    )
    refused.head = head
    return refused


def _in_one_cell(head: Sequence[Line], fits: Fits) -> Line | None:
    """The row of a header whose columns all stand in one cell: a CSV file that nothing has split."""
    for line in head:
        cells = [text for text in line.texts if text.strip()]
        if len(cells) == 1 and any(fits(_split(cells[0], sign)) for sign in ",;\t|"):
            return line
    return None


def _split(text: str, sign: str) -> list[str]:
    return [each.strip(' "') for each in text.split(sign)]


def _not_split(name: str, line: Line) -> FileRefused:
    where = f" of sheet “{line.sheet}”" if line.sheet else ""
    return FileRefused(
        "no_header",
        f"“{name}” has all columns of its log in one cell, beginning with row {line.number}{where}.",
        "Split them in a spreadsheet with “Text to Columns”, or export the log again from where it was made.",
    )


def nothing_in(name: str) -> FileRefused:
    return FileRefused(
        "file_empty",
        f"“{name}” is empty.",
        "Save the log again and drop the file that has its rows.",
    )


def two_headers(name: str, numbers: Sequence[int], sheet: str = "") -> FileRefused:
    where = f" of sheet “{sheet}”" if sheet else ""
    rows = " and ".join(str(number) for number in numbers)
    return FileRefused(
        "two_headers",
        f"“{name}” has more than one header: rows {rows}{where} could each be it, "
        f"and a second table begins in row {numbers[1]}.",
        "Keep one table to a sheet: delete the second header row, or move its table elsewhere.",
    )


def struck_by_rule(name: str, sheet: str, areas: str) -> FileRefused:
    return FileRefused(
        "struck_by_rule",
        f"“{name}” has a conditional format in sheet “{sheet}” that strikes through cells in {areas}, and "
        "only a spreadsheet knows which.",
        "Delete the rows that it strikes through, and then the rule itself.",
    )


def cut_off(name: str, last: int) -> FileRefused:
    return FileRefused(
        "rows_cut",
        f"“{name}” ends at row {last:,}, the last that a spreadsheet can hold, so rows are probably missing.",
        "Save the log in parts of fewer rows.",
    )


def changing(name: str) -> FileRefused:
    return FileRefused(
        "file_changing",
        f"“{name}” was written to while it was read.",
        "Wait until the copy is complete or the file is closed, then try again.",
    )


def not_a_file(name: str) -> FileRefused:
    return FileRefused("not_a_file", f"“{name}” is not a file.", "Name the log itself, not its folder.")


def too_large(name: str) -> FileRefused:
    return FileRefused("file_too_large", f"“{name}” is larger than 1 GB.", "Save the log in smaller parts.")


def too_wide(name: str, columns: int, sheet: str = "") -> FileRefused:
    where = f" in sheet “{sheet}”" if sheet else ""
    return FileRefused(
        "too_many_columns",
        f"“{name}” uses {columns:,} columns{where}, more than the {MAX_COLUMNS:,} that a log may have.",
        "Delete what stands to the right of the log, or copy the log's columns into a new file.",
    )


def out_of_memory(name: str, limit: int) -> FileRefused:
    return FileRefused(
        "file_too_large",
        f"“{name}” needs more memory than a log of its size should ({limit / 2**30:.1f} GB).",
        "Copy the log's cells into a new workbook and save that, or save it as CSV UTF-8.",
    )


def too_slow(name: str, seconds: int) -> FileRefused:
    return FileRefused(
        "file_too_slow",
        f"“{name}” could not be read within {seconds} seconds.",
        "Copy the log's cells into a new workbook and save that, or save it as CSV UTF-8.",
    )


def unreadable(name: str, how: str) -> FileRefused:
    return FileRefused(
        "file_damaged",
        f"“{name}” is damaged: reading it was given up ({how}).",
        "Open it in a spreadsheet program, save it again, and use that; or copy it once more.",
    )


def _short(text: str, limit: int = 300) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"
