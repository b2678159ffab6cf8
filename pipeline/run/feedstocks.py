"""The registry's feedstock types, asked for by name when a log is new."""

import asyncio

from pipeline.propose import Known
from pipeline.registry import FeedstockType, Registry, Unreadable
from pipeline.run.reach import reached
from pipeline.run.world import World
from pipeline.settings import Settings

_MOST_PAGES = 200


def feedstock_types(url: str, settings: Settings, world: World) -> tuple[list[Known], str]:
    """All of them, and why there are not more: empty when there is no reason."""
    found, why = asyncio.run(_asked(url, settings, world))
    return [Known(each.id, each.name) for each in found], why


async def _asked(url: str, settings: Settings, world: World) -> tuple[list[FeedstockType], str]:
    async with reached(url, settings, world) as registry:
        return await all_types(registry)


async def all_types(registry: Registry) -> tuple[list[FeedstockType], str]:
    """All that the registry lists, and why not: empty when there is no reason."""
    found: list[FeedstockType] = []
    cursor = ""
    for _ in range(_MOST_PAGES):
        page = await registry.feedstock_types(cursor)
        if isinstance(page, Unreadable):
            return [], page.reason
        found += page.types
        cursor = page.after
        if not cursor:
            return found, ""
    return found, f"its list does not end after {_MOST_PAGES} pages"
