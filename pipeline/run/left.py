"""Logs that were left in the inbox, though their run has ended."""

from collections.abc import Sequence

from msgspec.structs import replace

from pipeline.errors import Exit, ResultsError
from pipeline.model import Report


class NotArchivedError(ResultsError):
    """Files stay in the inbox though their run came to its end. `report` tells that, with this exit code."""

    def __init__(self, failures: Sequence[ResultsError], ended: Report) -> None:
        first, *others = failures
        more = f" Nor can {len(others)} more." if others else ""
        super().__init__(f"{first}{more}")
        self.report = replace(ended, exit_code=ended.exit_code or int(self.exit_code))
        self.exit_code = Exit(self.report.exit_code)
