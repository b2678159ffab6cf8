"""The types that flow from stage to stage. All are frozen; all can be written to JSON and read back.

file -> RawTable -> CheckedLog -> Batch -> Plan -> Outcome -> Report
"""

import datetime as dt
from decimal import Decimal
from typing import Literal, get_args

from msgspec import Struct

from schemas.cell import Cell, Row
from schemas.run_log.parsed import HealedIn

Environment = Literal["local", "sandbox", "production"]
Word = Literal["created", "already_registered", "conflict", "invalid", "rejected", "unknown", "not_sent"]
WORDS: tuple[Word, ...] = get_args(Word)
NEEDS_A_PERSON: frozenset[Word] = frozenset(("invalid", "rejected", "conflict"))
UNFINISHED: frozenset[Word] = frozenset(("unknown", "not_sent"))
Severity = Literal["error", "warning", "notice"]


class RawTable(Struct, frozen=True):
    """A sheet as it was read, from its first row on; blank rows keep their numbers.

    `sheet` is empty for a text file. `told` are notices of the reading itself, such as the encoding
    that was found. `corrections` tells that this program wrote it, for rows to be put right. `merged` are
    the ranges of its merged cells, such as "B3:B4". `guessed` names the encoding when nothing proves it:
    then letters beyond ASCII may be others than were meant.
    """

    file: str
    sheet: str
    rows: list[Row]
    told: tuple[str, ...] = ()
    corrections: bool = False
    merged: tuple[str, ...] = ()
    guessed: str = ""


class Refusal(Struct, frozen=True):
    """Why a whole file was left alone: a stable code, one sentence, and what to do."""

    code: str
    message: str
    remedy: str


class Issue(Struct, frozen=True):
    """One thing about one row (or, with `row` None, one table): where, what, and what to do.

    `cells` are addresses such as "H22", the one to correct first; empty when no single cell is to
    blame. `column` is the header as the log writes it. A notice may be about more cells (`count`) than
    the first ones that it names. `healed_in` is where the remedy is applied; one that was kept before this
    was told has "log".
    """

    severity: Severity
    code: str
    file: str
    sheet: str
    row: int | None
    cells: tuple[str, ...]
    column: str
    found: str
    wanted: str
    remedy: str
    count: int = 1
    healed_in: HealedIn = "log"

    @property
    def sentence(self) -> str:
        """What was found, what is wanted, what to do, for any place that has the address already."""
        found = f"found “{self.found}”, " if self.found else ""
        return " ".join(part for part in (f"{found}wanted {self.wanted}.", self.remedy) if part)


class Run(Struct, frozen=True):
    """One row that passed every check: a production run with one start, one end, one weighing.

    Instants are in UTC; `mass` and `deviation` are kilograms, converted exactly.
    """

    reference: str
    facility_id: str
    feedstock_type_ids: tuple[str, ...]
    started_at: dt.datetime
    ended_at: dt.datetime
    mass: Decimal
    deviation: Decimal | None = None
    display_name: str | None = None


class CheckedRow(Struct, frozen=True):
    """A data row after checking. `run` is None exactly when `issues` holds an error."""

    row: int
    cells: tuple[Cell, ...]
    reference: str
    run: Run | None
    issues: tuple[Issue, ...] = ()


class CheckedTable(Struct, frozen=True):
    """A table whose header was found and whose rows were judged.

    `fields` tells for each field of the log the columns (counted from 0) that hold it. `notices` are
    about the table; those about a row are with the row. `timezone` is the plant's, empty when it has not
    said.
    """

    file: str
    sheet: str
    header: tuple[str, ...]
    header_row: int
    fields: dict[str, tuple[int, ...]]
    rows: list[CheckedRow]
    notices: tuple[Issue, ...] = ()
    timezone: str = ""


class Usual(Struct, frozen=True):
    """What a facility usually makes: kilograms a run, and kilograms an hour; None: nobody knows."""

    mass: Decimal | None = None
    throughput: Decimal | None = None


class Source(Struct, frozen=True):
    """A file that was given: its name, its content's sha256, and why it was refused, if it was."""

    file: str
    sha256: str
    rows: int
    refusal: Refusal | None = None
    told: tuple[str, ...] = ()


class Earlier(Struct, frozen=True):
    """A content that was read before: what the file was called, by which run it was first read, and when."""

    name: str
    run_id: str
    at: dt.datetime


RowKey = tuple[int, int]
"""A data row of a run: the index of its table, and its row number there."""


class Batch(Struct, frozen=True):
    """What one reference of the log asks to be registered, and the rows it was made from.

    `body` is the canonical JSON that is posted; `fingerprint` is its sha256.
    """

    reference: str
    body: str
    fingerprint: str
    rows: tuple[RowKey, ...]


class Difference(Struct, frozen=True):
    """A field in which two versions of one batch differ, both as text to show."""

    field: str
    wanted: str
    held: str


REFERENCE_TAKEN = "reference_taken"
"""The code of a batch whose reference the registry calls taken, and does not list."""
ROWS_DISAGREE = "rows_disagree"
"""The code of rows that give one reference different values; these are told as the rows write them."""
REGISTERED_OTHERWISE = "registered_with_other_values"
"""The code of a batch whose reference is registered with other values than the log wants."""
REGISTERED_TWICE = "registered_twice"
"""The code of a batch whose reference the registry holds more than once."""
STORED_OTHERWISE = "stored_otherwise"
"""The code of a batch that the registry stored with other values than were sent."""
ASKED_OTHERWISE_SINCE = "asked_otherwise_since"
"""The code of a row whose reference has come to stand for other values since the row was read."""
OF_TO_FIX = "_message"
"""The header of the column that is added to rows which come back to be put right."""
Reasons = tuple[tuple[str, str], ...]
"""A refusal's reasons: the path of each field in the payload, empty for the whole, and what is wrong."""


class Outcome(Struct, frozen=True):
    """What became of a row or a batch: one of the seven words, and the evidence for it."""

    word: Word
    registry_id: str = ""
    attempts: int = 0
    http_status: int | None = None
    code: str = ""
    message: str = ""
    differences: tuple[Difference, ...] = ()
    reasons: Reasons = ()


class AsRead(Struct, frozen=True, array_like=True):
    """What a row's times and mass were read as: instants in UTC, and kilograms."""

    started_at: dt.datetime
    ended_at: dt.datetime
    mass: Decimal


class ReportRow(Struct, frozen=True, omit_defaults=True):
    """A data row with its one outcome. `cells` is the row as the log wrote it.

    `as_read` is None when the row was not read as a run, or was kept before this was told. `fingerprint` is
    that of the batch the row asks for; empty when it is in none, will not be sent again, or was kept before.
    """

    table: int
    row: int
    cells: tuple[Cell, ...]
    reference: str
    outcome: Outcome
    issues: tuple[Issue, ...] = ()
    as_read: AsRead | None = None
    fingerprint: str = ""


class ReportTable(Struct, frozen=True, omit_defaults=True):
    """Where a group of rows came from: the file, the sheet, the header they stood under.

    `timezone` is that of the plant, in which its local times are; empty when it has not said.
    """

    file: str
    sheet: str
    header: tuple[str, ...]
    fields: dict[str, tuple[int, ...]]
    timezone: str = ""


class Target(Struct, frozen=True):
    """The registry a run talked to. `organisation` is empty when nobody asked, or nobody answered.

    `proxy` is the proxy on the way, without its user and password; empty when there is none.
    """

    environment: Environment
    url: str
    organisation: str = ""
    proxy: str = ""


class Tempo(Struct, frozen=True):
    """How fast a run went, in stretches of so many seconds from its first request on; 60 at most.

    `settled` are batches, `answers` those of the registry by status; "none" when no answer came.
    """

    seconds: float
    settled: tuple[int, ...]
    answers: dict[str, tuple[int, ...]]


class Origin(Struct, frozen=True):
    """Who ran it (`user@machine`), with which version of this program, and by which settings it read logs.

    `settings` are those of [log], [facilities] and [feedstocks], as plain values.
    """

    by: str = ""
    version: str = ""
    settings: dict[str, object] = {}


class Report(Struct, frozen=True):
    """Everything a run has to say, in every format. Times are in UTC.

    `stopped` is empty, or says in one sentence why the run ended before its work did. `tempo` is None when
    the run was short, and it and `origin` when the run was kept before these were told. `read_by` is the run
    that read the rows, when that was another one.
    """

    run_id: str
    command: str
    target: Target
    started_at: dt.datetime
    finished_at: dt.datetime | None
    sources: tuple[Source, ...]
    tables: tuple[ReportTable, ...]
    rows: tuple[ReportRow, ...]
    notices: tuple[Issue, ...]
    requests: dict[str, int]
    exit_code: int
    stopped: str = ""
    tempo: Tempo | None = None
    origin: Origin | None = None
    read_by: str = ""
