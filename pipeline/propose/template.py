"""Every setting that there is, with an example and what it is for. Pure."""

from msgspec import Struct

from schemas.run_log.units import ALL_UNITS


class Key(Struct, frozen=True):
    """A setting: an example of its value as TOML writes it, and what to know of it."""

    name: str
    example: str
    says: str


class Table(Struct, frozen=True):
    """A table of settings. Of a table with keys of the plant's own, the keys are examples."""

    name: str
    says: str
    keys: tuple[Key, ...]


LOG = Table(
    "log",
    "How this plant writes its logs.",
    (
        Key("timezone", '"Europe/Berlin"', "The zone of times without an offset, by its IANA name."),
        Key(
            "date_order",
            '"DMY"',
            "Of dates in text: DMY, MDY or YMD. Unset, a date that could be two days is refused.",
        ),
        Key(
            "decimal", '","', 'Of numbers in text: "." or ",". Unset, a number that could be two is refused.'
        ),
        Key("mass_unit", '"kg"', f"Of masses: {ALL_UNITS}, when neither a column nor the header says it."),
        Key("sheet", '"Runs"', "The sheet to read. Unset, it is the one visible sheet with a header."),
        Key(
            "one_batch_per",
            '"row"',
            'With "reference", rows that share a reference are runs of one batch, and are added up.',
        ),
        Key("max_batch_days", "31", "Over how many days a batch may reach."),
        Key("long_batches", '"warn"', 'What becomes of a longer one: "warn" or "refuse".'),
        Key(
            "copied_runs",
            '"refuse"',
            "What becomes of rows with the same facility, mass and times under different references: "
            '"refuse" or "warn".',
        ),
        Key(
            "max_mass_ratio",
            "20",
            "A mass so many times over or under its facility's median is refused; 0 turns it off.",
        ),
    ),
)
COLUMNS = Table(
    "log.columns",
    "This plant's headers, besides those that are built in. Fields: supplier_reference_id, facility, "
    "feedstock, started_at, ended_at (or started_date, started_time, ended_date, ended_time), mass, "
    "mass_unit, mass_standard_deviation, display_name.",
    (Key("Charge Nr.", '"supplier_reference_id"', ""), Key("Anlage", '"facility"', "")),
)
FACILITIES = Table(
    "facilities",
    "What a facility is called in the log, and its id, copied from the registry's web page.",
    (Key("North kiln", '"fcl_1J3NHV8QK0SAW5RC"', ""),),
)
FEEDSTOCKS = Table(
    "feedstocks",
    "What a feedstock is called in the log, and the id of its type, copied from the registry's web page.",
    (Key("Almond shells", '"ftt_1HZQ4M7CD1S9RX2B"', ""),),
)
OTHERS = (
    Table(
        "registry",
        "Which registry this is for. ISOMETRIC_ENVIRONMENT and --target outrank it.",
        (Key("environment", '"local"', '"local", "sandbox" or "production".'),),
    ),
    Table(
        "credentials",
        "Files that hold one credential each, readable by their owner only; never the credential itself.",
        (
            Key("access_token_file", '"sandbox-token"', "The token of the organisation."),
            Key("client_secret_file", '"sandbox-secret"', "The secret of this program."),
        ),
    ),
    Table(
        "ledger",
        "Where it is kept what was sent.",
        (
            Key(
                "url",
                '"sqlite:///.pipeline/ledger.sqlite3"',
                "A file of its own for each registry; or postgresql+psycopg://USER@HOST/DATABASE.",
            ),
        ),
    ),
    Table(
        "delivery",
        "How requests are sent.",
        (
            Key("concurrency", "16", "How many at once."),
            Key(
                "quiet_seconds",
                "5",
                "How long a doubtful request is left alone before the registry is asked.",
            ),
            Key("rate_limit", "20", "How many a second at most. Unset, there is no limit."),
            Key(
                "max_duration",
                '"2h"',
                "When to stop sending, such as 90s, 30m or 2h. Unset, there is no limit.",
            ),
            Key(
                "max_errors",
                '"10%"',
                "Stop when more rows than this need a person: 5, or 10%. Unset: no limit.",
            ),
            Key("production", "false", "true: do not ask before sending to production."),
        ),
    ),
    Table("notify", "Whom to tell.", (Key("urls", "[]", "Addresses of apprise, for runs at night."),)),
    Table(
        "nightly",
        "Of runs at night.",
        (
            Key(
                "heartbeat_url",
                '"https://hc-ping.com/ID"',
                "An address that is asked at the beginning and the end of each night.",
            ),
            Key("metrics_file", '"nightly.prom"', "Figures for the textfile collector of Prometheus."),
            Key("log_file", '".pipeline/nightly.log.jsonl"', "The log of all nights."),
            Key("keep_logs", "10", "How many full logs are kept beside it."),
            Key("max_duration", '"4h"', "When a night stops sending."),
        ),
    ),
    Table(
        "results",
        "Where a copy of each run's results is put, besides runs/.",
        (Key("folder", '"s3://BUCKET/runs"', "A folder, or an address elsewhere. Unset, there is no copy."),),
    ),
)
TABLES = (LOG, COLUMNS, FACILITIES, FEEDSTOCKS, *OTHERS)
