"""What stands around a header: rows above it, columns that are not the log's."""

from collections.abc import Sequence

from pipeline.check.header import Header
from pipeline.model import OF_TO_FIX, Issue, RawTable
from schemas.cell import Row, letters, text_of
from schemas.convention import Convention
from schemas.run_log.lacking import listed, nearest_header

_OPTIONAL = ("mass_unit", "mass_standard_deviation", "display_name")
_FEW, _SHORT = 12, 40


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
