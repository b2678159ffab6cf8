"""The production batch as the published schema has it: what may be sent, and what is held."""

import datetime as dt
import json
import re
import secrets
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    FiniteFloat,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import PydanticCustomError

CANONICAL_UNITS = {"kg": "kilogram", "t": "tonne", "g": "gram", "lb": "pound"}
"""contract, observed: units come back canonical."""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", flags=re.ASCII)

Errors = list[dict[str, Any]]


def utc_text(instant: dt.datetime) -> str:
    """An instant the way this registry writes it: UTC, microseconds, Z."""
    return instant.astimezone(dt.UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def _instant(text: str) -> str:
    """Published schema: format date-time, which is RFC 3339 and therefore carries an offset."""
    if not _RFC_3339.fullmatch(text):
        raise PydanticCustomError("datetime_parsing", "Input should be a valid datetime with an offset")
    try:
        return utc_text(dt.datetime.fromisoformat(text.upper()))
    except (ValueError, OverflowError) as error:
        raise PydanticCustomError(
            "datetime_parsing",
            "Input should be a valid datetime, {error}",
            {"error": str(error)},
        ) from None


def _id_constraints(prefix: str) -> StringConstraints:
    """contract: 20 to 37 characters, a prefix and an id."""
    return StringConstraints(min_length=20, max_length=37, pattern=f"^{prefix}_[0-9A-Za-z]+$")


Instant = Annotated[str, AfterValidator(_instant)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
FacilityId = Annotated[str, _id_constraints("fcl")]
FeedstockTypeId = Annotated[str, _id_constraints("ftt")]
_PATH_ID: TypeAdapter[str] = TypeAdapter(Annotated[str, StringConstraints(min_length=20, max_length=37)])


class BatchKind(StrEnum):
    BIOCHAR = "biochar"


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class ScalarQuantity(_Strict):
    magnitude: FiniteFloat
    unit: Annotated[str, StringConstraints(min_length=1)]
    standard_deviation: FiniteFloat | None = None


class CreateProductionBatch(_Strict):
    """The body of a create, and nothing besides (contract: exactly these fields)."""

    facility_id: FacilityId
    feedstock_type_ids: list[FeedstockTypeId]
    supplier_reference_id: Name
    kind: BatchKind
    started_at: Instant
    ended_at: Instant
    mass: ScalarQuantity
    display_name: Name | None = None


def read_body(content_type: str, body: bytes) -> CreateProductionBatch | Errors:
    """The batch that a request describes, or what is wrong with it, as FastAPI would say it."""
    if not body:
        return [{"type": "missing", "loc": ["body"], "msg": "Field required", "input": None}]
    if not re.fullmatch(r"application/([\w.-]+\+)?json", content_type.partition(";")[0].strip()):
        message = "Input should be a valid dictionary or object to extract fields from"
        text = body.decode(errors="replace")
        return [{"type": "model_attributes_type", "loc": ["body"], "msg": message, "input": text}]
    try:
        return CreateProductionBatch.model_validate_json(body)
    except ValidationError as error:
        return located(error, "body")


def id_errors(resource_id: str) -> Errors:
    """What the published schema has against this id in a path; empty when nothing."""
    try:
        _PATH_ID.validate_python(resource_id)
    except ValidationError as error:
        return located(error, "path", "id")
    return []


def located(error: ValidationError, *where: str) -> Errors:
    """The errors of a validation with `where` put before each location."""
    found: Errors = json.loads(error.json(include_url=False))
    return [{**one, "loc": [*where, *one["loc"]]} for one in found]


def new_id(prefix: str, at: dt.datetime) -> str:
    """An id like `ptb_1GAFJ4C051S06E0Z`: Crockford's alphabet, seconds first, the rest chance."""
    number = (int(at.timestamp()) << 45) | secrets.randbits(45)
    return f"{prefix}_" + "".join(_CROCKFORD[number >> shift & 31] for shift in range(75, -1, -5))


def held(batch: CreateProductionBatch, batch_id: str, uploaded_at: dt.datetime) -> str:
    """The JSON of a batch as the registry holds it."""
    mass = batch.mass
    return json.dumps(
        {
            "id": batch_id,
            "display_name": batch.display_name or f"Production batch of {batch.facility_id}",
            "facility_id": batch.facility_id,
            "feedstock_type_ids": batch.feedstock_type_ids,
            "kind": batch.kind,
            "mass": {
                "magnitude": mass.magnitude,
                "unit": CANONICAL_UNITS.get(mass.unit, mass.unit),
                "standard_deviation": mass.standard_deviation,
            },
            "started_at": batch.started_at,
            "ended_at": batch.ended_at,
            "supplier_reference_id": batch.supplier_reference_id,
            "uploaded_at": utc_text(uploaded_at),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
