"""Evidence at the screen: where the pages lie, and what they say in a line each."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from pipeline.cli.answer import Show, nearby, print_json, screen_for
from pipeline.errors import Exit
from pipeline.evidence import Evidence, astray
from pipeline.run.proving import prove
from pipeline.run.world import World, by_network
from pipeline.settings import Settings

FOLDER = "evidence"


def evidence(
    references: Sequence[str], settings: Settings, show: Show, output: Path | None, *, ask: bool
) -> Exit:
    """Write a page for each reference."""
    world = World(reach=by_network(settings.route))
    written = prove(references, settings, world, output or settings.home / FOLDER, ask=ask)
    if show.as_json:
        found = [{**msgspec.to_builtins(each), "file": str(nearby(path))} for each, path in written]
        print_json({"evidence": found})
        return _exit(written)
    screen = screen_for(show)
    for each, path in written:
        id_ = f" as {each.registry_id}" if each.registry_id else ""
        held = f" The registry: {each.now.says}" if each.now else ""
        screen.line(f"{each.reference}: {each.state or 'never sent'}{id_}.{held}")
        for check in astray(each):
            screen.line(f"  DOES NOT FIT: {check.what}. {check.reason}", "red")
        screen.line(f"  {nearby(path)}", "dim")
    return _exit(written)


def _exit(written: Sequence[tuple[Evidence, Path]]) -> Exit:
    """Whether a person has to look into one of them."""
    return Exit.NEEDS_A_PERSON if any(astray(each) for each, _ in written) else Exit.OK
