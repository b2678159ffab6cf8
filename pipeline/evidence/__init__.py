"""What ledger, runs and files know of one reference -> its evidence, for somebody who verifies it. Pure.

Nothing is inferred: what is not kept is said not to be known.
"""

from pipeline.evidence.building import About, evidence
from pipeline.evidence.known import Attempt, Known, Now, Ran, Reading, Replacement
from pipeline.evidence.told import CellSeen, Checked, Evidence, FieldRead, Lies, RowSeen, RunSeen, astray

__all__ = [
    "About",
    "Attempt",
    "CellSeen",
    "Checked",
    "Evidence",
    "FieldRead",
    "Known",
    "Lies",
    "Now",
    "Ran",
    "Reading",
    "Replacement",
    "RowSeen",
    "RunSeen",
    "astray",
    "evidence",
]
