"""How near a header comes to those that are built in for a field. Pure."""

from difflib import SequenceMatcher
from functools import lru_cache

from schemas.run_log.header_name import header_name
from schemas.run_log.headers import BUILT_IN
from schemas.run_log.spelling import bare

NEAR = 0.85
VERY_NEAR = 0.93
"""For a mass: a "Wet mass" is not far from a "Net mass", and a wrong mass would be registered."""
PERHAPS = 0.6
_SHORTEST = 4


@lru_cache(maxsize=4096)
def nearness(field: str, text: str) -> tuple[float, str]:
    """From 0 to 1, and the built-in header that the text comes nearest to."""
    words = bare(" ".join(header_name(text).words))
    found = (0.0, "")
    if len(words) < _SHORTEST:
        return found
    matcher = SequenceMatcher(b=words)
    for header in BUILT_IN[field]:
        matcher.set_seq1(bare(header))
        if len(header) >= _SHORTEST and min(matcher.real_quick_ratio(), matcher.quick_ratio()) > found[0]:
            found = max(found, (matcher.ratio(), header))
    return found
