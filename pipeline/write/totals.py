"""The sheet that sums a run up: what ran, how many rows have which outcome and colour, and the files."""

from collections import Counter
from collections.abc import Iterator

from pipeline.model import WORDS, Report, Word
from pipeline.report.words import means
from pipeline.write.book import HEADER, Sheet, one_page_wide
from pipeline.write.marks import AMBER, FILLS, RED
from pipeline.write.pen import PLAIN, Look
from pipeline.write.summary import zulu
from pipeline.write.widths import WIDEST, high
from schemas.cell import Cell, Number, text_of

_NAME = Look(bold=True, top=True)
_TEXT = Look(wrap=True)
_NARROWEST = 24
_CELLS = (
    ("wrong cell", "The value is not sent; the note on the cell says what is wrong and what to do.", RED),
    (
        "reference in conflict",
        "The reference stands for other values; its note says for which.",
        FILLS["conflict"],
    ),
    ("doubtful cell", "The value was taken as it is; the note says why a person should look at it.", AMBER),
)
COLUMNS = 4
Line = tuple[tuple[Cell, Look], ...]


def put_totals(sheet: Sheet, report: Report, written: Counter[Word]) -> None:
    """Put the run's facts, its outcomes with what they mean, and its files, one below the other."""
    for number, cells in enumerate([*_about(report), (), *_outcomes(report, written), (), *_files(report)]):
        pens = [sheet.pens(look)[column] for column, (_, look) in enumerate(cells)]
        lines = max((high(text_of(cell)) for cell, look in cells if look.wrap), default=1)
        sheet.put(number, [cell for cell, _ in cells], pens, lines)
    longest = max((len(source.file) for source in report.sources), default=0)
    for column, width in enumerate((min(WIDEST, max(_NARROWEST, longest + 2)), 10, WIDEST, 66)):
        sheet.set_column(column, column, width)
    sheet.hide_gridlines(2)
    one_page_wide(sheet)


def _about(report: Report) -> Iterator[Line]:
    facts: tuple[tuple[str, Cell], ...] = (
        ("Run", report.run_id),
        ("Command", report.command),
        ("Registry", report.target.environment),
        ("Registry's address", report.target.url),
        ("Organisation", report.target.organisation),
        ("Started (UTC)", zulu(report.started_at) or ""),
        ("Finished (UTC)", zulu(report.finished_at) or ""),
        ("Stopped", report.stopped or "no, it came to its end"),
        ("Exit code", Number(int(report.exit_code))),
    )
    for name, fact in facts:
        yield ((name, _NAME), (fact, PLAIN))


def _outcomes(report: Report, written: Counter[Word]) -> Iterator[Line]:
    yield _header("Outcome", "Rows", "What it means")
    for word in WORDS:
        look, said = Look(fill=FILLS[word], top=True), _sentence(means(report, word))
        yield ((word, look), (Number(written[word]), _TEXT), (said, _TEXT))
    yield (("Rows", _NAME), (Number(len(report.rows)), _NAME))
    yield ()
    yield _header("Colour of a cell", "", "What it means")
    for name, says, fill in _CELLS:
        yield ((name, Look(fill=fill, top=True)), ("", _TEXT), (says, _TEXT))


def _files(report: Report) -> Iterator[Line]:
    yield _header("File", "Rows", "Refused because", "sha256")
    for source in report.sources:
        refusal = source.refusal.message if source.refusal else ""
        yield (
            (source.file, _TEXT),
            (Number(source.rows), _TEXT),
            (refusal, _TEXT),
            (source.sha256, _TEXT),
        )


def _header(*names: str) -> Line:
    return tuple((name, HEADER) for name in names)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
