"""What is done at the desk, without a registry. Nothing that talks to one is imported here."""

import time
from collections.abc import Sequence

from pipeline import inbox
from pipeline.cli.answer import INBOX, Show, nearby, shown, tell_ready
from pipeline.elsewhere import Place, places
from pipeline.errors import Exit
from pipeline.run.checking import check as checked
from pipeline.settings import Settings


def check(files: Sequence[str], settings: Settings, show: Show) -> Exit:
    """Judge the files, or what is ready in the inbox, and leave them where they are."""
    chosen: Sequence[Place] = places(files)
    if not files:
        folder = nearby(settings.home / INBOX)
        ready, later = inbox.ready(folder, now=time.time())
        tell_ready(folder, ready, later, show)
        chosen = ready
    if not chosen:
        return Exit.OK
    return shown(
        lambda world: checked(chosen, settings, world if files else world.without_links()), settings, show
    )
