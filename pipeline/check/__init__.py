"""RawTable -> CheckedTable: find the header, read every cell of every field, judge every row.

Pure: no file, no network, no clock; the time of judging comes in. Everything wrong with a row is
found in one go, and nothing that goes to the registry is ever guessed.
"""

import datetime as dt

from pipeline.check.around import header_notices
from pipeline.check.dates import mixed_dates
from pipeline.check.fields import Fields
from pipeline.check.glance import glance
from pipeline.check.header import find_header
from pipeline.check.merged import Merged
from pipeline.check.plausible import plausible, usual_of
from pipeline.check.rows import checked_rows, data_rows
from pipeline.check.second_table import naming, second_table
from pipeline.check.two_rows import header_begun_above, second_header_row
from pipeline.model import CheckedTable, RawTable, Refusal
from schemas.convention import Convention

__all__ = ["check", "plausible", "usual_of"]


def check(table: RawTable, convention: Convention, now: dt.datetime) -> CheckedTable | Refusal:
    """Judge one table by the plant's conventions as of `now` (an aware datetime).

    A Refusal means that the table's structure is in doubt, so that no row of it can be trusted.
    """
    header = find_header(table, convention.columns)
    if isinstance(header, Refusal):
        return header
    if begun := header_begun_above(table, header, convention):
        return begun
    below = [row for row in table.rows if row[0] > header.row]
    seen = glance(below, naming(convention.columns))
    if second := second_table(below, header, convention.columns, seen.words):
        return second
    data, skipped = data_rows(below, header)
    if two_rows := second_header_row(header, data):
        return two_rows
    mixed = frozenset() if table.corrections else mixed_dates(data, header)
    if isinstance(mixed, Refusal):
        return mixed
    fields = Fields(header.columns, convention, mixed, typed=bool(header.sheet))
    merged = Merged(table.merged, header)
    rows, notices = checked_rows(data, fields, header, merged, now, too_long=seen.too_long)
    if not rows:
        return Refusal(
            "no_rows",
            f"{table.file} has a header and no rows.",
            "Save the log again with its rows, or take the file away.",
        )
    if all(any(issue.code == "ragged_row" for issue in row.issues) for row in rows):
        return Refusal(
            "ragged_rows",
            f"{table.file}: every row has more or fewer cells than the header has columns.",
            "Export the log again; a delimiter is missing or doubled.",
        )
    return CheckedTable(
        file=table.file,
        sheet=table.sheet,
        header=header.texts,
        header_row=header.row,
        fields=header.columns.fields,
        rows=rows,
        notices=(*header_notices(table, header, data, convention), *skipped, *notices),
        timezone=convention.timezone or "",
    )
