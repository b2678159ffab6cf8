"""TOML as text: keys and values quoted, comments on lines of their own. Pure."""

import json
import textwrap
from collections.abc import Iterator

WIDTH = 100


def quoted(text: str) -> str:
    """The text as a basic string: whatever it holds, on one line and harmless to look at."""
    escaped = "".join(_escaped(c) for c in json.dumps(text, ensure_ascii=False)[1:-1])
    return f'"{escaped}"'


def comment(text: str) -> Iterator[str]:
    """The text as lines of comment, none too long, with nothing in it that could end them."""
    plain = "".join(c if c.isprintable() else " " if c.isspace() else _escaped(c) for c in text)
    for line in textwrap.wrap(plain, WIDTH - 2, break_long_words=False, break_on_hyphens=False):
        yield f"# {line}"


def _escaped(c: str) -> str:
    if c.isprintable():
        return c
    if 0xD800 <= ord(c) < 0xE000:  # half a character, which no TOML can hold
        return "\N{REPLACEMENT CHARACTER}"
    return f"\\u{ord(c):04X}" if ord(c) < 0x10000 else f"\\U{ord(c):08X}"
