"""Facts about an installation -> findings: what is well, what is not, and what to do. Pure.

Nothing here looks at anything: `run/doctor/` does, and hands over plain facts.
"""

from pipeline.diagnose.finding import TITLES, Finding, Name, Verdict, exit_code, ok, skipped, worst
from pipeline.diagnose.inbox import Drop, of_inbox
from pipeline.diagnose.ledger import Claim, Inspection, Sender, of_claims, of_ledger, of_open_rows
from pipeline.diagnose.machine import Place, Room, of_folders, of_modes, of_program, of_room, of_zones
from pipeline.diagnose.registry import Met, of_clock, of_facilities, of_feedstocks, of_registry
from pipeline.diagnose.settings import of_credentials, of_notify, of_settings, of_token, of_way

__all__ = [
    "TITLES",
    "Claim",
    "Drop",
    "Finding",
    "Inspection",
    "Met",
    "Name",
    "Place",
    "Room",
    "Sender",
    "Verdict",
    "exit_code",
    "of_claims",
    "of_clock",
    "of_credentials",
    "of_facilities",
    "of_feedstocks",
    "of_folders",
    "of_inbox",
    "of_ledger",
    "of_modes",
    "of_notify",
    "of_open_rows",
    "of_program",
    "of_registry",
    "of_room",
    "of_settings",
    "of_token",
    "of_way",
    "of_zones",
    "ok",
    "skipped",
    "worst",
]
