"""Text that was saved in one encoding and read in another before it came here: "MÃ¼ller" (hazard 80)."""

from functools import lru_cache

LONGEST = 1_000
"""Longer texts are refused for their length, whatever they say."""


@lru_cache(maxsize=4096)
def before_garbling(text: str) -> str | None:
    """What a garbled text probably was, or None for one that shows no sign of it.

    Only to be shown: which letters were meant is never decided here.
    """
    if text.isascii() or len(text) > LONGEST:
        return None
    from ftfy import fix_encoding

    was = fix_encoding(text)
    return None if was == text else was
