"""How near a header comes to those that are built in for a field. Pure."""

from difflib import SequenceMatcher

from schemas.run_log.header_name import header_name
from schemas.run_log.headers import BUILT_IN
from schemas.run_log.spelling import bare

NEAR = 0.85
VERY_NEAR = 0.93
"""For a mass: a "Wet mass" is not far from a "Net mass", and a wrong mass would be registered."""
PERHAPS = 0.6
_SHORTEST = 4


def nearness(field: str, text: str) -> tuple[float, str]:
    """From 0 to 1, and the built-in header that the text comes nearest to."""
    base = bare(" ".join(header_name(text).words))
    if len(base) < _SHORTEST:
        return 0.0, ""
    known = [bare(header) for header in BUILT_IN[field] if len(header) >= _SHORTEST]
    alike = [(SequenceMatcher(None, header, base).ratio(), header) for header in known]
    return max(alike, default=(0.0, ""))
