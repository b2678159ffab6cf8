"""The results as a workbook: every row with its outcome, and a sheet of totals."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, BinaryIO

from pipeline.model import WORDS, Report, ReportRow, Word
from pipeline.write.book import MOST_COLUMNS, MOST_ROWS, Book, Look, book
from pipeline.write.lines import OUTCOME, Layout, layout, line
from pipeline.write.summary import zulu
from pipeline.write.widths import JUDGED_ROWS, Widths
from schemas.cell import Cell, Number

FILLS: dict[Word, str] = {
    "created": "#C6EFCE",
    "already_registered": "#DDEBF7",
    "conflict": "#FFD699",
    "invalid": "#FFC7CE",
    "rejected": "#FFC7CE",
    "unknown": "#FFEB9C",
    "not_sent": "#EDEDED",
}
_HEADER = Look(bold=True)
_LOOKS = {word: Look(fill=fill) for word, fill in FILLS.items()}


def write_workbook(report: Report, file: BinaryIO, *, rows_per_sheet: int = MOST_ROWS - 1) -> Counter[Word]:
    """Write every row of the report, and tell how many there were by outcome."""
    written: Counter[Word] = Counter()
    places = layout(report, MOST_COLUMNS)
    title = f"Results of run {report.run_id}"
    with book(file, report.started_at, title=title, category="pipeline:results") as out:
        for start in range(0, max(1, len(report.rows)), rows_per_sheet):
            rows = report.rows[start : start + rows_per_sheet]
            number = start // rows_per_sheet + 1
            sheet = out.sheet("results" if number == 1 else f"results-{number}")
            written += _put_rows(out, sheet, report, places, rows)
        _put_totals(out, out.sheet("summary"), report, written)
    return written


def _put_rows(
    out: Book, sheet: Any, report: Report, places: Layout, rows: Sequence[ReportRow]
) -> Counter[Word]:
    written: Counter[Word] = Counter()
    header, widths = places.header, Widths(places.header)
    for column, name in enumerate(header):
        out.put(sheet, 0, column, name, _HEADER)
    outcome = len(header) + OUTCOME
    for number, row in enumerate(rows, 1):
        cells = line(report, places, row)
        if number <= JUDGED_ROWS:
            widths.judge(cells)
        _put_line(out, sheet, number, cells, outcome)
        written[row.outcome.word] += 1
    widths.apply(sheet)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(header) - 1)
    return written


def _put_line(out: Book, sheet: Any, number: int, cells: list[Cell], outcome: int) -> None:
    for column, cell in enumerate(cells):
        if column == outcome:
            out.put(sheet, number, column, cell, _LOOKS[cell])  # type: ignore[index] # a word
        elif cell != "":
            out.put(sheet, number, column, cell)


def _put_totals(out: Book, sheet: Any, report: Report, written: Counter[Word]) -> None:
    lines = [*_about(report), ("",), *_totals(report, written), ("",), *_files(report)]
    for number, cells in enumerate(lines):
        for column, cell in enumerate(cells):
            look = _LOOKS.get(cell) if isinstance(cell, str) else None  # type: ignore[call-overload] # not every text is a word
            out.put(sheet, number, column, cell, look or (Look() if column else _HEADER))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 70)
    sheet.set_column(2, 3, 40)


def _about(report: Report) -> list[tuple[Cell, ...]]:
    return [
        ("Run", report.run_id),
        ("Command", report.command),
        ("Registry", report.target.environment),
        ("Registry's address", report.target.url),
        ("Organisation", report.target.organisation),
        ("Started (UTC)", zulu(report.started_at) or ""),
        ("Finished (UTC)", zulu(report.finished_at) or ""),
        ("Stopped", report.stopped),
        ("Exit code", Number(int(report.exit_code))),
    ]


def _totals(report: Report, written: Counter[Word]) -> list[tuple[Cell, ...]]:
    by_word: list[tuple[Cell, ...]] = [(word, Number(written[word])) for word in WORDS]
    return [("Rows", Number(len(report.rows))), *by_word]


def _files(report: Report) -> list[tuple[Cell, ...]]:
    lines: list[tuple[Cell, ...]] = [("File", "sha256", "Rows", "Refused because")]
    for source in report.sources:
        refusal = source.refusal.message if source.refusal else ""
        lines.append((source.file, source.sha256, Number(source.rows), refusal))
    return lines
