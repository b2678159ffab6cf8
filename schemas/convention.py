"""How one plant writes its logs: everything that turns its cells into values without guessing."""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

DateOrder = Literal["DMY", "MDY", "YMD"]
MassUnit = Literal["g", "kg", "t", "lb", "short ton", "long ton"]


class Convention(Struct, frozen=True):
    """The `[log]`, `[facilities]` and `[feedstocks]` tables of the settings.

    None means "the plant has not said", and then nothing is assumed: a text date that could be two
    days, a number with a comma, or a mass without a unit is refused.
    """

    timezone: str | None = None
    date_order: DateOrder | None = None
    decimal: Literal[".", ","] | None = None
    mass_unit: MassUnit | None = None
    sheet: str | None = None
    one_batch_per: Literal["row", "reference"] = "row"
    max_batch_days: int = 31
    long_batches: Literal["warn", "refuse"] = "warn"
    copied_runs: Literal["refuse", "warn"] = "refuse"
    max_mass_ratio: Decimal = Decimal(20)
    columns: dict[str, str] = {}
    facilities: dict[str, str] = {}
    feedstocks: dict[str, str] = {}
