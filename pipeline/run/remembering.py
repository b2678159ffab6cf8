"""What a run has found that waits for a person, or no longer does, told to the ledger."""

from collections.abc import Callable, Collection, Sequence

from pipeline.ledger import Ledger
from pipeline.ledger.alive import home_id
from pipeline.model import Report
from pipeline.outstanding import Changes, Entry, after_amend, noted, settled_elsewhere
from pipeline.settings import Settings
from pipeline.write.messages import wrongs


def remember(report: Report, ledger: Ledger, settings: Settings) -> None:
    """Enter the rows that need a person, and take out those that are settled. LedgerFailedError."""
    _change(report, ledger, settings, lambda known: noted(known, report, wrongs))


def amended(report: Report, ledger: Ledger, settings: Settings, begun: Collection[str]) -> None:
    """The same of an amend, whose rows stand in no log. `begun` are references whose batch may be gone."""
    _change(report, ledger, settings, lambda known: after_amend(known, report, begun))


def _change(
    report: Report, ledger: Ledger, settings: Settings, rule: Callable[[Sequence[Entry]], Changes]
) -> None:
    ledger.outstanding.change(home_of(settings), rule, settled_elsewhere(report))


def home_of(settings: Settings) -> str:
    """The identity of the plant's folder, by which several that share a ledger are told apart."""
    return home_id(settings.home / ".pipeline" / "alive")
