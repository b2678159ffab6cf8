"""The rows of a log that name a reference: as written, and what each field was read as."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from pipeline.evidence.known import Reading
from pipeline.evidence.told import CellSeen, FieldRead, Lies, RowSeen
from pipeline.model import AsRead, Outcome, Report, ReportRow, ReportTable
from schemas.cell import Broken, Cell, Clock, Moment, Number, Span, address, text_of
from schemas.production_batch import ProductionBatch, decode
from schemas.zones import zone

NO_LOG = ("amend", "reconcile")
"""The commands whose reports hold rows of the ledger's own, and none of a log."""
_UNTOLD = Outcome(
    "unknown",
    code="not_reported",
    message="The run died, or has not ended, before it reported what became of this row. What was sent, and "
    "what was answered, stands in the attempts (“What happened, in order”).",
)
_SAYS_THE_SAME = ("created", "already_registered")
_STARTS = ("started_at", "started_date", "started_time")
_ENDS = ("ended_at", "ended_date", "ended_time")


def rows_of(
    reference: str, report: Report, files: Mapping[str, Reading], sent: Sequence[str], *, ended: bool
) -> tuple[RowSeen, ...]:
    """The rows of the reference in a run's report, in the order of the log.

    `sent` are all payloads that ever stood for it, or none when one is not known. What a row that was
    registered was read as, beside its times and its mass, stands in the only one that says the same of them.
    The report of a run that has not `ended` was kept before it sent anything: what is not sent there may be.
    """
    if report.command in NO_LOG:
        return ()
    rows = [row for row in report.rows if row.reference == reference]
    alone = len(rows) == 1 and rows[0].outcome.word in _SAYS_THE_SAME
    said = [payload for payload in map(decode, sent) if alone and _is_of(rows[0].as_read, payload)]
    if not ended:
        rows = [replace(row, outcome=_UNTOLD) if row.outcome.word == "not_sent" else row for row in rows]
    return tuple(_row(row, report, files, said[0] if len(said) == 1 else None) for row in rows)


def _is_of(read: AsRead | None, payload: ProductionBatch) -> bool:
    """Whether a payload says what the row was read as; a correction may have changed it since."""
    if read is None:
        return False
    said = (payload.started_at, payload.ended_at, payload.mass.magnitude)
    return (read.started_at, read.ended_at, read.mass) == said


def _row(
    row: ReportRow, report: Report, files: Mapping[str, Reading], payload: ProductionBatch | None
) -> RowSeen:
    table = report.tables[row.table]
    digest = next((source.sha256 for source in report.sources if source.file == table.file), "")
    return RowSeen(
        file=table.file,
        sha256=digest,
        lies=_lies(digest, files.get(digest)),
        sheet=table.sheet,
        row=row.row,
        timezone=table.timezone,
        cells=tuple(_cells(row, table)),
        fields=tuple(_field(name, columns, row, table, payload) for name, columns in table.fields.items()),
        outcome=row.outcome.word,
        code=row.outcome.code,
        message=row.outcome.message,
        told=tuple(f"{each.severity} {each.code}: {each.sentence}" for each in row.issues),
    )


def _lies(digest: str, reading: Reading | None) -> Lies:
    if not digest:
        return Lies("The sha256 of its content was not kept.")
    if reading is None:
        return Lies("It was not looked for.")
    if reading.place:
        return Lies("It lies there now, and its content has this sha256.", reading.place, reading.others)
    if reading.changed:
        says = (
            "No file with this content was found. In the archive lies ANOTHER content: it was changed there."
        )
        return Lies(says, "", reading.others)
    if reading.others:
        says = "No file with this content was found. A log that is written on has another one since."
        return Lies(says, "", reading.others)
    return Lies("No file with this content was found.")


def _cells(row: ReportRow, table: ReportTable) -> Iterator[CellSeen]:
    for column, cell in enumerate(row.cells):
        header = table.header[column] if column < len(table.header) else ""
        if cell != "" or header.strip():
            yield CellSeen(address(column, row.row), header, text_of(cell), *_kind(cell))


def _kind(cell: Cell) -> tuple[str, str]:
    match cell:
        case bool():
            return "yes or no", ""
        case Number():
            return "number", cell.format
        case Moment():
            return ("date and time" if cell.has_time else "date"), cell.format
        case Clock():
            return "time of day", cell.format
        case Span():
            return "length of time", cell.format
        case Broken(why=why):
            return f"no usable value ({why})", ""
    return ("text", "") if cell else ("empty", "")


def _field(
    name: str, columns: tuple[int, ...], row: ReportRow, table: ReportTable, payload: ProductionBatch | None
) -> FieldRead:
    within = [column for column in columns if column < len(row.cells)]
    return FieldRead(
        name,
        tuple(address(column, row.row) for column in within),
        tuple(table.header[column] for column in within),
        " ".join(text_of(row.cells[column]) for column in within),
        _read(name, row, table.timezone, payload),
    )


def _read(name: str, row: ReportRow, timezone: str, payload: ProductionBatch | None) -> str:
    """What a field was read as: from the row's own reading, or from the payload that says the same."""
    read = row.as_read
    if name == "supplier_reference_id":
        return row.reference
    if read and name in _STARTS:
        return _instant(read.started_at, timezone)
    if read and name in _ENDS:
        return _instant(read.ended_at, timezone)
    if read and name in {"mass", "mass_unit"}:
        return f"{read.mass:f} kg"
    if payload is None:
        return ""
    deviation = payload.mass.standard_deviation
    said = {
        "facility": payload.facility_id,
        "feedstock": "; ".join(payload.feedstock_type_ids),
        "display_name": payload.display_name or "none",
        "mass_standard_deviation": f"{deviation:f} kg" if deviation else "none",
    }
    return str(said.get(name, ""))


def _instant(moment: dt.datetime, timezone: str) -> str:
    """In UTC, and as the clocks at the plant showed it."""
    utc = f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"
    if not timezone:
        return utc
    return f"{utc} = {moment.astimezone(zone(timezone)):%Y-%m-%d %H:%M:%S %z} in {timezone}"
