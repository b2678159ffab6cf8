"""The few reasons to stop a run, and the exit code each ends with.

What is wrong with a log is not an error but a result: see `model.Issue` and `model.Refusal`.
"""

from enum import IntEnum


class Exit(IntEnum):
    """What the shell is told. The order of trouble when several apply is in `report.exit_code`."""

    OK = 0
    NEEDS_A_PERSON = 1
    USAGE = 2
    UNFINISHED = 3
    ERROR_LIMIT = 4
    LOCKED = 5
    BUG = 70
    INTERRUPTED = 130
    TERMINATED = 143


class PipelineError(Exception):
    """A run cannot go on. The message says what is wrong and what to do now."""

    exit_code = Exit.USAGE


class SettingsError(PipelineError):
    """Settings, options or credentials are missing, wrong or contradict one another."""


class LedgerError(PipelineError):
    """The ledger cannot be opened, is damaged, or belongs to another registry."""


class LedgerUnusableError(LedgerError):
    """The ledger could not be opened now: its server, its disk or the way there failed."""


class LedgerUnreachableError(LedgerUnusableError):
    """What it failed of may have passed when the same is run again; nothing has to be put right here."""

    exit_code = Exit.UNFINISHED


class LedgerDamagedError(LedgerError):
    """What the ledger holds of a reference is not what was written. `reference` is whose it is."""

    def __init__(self, reference: str) -> None:
        super().__init__(
            f"The ledger is damaged: what it holds of {reference} is not what was written. Nothing "
            "more was sent. Restore it from a backup, or move it away: a new, empty ledger is safe too."
        )
        self.reference = reference


class LedgerFailedError(LedgerError):
    """The ledger was in use and could not be read or written any more: running again heals it."""

    exit_code = Exit.UNFINISHED


class ResultsError(PipelineError):
    """A file of results, or a folder for them, could not be written."""

    exit_code = Exit.UNFINISHED


class UnheardError(PipelineError):
    """The answer for a machine could not be written: what was done is done, and running again answers."""

    exit_code = Exit.UNFINISHED


class LeftOpenError(PipelineError):
    """No run was named, the last one left nothing open, and an earlier one did: `run_id` is to be named."""

    def __init__(self, message: str, run_id: str) -> None:
        super().__init__(message)
        self.run_id = run_id


class LockedError(PipelineError):
    """Another run holds the lock on the inbox."""

    exit_code = Exit.LOCKED


class RegistryError(PipelineError):
    """The registry could not be read, and nothing was changed."""

    exit_code = Exit.UNFINISHED
