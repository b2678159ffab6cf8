"""Quotation marks that stand where CSV does not want them, and what that puts in doubt (hazard 82)."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, repeat

from pipeline.read.encoding import LINE_END, line_of
from pipeline.read.refused import FileRefused

LINE = re.compile(r"[^\r\n]*+(?:\r\n|\r|\n)|[^\r\n]+")
_PIECE = 1 << 16
"""So many characters, to the end of a line, are taken apart at once: as objects lines take more room."""
QUOTED = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')
AS_FORMULA = re.compile(r'="[^"]*"')
"""How a spreadsheet is made to take digits for text: ="007"."""

FEWEST_COLUMNS = 6
"""A log has no fewer, and in a narrower table many an innocent cell would look like rows taken in."""


def lines(text: str) -> Iterator[str]:
    """The lines of a text with their ends; nothing but CR, LF and CRLF ends one."""
    position = 0
    while position < len(text):
        end = text.find("\n", position + _PIECE) + 1 or len(text)
        yield from LINE.findall(text, position, end)
        position = end


class Marks:
    """The quotation marks of records under one delimiter."""

    def __init__(self, delimiter: str) -> None:
        ends = rf"\r\n{re.escape(delimiter)}"
        field = rf'(?:{QUOTED.pattern}|="[^"{ends}]*+"|[^"{ends}]*+)'
        self._delimiter = delimiter
        self._bare = re.compile(rf"[^{ends}]*")
        self._strict = re.compile(rf"(?:{field}{re.escape(delimiter)})*+{field}(?:\r\n|\r|\n|\Z)")

    def stray(self, raw: str) -> Sequence[int]:
        """The columns of a record that have a mark inside of a field that is not quoted as a whole."""
        if self._strict.fullmatch(raw):
            return ()
        fields = [raw[start:end] for start, end in self._spans(raw, 0)]
        return [
            column
            for column, field in enumerate(fields)
            if '"' in field and not field.startswith('"') and not AS_FORMULA.fullmatch(field)
        ]

    def takes_in_rows(self, raw: str, cells: Sequence[str], width: int) -> bool:
        """Whether a quoted cell ends one row and begins another, so that both seem to be one.

        A quote that is left open is closed by the next one, wherever that stands. Then each line of the
        record is as wide as a row. When the two stand in the same column, which makes a row of the right
        width, it is enough that the cell's own lines complete their rows.
        """
        inner = width - 1
        parts = [self._count(part) for part in lines(raw)]
        if width < FEWEST_COLUMNS or len(parts) == 1:
            return False
        return set(parts) == {inner} or (
            len(cells) == width and any(map(self._joins_rows, cells, range(width), repeat(inner)))
        )

    def _joins_rows(self, cell: str, column: int, inner: int) -> bool:
        first, *rest = LINE_END.split(cell)
        return bool(rest) and (self._count(first), self._count(rest[-1])) == (inner - column, column)

    def _count(self, text: str) -> int:
        return text.count(self._delimiter)

    def spoiling(self, text: str, position: int) -> int | None:
        """Where the quote stands that spoils the record which begins at this position."""
        return next((start for start, end in self._spans(text, position) if end is None), None)

    def _spans(self, text: str, position: int) -> Iterator[tuple[int, int | None]]:
        """Where each field of a record begins and ends; None for one that does not end as it should."""
        while position <= len(text):
            pattern = QUOTED if text.startswith('"', position) else self._bare
            matched = pattern.match(text, position)
            after = text[matched.end() : matched.end() + 1] if matched else ""
            if matched is None or after not in {"", "\r", "\n", self._delimiter}:
                yield position, None
                return
            yield position, matched.end()
            if after != self._delimiter:
                return
            position = matched.end() + 1


def not_closed(text: str, delimiter: str, name: str, first_line: int) -> FileRefused:
    """The record that begins in this line has a quote that takes in what follows, or text after one."""
    begins = sum(map(len, islice(lines(text), first_line - 1)))
    quote = Marks(delimiter).spoiling(text, begins)
    line = first_line if quote is None else line_of(text, quote)
    return FileRefused(
        "quote_not_closed",
        f"“{name}” opens a quote in line {line} that is not closed where its field ends.",
        "Close it, or double every quote that is meant to stay, inside a quoted field.",
    )


def taking_in_rows(name: str, first_line: int) -> FileRefused:
    """A quote that is left open and the next one have made one row of two or more."""
    return FileRefused(
        "rows_in_quotes",
        f"“{name}” has a quote in the row of line {first_line} that takes in the rows below it, down to the "
        "next quote.",
        "Delete or double the quotes that are meant as text (such as ditto marks), or save the log in a "
        "spreadsheet as “CSV UTF-8”.",
    )
