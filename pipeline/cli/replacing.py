"""Amend at the screen: what goes and what comes, the question, then the run."""

import sys
from collections.abc import Iterator, Sequence

import msgspec

from pipeline import run
from pipeline.cli.answer import Show, print_json, screen_for, shown
from pipeline.cli.commands import confirm_production
from pipeline.cli.screen import Screen
from pipeline.correct import Proposal
from pipeline.errors import Exit, SettingsError
from pipeline.run import Proposals
from pipeline.run.world import World
from pipeline.settings import Settings

_WARNING = (
    "The registry cannot change a batch: it is deleted, and made again under a NEW id. Other records there "
    "may point at the old one (removals, statements, documents): see to them first."
)


def amend(references: Sequence[str], settings: Settings, show: Show) -> Exit:
    """Show what would be replaced, have it approved, and replace it."""
    references = list(dict.fromkeys(references))
    proposals = run.proposals(references, settings, World())
    doable = [each for each in proposals.values() if isinstance(each, Proposal)]
    if settings.dry_run:
        _show_dry(proposals, settings, show)
        return Exit.OK if all(_is_fine(each) for each in proposals.values()) else Exit.NEEDS_A_PERSON
    if doable and not (settings.yes and show.quiet):
        _tell(proposals, settings, screen_for(show))
    if any(not each.approved for each in doable) and not settings.yes and not _approved():
        sys.stderr.write("Nothing was changed.\n")
        return Exit.NEEDS_A_PERSON
    confirm_production(settings)
    return shown(lambda world: run.amend(references, proposals, settings, world), settings, show)


def _show_dry(proposals: Proposals, settings: Settings, show: Show) -> None:
    if show.as_json:
        print_json({reference: msgspec.to_builtins(each) for reference, each in proposals.items()})
    else:
        _tell(proposals, settings, screen_for(show))


def _tell(proposals: Proposals, settings: Settings, screen: Screen) -> None:
    screen.registry(settings.environment)
    for reference, each in proposals.items():
        for line in _lines(reference, each):
            screen.line(line)
    if any(isinstance(each, Proposal) and each.held for each in proposals.values()):
        screen.line(_WARNING)


def _lines(reference: str, each: object) -> Iterator[str]:
    if not isinstance(each, Proposal):
        yield f"{reference}: {getattr(each, 'message', '')}"
        return
    if each.held:
        yield f"{reference}: {each.old_id} would be deleted, and made again with other values:"
    else:
        yield f"{reference}: {each.old_id or 'its batch'} is not held any more, and would be made again."
    for difference in each.differences:
        yield f"  {difference.field}: “{difference.held}” → “{difference.wanted}”"
    if each.approved:
        yield "  This was approved before, and has not ended: no second approval is needed."


def _is_fine(each: object) -> bool:
    return isinstance(each, Proposal) or getattr(each, "word", "") == "already_registered"


def _approved() -> bool:
    if not sys.stdin.isatty():
        raise SettingsError("This would delete what is shown. Add --yes, or run it on a terminal.")
    sys.stderr.write("Delete and make again? Type yes: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() == "yes"
