"""What each unit of mass is in kilograms, exactly: pint works it out from the definitions, in decimals.

The registry has no units but ours, and reads no file.
"""

from decimal import MAX_PREC, Context, Decimal
from functools import cache
from typing import TYPE_CHECKING

from schemas.run_log.units import UNITS

if TYPE_CHECKING:
    from pint import UnitRegistry

_EXACT = Context(prec=MAX_PREC)


@cache
def kilograms_in(unit: str) -> Decimal:
    """The kilograms in one `unit`, a key of UNITS."""
    if unit == "kg":  # most logs have no other, and need not wait for pint
        return Decimal(1)
    return Decimal(_registry().convert(Decimal(1), _name(unit), "kg"))


def to_kilograms(magnitude: Decimal, unit: str) -> Decimal:
    """`magnitude` in kilograms, exactly. `unit` is a key of UNITS."""
    return _EXACT.multiply(magnitude, kilograms_in(unit))


@cache
def _registry() -> "UnitRegistry[Decimal]":
    from pint import UnitRegistry

    registry: UnitRegistry[Decimal] = UnitRegistry(None, non_int_type=Decimal)
    registry.load_definitions([f"{_name(unit)} = {one.definition}" for unit, one in UNITS.items()])
    return registry


def _name(unit: str) -> str:
    return unit.replace(" ", "_")  # pint multiplies what a space separates
