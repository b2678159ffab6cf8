"""The production batch as the registry takes and returns it.

What is sent is canonical: one run log, one text, one fingerprint, whatever machine made it. What is
returned is compared by meaning: units come back by another name, instants and numbers in another
notation, and a display name may have been made up (contract, "Observed on the live API").
"""

import datetime as dt
import hashlib
from collections.abc import Iterable
from decimal import MAX_PREC, Context, Decimal
from functools import reduce

import msgspec
from msgspec import UNSET, Struct, UnsetType

from schemas.run_log.kilograms import kilograms_in
from schemas.run_log.numbers import plain
from schemas.run_log.units import unit_named

KIND = "biochar"
REFERENCE = "supplier_reference_id"
_FIFTEEN_DIGITS = Context(prec=15)
_EXACT = Context(prec=MAX_PREC)


class Mass(Struct, frozen=True, omit_defaults=True):
    """A ScalarQuantity of the contract. A deviation is left out, never zero, when there is none."""

    magnitude: Decimal
    unit: str
    standard_deviation: Decimal | UnsetType | None = UNSET


class ProductionBatch(Struct, frozen=True, omit_defaults=True):
    """The body of `POST /production_batches`: exactly its fields, none that is not asked for."""

    supplier_reference_id: str
    facility_id: str
    feedstock_type_ids: tuple[str, ...]
    kind: str
    started_at: dt.datetime
    ended_at: dt.datetime
    mass: Mass
    display_name: str | UnsetType | None = UNSET


class HeldBatch(Struct, frozen=True):
    """A batch as the registry holds it. Fields that it may add one day are passed over."""

    id: str
    supplier_reference_id: str | None
    facility_id: str
    feedstock_type_ids: tuple[str, ...]
    kind: str
    started_at: dt.datetime
    ended_at: dt.datetime
    mass: Mass
    display_name: str | None = None


_encoder = msgspec.json.Encoder(decimal_format="number", order="sorted")
_payload_decoder = msgspec.json.Decoder(ProductionBatch, strict=False)
_held_decoder = msgspec.json.Decoder(HeldBatch, strict=False)


def canonical(batch: ProductionBatch) -> str:
    """The batch as JSON text: keys sorted, no white space, exact decimals, instants in UTC with `Z`.

    Batches that mean the same give the same text, in whatever notation their values came.
    """
    mass = batch.mass
    deviation = mass.standard_deviation
    normal = ProductionBatch(
        batch.supplier_reference_id,
        batch.facility_id,
        tuple(sorted(batch.feedstock_type_ids)),
        batch.kind,
        batch.started_at.astimezone(dt.UTC),
        batch.ended_at.astimezone(dt.UTC),
        Mass(
            plain(mass.magnitude),
            mass.unit,
            plain(deviation) if isinstance(deviation, Decimal) else UNSET,
        ),
        batch.display_name or UNSET,
    )
    return _encoder.encode(normal).decode()


def fingerprint(body: str) -> str:
    """The sha256 of a canonical body, in hexadecimal: the identity of what a reference stands for."""
    return hashlib.sha256(body.encode()).hexdigest()


def decode(body: str) -> ProductionBatch:
    """The batch that a canonical body stands for."""
    return _payload_decoder.decode(body)


def decode_held(body: bytes | msgspec.Raw) -> HeldBatch:
    """A batch of the registry's answer; msgspec.DecodeError when it is not one."""
    return _held_decoder.decode(body)


def sum_of(masses: Iterable[Decimal]) -> Decimal:
    """The sum of masses, exactly, however many digits it takes."""
    return plain(reduce(_EXACT.add, masses, Decimal(0)))


def root_of_squares(deviations: list[Decimal]) -> Decimal:
    """The deviation of a sum of independent masses, to 15 significant digits."""
    total = sum((value * value for value in deviations), Decimal(0))
    return plain(_FIFTEEN_DIGITS.sqrt(total))


def differences(wanted: ProductionBatch, held: HeldBatch | ProductionBatch) -> list[tuple[str, str, str]]:
    """Every field in which the two differ in meaning, as (field, wanted, held); empty: the same."""
    pairs = [
        (REFERENCE, wanted.supplier_reference_id, held.supplier_reference_id or "none"),
        ("facility_id", wanted.facility_id, held.facility_id),
        ("feedstock_type_ids", _listed(wanted.feedstock_type_ids), _listed(held.feedstock_type_ids)),
        ("kind", wanted.kind, held.kind),
        ("started_at", _instant(wanted.started_at), _instant(held.started_at)),
        ("ended_at", _instant(wanted.ended_at), _instant(held.ended_at)),
        ("mass", _quantity(wanted.mass.magnitude, wanted.mass), _quantity(held.mass.magnitude, held.mass)),
        (
            "mass.standard_deviation",
            _quantity(wanted.mass.standard_deviation, wanted.mass),
            _quantity(held.mass.standard_deviation, held.mass),
        ),
    ]
    if wanted.display_name or isinstance(held, ProductionBatch):
        pairs.append(("display_name", wanted.display_name or "", held.display_name or ""))
    return [pair for pair in pairs if pair[1] != pair[2]]


def _listed(ids: tuple[str, ...]) -> str:
    return "; ".join(sorted(ids))


def _instant(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def _quantity(magnitude: Decimal | UnsetType | None, mass: Mass) -> str:
    """A magnitude in kilograms as doubles hold it, since the registry's numbers are doubles."""
    if magnitude is UNSET or magnitude is None:
        return "none"
    unit = unit_named(mass.unit)
    if unit is None:
        return f"{magnitude:f} {mass.unit}"
    return f"{plain(Decimal(f'{float(magnitude * kilograms_in(unit)):.15g}')):f} kg"
