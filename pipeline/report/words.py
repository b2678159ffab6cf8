"""A run in plain words: what each outcome means, which registry it was, what happened in a sentence. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from pipeline.model import NEEDS_A_PERSON, Environment, Report, Word
from pipeline.report.next_step import ONLY_LOOKS, has_looked

MEANS: Mapping[Word, str] = MappingProxyType(
    {
        "created": "registered by this run",
        "already_registered": "the registry holds it already, with the same values",
        "conflict": "the reference stands for other values; nothing more was sent",
        "invalid": "failed the checks; nothing was sent",
        "rejected": "the registry refused it",
        "unknown": "sent, and no proof either way; the next run asks first",
        "not_sent": "the run stopped before it",
    }
)
REGISTRIES: Mapping[Environment, str] = MappingProxyType(
    {
        "local": "for trying things out; nothing leaves this machine",
        "sandbox": "nothing here becomes credits",
        "production": "what is registered here becomes carbon credits",
    }
)


_NOT_LOOKED_UP = "not looked up at the registry; the run stopped before"


def means(report: Report, word: Word) -> str:
    """What an outcome means in this run: after a check, a row that was not sent is in order."""
    if word == "not_sent" and report.command in ONLY_LOOKS:
        return "in order; would be sent" if has_looked(report) else _NOT_LOOKED_UP
    return MEANS[word]


def counted(number: int, noun: str) -> str:
    """How many of something, such as “1 row” and “1,200 rows”."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def in_a_sentence(report: Report) -> str:
    """What happened, for somebody who reads nothing else."""
    words = Counter(row.outcome.word for row in report.rows)
    told = [] if report.rows else ["there were no rows"]
    for number, several, one, how in _parts(report, words):
        all_rows = len(report.rows) if not told else 0
        told.append(f"{_so_many(number, all_rows)} {one if number == 1 else several} {how}")
    told += _refused(report)
    if report.command in ONLY_LOOKS:
        told.append("nothing was sent")
    early = "the run stopped early: " if report.stopped else ""
    sentence = f"{early}{'; '.join(told)}."
    return f"{sentence[:1].upper()}{sentence[1:]}"


def _parts(report: Report, words: Counter[Word]) -> Iterator[tuple[int, str, str, str]]:
    """How many rows, the verb of several and of one, and what is so."""
    registered = words["created"] + words["already_registered"]
    by = "by this run" if registered == words["created"] else "as they were before"
    if words["created"] and words["already_registered"]:
        by = f"{words['created']:,} of them by this run"
    waiting = "not sent"
    if report.command in ONLY_LOOKS:
        waiting = "in order" if has_looked(report) else _NOT_LOOKED_UP
    parts = (
        (registered, "are", "is", f"registered, {by}"),
        (sum(words[word] for word in NEEDS_A_PERSON), "need", "needs", "a person"),
        (
            words["unknown"],
            "were",
            "was",
            f"sent without proof that the registry took {'it' if words['unknown'] == 1 else 'them'}",
        ),
        (words["not_sent"], "are", "is", waiting),
    )
    yield from (part for part in parts if part[0])


def _so_many(number: int, all_rows: int) -> str:
    """A number of rows; the first that is told tells of how many."""
    if not all_rows:
        return f"{number:,}"
    if number < all_rows:
        return f"{number:,} of {counted(all_rows, 'row')}"
    return "the only row" if number == 1 else f"all {number:,} rows"


def _refused(report: Report) -> list[str]:
    refused = sum(source.refusal is not None for source in report.sources)
    return [f"{counted(refused, 'file')} {'was' if refused == 1 else 'were'} refused"] if refused else []
