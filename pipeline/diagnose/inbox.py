"""What is told of the drop folder. Pure."""

from msgspec import Struct

from pipeline.diagnose.finding import Finding, ok, skipped

_FEW = 3


class Drop(Struct, frozen=True):
    """The drop folder: what is ready, what is left for later and why, and who holds its lock.

    `holder` is empty when nobody does.
    """

    folder: str
    exists: bool
    ready: tuple[str, ...] = ()
    later: tuple[tuple[str, str], ...] = ()
    holder: str = ""


def of_inbox(drop: Drop) -> Finding:
    """What the next run would take, and what it would leave."""
    if not drop.exists:
        return skipped("inbox", f"{drop.folder} is not there yet; the first run makes it")
    parts = [_ready(drop)]
    if drop.holder:
        parts.append(f"{drop.holder} works on it now")
    if not drop.later:
        return ok("inbox", "; ".join(parts))
    parts += [f"{name} is left: {reason}" for name, reason in drop.later[:_FEW]]
    if len(drop.later) > _FEW:
        parts.append(f"{len(drop.later) - _FEW:,} more are left")
    return Finding("inbox", "warning", "; ".join(parts), "Save or copy what is left again, the file itself.")


def _ready(drop: Drop) -> str:
    count = len(drop.ready)
    if not count:
        return f"nothing is ready in {drop.folder}"
    names = f" ({', '.join(drop.ready[:_FEW])}{', …' if count > _FEW else ''})"
    return f"{count:,} file{'s are' if count != 1 else ' is'} ready{names}"
