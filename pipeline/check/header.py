"""Where the header stands, and which of its columns holds which field."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pipeline.check.blocks import blocks
from pipeline.model import RawTable, Refusal
from schemas.cell import address, text_of
from schemas.run_log.columns import Columns, columns_of
from schemas.run_log.header_zone import UTC
from schemas.run_log.lacking import lacking, listed, nearest_row
from schemas.run_log.units import ALL_UNITS

SEARCHED_ROWS = 50
_OF_RESULTS = frozenset(("_outcome", "_registry_id"))


class Header(Struct, frozen=True):
    """A table's header row and the place it describes. `texts` are as the log writes them.

    `merged` are ranges whose text stands in each of their columns that holds something (hazard 49).
    `guessed` is the encoding that the table was read in by guess, if it was.
    """

    file: str
    sheet: str
    row: int
    texts: tuple[str, ...]
    columns: Columns
    merged: tuple[str, ...] = ()
    guessed: str = ""

    @property
    def place(self) -> str:
        return f"{self.file}{f' [{self.sheet}]' if self.sheet else ''}, row {self.row}"

    def quoted(self, columns: Sequence[int]) -> str:
        """Headers with their cells: F5 “Mass” and H5 “Weight”."""
        return listed([f"{address(c, self.row)} “{' '.join(self.texts[c].split())}”" for c in columns])

    def cells(self, field: str, row: int) -> tuple[str, ...]:
        """The addresses of a field's cells in a row, such as ("F28", "G28")."""
        return tuple(address(column, row) for column in self.columns.fields.get(field, ()))

    def title(self, field: str) -> str:
        """The field as the log's header calls it."""
        titles = [self.texts[column].strip() for column in self.columns.fields.get(field, ())]
        return " + ".join(titles) or field


def find_header(table: RawTable, configured: Mapping[str, str]) -> Header | Refusal:
    """The one row among the first 50 that names every required field (hazards 47, 48, 52, 53)."""
    head = [
        (number, tuple(text_of(cell) for cell in cells))
        for number, cells in table.rows
        if number <= SEARCHED_ROWS
    ]
    found = [
        Header(table.file, table.sheet, number, texts, columns, guessed=table.guessed)
        for number, texts in head
        if not (columns := columns_of(texts, configured)).missing
    ]
    if len(found) == 1:
        return _in_order(_filled(found[0], table, configured))
    if not found:
        return _no_header(table, head, configured)
    where = " and ".join(str(header.row) for header in found)
    return Refusal(
        "two_headers",
        f"{_place(table)}: rows {where} both look like the header.",
        "Keep one table with one header row on the sheet.",
    )


def _filled(header: Header, table: RawTable, configured: Mapping[str, str]) -> Header:
    """The header with the text of merged cells over each of their columns that is used below."""
    over = [each for each in blocks(table.merged) if each.first_row <= header.row <= each.last_row]
    if not over:
        return header
    used = {
        column
        for number, cells in table.rows
        if number > header.row
        for column, cell in enumerate(cells)
        if text_of(cell).strip()
    }
    above = {number: cells for number, cells in table.rows if number <= header.row}
    texts = [*header.texts, *[""] * (max(used, default=0) + 1 - len(header.texts))]
    merged = []
    for name, first, top, last, _ in over:
        text = text_of(above[top][first]) if len(above.get(top, ())) > first else ""
        blank = [column for column in range(first, last + 1) if column in used and not texts[column].strip()]
        for column in blank if text.strip() else ():
            texts[column] = text
            merged.append(name)
    if not merged:
        return header
    columns = columns_of(texts, configured)
    return replace(header, texts=tuple(texts), columns=columns, merged=tuple(dict.fromkeys(merged)))


def _no_header(
    table: RawTable, head: Sequence[tuple[int, tuple[str, ...]]], configured: Mapping[str, str]
) -> Refusal:
    at = nearest_row([texts for _, texts in head], configured)
    row, texts = head[at] if at is not None else (0, ())
    lacks, remedy = lacking(texts, configured)
    comes_nearest = f" Row {row} comes nearest, and has none for {lacks}." if row else ""
    return Refusal(
        "no_header",
        f"{_place(table)}: no row among the first {SEARCHED_ROWS} has a header for every column that is "
        f"needed.{comes_nearest}",
        remedy,
    )


def _in_order(header: Header) -> Header | Refusal:
    if any(text.strip() in _OF_RESULTS for text in header.texts):
        return Refusal(
            "results_file",
            f"{header.place}: these are the results of an earlier run, and not a log.",
            "Give the log itself, or the to_fix.xlsx beside these results.",
        )
    return (
        _twice(header) or _mass_in_doubt(header) or _unit_unclear(header) or _zone_unclear(header) or header
    )


def _twice(header: Header) -> Refusal | None:
    for field, columns in header.columns.twice.items():
        all_of_them = "both" if len(columns) == 2 else "all"
        return Refusal(
            "column_twice",
            f"{header.place}: {header.quoted(columns)} {all_of_them} name {field}.",
            "Rename the one that is not meant, or say which is under [log.columns] in pipeline.toml.",
        )
    return None


def _mass_in_doubt(header: Header) -> Refusal | None:
    if not header.columns.rivals:
        return None
    return Refusal(
        "mass_in_doubt",
        f"{header.place}: {header.quoted(header.columns.fields['mass'])} may be the mass of the biochar or "
        f"of something else, since {header.quoted(header.columns.rivals)} stands beside it.",
        "Say which one it is under [log.columns] in pipeline.toml, or rename the one that is meant to "
        "“Biochar mass” with its unit.",
    )


def _unit_unclear(header: Header) -> Refusal | None:
    for field, words in header.columns.unclear.items():
        return Refusal(
            "unit_unclear",
            f"{header.place}: “{words}” in {header.quoted(header.columns.fields[field])} is not understood "
            "as a unit of mass.",
            f"Name the unit as {ALL_UNITS}.",
        )
    return None


def _zone_unclear(header: Header) -> Refusal | None:
    for field, zone in header.columns.zones.items():
        if zone not in UTC:
            return Refusal(
                "zone_unclear",
                f"{header.place}: the header “{header.title(field)}” names a time zone ({zone}) that may be "
                "another than the plant's.",
                "Leave it out of the header and name the zone as timezone under [log] in pipeline.toml, "
                "or write “(UTC)” when the times are in UTC.",
            )
    return None


def _place(table: RawTable) -> str:
    return f"{table.file} [{table.sheet}]" if table.sheet else table.file
