"""The results as a workbook: every row with its outcome, and a sheet of totals that explains the colours."""

from collections import Counter
from collections.abc import Sequence
from typing import BinaryIO

from pipeline.model import NEEDS_A_PERSON, UNFINISHED, WORDS, Report, ReportRow, Word
from pipeline.write.book import (
    HEADER,
    MOST_COLUMNS,
    MOST_ROWS,
    OWN_HEADER,
    Sheet,
    as_a_table,
    book,
    note,
)
from pipeline.write.lines import MESSAGE, OUTCOME, Lines
from pipeline.write.marks import FILLS, Notes, marks
from pipeline.write.pen import PLAIN, Look, Pen
from pipeline.write.totals import COLUMNS, put_totals
from pipeline.write.widths import JUDGED_ROWS, Widths, high
from schemas.cell import Cell, text_of

_TALL = NEEDS_A_PERSON | UNFINISHED
_BESIDE = Look(top=True)
_MESSAGE = Look(wrap=True)
_REST = "This sheet has no more notes; its column _message says what is wrong in the rows below."


def write_workbook(report: Report, file: BinaryIO, *, rows_per_sheet: int = MOST_ROWS - 1) -> Counter[Word]:
    """Write every row of the report, and tell how many there were by outcome."""
    written: Counter[Word] = Counter()
    lines = Lines(report, MOST_COLUMNS)
    title = f"Results of run {report.run_id}"
    with book(file, report.started_at, title=title, category="pipeline:results") as out:
        for start in range(0, max(1, len(report.rows)), rows_per_sheet):
            rows = report.rows[start : start + rows_per_sheet]
            number = start // rows_per_sheet + 1
            name = "results" if number == 1 else f"results-{number}"
            sheet = out.sheet(name, len(lines.layout.header))
            written += _Rows(sheet, report, lines).put(rows)
        put_totals(out.sheet("summary", COLUMNS), report, written)
    return written


class _Rows:
    """The rows of one sheet, below their header."""

    def __init__(self, sheet: Sheet, report: Report, lines: Lines) -> None:
        self._sheet, self._lines, self._tables = sheet, lines, report.tables
        self._moves = [dict(moves) for moves in lines.layout.moves]
        self._notes = Notes(_REST)
        self._usual = {word: self._pens(word) for word in WORDS}

    def put(self, rows: Sequence[ReportRow]) -> Counter[Word]:
        written: Counter[Word] = Counter()
        widths = Widths(self._put_header())
        for number, row in enumerate(rows, 1):
            cells = self._lines.of(row)
            self._put_row(number, row, cells)
            if number <= JUDGED_ROWS:
                widths.judge(cells)
            written[row.outcome.word] += 1
        widths.apply(self._sheet)
        as_a_table(self._sheet, len(rows), self._sheet.columns)
        return written

    def _put_header(self) -> tuple[str, ...]:
        header, names = self._lines.layout.header, len(self._lines.layout.names)
        pens = [*self._sheet.pens(HEADER)[:names], *self._sheet.pens(OWN_HEADER)[names:]]
        self._sheet.put(0, header, pens, max(map(high, header)))
        return header

    def _put_row(self, number: int, row: ReportRow, cells: Sequence[Cell]) -> None:
        word, pens = row.outcome.word, self._usual[row.outcome.word]
        marked = marks(self._tables[row.table], row)
        if marked:
            moves, pens = self._moves[row.table], [*pens]
            marked = {moves[column]: mark for column, mark in marked.items() if column in moves}
            for column, mark in marked.items():
                pens[column] = self._sheet.pens(Look(fill=mark.fill, top=True))[column]
        self._sheet.put(number, cells, pens, high(text_of(cells[MESSAGE])) if word in _TALL else 1)
        for column, mark in marked.items():
            if text := self._notes.pinned(mark.note):
                note(self._sheet, number, column, text)

    def _pens(self, word: Word) -> list[Pen]:
        """What draws a row with this outcome and nothing else to mark."""
        pens = [*self._sheet.pens(_BESIDE if word in _TALL else PLAIN)]
        pens[OUTCOME] = self._sheet.pens(Look(fill=FILLS[word], top=True))[OUTCOME]
        if word in _TALL:
            pens[MESSAGE] = self._sheet.pens(_MESSAGE)[MESSAGE]
        return pens
