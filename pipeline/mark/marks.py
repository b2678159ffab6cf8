"""What is to be marked in the workbooks of a run. Pure."""

from msgspec import Struct

from pipeline.model import Report, Source
from pipeline.write.marks import Notes, marks

_REST = "This sheet has no more notes; results.xlsx says what is wrong with the other coloured cells."


class Spot(Struct, frozen=True):
    """A cell to mark: row and column counted from 1, the colour as six hexadecimal digits, and a note.

    Without a note, it only gets the colour.
    """

    row: int
    column: int
    colour: str
    note: str


Spots = dict[str, list[Spot]]
"""By the title of the sheet."""


def spots_of(report: Report, source: Source) -> Spots:
    """The cells to mark in one of the run's files; none when all is well, or it is no workbook."""
    ours = {
        index: table for index, table in enumerate(report.tables) if table.file == source.file and table.sheet
    }
    notes = {table.sheet: Notes(_REST) for table in ours.values()}
    found: Spots = {}
    for row in report.rows if ours else ():
        if table := ours.get(row.table):
            for column, mark in marks(table, row).items():
                note = notes[table.sheet].pinned(mark.note)
                spot = Spot(row.row, column + 1, mark.fill.removeprefix("#"), note)
                found.setdefault(table.sheet, []).append(spot)
    return found
