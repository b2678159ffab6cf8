"""No row is lost and none is counted twice, in the report and in every file made of it."""

from collections import Counter

from pipeline.model import WORDS, Report, Word


def counted(report: Report) -> Counter[Word]:
    """How many rows have each outcome; a row without one, or with two, is a bug."""
    counts = Counter(row.outcome.word for row in report.rows)
    strange = sorted(set(counts) - set(WORDS))
    if strange:
        raise RuntimeError(f"no outcome is called {', '.join(strange)}: {dict(counts)}")
    homeless = sum(not 0 <= row.table < len(report.tables) for row in report.rows)
    if homeless:
        raise RuntimeError(f"{homeless} of {len(report.rows)} rows belong to no table")
    distinct = len({(row.table, row.row) for row in report.rows})
    if distinct != len(report.rows):
        raise RuntimeError(f"{len(report.rows)} outcomes were given to {distinct} rows")
    return counts


def agree(name: str, written: Counter[Word], expected: Counter[Word]) -> None:
    """Compare what went into a file with what the report holds."""
    if written != expected:
        raise RuntimeError(
            f"{name} holds {written.total()} rows {_shown(written)}"
            f" instead of {expected.total()} {_shown(expected)}"
        )


def _shown(counts: Counter[Word]) -> dict[str, int]:
    return {word: counts[word] for word in WORDS if counts[word]}
