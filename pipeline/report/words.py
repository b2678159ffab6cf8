"""What each of the seven outcomes means, in plain words. Pure."""

from pipeline.model import Word
from pipeline.report.next_step import ONLY_LOOKS

_MEANINGS: dict[Word, str] = {
    "created": "registered by this run",
    "already_registered": "the registry holds it already, with the same values",
    "conflict": "the reference stands for other values; nothing was sent",
    "invalid": "failed the checks; nothing was sent",
    "rejected": "the registry refused it",
    "unknown": "sent, and no proof either way; the next run asks first",
    "not_sent": "the run stopped before it",
}


def meaning(word: Word, command: str) -> str:
    """What the outcome of a row means, in a run of this command; no capital, no full stop."""
    if word == "not_sent" and command in ONLY_LOOKS:
        return "in order; would be sent"
    return _MEANINGS[word]
