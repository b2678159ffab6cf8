"""What is known of a reference, as it was kept."""

import datetime as dt

from msgspec import Struct

from pipeline.model import Difference, Report
from pipeline.plan import Record


class Attempt(Struct, frozen=True):
    """A line of the ledger's `attempts`: a change of state, in the order in which they were written."""

    at: dt.datetime
    run_id: str
    number: int
    fingerprint: str
    state: str
    http_status: int | None
    answer: str


class Ran(Struct, frozen=True):
    """A run, and what it reported: None when it died before it had read a file."""

    id: str
    command: str
    home: str
    started_at: dt.datetime
    finished_at: dt.datetime | None
    exit_code: int | None
    report: Report | None


class Replacement(Struct, frozen=True):
    """The latest correction of the batch: the values that are wanted, and how far it has been replaced.

    `says` is what it is about, in plain words.
    """

    state: str
    run_id: str
    noted_at: dt.datetime
    approved_at: dt.datetime | None
    deleted_at: dt.datetime | None
    done_at: dt.datetime | None
    old_id: str
    old_body: str
    new_id: str
    wanted: str
    says: str = ""


class Known(Struct, frozen=True):
    """All that the ledger knows of one reference. `record` is None when it never was in order to be sent.

    `runs` are those that changed it or reported a row of it, the first one first.
    """

    reference: str
    record: Record | None
    attempts: tuple[Attempt, ...]
    runs: tuple[Ran, ...]
    replacement: Replacement | None


class Reading(Struct, frozen=True):
    """Where a file lies now whose content has the sha256 that was kept; `others` have its name only.

    `changed` are those of the others that lie in the archive with a content that no run has read.
    """

    place: str = ""
    others: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


class Now(Struct, frozen=True):
    """What the registry said when it was asked for the batch by its id. `held` is its JSON.

    `verdict` is same, differs, twice, gone or unknown.
    """

    at: dt.datetime
    batch_id: str
    verdict: str
    says: str
    differences: tuple[Difference, ...] = ()
    held: str = ""
