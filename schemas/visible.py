"""What cannot be seen in a text, and a way to show it: two texts that look alike can still differ."""

import re
import unicodedata

_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
                    "\U000e0100-\U000e01ef]")  # fmt: skip
"""What is shown as nothing or as a space, though it counts as a letter, a mark or a symbol."""
_NO_CHARACTERS = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
_KEYS = {"\t": "<tab>", "\n": "<line break>", "\r": "<line break>", "\r\n": "<line break>"}


def first_invisible(text: str) -> str | None:
    """The first character of a text that cannot be seen; spaces of any width can."""
    if text.isascii() and text.isprintable():
        return None
    return next((c for c in text if unicodedata.category(c) in _NO_CHARACTERS or _BLANK.match(c)), None)


def visible(text: str, *, forms: bool = False) -> str:
    """`text` with what cannot be seen named, as in “A<U+200B>1”; with `forms`, what NFC changes too."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _named(c) if _hides(c) or (forms and _has_another_form(c)) else c
        for c in re.findall(r"\r\n|[\s\S]", text)
    )


def in_words(character: str) -> str:
    """A character that cannot be seen, by its number and, if it has one, its name."""
    name = unicodedata.name(character, "").lower()
    return f"{_named(character)[1:-1]}{f', {name}' if name else ''}"


def _hides(character: str) -> bool:
    return bool(first_invisible(character)) or (
        character != " " and unicodedata.category(character[0]) == "Zs"
    )


def _has_another_form(character: str) -> bool:
    return bool(unicodedata.combining(character[0])) or unicodedata.normalize("NFC", character) != character


def _named(character: str) -> str:
    return _KEYS.get(character) or f"<U+{ord(character):04X}>"
