"""How far a packed log may unpack: what a log needs, and no bomb (hazard 74)."""

GZIP = b"\x1f\x8b"
"""How a gzip archive begins."""

MOST = 10**9
_SMALL = 10_000_000
_RATIO = 100


def most_unpacked(size: int) -> int:
    """The most bytes that a packed file of `size` bytes may hold: a hundredfold, small ones ten million."""
    return min(MOST, max(_SMALL, _RATIO * size))
