"""What is said about a row, in the words a person reads beside it."""

from pipeline.model import Issue, Outcome, ReportRow, ReportTable, Severity
from pipeline.report import differing

_GRAVITY: dict[Severity, int] = {"error": 0, "warning": 1, "notice": 2}


def told(row: ReportRow) -> tuple[str, str, str]:
    """What the results say of a row: of which cells, by which codes, in which words.

    The cells are those that its issues speak of, the gravest first, each once; the codes are those of what
    is wrong, then the outcome's own; the words are all there are, the gravest first.
    """
    outcome = row.outcome
    if not row.issues and not outcome.differences:
        return "", outcome.code, outcome.message
    graded = sorted(row.issues, key=lambda issue: _GRAVITY[issue.severity])
    cells = dict.fromkeys(cell for issue in graded for cell in issue.cells)
    codes = dict.fromkeys(issue.code for issue in errors(row))
    codes |= {outcome.code: None} if outcome.code else {}
    return " ".join(cells), " ".join(codes), _joined([_said(issue) for issue in graded], outcome, " ")


def wrongs(table: ReportTable, row: ReportRow) -> str:
    """What a person has to put right in the row, and where the row stood; never empty."""
    place = f"row {row.row}"
    found = [f"{place}, {_said(issue)}" for issue in errors(row)]
    text = _joined(found, row.outcome, "\n") or _bare(row.outcome)
    origin = f"{table.file}, sheet {table.sheet}" if table.sheet else table.file
    return f"{origin}, {text}" if found else f"{origin}, {place}: {text}"


def fate(row: ReportRow) -> str:
    """What is said of the row as a whole: what no cell is to blame for, then its outcome; never empty."""
    found = [issue.sentence for issue in errors(row) if not issue.cells]
    return _joined(found, row.outcome, "\n") or _bare(row.outcome)


def errors(row: ReportRow) -> list[Issue]:
    return [issue for issue in row.issues if issue.severity == "error"]


def _said(issue: Issue) -> str:
    place = f"{issue.cells[0]}: " if issue.cells else ""
    kind = "" if issue.severity == "error" else f"{issue.severity}, "
    return f"{kind}{place}{issue.sentence}"


def _joined(found: list[str], outcome: Outcome, glue: str) -> str:
    """The outcome's own message is left out where a check has said the same."""
    said = glue.join(found)
    own = [] if outcome.message in said else [outcome.message]
    return glue.join(part for part in (said, *own, *differing(outcome)) if part)


def _bare(outcome: Outcome) -> str:
    status = f" (HTTP {outcome.http_status})" if outcome.http_status else ""
    return f"{outcome.word}{status}, and no reason was given."
