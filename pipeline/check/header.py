"""Where the header stands, and which of its columns holds which field."""

from collections.abc import Mapping

from msgspec import Struct

from pipeline.model import RawTable, Refusal
from schemas.cell import address, text_of
from schemas.run_log.columns import UTC, Columns, columns_of

SEARCHED_ROWS = 50
_OF_RESULTS = frozenset(("_outcome", "_registry_id"))


class Header(Struct, frozen=True):
    """A table's header row and the place it describes. `texts` are as the log writes them."""

    file: str
    sheet: str
    row: int
    texts: tuple[str, ...]
    columns: Columns

    def cells(self, field: str, row: int) -> tuple[str, ...]:
        """The addresses of a field's cells in a row, such as ("F28", "G28")."""
        return tuple(address(column, row) for column in self.columns.fields.get(field, ()))

    def title(self, field: str) -> str:
        """The field as the log's header calls it."""
        titles = [self.texts[column].strip() for column in self.columns.fields.get(field, ())]
        return " + ".join(titles) or field


def find_header(table: RawTable, configured: Mapping[str, str]) -> Header | Refusal:
    """The one row among the first 50 that names every required field (hazards 47, 52, 53)."""
    found = []
    for number, cells in table.rows:
        if number > SEARCHED_ROWS:
            break
        texts = tuple(text_of(cell) for cell in cells)
        columns = columns_of(texts, configured)
        if not columns.missing:
            found.append(Header(table.file, table.sheet, number, texts, columns))
    if len(found) == 1:
        return _in_order(found[0])
    where = " and ".join(str(header.row) for header in found)
    return Refusal(
        "two_headers" if found else "no_header",
        f"{_place(table)}: rows {where} both look like the header."
        if found
        else f"{_place(table)}: no row among the first {SEARCHED_ROWS} names every column that is needed.",
        "Keep one table with one header row on the sheet.",
    )


def _in_order(header: Header) -> Header | Refusal:
    place = f"{header.file}{f' [{header.sheet}]' if header.sheet else ''}, row {header.row}"
    if any(text.strip() in _OF_RESULTS for text in header.texts):
        return Refusal(
            "results_file",
            f"{place}: these are the results of an earlier run, and not a log.",
            "Give the log itself, or the to_fix.xlsx beside these results.",
        )
    for field, columns in header.columns.twice.items():
        titles = " and ".join(f"{address(c, header.row)} “{header.texts[c].strip()}”" for c in columns)
        return Refusal(
            "column_twice",
            f"{place}: {titles} both name {field}.",
            "Rename the one that is not meant, or say which is under [log.columns] in pipeline.toml.",
        )
    for field, words in header.columns.unclear.items():
        return Refusal(
            "unit_unclear",
            f"{place}: “{words}” in the header “{header.title(field)}” is not understood as a unit of mass.",
            "Name the unit as g, kg, t or lb.",
        )
    for field, zone in header.columns.zones.items():
        if zone not in UTC:
            return Refusal(
                "zone_unclear",
                f"{place}: the header “{header.title(field)}” names a time zone ({zone}) that may be another "
                "than the plant's.",
                "Leave it out of the header and name the zone as timezone under [log] in pipeline.toml, "
                "or write “(UTC)” when the times are in UTC.",
            )
    return header


def _place(table: RawTable) -> str:
    return f"{table.file} [{table.sheet}]" if table.sheet else table.file
