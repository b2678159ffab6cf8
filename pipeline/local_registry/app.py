"""The local registry as an ASGI application: the endpoints that a supplier of batches needs."""

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from pipeline.local_registry.answers import answered, invalid, refused, taken
from pipeline.local_registry.batch import (
    CreateProductionBatch,
    Errors,
    held,
    id_errors,
    new_id,
    read_body,
)
from pipeline.local_registry.conduct import Conduct
from pipeline.local_registry.faults import Asked, Fault, Faults
from pipeline.local_registry.misbehave import misbehave
from pipeline.local_registry.pages import (
    BadCursorError,
    FilteredPageQuery,
    PageQuery,
    bent_page,
    bent_window,
    read_query,
    render,
)
from pipeline.local_registry.store import ResourceKind, Store, Window

PREFIX = "/mrv/v0"
Now = Callable[[], dt.datetime]
Act = Callable[[Fault | None], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def build(store: Store, *, conduct: Conduct, faults: Sequence[Fault], now: Now) -> Starlette:
    """The registry over what `store` holds. `now` gives instants with an offset."""
    registry = _Registry(store, conduct, Faults(tuple(faults)), now)
    batches, batch = "/production_batches", "/production_batches/{id}"
    routes = [
        registry.route("POST", batches, registry.create),
        registry.route("GET", batches, registry.batches),
        registry.route("GET", batch, registry.batch),
        registry.route("DELETE", batch, registry.delete),
        registry.route("GET", "/feedstock_types", registry.feedstock_types),
        registry.route("GET", "/organisation", registry.organisation),
    ]
    return Starlette(
        routes=[Mount(PREFIX, routes=routes), Route("/_local/requests", registry.counts)],
        exception_handlers={HTTPException: _no_such_endpoint},
    )


class _Registry:
    def __init__(self, store: Store, conduct: Conduct, faults: Faults, now: Now) -> None:
        self._store = store
        self._conduct = conduct
        self._faults = faults
        self._now = now
        self._requests: Counter[str] = Counter()

    def route(self, method: str, path: str, endpoint: Endpoint) -> Route:
        """A route that counts its requests and asks for credentials first."""
        name = f"{method} {path}"

        async def guarded(request: Request) -> Response:
            self._requests[name] += 1
            return _unauthorised(request) or await endpoint(request)

        return Route(path, guarded, methods=[method])

    async def counts(self, _request: Request) -> Response:
        """How often each endpoint was asked, and each fault applied, since this process started."""
        return answered(json.dumps({**self._requests, "faults": self._faults.applied}))

    async def create(self, request: Request) -> Response:
        body = await request.body()
        batch = read_body(request.headers.get("content-type", ""), body)
        if isinstance(batch, list):
            return await self._answer(Asked("post"), lambda _: invalid(batch), body)
        asked = Asked("post", batch.supplier_reference_id)
        return await self._answer(asked, partial(self._create, batch), body)

    async def batches(self, request: Request) -> Response:
        query = read_query(PageQuery, request.query_params)
        asked = Asked("list", with_cursor=bool({"after", "before"} & request.query_params.keys()))
        return await self._answer(asked, partial(self._list, query, "production_batch"))

    async def batch(self, request: Request) -> Response:
        batch_id = request.path_params["id"]
        return await self._answer(Asked("get"), lambda _: self._read(batch_id))

    async def delete(self, request: Request) -> Response:
        batch_id = request.path_params["id"]
        return await self._answer(Asked("delete"), lambda _: self._delete(batch_id))

    async def feedstock_types(self, request: Request) -> Response:
        query = read_query(FilteredPageQuery, request.query_params)
        return await self._answer(Asked("other"), partial(self._list, query, "feedstock_type"))

    async def organisation(self, _request: Request) -> Response:
        organisation_id, name = self._store.organisation()
        text = json.dumps({"id": organisation_id, "name": name})
        return await self._answer(Asked("other"), lambda _: answered(text))

    async def _answer(self, asked: Asked, act: Act, body: bytes = b"") -> Response:
        fault = self._faults.choose(asked)
        if fault is None:
            return act(None)
        return await misbehave(fault, partial(act, fault), body=body, now=self._now())

    def _create(self, batch: CreateProductionBatch, fault: Fault | None) -> Response:
        if fault and fault.kind == "heavier":
            mass = batch.mass.model_copy(update={"magnitude": 2 * batch.mass.magnitude})
            batch = batch.model_copy(update={"mass": mass})
        reference, now = batch.supplier_reference_id, self._now()
        if reference in self._conduct.foreign_references:
            return taken(self._conduct.duplicates, reference)
        batch_id = new_id("ptb", now)
        text = held(batch, batch_id, now)
        unique = self._conduct.duplicates != "allow"
        added = self._store.add_batch(batch_id, reference, text, uploaded=now.timestamp(), unique=unique)
        return answered(text) if added else taken(self._conduct.duplicates, reference)

    def _list(self, query: PageQuery | Errors, kind: ResourceKind, fault: Fault | None) -> Response:
        if isinstance(query, list):
            return invalid(query)
        try:
            window = query.window(kind)
        except BadCursorError:
            return refused(400, "Invalid cursor")
        window = self._as_conducted(window)
        if fault is None:
            return answered(render(self._store.page(window)))
        window = bent_window(window, fault, self._now().timestamp())
        return answered(render(bent_page(self._store.page(window), fault)))

    def _as_conducted(self, window: Window) -> Window:
        lag = self._conduct.list_lag if window.kind == "production_batch" else 0
        until = self._now().timestamp() - lag if lag else window.until
        return replace(window, descending=self._conduct.order == "descending", until=until)

    def _read(self, batch_id: str) -> Response:
        if errors := id_errors(batch_id):
            return invalid(errors)
        text = self._store.batch(batch_id)
        return refused(404, "Production batch not found") if text is None else answered(text)

    def _delete(self, batch_id: str) -> Response:
        if errors := id_errors(batch_id):
            return invalid(errors)
        if not self._store.delete_batch(batch_id):
            return refused(404, "Production batch not found")
        return Response(status_code=204)


def _unauthorised(request: Request) -> Response | None:
    """contract: two headers on every request; this registry believes whatever they say."""
    if not re.fullmatch(r"(?i:bearer) +\S+ *", request.headers.get("authorization", "")):
        return refused(401, "Not authenticated", {"www-authenticate": "Bearer"})
    if not request.headers.get("x-client-secret", "").strip():
        return refused(401, "Missing client secret")
    return None


async def _no_such_endpoint(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return refused(status, error.detail if isinstance(error, HTTPException) else "Error")
