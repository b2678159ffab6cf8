"""Which rows wait for a person after a run, and which do no longer.

A row is known by its reference, where that can be trusted; else by its file's content, its sheet and its row.
It is settled when its reference is, or when it comes back good: in a dropped `to_fix.xlsx`, whose last column
still says what was wrong and where, or at its old place in a log of the same name, with the cells unchanged
that were not wrong. What waits in another plant's folder is settled by its reference alone.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from pipeline.model import NEEDS_A_PERSON, OF_TO_FIX, UNFINISHED, Issue, Report, ReportRow, ReportTable
from pipeline.outstanding.entry import Changes, Entry, as_old_as, by_mark, key_of
from schemas.cell import place, text_of

_OF_RUNS = frozenset(("run_copied", "run_summed", "run_twice"))
"""Codes that name a reference, and do not doubt it."""
_FEWEST_CELLS = 3
"""Of so many cells at least, a row is known again; fewer may be those of any row."""

Said = Callable[[ReportTable, ReportRow], str]
"""What `to_fix.xlsx` says about a row."""


def noted(known: Sequence[Entry], report: Report, said: Said) -> Changes:
    """What a run of a log changes: rows that need a person are entered, those that are settled go."""
    return _Noting(report, known, said).changes()


def settled_elsewhere(report: Report) -> Callable[[Entry], bool]:
    """Tells of what waits in another folder whether it is done with, because this run found it registered.

    A conflict there is ended by an amend only: what another log has under the reference may be the very
    batch that it is in conflict with.
    """
    open_words = NEEDS_A_PERSON | UNFINISHED
    registered = {row.reference for row in report.rows if row.outcome.word not in open_words}
    any_word = report.command == "amend"

    def is_settled(entry: Entry) -> bool:
        is_known = entry.reference in registered and entry.key == key_of("reference", entry.reference)
        return is_known and (any_word or entry.word != "conflict")

    return is_settled


def after_amend(known: Sequence[Entry], report: Report, begun: Collection[str]) -> Changes:
    """What an amend changes: what is settled goes; what is `begun` is told as it is now, at its old place.

    Of the other references what was known of them is still so.
    """
    own = {each.key: each for each in known}
    gone: set[str] = set()
    put: list[Entry] = []
    for row in report.rows:
        key = key_of("reference", row.reference)
        if row.outcome.word not in NEEDS_A_PERSON | UNFINISHED:
            gone.add(key)
        elif row.reference in begun and (key in own or row.outcome.word in NEEDS_A_PERSON):
            entry = own.get(key) or _of_amend(key, row, report)
            outcome, now = row.outcome, report.finished_at or report.started_at
            told = {"word": outcome.word, "codes": outcome.code, "message": outcome.message}
            put.append(replace(entry, **told, last_at=now))
    return Changes(frozenset(gone), tuple(put))


def _of_amend(key: str, row: ReportRow, report: Report) -> Entry:
    table, now = report.tables[row.table], report.finished_at or report.started_at
    return Entry(
        key, table.file, table.sheet, row.row, "", row.reference, "", "", "", report.run_id, now, now
    )


class _Noting(Struct):
    report: Report
    known: Sequence[Entry]
    said: Said

    def changes(self) -> Changes:
        rows = [each for each in self.known if not each.is_file]
        own, marked, placed = {each.key: each for each in rows}, by_mark(rows), _by_place(rows)
        gone: set[str] = set()
        put: dict[str, Entry] = {}
        for row in self.report.rows:
            settles_nothing = not rows and row.outcome.word not in NEEDS_A_PERSON
            if settles_nothing or row.outcome.word in UNFINISHED:
                continue
            table = self.report.tables[row.table]
            came_from = [*_came_from(table, row, marked), *_stood_there(table, row, placed)]
            gone |= {each.key for each in came_from}
            if row.outcome.word in NEEDS_A_PERSON:
                entry = self._entry(table, row)
                old = [own.get(entry.key), *came_from, put.get(entry.key)]
                shared = put[entry.key].rows + 1 if entry.key in put else 1
                put[entry.key] = replace(as_old_as(put.get(entry.key, entry), *old), rows=shared)
            elif row.reference:
                gone.add(key_of("reference", row.reference))
        return Changes(frozenset(gone), tuple(put.values()))

    def _entry(self, table: ReportTable, row: ReportRow) -> Entry:
        report = self.report
        wrong = [issue for issue in row.issues if issue.severity == "error"]
        now = report.finished_at or report.started_at
        cells = " ".join(
            dict.fromkeys(each for issue in wrong for each in issue.cells if place(each)[1] == row.row)
        )
        said = " ".join(dict.fromkeys(issue.sentence for issue in wrong)) or row.outcome.message
        return Entry(
            self._key(table, row, wrong),
            table.file,
            table.sheet,
            row.row,
            cells,
            row.reference,
            row.outcome.word,
            " ".join(dict.fromkeys(issue.code for issue in wrong)) or row.outcome.code,
            said or f"{row.outcome.word}, and no reason was given.",
            report.run_id,
            now,
            now,
            mark=_mark(self.said(table, row)),
            rest=_rest(table, row, cells),
        )

    def _key(self, table: ReportTable, row: ReportRow, wrong: Sequence[Issue]) -> str:
        if row.reference and not _in_doubt(table, wrong):
            return key_of("reference", row.reference)
        contents = {source.file: source.sha256 for source in self.report.sources}
        return key_of("row", contents.get(table.file) or table.file, table.sheet, str(row.row))


def _in_doubt(table: ReportTable, wrong: Sequence[Issue]) -> bool:
    """Whether what was read as the reference may be another one."""
    columns = table.fields.get("supplier_reference_id", ())
    return any(
        issue.code not in _OF_RUNS and any(place(cell)[0] in columns for cell in issue.cells)
        for issue in wrong
    )


def _came_from(table: ReportTable, row: ReportRow, marked: Mapping[str, list[Entry]]) -> list[Entry]:
    """The entries that a row of a dropped `to_fix.xlsx` was made from, by what it says of itself."""
    said = "".join(text_of(row.cells[at]) for at in _added(table) if at < len(row.cells))
    found = marked.get(_mark(said), []) if said.strip() else []
    if len(found) < 2:
        return found
    return [each for each in found if each.rest == _rest(table, row, each.cells)]


Place = tuple[str, str, int | None]


def _by_place(entries: Sequence[Entry]) -> dict[Place, list[Entry]]:
    found: dict[Place, list[Entry]] = {}
    for each in entries:
        found.setdefault((PurePath(each.file).name, each.sheet, each.row), []).append(each)
    return found


def _stood_there(table: ReportTable, row: ReportRow, placed: Mapping[Place, list[Entry]]) -> Iterator[Entry]:
    """The entries of the same row in an earlier state of the same log."""
    for each in placed.get((PurePath(table.file).name, table.sheet, row.row), ()):
        if each.cells and each.rest and each.rest == _rest(table, row, each.cells):
            yield each


def _mark(said: str) -> str:
    return sha256(" ".join(said.split()).encode(errors="replace")).hexdigest()


def _rest(table: ReportTable, row: ReportRow, cells: str) -> str:
    """The fingerprint of a row without these of its cells and what was added to it; empty for a short one."""
    left_out = {place(cell)[0] for cell in cells.split()} | set(_added(table))
    kept = [
        (str(column), text_of(cell).strip())
        for column, cell in enumerate(row.cells)
        if column not in left_out and text_of(cell).strip()
    ]
    return key_of(*(part for pair in kept for part in pair)) if len(kept) >= _FEWEST_CELLS else ""


def _added(table: ReportTable) -> Iterator[int]:
    return (at for at, header in enumerate(table.header) if header.strip().casefold() == OF_TO_FIX)
