"""What does not fit the shape of the settings, each said in one plain sentence."""

import copy
import re
from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pipeline.settings.shape import File
from pipeline.settings.words import closest, did_you_mean, shown
from schemas.zones import zone_names

Model = TypeVar("Model", bound=BaseModel)
Key = tuple[int | str, ...]

_NOT_SHOWN = {"credentials", "notify", "nightly", "results"}
_SECRETS = {"access_token", "client_secret"}


class Fault(Struct, frozen=True):
    """The key that is wrong, the value found there, and the rest of the sentence about it."""

    key: Key
    found: object
    says: str


def fit(model: type[Model], data: Mapping[str, object]) -> tuple[Model, list[Fault]]:
    """What of the data fits the model, with defaults for the rest; and what is wrong with that."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        details = error.errors(include_url=False)
    fitting = copy.deepcopy(dict(data))
    for detail in details:
        _drop(fitting, detail["loc"])
    return model.model_validate(fitting), [
        Fault(detail["loc"], detail["input"], _sentence(model, detail)) for detail in details
    ]


def _drop(table: dict[str, object], key: Key) -> None:
    name, *rest = key
    inner = table.get(str(name))
    if rest and isinstance(inner, dict):
        _drop(inner, tuple(rest))
    else:
        table.pop(str(name), None)


def _sentence(model: type[BaseModel], detail: ErrorDetails) -> str:
    key, found = detail["loc"], detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            return _unknown(model, key, found)
        case "literal_secret":
            return _secret(str(key[-1]).removesuffix("_file"))
        case "model_type" | "dict_type":
            return "is not a table. Write its name in square brackets, and its keys below it."
        case "literal_error":
            meant = did_you_mean(found, re.findall(r"'([^']*)'", detail["ctx"]["expected"]))
        case "zone":
            meant = did_you_mean(found, sorted(zone_names()))
        case _:
            meant = ""
    is_found = "cannot be used" if key[0] in _NOT_SHOWN else f"is {shown(found)}"
    return f"{is_found}.{meant} {_innermost(model, key)[1]}"


def _unknown(model: type[BaseModel], key: Key, found: object) -> str:
    name = str(key[-1])
    credential = name.casefold().replace("-", "_").removeprefix("isometric_")
    if credential in _SECRETS:
        return _secret(credential)
    holder, _ = _innermost(model, key)
    if meant := closest(name, holder.model_fields):
        path = ".".join(str(part) for part in (*key[:-1], meant))
        return f"is not a setting. Did you mean {f'[{path}]' if isinstance(found, dict) else meant}?"
    homes = [
        f"[{table}]"
        for table, field in File.model_fields.items()
        if name in getattr(field.annotation, "model_fields", {})
    ]
    if homes:
        return f"is not a setting here. Move it below the line {' or '.join(homes)}."
    return f"is not a setting. Remove it, or use one of: {', '.join(holder.model_fields)}."


def _innermost(model: type[BaseModel], key: Key) -> tuple[type[BaseModel], str]:
    """The last table and the last description on the way to a key."""
    wanted = ""
    for part in key:
        field = model.model_fields.get(str(part))
        if field is None:
            break
        wanted = field.description or wanted
        if not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
            break
        model = field.annotation
    return model, wanted


def _secret(credential: str) -> str:
    return (
        "holds a secret, and a secret is never in this file. Remove it here, have it replaced if "
        f"others could read it, and set ISOMETRIC_{credential.upper()}, or name a file that holds "
        f"it: {credential}_file under [credentials]."
    )
