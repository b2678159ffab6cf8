"""A check that is made whatever it dies of."""

from collections.abc import Callable

from pipeline.diagnose import Finding, Name


def found(name: Name, check: Callable[[], Finding]) -> Finding:
    """A check's finding; one that dies is told, and holds up no other."""
    try:
        return check()
    except Exception as error:  # noqa: BLE001  whatever it is, the other checks are still wanted
        what = f"this check itself failed ({type(error).__name__})"
        return Finding(name, "failure", what, "Report it: this is a bug, or a machine that nobody foresaw.")
