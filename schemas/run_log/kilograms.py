"""What each unit of mass is in kilograms, exactly: pint works it out from the definitions, in decimals.

The registry has no units but ours, and reads no file.
"""

from collections.abc import Mapping
from decimal import MAX_PREC, Context, Decimal
from types import MappingProxyType

from pint import UnitRegistry

from schemas.run_log.units import UNITS


def _factors() -> dict[str, Decimal]:
    names = {unit: unit.replace(" ", "_") for unit in UNITS}  # pint multiplies what a space separates
    registry: UnitRegistry[Decimal] = UnitRegistry(None, non_int_type=Decimal)
    registry.load_definitions([f"{names[unit]} = {one.definition}" for unit, one in UNITS.items()])
    return {unit: Decimal(registry.convert(Decimal(1), name, "kg")) for unit, name in names.items()}


KILOGRAMS: Mapping[str, Decimal] = MappingProxyType(_factors())
_EXACT = Context(prec=MAX_PREC)


def to_kilograms(magnitude: Decimal, unit: str) -> Decimal:
    """`magnitude` in kilograms, exactly. `unit` is a key of KILOGRAMS."""
    return _EXACT.multiply(magnitude, KILOGRAMS[unit])
