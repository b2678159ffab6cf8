"""Rows that give one reference different values, told by their cells as the log writes them. Pure."""

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct

from pipeline.assemble.group import Group
from pipeline.issues import columns_of, source_of
from pipeline.model import ROWS_DISAGREE, Difference, Outcome, RowKey
from schemas.cell import address, quoted


class _Cells(Struct, frozen=True):
    """What a row says of one field: under which header, in which cells, in which words."""

    title: str
    at: str
    text: str


def disagreement(
    group: Group, pair: tuple[RowKey, RowKey], differing: Sequence[tuple[str, str, str]]
) -> Outcome:
    """The conflict of a group in which these two rows differ.

    `differing` are the fields of the payload, each with what its value would be by the one row and the other.
    """
    by_source: dict[str, list[str]] = defaultdict(list)
    for table, row in group.rows:
        by_source[source_of(group.tables[table])].append(str(row))
    numbers = " and ".join(f"{', '.join(found)} of {source}" for source, found in by_source.items())
    return Outcome(
        "conflict",
        code=ROWS_DISAGREE,
        message=f"Rows {numbers} give the same reference other values. "
        "Nothing was sent. Give each batch its own reference, or correct the values.",
        differences=tuple(_difference(group, pair, field, values) for field, *values in differing),
    )


def _difference(group: Group, pair: tuple[RowKey, RowKey], field: str, values: Sequence[str]) -> Difference:
    """How two rows differ in a field; with what was read of it where their cells alone do not tell that."""
    cells = [_cells(group, key, field) for key in pair]
    tables = [group.tables[table] for table, _ in pair]
    files = [f" of {source_of(table)}" if pair[0][0] != pair[1][0] else "" for table in tables]
    tell_it = len({each.text for each in cells}) > 1 and len({each.title for each in cells}) == 1
    read_as = [f" ({value})" if value and not tell_it else "" for value in values]
    title = next((each.title for each in cells if each.title), field)
    return Difference(title, *map(_said, cells, files, read_as))


def _cells(group: Group, key: RowKey, field: str) -> _Cells:
    table, row = group.tables[key[0]], group.rows[key]
    units = table.fields.get("mass_unit", ()) if field.startswith("mass") else ()
    columns = *columns_of(table.fields, field), *units
    return _Cells(
        " + ".join(table.header[column].strip() for column in columns),
        "/".join(address(column, row.row) for column in columns),
        " ".join(quoted(row.cells[column]) for column in columns).strip(),
    )


def _said(cells: _Cells, file: str, value: str) -> str:
    what = f"“{cells.text}”" if cells.text else "nothing"
    return f"{what} in {cells.at}{file}{value if cells.text else ''}" if cells.at else what
