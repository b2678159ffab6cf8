"""The evidence of one reference, as it is printed and as `--json` prints it."""

import datetime as dt
from typing import Literal

from msgspec import Struct

from pipeline.evidence.known import Attempt, Now, Replacement

Fit = Literal["fits", "does_not_fit", "not_checked"]


class Checked(Struct, frozen=True):
    """Something that was checked, how it came out, and why in a sentence."""

    what: str
    verdict: Fit
    reason: str


class CellSeen(Struct, frozen=True):
    """A cell as the log wrote it. `kind` says what it is in the file, `format` how a number was shown."""

    address: str
    header: str
    text: str
    kind: str
    format: str = ""


class FieldRead(Struct, frozen=True):
    """Which cells a field was read from, and what it was read as; empty when that was not kept."""

    field: str
    cells: tuple[str, ...]
    headers: tuple[str, ...]
    written: str
    read: str


class Lies(Struct, frozen=True):
    """Where a log's content lies now: `says` is the sentence, `place` empty when it was not found."""

    says: str
    place: str = ""
    others: tuple[str, ...] = ()


class RowSeen(Struct, frozen=True):
    """A row of a log that names the reference, what it was read as, and what became of it in that run.

    `same_as` is the earlier run that read the same row of the same content, cell for cell, as the same.
    """

    file: str
    sha256: str
    lies: Lies
    sheet: str
    row: int
    timezone: str
    cells: tuple[CellSeen, ...]
    fields: tuple[FieldRead, ...]
    outcome: str
    code: str
    message: str
    told: tuple[str, ...]
    same_as: str = ""


class RunSeen(Struct, frozen=True):
    """A run that changed the reference or reported it. `did` says in a sentence what it had to do with it."""

    run_id: str
    command: str
    started_at: dt.datetime
    finished_at: dt.datetime | None
    exit_code: int | None
    did: str
    by: str
    version: str
    home: str
    environment: str
    url: str
    organisation: str
    read_by: str
    settings: dict[str, object]
    rows: tuple[RowSeen, ...]


class Earlier(Struct, frozen=True):
    """A payload that another has taken the place of, worked out from the registry's answer."""

    fingerprint: str
    payload: str
    values: tuple[tuple[str, str], ...]


class Evidence(Struct, frozen=True):
    """Everything that is known of one reference.

    `payload` is the text that was sent, character by character; `fingerprint` its sha256 as the ledger keeps
    it, `recomputed` as it was worked out again now. `values` are the payload's, field by field. `not_known`
    are sentences about what a verifier may want and nobody has kept. `earlier` are payloads that were sent
    before: the sha256 of each is the fingerprint that its attempts were kept with.
    """

    reference: str
    written_at: dt.datetime
    version: str
    ledger: str
    environment: str
    registry: str
    organisation: str
    in_short: str
    checks: tuple[Checked, ...]
    state: str
    means: str
    registry_id: str
    message: str
    payload: str
    fingerprint: str
    recomputed: str
    values: tuple[tuple[str, str], ...]
    earlier: tuple[Earlier, ...]
    runs: tuple[RunSeen, ...]
    attempts: tuple[Attempt, ...]
    without_attempts: str
    replacement: Replacement | None
    now: Now | None
    not_known: tuple[str, ...]


def astray(evidence: Evidence) -> tuple[Checked, ...]:
    """The checks that somebody has to look into: those that do not fit."""
    return tuple(each for each in evidence.checks if each.verdict == "does_not_fit")
