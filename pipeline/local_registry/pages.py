"""Cursor pages: reading the query, rendering the answer, and what list faults do to both."""

import base64
import dataclasses
import re
from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, StringConstraints, ValidationError

from pipeline.local_registry.batch import Errors, Name, located
from pipeline.local_registry.faults import Fault
from pipeline.local_registry.store import Page, ResourceKind, Window

Size = Annotated[int, Field(gt=0, le=50)]
Cursor = Annotated[str, StringConstraints(min_length=1)]


class BadCursorError(ValueError):
    """A cursor that this registry never gave."""


class PageQuery(BaseModel):
    """The paging parameters: at most 50 a page, 10 unless said (published schema).

    Others are ignored, for the published list of batches has no filter.
    """

    first: Size = 10
    after: Cursor | None = None
    last: Size = 10
    before: Cursor | None = None

    def window(self, kind: ResourceKind) -> Window:
        """The part of the list that is asked for; backwards when only last and before are given."""
        given = self.model_fields_set
        backward = bool(given & {"last", "before"}) and not given & {"first", "after"}
        return Window(
            kind=kind,
            limit=self.last if backward else self.first,
            after=_position(self.after),
            before=_position(self.before),
            backward=backward,
        )


class FilteredPageQuery(PageQuery):
    """The paging parameters of a list that does filter by reference (contract: feedstock types)."""

    supplier_reference_id: Name | None = None

    def window(self, kind: ResourceKind) -> Window:
        return dataclasses.replace(super().window(kind), reference=self.supplier_reference_id)


Query = TypeVar("Query", bound=PageQuery)


def read_query(model: type[Query], query: Mapping[str, str]) -> Query | Errors:
    """The query, or what is wrong with it, as FastAPI would say it."""
    try:
        return model.model_validate(dict(query))
    except ValidationError as error:
        return located(error, "query")


def render(page: Page) -> str:
    """The JSON of a page (published schema: nodes, total_count, page_info)."""
    return (
        f'{{"nodes":[{",".join(page.nodes)}],"total_count":{page.total},"page_info":{{'
        f'"has_previous_page":{_word(page.has_previous)},"start_cursor":{_cursor(page.start)},'
        f'"has_next_page":{_word(page.has_next)},"end_cursor":{_cursor(page.end)}}}}}'
    )


def bent_window(window: Window, fault: Fault, now: float) -> Window:
    """The window a list fault makes of the one that was asked for."""
    if fault.kind == "stale-list":
        return dataclasses.replace(window, until=min(window.until, now - fault.seconds))
    if fault.kind == "shuffle" and window.limit > 1:
        return _one_row_back(window)
    return window


def bent_page(page: Page, fault: Fault) -> Page:
    """The page a list fault makes of the one that was found. The cursors stay as they were."""
    match fault.kind:
        case "short-total":
            return dataclasses.replace(page, total=max(0, page.total - fault.by))
        case "long-total":
            return dataclasses.replace(page, total=page.total + fault.by)
        case "shuffle":
            return dataclasses.replace(page, nodes=tuple(reversed(page.nodes)))
        case "skip-rows":
            return dataclasses.replace(page, nodes=page.nodes[1:])
        case _:
            return page


def _one_row_back(window: Window) -> Window:
    step = 1 if window.descending else -1
    after = None if window.after is None else window.after + step
    before = None if window.before is None else window.before - step
    return dataclasses.replace(window, after=after, before=before)


def _word(truth: bool) -> str:
    return "true" if truth else "false"


def _cursor(position: int | None) -> str:
    if position is None:
        return "null"
    return '"' + base64.urlsafe_b64encode(f"position:{position}".encode()).decode() + '"'


def _position(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    try:
        text = base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
    except ValueError:
        raise BadCursorError(cursor) from None
    if not (found := re.fullmatch(r"position:(\d{1,18})", text, flags=re.ASCII)):
        raise BadCursorError(cursor)
    return int(found[1])
