"""The stages in order, for each command. Everything that is opened here is closed here.

Time, chance and the person at the screen come in: see `World` and `Watcher`. A name is imported when it is
first asked for: a check at the desk waits for nothing that talks to a registry.
"""

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.run.amending import Proposals
    from pipeline.run.checking import check
    from pipeline.run.comparison import reconcile
    from pipeline.run.correction import amend, proposals
    from pipeline.run.logs import retry, upload
    from pipeline.run.night import nightly
    from pipeline.run.recall import report
    from pipeline.run.results import runs_folder
    from pipeline.run.world import Watcher, World

__all__ = [
    "Proposals",
    "Watcher",
    "World",
    "amend",
    "check",
    "nightly",
    "proposals",
    "reconcile",
    "report",
    "retry",
    "runs_folder",
    "upload",
]
_HOMES = MappingProxyType(
    {
        "Proposals": "amending",
        "Watcher": "world",
        "World": "world",
        "amend": "correction",
        "check": "checking",
        "nightly": "night",
        "proposals": "correction",
        "reconcile": "comparison",
        "report": "recall",
        "retry": "logs",
        "runs_folder": "results",
        "upload": "logs",
    }
)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
