"""What a run has found that waits for a person, or no longer does, told to the ledger."""

from msgspec.structs import replace

from pipeline.ledger import Ledger
from pipeline.ledger.alive import home_id
from pipeline.model import NEEDS_A_PERSON, Report
from pipeline.outstanding import noted
from pipeline.settings import Settings
from pipeline.write.messages import wrongs


def remember(report: Report, ledger: Ledger, settings: Settings) -> None:
    """Enter the rows that need a person, and take out those that are settled. LedgerFailedError."""
    ledger.outstanding.change(home_of(settings), lambda known: noted(known, report, wrongs))


def settle(report: Report, ledger: Ledger, settings: Settings) -> None:
    """Only take out those that are settled: the rows of this run stand in no log."""
    well = [row for row in report.rows if row.outcome.word not in NEEDS_A_PERSON]
    remember(replace(report, rows=tuple(well)), ledger, settings)


def home_of(settings: Settings) -> str:
    """The identity of the plant's folder, by which several that share a ledger are told apart."""
    return home_id(settings.home / ".pipeline" / "alive")
