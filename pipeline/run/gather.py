"""Files -> Assembled: read, check, judge what is plausible, assemble. The same for every command."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from pipeline.assemble import Assembled, assemble
from pipeline.check import check, plausible, usual_of
from pipeline.collecting import seldom
from pipeline.elsewhere import Place
from pipeline.issues import refused
from pipeline.journal_point import journal_point
from pipeline.kin import kin
from pipeline.kin.known import Known
from pipeline.model import Batch, CheckedTable, Earlier, Issue, Refusal, Source, Usual
from pipeline.read import FileRefused, Fits, Reader
from pipeline.run.company import Each, Looked
from schemas.convention import Convention


class Memory(Protocol):
    """What a ledger remembers that a log is judged by."""

    def usual(self) -> Mapping[str, Usual]:
        """What each facility usually makes."""

    def known(self, wanted: Sequence[Batch], /) -> Known:
        """What became of these batches, and of those that may be the same."""

    def files(self, sha256s: Iterable[str], /) -> Mapping[str, Earlier]:
        """The first reading of each of these contents that there was."""


class Gathered(Struct, frozen=True):
    """What the files hold: one Source a file, and the assembled tables of those that could be read.

    `usual` is what they tell of facilities, and the ledger does not know yet.
    """

    sources: tuple[Source, ...]
    assembled: Assembled
    notices: tuple[Issue, ...]
    usual: dict[str, Usual]


@seldom()
def gather(
    files: Sequence[Place],
    convention: Convention,
    now: dt.datetime,
    memory: Memory | None,
    read: Reader,
    each: Each = map,
) -> Gathered:
    """Read and check every file. One that is refused does not hold up the others.

    `memory` is what the ledger remembers of earlier logs; None: there is no ledger. Where the files are
    looked at, `each` says; what spans them, from a repeated reference to a median, is decided here.
    """
    sources: list[Source] = []
    tables: list[CheckedTable] = []
    seen: dict[str, str] = {}
    for looked in each(partial(look, convention=convention, now=now, read=read), files):
        source, found = _once(looked, seen)
        sources.append(source)
        tables += found
    remembered = memory.usual() if memory else {}
    usual = usual_of(tables, convention.max_mass_ratio, remembered)
    assembled = _assembled(plausible(tables, convention.max_mass_ratio, usual), convention, memory)
    notices = tuple(notice for table in assembled.tables for notice in table.notices)
    news = {facility: each for facility, each in usual.items() if each != remembered.get(facility)}
    return Gathered(_recognised(sources, memory), assembled, notices, news)


def _assembled(tables: Sequence[CheckedTable], convention: Convention, memory: Memory | None) -> Assembled:
    """The batches, without those that are kin of others and must not be registered beside them."""
    assembled = assemble(tables, convention)
    batches = assembled.batches if memory else []
    known = memory.known(batches) if memory else Known()
    issues = kin(tables, batches, assembled.decided, known, convention)
    return assemble(refused(tables, issues), convention) if issues else assembled


def _recognised(sources: Sequence[Source], memory: Memory | None) -> tuple[Source, ...]:
    """The files, each told when its content was read before (78); its rows tell what became of them."""
    known = memory.files({source.sha256 for source in sources if source.rows}) if memory else {}
    return tuple(
        replace(source, told=(*source.told, _read_before(source, known[source.sha256])))
        if source.rows and source.sha256 in known
        else source
        for source in sources
    )


def _read_before(source: Source, earlier: Earlier) -> str:
    when = f"{earlier.at:%Y-%m-%d %H:%M} UTC"
    if source.file == earlier.name:
        return f"{source.file} is unchanged since run {earlier.run_id} read it ({when})"
    return f"{source.file} has the same content as {earlier.name}, which run {earlier.run_id} read ({when})"


def _once(looked: Looked, seen: dict[str, str]) -> tuple[Source, list[CheckedTable]]:
    """What was found in a file, unless an earlier one of this run has the very same content."""
    source = looked.source
    if source.sha256 in seen:
        told = f"{source.file} has the same content as {seen[source.sha256]} and was not read again"
        return Source(source.file, source.sha256, 0, told=(told,)), []
    if looked.is_log:
        seen[source.sha256] = source.file
    return source, looked.tables


def look(file: Place, *, convention: Convention, now: dt.datetime, read: Reader) -> Looked:
    """Read and check one file by itself."""
    name = str(file).encode(errors="surrogateescape").decode(errors="backslashreplace")
    if name != str(file):
        return Looked(Source(name, "", 0, _not_text(name)), [], is_log=False)
    try:
        sha256, raw = read(file, name, fits=Fits(convention.columns), sheet=convention.sheet)
    except FileRefused as wrong:
        return Looked(Source(name, wrong.sha256, 0, wrong.refusal), [], is_log=False)
    journal_point("file.parsed", name)
    source = Source(name, sha256, 0, told=tuple(told for table in raw for told in table.told))
    tables = []
    for table in raw:
        checked = check(table, convention, now)
        if isinstance(checked, Refusal):
            return Looked(replace(source, refusal=checked), [], is_log=True)
        tables.append(checked)
    journal_point("file.checked", name)
    return Looked(replace(source, rows=sum(len(table.rows) for table in tables)), tables, is_log=True)


def _not_text(name: str) -> Refusal:
    """A name in an old encoding cannot be shown, kept or compared as the text that it was (hazard 77)."""
    return Refusal(
        "file_name_not_text",
        f"“{name}” has a name with bytes that are no text.",
        "Give the file another name.",
    )
