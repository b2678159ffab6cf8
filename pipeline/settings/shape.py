"""What `pipeline.toml` may hold. A field's description is what to do when its value is wrong."""

import re
from decimal import Decimal
from typing import Annotated, Literal, get_args

from msgspec import Struct
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator
from pydantic_core import PydanticCustomError

from pipeline.model import Environment
from schemas.convention import Convention, DateOrder, MassUnit
from schemas.zones import zone_names

LogField = Literal[
    "supplier_reference_id",
    "facility",
    "feedstock",
    "started_at",
    "ended_at",
    "started_date",
    "started_time",
    "ended_date",
    "ended_time",
    "mass",
    "mass_unit",
    "mass_standard_deviation",
    "display_name",
]
_HEARTBEAT = (
    r"^(?:https://[A-Za-z0-9.-]+|http://(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\]))(?::[0-9]{1,5})?"
    r"(?:/[!-\"$->@-~]*)?(?:\?[!-\"$-~]*)?$"
)
"""Only to this machine without encryption: the address is a secret. No user, no password, no fragment."""
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}
_DEFAULT = Convention()


class ErrorLimit(Struct, frozen=True):
    """How many errors a run may have: a count, or a share of its rows."""

    number: Decimal
    percent: bool = False

    def allows(self, rows: int) -> int:
        """The most errors among so many rows that do not stop the run yet."""
        return int(rows * self.number / 100 if self.percent else self.number)


def _error_limit(value: object) -> ErrorLimit:
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9}(?=%))?)(%?)", str(value))
    if match is None or (match[2] and Decimal(match[1]) > 100):
        raise ValueError
    return ErrorLimit(Decimal(match[1]), percent=bool(match[2]))


def _duration(value: object) -> float:
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)([smh]?)", str(value))
    seconds = float(match[1]) * _SECONDS[match[2]] if match else 0
    if not seconds:
        raise ValueError
    return seconds


def _zone(value: str) -> str:
    if value not in zone_names():
        raise PydanticCustomError("zone", "unknown")
    return value


def _whole_as_decimal(value: object) -> object:
    return Decimal(value) if type(value) is int else value


def _ratio(value: Decimal) -> Decimal:
    if value != 0 and value <= 1:
        raise ValueError
    return value


def _path(value: str) -> str:
    """A file's name; somebody in a hurry writes the credential itself."""
    if value.startswith("eyJ"):
        raise PydanticCustomError("literal_secret", "a token")
    return value


def _one_of(words: tuple[str, ...]) -> str:
    *others, last = (f'"{word}"' for word in words)
    return f"{', '.join(others)} or {last}"


_Text = Annotated[str, Field(min_length=1)]
_Path = Annotated[_Text, AfterValidator(_path)]
_Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    def __repr__(self) -> str:
        """Without values: addresses of a ledger and of messages hold passwords."""
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


class Log(_Shape):
    timezone: Annotated[str, AfterValidator(_zone)] | None = Field(
        None, description='Write an IANA zone, such as "Europe/Berlin".'
    )
    date_order: DateOrder | None = Field(None, description='Write "DMY", "MDY" or "YMD".')
    decimal: Literal[".", ","] | None = Field(None, description='Write "." or ",".')
    mass_unit: MassUnit | None = Field(None, description=f"Write {_one_of(get_args(MassUnit))}.")
    sheet: _Text | None = Field(None, description='Write a sheet’s name in quotes: "Runs".')
    one_batch_per: Literal["row", "reference"] = Field(
        _DEFAULT.one_batch_per, description='Write "row" or "reference".'
    )
    max_batch_days: int = Field(
        _DEFAULT.max_batch_days, ge=1, le=366, description="Write a whole number from 1 to 366."
    )
    long_batches: Literal["warn", "refuse"] = Field(
        _DEFAULT.long_batches, description='Write "warn" or "refuse".'
    )
    copied_runs: Literal["refuse", "warn"] = Field(
        _DEFAULT.copied_runs, description='Write "refuse" or "warn".'
    )
    max_mass_ratio: Annotated[Decimal, BeforeValidator(_whole_as_decimal), AfterValidator(_ratio)] = Field(
        _DEFAULT.max_mass_ratio, description="Write a number over 1, or 0 to turn it off."
    )
    columns: dict[str, LogField] = Field(
        {}, description=f"Write one of the log’s fields: {', '.join(get_args(LogField))}."
    )


class Registry(_Shape):
    environment: Environment | None = Field(None, description='Write "local", "sandbox" or "production".')


class Credentials(_Shape):
    access_token_file: _Path | None = Field(None, description="Write a path in quotes.")
    client_secret_file: _Path | None = Field(None, description="Write a path in quotes.")


class Ledger(_Shape):
    url: str | None = Field(
        None,
        description='Write "sqlite:///FILE" or "postgresql+psycopg://USER@HOST/DATABASE".',
    )


class Delivery(_Shape):
    """How requests are sent. Times are in seconds, the rate in requests per second."""

    concurrency: int = Field(16, ge=1, le=256, description="Write a whole number from 1 to 256.")
    quiet_seconds: _Seconds = Field(5.0, description="Write a number of seconds, 0 or more.")
    rate_limit: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = Field(
        None, description="Write a number of requests per second, over 0."
    )
    max_duration: Annotated[float, PlainValidator(_duration)] | None = Field(
        None, description='Write a time such as "30m", "2h" or "90s".'
    )
    production: bool = Field(default=False, description="Write true or false.")
    max_errors: Annotated[ErrorLimit, PlainValidator(_error_limit)] | None = Field(
        None, description='Write a count such as "5", or a share such as "5%".'
    )


class Notify(_Shape):
    urls: list[Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*://[!-~]+$")]] = Field(
        [], description='Write a list of apprise URLs: ["mailto://…", "slack://…"].'
    )


class Nightly(_Shape):
    """What `nightly` does besides. Its time is in seconds."""

    heartbeat_url: Annotated[str, Field(pattern=_HEARTBEAT)] | None = Field(
        None, description='Write an address to ping: "https://…", or "http://127.0.0.1:PORT/…".'
    )
    metrics_file: _Text | None = Field(None, description='Write a path in quotes that ends with ".prom".')
    log_file: _Text = Field(".pipeline/nightly.log.jsonl", description="Write a path in quotes.")
    keep_logs: int = Field(10, ge=1, le=1000, description="Write a whole number from 1 to 1000.")
    max_duration: Annotated[float, PlainValidator(_duration)] | None = Field(
        None, description='Write a time such as "30m", "2h" or "90s".'
    )


class Results(_Shape):
    """Where a copy of each run's results is put, besides `runs/`."""

    folder: _Text | None = Field(
        None, description='Write a folder, or an address such as "s3://BUCKET/FOLDER", without credentials.'
    )


class File(_Shape):
    """The whole file. A table that is missing is a table of defaults."""

    log: Log = Log()
    facilities: dict[str, Annotated[str, Field(pattern=r"^fcl_[0-9A-Za-z_-]{16,33}$")]] = Field(
        {}, description="Write the registry’s id: fcl_ and 16 to 33 letters or digits."
    )
    feedstocks: dict[str, Annotated[str, Field(pattern=r"^ftt_[0-9A-Za-z_-]{16,33}$")]] = Field(
        {}, description="Write the registry’s id: ftt_ and 16 to 33 letters or digits."
    )
    registry: Registry = Registry()
    credentials: Credentials = Credentials()
    ledger: Ledger = Ledger()
    delivery: Delivery = Delivery()
    notify: Notify = Notify()
    nightly: Nightly = Nightly()
    results: Results = Results()

    @property
    def convention(self) -> Convention:
        return Convention(**self.log.model_dump(), facilities=self.facilities, feedstocks=self.feedstocks)
