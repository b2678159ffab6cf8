"""What a database fails with, as a sentence: which ledger, what happened, and what to do."""

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DataError, IntegrityError, NotSupportedError

from pipeline.errors import LedgerFailedError

_OURS = (IntegrityError, DataError, NotSupportedError)
"""What a wrong statement causes, and no disk, server or network."""

_MAKE_ROOM = "Make room on its disk (or raise its quota)."
_MAY_WRITE = "See that this user may write to the file and to its folder."
_REMEDIES = (
    ("full", _MAKE_ROOM),
    ("no space left", _MAKE_ROOM),
    ("quota exceeded", _MAKE_ROOM),
    ("file too large", _MAKE_ROOM),
    ("readonly", _MAY_WRITE),
    ("read-only", _MAY_WRITE),
    ("unable to open", _MAY_WRITE),
    ("permission denied", _MAY_WRITE),
    ("locked", "Another program is using it: let that end."),
    ("disk i/o", "See to its disk: it is full, failing or gone."),
    ("malformed", "Restore it from a backup, or move it away."),
    ("not a database", "Restore it from a backup, or move it away."),
)
_PASSING = (
    "the database system is",
    "too many c",
    "connection slots",
    "terminating connection",
    "lock timeout",
    "timeout expired",
    "failed to resolve host",
)
"""What a server says that is being started or stopped, or is busy, and the way to one that is not there."""
_EMPTY_IS_SAFE = (
    "A new, empty ledger is safe too: the registry is then asked what it holds before anything is sent."
)


def explain_failures(engine: Engine, shown: str) -> None:
    """Let every failure of this database end as LedgerFailedError, wherever it is used.

    `shown` is what the ledger is called. What only a wrong statement can cause stays a bug.
    """

    def explain(context: ExceptionContext) -> None:
        if context.sqlalchemy_exception and not isinstance(context.sqlalchemy_exception, _OURS):
            said = plainly(context.original_exception)
            raise LedgerFailedError(
                f"The ledger {shown} failed: {said}. {remedy(engine.dialect.name, said)} Then run the same "
                "again: what may have been sent is asked for first, and nothing is sent twice."
            )

    event.listen(engine, "handle_error", explain)


def remedy(backend: str, said: str) -> str:
    """What to do about a ledger of that kind which has said this."""
    if backend == "postgresql":
        return "See that the server runs, that the address is right and that this user may write."
    found = [what for sign, what in _REMEDIES if sign in said.lower()]
    return found[0] if found else f"Make room or restore it from a backup. {_EMPTY_IS_SAFE}"


def may_pass(backend: str, said: str) -> bool:
    """Whether trying again later may be enough: another program holds it, or its server is not there now.

    What a server that answers refuses for good, such as a password, it calls FATAL.
    """
    if backend != "postgresql":
        return "locked" in said
    return any(sign in said for sign in _PASSING) or ("connection" in said and "FATAL" not in said)


def plainly(error: BaseException) -> str:
    """What a driver or the system has said, in one line without its last full stop."""
    if isinstance(error, UnicodeDecodeError):
        return "its text is malformed"
    return " ".join(str(getattr(error, "orig", None) or error).split()).rstrip(".")
