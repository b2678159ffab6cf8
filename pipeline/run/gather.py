"""Files -> Assembled: read, check, judge what is plausible, assemble. The same for every command."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from pipeline.assemble import Assembled, assemble
from pipeline.check import check, medians, plausible
from pipeline.journal_point import journal_point
from pipeline.model import CheckedTable, Issue, Refusal, Source
from pipeline.read import FileRefused, Fits, Reader
from schemas.convention import Convention


class Gathered(Struct, frozen=True):
    """What the files hold: one Source a file, and the assembled tables of those that could be read."""

    sources: tuple[Source, ...]
    assembled: Assembled
    notices: tuple[Issue, ...]
    usual_masses: dict[str, Decimal]


def gather(
    files: Sequence[Path],
    convention: Convention,
    now: dt.datetime,
    remembered: Mapping[str, Decimal],
    read: Reader,
) -> Gathered:
    """Read and check every file. One that is refused does not hold up the others.

    `remembered` are the facilities' usual masses that earlier logs have told.
    """
    sources: list[Source] = []
    tables: list[CheckedTable] = []
    seen: dict[str, str] = {}
    for file in files:
        source, found = _checked(file, convention, now, seen, read)
        sources.append(source)
        tables += found
    assembled = assemble(plausible(tables, convention.max_mass_ratio, remembered), convention)
    notices = tuple(notice for table in assembled.tables for notice in table.notices)
    return Gathered(tuple(sources), assembled, notices, medians(assembled.tables))


def _checked(
    file: Path, convention: Convention, now: dt.datetime, seen: dict[str, str], read: Reader
) -> tuple[Source, list[CheckedTable]]:
    name = str(file)
    try:
        sha256, raw = read(file, name, fits=Fits(convention.columns), sheet=convention.sheet)
    except FileRefused as refused:
        return Source(name, refused.sha256, 0, refused.refusal), []
    journal_point("file.parsed", name)
    if sha256 in seen:
        told = f"{name} has the same content as {seen[sha256]} and was not read again"
        return Source(name, sha256, 0, told=(told,)), []
    seen[sha256] = name
    source = Source(name, sha256, 0, told=tuple(told for table in raw for told in table.told))
    tables = []
    for table in raw:
        checked = check(table, convention, now)
        if isinstance(checked, Refusal):
            return replace(source, refusal=checked), []
        tables.append(checked)
    journal_point("file.checked", name)
    return replace(source, rows=sum(len(table.rows) for table in tables)), tables
