"""What the page says, ready for its template: lists that are long are cut, and say how much was left out."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from pipeline.catalogue import title
from pipeline.model import (
    NEEDS_A_PERSON,
    ROWS_DISAGREE,
    UNFINISHED,
    WORDS,
    Outcome,
    Report,
    ReportRow,
    Source,
    Word,
)
from pipeline.report import Following, Notice, Place, Problem, notices, problems, to_do
from pipeline.report.words import REGISTRIES, counted, in_a_sentence, means
from pipeline.write.page.shown import LONGEST_VALUE, shown

MOST_PLACES = 40
MOST_KINDS = 60
MOST_DIFFERENCES = 200
MOST_NOTICES = 100
MOST_FILES = 200
_FIRST_CELLS = 5


class Total(Struct, frozen=True):
    """How many rows have an outcome, what it means, and how it is to be looked at."""

    word: Word
    rows: int
    means: str
    mood: str


class Told(Struct, frozen=True):
    """One place that is wrong: what was found there, and what is to be said of it alone."""

    where: str
    reference: str
    found: str
    says: str


class Kind(Struct, frozen=True):
    """What is wrong in one way in one column: once the rule and the remedy, then the places."""

    title: str
    severity: str
    name: str
    column: str
    wanted: str
    remedy: str
    rows: int
    places: list[Told]
    left_out: int

    @property
    def shows_found(self) -> bool:
        return any(place.found for place in self.places)

    @property
    def shows_says(self) -> bool:
        return any(place.says for place in self.places)


class Differing(Struct, frozen=True):
    """A field of a conflict: what is held and what the log wants, or what one row says and what another."""

    where: str
    reference: str
    holder: str
    field: str
    one: str
    other: str


class File(Struct, frozen=True):
    """A file that was given, and what was told of it."""

    name: str
    sha256: str
    rows: str
    told: tuple[str, ...]
    refused: str
    remedy: str


class Content(Struct, frozen=True):
    """All that the page says in words and tables."""

    report: Report
    sentence: str
    registry: str
    totals: list[Total]
    steps: list[str]
    kinds: list[Kind]
    kinds_left_out: int
    held_otherwise: list[Differing]
    held_left_out: int
    disagreeing: list[Differing]
    disagreeing_left_out: int
    notices: list[str]
    notices_left_out: int
    files: list[File]
    files_left_out: int
    facts: list[tuple[str, str]]
    elsewhere: str

    def for_template(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__struct_fields__}


def content(report: Report, then: Following) -> Content:
    """Everything in the order in which it is read."""
    kinds = [_kind(problem) for problem in problems(report)]
    conflicts = [row for row in report.rows if row.outcome.differences]
    disagreeing = list(_differences(report, conflicts, among_rows=True))
    held = list(_differences(report, conflicts, among_rows=False))
    said = [_notice(each) for each in notices(report)]
    needs_a_person = any(row.outcome.word in NEEDS_A_PERSON for row in report.rows)
    return Content(
        report=report,
        sentence=in_a_sentence(report),
        registry=REGISTRIES[report.target.environment],
        totals=_totals(report),
        steps=[f"{step[:1].upper()}{step[1:]}." for step in to_do(report, then)],
        kinds=kinds[:MOST_KINDS],
        kinds_left_out=len(kinds[MOST_KINDS:]),
        held_otherwise=held[:MOST_DIFFERENCES],
        held_left_out=len(held[MOST_DIFFERENCES:]),
        disagreeing=disagreeing[:MOST_DIFFERENCES],
        disagreeing_left_out=len(disagreeing[MOST_DIFFERENCES:]),
        notices=said[:MOST_NOTICES],
        notices_left_out=len(said[MOST_NOTICES:]),
        files=[_file(each) for each in report.sources[:MOST_FILES]],
        files_left_out=len(report.sources[MOST_FILES:]),
        facts=list(_facts(report)),
        elsewhere="to_fix.xlsx and results.xlsx" if needs_a_person else "results.xlsx",
    )


def _totals(report: Report) -> list[Total]:
    words = Counter(row.outcome.word for row in report.rows)
    return [
        Total(word, words[word], means(report, word), _mood(report, word)) for word in WORDS if words[word]
    ]


def _mood(report: Report, word: Word) -> str:
    if word in NEEDS_A_PERSON:
        return "person"
    if word in UNFINISHED and means(report, word) != "in order; would be sent":
        return "open"
    return "good"


def _kind(problem: Problem) -> Kind:
    places = [_told(problem, place) for place in problem.places[:MOST_PLACES]]
    return Kind(
        problem.title,
        problem.severity,
        ": ".join(part for part in (problem.outcome, problem.code) if part),
        shown(problem.column, LONGEST_VALUE),
        problem.wanted,
        problem.remedy,
        problem.rows,
        places,
        problem.rows - len(places),
    )


def _told(problem: Problem, place: Place) -> Told:
    return Told(
        place.where.removesuffix(f" ({place.reference})"),  # it has a column of its own
        shown(place.reference, LONGEST_VALUE),
        shown(place.found, LONGEST_VALUE),
        " ".join(_own(problem, place)),
    )


def _own(problem: Problem, place: Place) -> Iterator[str]:
    """What is to be said of this place, and not of all the others too."""
    if not place.wanted:
        yield place.what.removesuffix(" ".join(("", *place.details))) if place.details else place.what
        return
    if not problem.wanted:
        yield f"Wanted: {place.wanted}."
    if place.remedy and not problem.remedy:
        yield place.remedy


def _differences(report: Report, conflicts: Sequence[ReportRow], *, among_rows: bool) -> Iterator[Differing]:
    """The fields of each reference that is in conflict, once for all its rows."""
    alike: dict[tuple[str, Outcome], list[ReportRow]] = {}
    for row in conflicts:
        if (row.outcome.code == ROWS_DISAGREE) == among_rows:
            alike.setdefault((row.reference, row.outcome), []).append(row)
    for (reference, outcome), rows in alike.items():
        where, name = _rows(report, rows), shown(reference, LONGEST_VALUE)
        for each in outcome.differences:
            held, wanted = shown(each.held, LONGEST_VALUE), shown(each.wanted, LONGEST_VALUE)
            both = (wanted, held) if among_rows else (held, wanted)
            yield Differing(where, name, outcome.registry_id, each.field, *both)


def _rows(report: Report, rows: Sequence[ReportRow]) -> str:
    numbers = ", ".join(str(row.row) for row in rows[:_FIRST_CELLS])
    more = f" and {len(rows) - _FIRST_CELLS:,} more" if len(rows) > _FIRST_CELLS else ""
    file = f"{report.tables[rows[0].table].file} " if len(report.tables) > 1 else ""
    return f"{file}{'row' if len(rows) == 1 else 'rows'} {numbers}{more}"


def _notice(notice: Notice) -> str:
    column = f"{notice.column}: " if notice.column else ""
    if len(notice.says) == 1:
        return f"{column}{notice.says[0]}{_cells(notice.cells, notice.count)}."
    rows = [f"row {row}" for row in notice.rows]
    return f"{column}{notice.title}{_cells(rows, notice.count)}."


def _cells(cells: Sequence[str], count: int) -> str:
    if not cells:
        return ""
    more = count - len(cells[:_FIRST_CELLS])
    return f": {', '.join(cells[:_FIRST_CELLS])}{f' and {more:,} more' if more else ''}"


def _file(source: Source) -> File:
    refusal = source.refusal
    return File(
        source.file,
        source.sha256,
        counted(source.rows, "row"),
        source.told,
        f"{title(refusal.code)}: {refusal.message}" if refusal else "",
        refusal.remedy if refusal else "",
    )


def _facts(report: Report) -> Iterable[tuple[str, str]]:
    target = report.target
    yield "Run", report.run_id
    yield "Command", report.command
    yield "Registry", f"{target.environment.upper()}, {target.url}"
    yield "Organisation", target.organisation or "not asked"
    if target.proxy:
        yield "Proxy", target.proxy
    yield "Began", _utc(report.started_at)
    yield "Ended", _utc(report.finished_at) if report.finished_at else "it was cut short"
    if report.finished_at:
        yield "Took", _duration(report.finished_at - report.started_at)
    requests = [f"{count:,} {name}" for name, count in sorted(report.requests.items())]
    yield "Requests", "; ".join(requests) or "none"
    yield "Exit code", str(int(report.exit_code))


def _utc(at: dt.datetime) -> str:
    at = at.astimezone(dt.UTC)
    return f"{at.day} {at:%B %Y, %H:%M:%S} UTC"


def _duration(took: dt.timedelta) -> str:
    seconds = took.total_seconds()
    if seconds < 60:
        return f"{seconds:.1f} seconds"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min {rest} s" if hours else f"{minutes} min {rest} s"
