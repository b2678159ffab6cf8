"""Carrying out a fault that `faults` has chosen. A fault's name says whether the request is done."""

import asyncio
import datetime as dt
import json
from collections.abc import Callable, Mapping
from email.utils import format_datetime
from typing import Any

from starlette.responses import Response

from pipeline.local_registry.answers import (
    Dripping,
    Dropped,
    Overlong,
    Truncated,
    Unanswered,
    answered,
    invalid,
    refused,
    taken,
    web_page,
    wrong_value,
)
from pipeline.local_registry.faults import Fault

Act = Callable[[], Response]
_pending: set[asyncio.Task[None]] = set()


async def misbehave(fault: Fault, act: Act, *, body: bytes, now: dt.datetime) -> Response:
    """The answer to a request under a fault; `act` does what the request asks for."""
    if make := _NOT_DONE.get(fault.kind):
        return make(fault, body, now)
    match fault.kind:
        case "late-commit":
            _later(fault.seconds, act)
            return Dropped(fault.form)
        case "replay":
            act()
            return act()
        case "taken-after":
            act()
            return _taken(fault, body, now)
        case "slow":
            response = act()
            await asyncio.sleep(fault.seconds)
            return response
        case _:
            return _DONE.get(fault.kind, _as_it_is)(fault, act())


def _later(seconds: float, act: Act) -> None:
    async def wait_and_act() -> None:
        await asyncio.sleep(seconds)
        act()

    task = asyncio.create_task(wait_and_act())
    _pending.add(task)
    task.add_done_callback(_pending.discard)


def _too_many(fault: Fault, _body: bytes, now: dt.datetime) -> Response:
    wait = fault.retry_after or 0
    value = {
        "seconds": str(wait),
        "date": format_datetime(now.astimezone(dt.UTC) + dt.timedelta(seconds=wait), usegmt=True),
    }.get(fault.form)
    return refused(429, "Too many requests", None if value is None else {"retry-after": value})


def _unavailable(fault: Fault, _body: bytes, _now: dt.datetime) -> Response:
    wait = fault.retry_after
    return refused(503, "Service unavailable", None if wait is None else {"retry-after": str(wait)})


def _invalid_field(fault: Fault, body: bytes, _now: dt.datetime) -> Response:
    location: list[str | int] = [int(step) if step.isdigit() else step for step in fault.field.split(".")]
    value: Any = json.loads(body or b"null")
    for step in location:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
    return invalid([wrong_value(["body", *location], "refused by the script", value)])


def _taken(fault: Fault, body: bytes, _now: dt.datetime) -> Response:
    batch: Any = json.loads(body or b"null")
    return taken(fault.form, batch.get("supplier_reference_id", "") if isinstance(batch, dict) else "")


def _wrong_reference(_fault: Fault, response: Response) -> Response:
    if response.status_code != 200:
        return response
    batch = json.loads(bytes(response.body))
    batch["supplier_reference_id"] = "another " + batch["supplier_reference_id"][:92]
    return answered(json.dumps(batch))


def _extra_fields(_fault: Fault, response: Response) -> Response:
    if not response.body:
        return response
    content = json.loads(bytes(response.body))
    for part in (content, content.get("mass"), *content.get("nodes", ())):
        if isinstance(part, dict):
            part["added_later"] = {"by": "the registry", "meaning": ["unknown"]}
    return Response(json.dumps(content), response.status_code, media_type="application/json")


def _as_it_is(_fault: Fault, response: Response) -> Response:
    return response


_NOT_DONE: Mapping[str, Callable[[Fault, bytes, dt.datetime], Response]] = {
    "drop-before": lambda fault, _body, _now: Dropped(fault.form),
    "hang": lambda _fault, _body, _now: Unanswered(),
    "error-500": lambda _fault, _body, _now: refused(500, "Internal Server Error"),
    "error-503": _unavailable,
    "429": _too_many,
    "reject-422": _invalid_field,
    "reject-400": lambda _fault, _body, _now: refused(400, "Refused by the script"),
    "reject-409": lambda _fault, _body, _now: refused(409, "Referenced by another record"),
    "taken": _taken,
    "401": lambda _fault, _body, _now: refused(401, "Could not validate credentials"),
    "403": lambda _fault, _body, _now: refused(403, "Not allowed"),
    "redirect": lambda fault, _body, _now: Response(status_code=307, headers={"location": fault.to}),
    "html-200": lambda _fault, _body, _now: web_page(200, "Welcome to the guest network"),
    "cursor-expired": lambda _fault, _body, _now: refused(400, "The cursor has expired"),
}
_DONE: Mapping[str, Callable[[Fault, Response], Response]] = {
    "lose-answer": lambda fault, _response: Dropped(fault.form),
    "hang-after": lambda _fault, _response: Unanswered(),
    "drip": lambda fault, response: Dripping(response, fault.seconds),
    "error-500-after": lambda _fault, _response: refused(500, "Internal Server Error"),
    "error-502-after": lambda _fault, _response: web_page(502, "Bad Gateway"),
    "error-504-after": lambda _fault, _response: web_page(504, "Gateway Time-out"),
    "html-200-after": lambda _fault, _response: web_page(200, "Welcome to the guest network"),
    "bad-json-after": lambda _fault, _response: answered('{"id": "ptb_'),
    "wrong-reference-after": _wrong_reference,
    "truncated-after": lambda _fault, response: Truncated(response),
    "overlong-after": lambda _fault, response: Overlong(response),
    "extra-fields": _extra_fields,
}
