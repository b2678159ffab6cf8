"""The drop folder's way: what is ready in the inbox is registered, reported, and only then archived."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline import inbox
from pipeline.errors import ResultsError
from pipeline.model import UNFINISHED, Report
from pipeline.report import ONLY_LOOKS
from pipeline.run.left import NotArchivedError
from pipeline.run.logs import upload
from pipeline.run.world import World
from pipeline.settings import Settings

Found = Callable[[Sequence[Path], Sequence[tuple[Path, str]]], None]
"""Is told what is ready, and what is left for later with the reason."""


def upload_inbox(folder: Path, settings: Settings, world: World, found: Found) -> Report | None:
    """Register everything that is ready in the folder; None when nothing is. No link is followed.

    LockedError when another run is at work on it. A file stays where it is while running again is to
    heal something of it, or when it was replaced meanwhile. NotArchivedError when one cannot be moved: the
    others are, and the run has ended.
    """
    with inbox.locked(folder):
        ready, later = inbox.ready(folder, now=world.now().timestamp())
        found(ready, later)
        if not ready:
            return None
        ended = upload(ready, settings, world.without_links())
        _archive(ended, settings)
        return ended


def _archive(ended: Report, settings: Settings) -> None:
    unfinished = any(row.outcome.word in UNFINISHED for row in ended.rows)
    if unfinished or ended.command in ONLY_LOOKS:
        return
    day = ended.started_at.astimezone().date()
    failures = []
    for source in ended.sources:
        if not source.refusal:
            try:
                inbox.archive(Path(source.file), settings.home, day=day, sha256=source.sha256)
            except ResultsError as failure:
                failures.append(failure)
    if failures:
        raise NotArchivedError(failures, ended)
