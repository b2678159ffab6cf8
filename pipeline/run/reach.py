"""The registry, reached as the settings say, with their credentials."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pipeline.redact import Redaction
from pipeline.registry import Heard, Registry, connected, unheard
from pipeline.run.world import World
from pipeline.settings import Settings
from pipeline.transport import Credentials


@asynccontextmanager
async def reached(
    url: str, settings: Settings, world: World, heard: Heard = unheard
) -> AsyncIterator[Registry]:
    """A client of the registry at this address; `heard` is told of each answer."""
    credentials = Credentials(settings.access_token, settings.client_secret)
    redact = Redaction(*(secret.reveal() for secret in settings.secrets))
    transport = world.reach(settings.delivery.concurrency)
    async with connected(url, credentials, transport, world.now, redact, heard) as registry:
        yield registry
