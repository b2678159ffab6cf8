"""What stands around a header: rows above it, a second row of it below, columns that are not the log's."""

import re
from collections.abc import Sequence

from pipeline.check.header import Header
from pipeline.model import OF_TO_FIX, Issue, RawTable, Refusal
from schemas.cell import Cell, Row, letters, text_of
from schemas.convention import Convention
from schemas.run_log.columns import IN_TWO_COLUMNS, WITH_A_UNIT, zone_stated
from schemas.run_log.lacking import listed, nearest_header
from schemas.run_log.units import only_speaks_of_a_unit

_OPTIONAL = ("mass_unit", "mass_standard_deviation", "display_name")
_OF_A_TIME = re.compile("[0-9][-./:][0-9]")
_FEW, _SHORT, _LONGEST = 12, 40, 100


def second_header_row(header: Header, data: Sequence[Row]) -> Refusal | None:
    """A header that goes on in the row below is refused when that row says a unit or a zone (hazard 48).

    A row in which another start or end is a time is a run, with one strange cell. A mass is no such sign:
    what stands there may be a unit in more words ("kg, to 0.5").
    """
    number, cells = data[0] if data else (0, ())
    said = [
        (field, column, _said(cells[column]) if column < len(cells) else "")
        for field, columns in header.columns.fields.items()
        for column in columns
    ]
    going_on = [each for each in said if _goes_on(each[0], each[2], header)]
    times = [each for each in said if each[0] in IN_TWO_COLUMNS and _OF_A_TIME.search(each[2])]
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


def _said(cell: Cell) -> str:
    return " ".join(re.sub(r"[()\[\]]", " ", text_of(cell)).split())


def _goes_on(field: str, said: str, header: Header) -> bool:
    """Whether it says what the header leaves open, and what would be taken from elsewhere in its place."""
    columns = header.columns
    if len(said) > _LONGEST or not any(map(str.isalpha, said)):
        return False
    if field in IN_TWO_COLUMNS and field not in columns.zones:
        return zone_stated(said) == said.casefold()
    open_unit = field in WITH_A_UNIT and field not in columns.units and "mass_unit" not in columns.fields
    return open_unit and only_speaks_of_a_unit(said)


def header_notices(table: RawTable, header: Header, data: Sequence[Row], plant: Convention) -> list[Issue]:
    """What a person should know of a header that is in order, each kind in one line (hazards 47, 49, 53)."""
    notices = (
        _notice("rows_above_header", header, _above(table, header)),
        _notice("header_merged", header, _merged(header)),
        _notice("unknown_columns", header, _unknown(header, plant)),
        _notice("columns_without_header", header, _without_header(header, data)),
    )
    return [notice for notice in notices if notice.wanted]


def _notice(code: str, header: Header, what: str) -> Issue:
    return Issue("notice", code, header.file, header.sheet, None, (), "", "", what, "")


def _above(table: RawTable, header: Header) -> str:
    texts = [
        text
        for number, cells in table.rows
        if number < header.row
        for cell in cells
        if (text := " ".join(text_of(cell).split()))
    ]
    return f"row {header.row} is the header; passed over above it: {_few(texts, 3)}" if texts else ""


def _merged(header: Header) -> str:
    over = listed(header.merged)
    return f"merged header cells were read as if each of them held the text: {over}" if over else ""


def _unknown(header: Header, plant: Convention) -> str:
    taken = {column for columns in header.columns.fields.values() for column in columns}
    texts = [
        " ".join(text.split())
        for column, text in enumerate(header.texts)
        if column not in taken and text.strip() and text.strip().casefold() != OF_TO_FIX
    ]
    if not texts:
        return ""
    free = [field for field in _OPTIONAL if field not in header.columns.fields]
    near = [near for field in free if (near := nearest_header(header.texts, plant.columns, field))]
    maybe = "".join(f"; “{one.seen}” is near “{one.meant}”" for one in near)
    return f"unknown columns go into the results untouched: {_few(texts, _FEW)}{maybe}"


def _without_header(header: Header, data: Sequence[Row]) -> str:
    width = len(header.texts) if not header.sheet else max((len(cells) for _, cells in data), default=0)
    blank = [
        letters(column)
        for column in range(width)
        if not "".join(header.texts[column : column + 1]).strip()
        and any(text_of(cells[column]).strip() for _, cells in data if column < len(cells))
    ]
    return f"columns without a header hold something: {listed(blank)}" if blank else ""


def _few(texts: Sequence[str], most: int) -> str:
    shown = [f"“{text if len(text) <= _SHORT else f'{text[:_SHORT]}…'}”" for text in texts[:most]]
    left = len(texts) - len(shown)
    return listed([*shown, *([f"{left} more"] if left else [])])
