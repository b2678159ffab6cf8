"""A header that goes on in the row below it, or begins in the row above, is not put together by guess.

It matters where a header leaves its unit or zone open, which the settings would then give (hazard 48).
"""

import re
from collections.abc import Sequence
from itertools import takewhile

from pipeline.check.blocks import blocks
from pipeline.check.header import Header
from pipeline.model import RawTable, Refusal
from schemas.cell import Cell, Row, text_of
from schemas.convention import Convention
from schemas.run_log.columns import IN_TWO_COLUMNS, WITH_A_UNIT
from schemas.run_log.header_zone import UTC, only_speaks_of_a_zone, zone_mentioned
from schemas.run_log.instants import says_a_time
from schemas.run_log.units import only_speaks_of_a_unit, scale_stated, units_mentioned

_A_CLOCK = re.compile(r"(?<![-+\u2212±0-9])[0-9]{1,2}:[0-9]{2}")
_OF_A_RUN = ("supplier_reference_id", "started_at", "ended_at")
_LONGEST = 100


def second_header_row(header: Header, data: Sequence[Row]) -> Refusal | None:
    """A header that goes on in the row below is refused when that row says a unit or a zone.

    A row in which another start or end is a time is a run, with one strange cell. A mass is no such sign:
    what stands there may be a unit in more words ("kg, to 0.5").
    """
    number, cells = data[0] if data else (0, ())
    said = [
        (field, column, _said(cells[column]) if column < len(cells) else "")
        for field, columns in header.columns.fields.items()
        for column in columns
    ]
    no_run = not any(map(str.isdigit, "".join(text for field, _, text in said if field in _OF_A_RUN)))
    going_on = [each for each in said if _goes_on(each[0], each[2], header, no_run=no_run)]
    times = [each for each in said if each[0] in IN_TWO_COLUMNS and says_a_time(each[2])]
    if not going_on or any(each not in going_on for each in times):
        return None
    _, column, text = going_on[0]
    title = " ".join(header.texts[column].split())
    return Refusal(
        "header_in_two_rows",
        f"{header.place}: row {number} below the header says “{text}” under “{title}”; a header "
        "over two rows is not put together by guess.",
        f"Write it into the header itself, as in “{title} ({text})”, and delete row {number}.",
    )


def header_begun_above(table: RawTable, header: Header, plant: Convention) -> Refusal | None:
    """A header is refused when the row above it says another unit or zone than the settings would give."""
    over = _row_above(table, header)
    for field, columns in header.columns.fields.items():
        for column in columns:
            text = over.get(column, "")
            if _is_open(field, header) and _says_otherwise(field, text, header, plant):
                return _begun_above(header, field, column, text)
    return None


def _begun_above(header: Header, field: str, column: int, text: str) -> Refusal:
    title = " ".join(header.texts[column].split())
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    write_it = f"Write it into the header itself, as in “{title} (kg)” when it is kilograms."
    if field in IN_TWO_COLUMNS:
        write_it = (
            f"Write “{title} (UTC)” when the times are in UTC; or else name the zone as timezone under [log] "
            f"in pipeline.toml, and take it out of row {header.row - 1}."
        )
    return Refusal(
        "header_in_two_rows",
        f"{header.place}: row {header.row - 1} above the header says “{short}” over “{title}”; a header over "
        "two rows is not put together by guess.",
        write_it,
    )


def _row_above(table: RawTable, header: Header) -> dict[int, str]:
    """What stands in the row above the header, by its column; a merged text stands in all its columns."""
    rows = dict(takewhile(lambda row: row[0] < header.row, table.rows))
    over = {column: text_of(cell) for column, cell in enumerate(rows.get(header.row - 1, ()))}
    for _, first, top, last, bottom in blocks(table.merged) if rows else ():
        if top < header.row <= bottom + 1 and first < len(rows.get(top, ())):
            columns = range(first, min(last + 1, len(header.texts)))
            over |= dict.fromkeys(columns, text_of(rows[top][first]))
    return {column: " ".join(text.split()) for column, text in over.items()}


def _says_otherwise(field: str, text: str, header: Header, plant: Convention) -> bool:
    """Whether it contradicts what would be taken from elsewhere; where nothing would, no value is read."""
    if field in IN_TWO_COLUMNS:
        zone, usual = zone_mentioned(text), plant.timezone and plant.timezone.casefold().removeprefix("etc/")
        return bool(zone and usual) and zone != usual and not {zone, usual} <= UTC
    units, usual = units_mentioned(text), header.columns.units.get("mass") or plant.mass_unit
    return bool(units and usual) and (units != {usual} or bool(scale_stated(text)))


def _said(cell: Cell) -> str:
    return " ".join(re.sub(r"[()\[\]]", " ", text_of(cell)).split())


def _is_open(field: str, header: Header) -> bool:
    """Whether a header leaves open what would be taken from elsewhere in its place."""
    columns = header.columns
    if field in IN_TWO_COLUMNS:
        return field not in columns.zones
    return field in WITH_A_UNIT and field not in columns.units and "mass_unit" not in columns.fields


def _goes_on(field: str, said: str, header: Header, *, no_run: bool) -> bool:
    """Whether it says what the header leaves open: in no other words or, in a row of no run, in any."""
    if len(said) > _LONGEST or not any(map(str.isalpha, said)) or not _is_open(field, header):
        return False
    if field in IN_TWO_COLUMNS:
        only = only_speaks_of_a_zone(said) and not _A_CLOCK.search(said)
        return only or (no_run and zone_mentioned(said) is not None)
    return only_speaks_of_a_unit(said) or (no_run and bool(units_mentioned(said)))
