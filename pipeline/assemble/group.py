"""The rows of one reference, and what is told of them. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from pipeline.issues import issue_at
from pipeline.model import CheckedRow, CheckedTable, Issue, RowKey, Run, Severity
from schemas.run_log.parsed import Problem


class Group(Struct, frozen=True):
    """The rows of one reference, over all tables, in the order of the log."""

    tables: Sequence[CheckedTable]
    rows: dict[RowKey, CheckedRow]
    runs: Sequence[Run]
    """Of those rows that are in order."""

    @property
    def reference(self) -> str:
        """The reference that they share."""
        return next(iter(self.rows.values())).reference

    def issue(self, key: RowKey, field: str, problem: Problem, severity: Severity = "error") -> Issue:
        """A problem of one of these rows, at the cells of `field`; of no cell where it is empty."""
        fields = (field,) if field else ()
        return issue_at(self.tables[key[0]], self.rows[key], fields, problem, severity)
