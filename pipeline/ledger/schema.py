"""The ledger's tables. States that cannot be are refused by the database itself.

`batches` holds what is known of each reference now; `attempts` is only ever added to and holds every
transition, with its time and what the registry answered; `runs` holds who did it and what was reported.
"""

import datetime as dt
from typing import get_args

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from pipeline.plan import State, Step

VERSION = "4"

metadata = MetaData()

stamps = Table(
    "stamps",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
"""What the ledger is: its schema's version, and the one registry that it serves."""

runs = Table(
    "runs",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("command", String(20), nullable=False),
    Column("home", String(64), nullable=False),
    Column("started_at", DateTime, nullable=False),
    Column("lease_until", DateTime, nullable=False),
    Column("finished_at", DateTime),
    Column("exit_code", Integer),
    Column("report", LargeBinary),
)
"""Times are UTC. `report` is the Report as compressed JSON: staged before the first POST, then final."""

batches = Table(
    "batches",
    metadata,
    Column("reference", String(100), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("owner", String(40), nullable=False, default=""),
    Column("registry_id", Text, nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("doubted", Boolean, nullable=False, default=False),
    Column("http_status", Integer),
    Column("code", String(40), nullable=False, default=""),
    Column("message", Text, nullable=False, default=""),
    Column("reasons", Text, nullable=False, default="", server_default=""),
    Column("updated_at", DateTime, nullable=False),
    Column("reference_key", BigInteger),
    Column("content_key", BigInteger),
    CheckConstraint(f"state IN {get_args(State)}", name="known_state"),
    CheckConstraint("state <> 'registered' OR registry_id <> ''", name="registered_has_an_id"),
    CheckConstraint("state <> 'sending' OR (owner <> '' AND attempts > 0)", name="sending_has_a_sender"),
    Index("batches_by_state", "state"),
    Index("batches_by_owner", "owner"),
    Index("batches_by_reference_key", "reference_key"),
    Index("batches_by_content_key", "content_key"),
)
"""`reasons` are the registry's for its last refusal, as JSON: the path of each field, and what is wrong.

By the keys (`schemas/keys.py`) other spellings of a reference are found, and other references of a run.
"""

usual_masses = Table(
    "usual_masses",
    metadata,
    Column("facility_id", String(37), primary_key=True),
    Column("kilograms", String(40), nullable=False),
    Column("kilograms_an_hour", String(40)),
)
"""By facility, the median mass of a run and of an hour, from the latest log that held enough of its runs."""

files = Table(
    "files",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("run_id", String(40), nullable=False),
    Column("read_at", DateTime, nullable=False),
)
"""Which run first read each content that batches were made from."""

corrections = Table(
    "corrections",
    metadata,
    Column("reference", String(100), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("body", Text, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("held_id", Text, nullable=False, default=""),
    Column("held_body", Text, nullable=False, default=""),
    Column("new_id", Text, nullable=False, default=""),
    Column("run_id", String(40), nullable=False),
    Column("noted_at", DateTime, nullable=False),
    Column("approved_at", DateTime),
    Column("deleted_at", DateTime),
    Column("done_at", DateTime),
    CheckConstraint(f"state IN {get_args(Step)}", name="known_step"),
    CheckConstraint("state <> 'deleting' OR approved_at IS NOT NULL", name="deleting_was_approved"),
)
"""The values that a log wants for a reference which is registered with others, and its replacement."""

listed = Table("listed", metadata, Column("reference", String(100), primary_key=True))
"""References that the registry's list held when it was last read, and that this ledger did not make."""

outstanding = Table(
    "outstanding",
    metadata,
    Column("home", String(64), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("file", Text, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("row", Integer),
    Column("cells", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("word", String(20), nullable=False),
    Column("codes", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("run_id", String(40), nullable=False),
    Column("first_at", DateTime, nullable=False),
    Column("last_at", DateTime, nullable=False),
    Column("mark", String(64), nullable=False),
    Column("rest", String(64), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("nights", Integer, nullable=False),
    Column("last_night", Date),
)
"""What waits for a person, of each home (a plant's folder) by itself: see `outstanding.Entry`."""

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("reference", String(100), nullable=False),
    Column("run_id", String(40), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("number", Integer, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("state", String(12), nullable=False),
    Column("http_status", Integer),
    Column("answer", Text, nullable=False, default=""),
    Index("attempts_by_reference", "reference"),
)


def naive(moment: dt.datetime) -> dt.datetime:
    """An aware time as the database keeps it: UTC, without a zone."""
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


def aware(moment: dt.datetime) -> dt.datetime:
    """A time of the database as the program uses it."""
    return moment.replace(tzinfo=dt.UTC)
