"""What waits for a person is forgotten when the person says so."""

from collections.abc import Sequence

from pipeline.errors import PipelineError
from pipeline.ledger import Ledger
from pipeline.outstanding import Entry, age
from pipeline.run.remembering import home_of
from pipeline.settings import Settings

ALL = "all"
_MOST_NAMED = 20


def forget(words: Sequence[str], settings: Settings) -> tuple[list[Entry], list[Entry]]:
    """Forget what is meant: ids as messages tell them, references, or `all`. What was, and what is left.

    PipelineError, and nothing is forgotten, when a word means nothing that waits.
    """
    with Ledger(settings.ledger_url) as ledger:
        home = home_of(settings)
        waiting = ledger.outstanding.of(home)
        meant = {word: [each for each in waiting if _means(word, each)] for word in words}
        if unknown := [word for word, found in meant.items() if not found and word != ALL]:
            raise PipelineError(f"Nothing waits as {', '.join(unknown)}. {_listed(waiting)}")
        keys = {each.key for found in meant.values() for each in found}
        ledger.outstanding.forget(home, keys)
    return [each for each in waiting if each.key in keys], [each for each in waiting if each.key not in keys]


def _means(word: str, entry: Entry) -> bool:
    return word in {ALL, entry.id, entry.reference} and bool(word)


def _listed(waiting: Sequence[Entry]) -> str:
    if not waiting:
        return "Nothing waits for a person."
    named = [f"{each.id} ({named_as(each)}, {age(each)})" for each in waiting[:_MOST_NAMED]]
    more = f" and {len(waiting) - _MOST_NAMED} more" if len(waiting) > _MOST_NAMED else ""
    return f"Waiting are: {'; '.join(named)}{more}."


def named_as(entry: Entry) -> str:
    """An entry in a few words: where it stands, and its reference."""
    where = entry.file if entry.is_file else f"{entry.file}, row {entry.row}"
    return f"{where}, {entry.reference}" if entry.reference else where
