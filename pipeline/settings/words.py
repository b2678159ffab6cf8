"""How settings are spoken about: values as they were written, and the word that was meant."""

import difflib
import json
from collections.abc import Iterable

_LONGEST = 60


def shown(value: object) -> str:
    """A value as it stands in a settings file: short, on one line, and harmless on a terminal."""
    match value:
        case dict():
            return "a table"
        case list():
            return "a list"
        case str():
            text = json.dumps(value, ensure_ascii=False)
        case bool():
            text = str(value).lower()
        case int() if value.bit_length() > 200:
            return "a number beyond all bounds"
        case _:
            text = str(value)
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def closest(word: str, words: Iterable[str]) -> str | None:
    """The word of the list that was probably meant: in another case, cut short, or mistyped."""
    meant = {known.casefold(): known for known in words}
    word = word.casefold()
    found = [known for known in meant if known.startswith(word) or known.endswith(f"/{word}")]
    if len(found) != 1:
        found = difflib.get_close_matches(word, meant, n=1)
    return meant[found[0]] if found else None


def did_you_mean(word: object, words: Iterable[str]) -> str:
    """The question to ask, with a space before it; empty when nothing comes near."""
    meant = closest(word, words) if isinstance(word, str) else None
    return f" Did you mean {shown(meant)}?" if meant else ""
