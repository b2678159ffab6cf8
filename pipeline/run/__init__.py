"""The stages in order, for each command. Everything that is opened here is closed here.

Time, chance and the person at the screen come in: see `World` and `Watcher`.
"""

from pipeline.run.amending import Proposals
from pipeline.run.comparison import reconcile
from pipeline.run.correction import amend, proposals
from pipeline.run.frame import runs_folder
from pipeline.run.logs import check, retry, upload
from pipeline.run.recall import report
from pipeline.run.world import Watcher, World

__all__ = [
    "Proposals",
    "Watcher",
    "World",
    "amend",
    "check",
    "proposals",
    "reconcile",
    "report",
    "retry",
    "runs_folder",
    "upload",
]
