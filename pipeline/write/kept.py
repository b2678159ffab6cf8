"""What was made of a text is kept for the next time, within a bound. Pure."""

from collections.abc import Callable

_MOST, _LONGEST = 1_000, 100
"""How many texts are kept, and how long they may be."""


class Kept(dict[str, str]):
    """What `make` makes of a text, by the text. In most columns of a log, few texts differ."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, text: str) -> str:
        made = self._make(text)
        if len(text) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[text] = made
        return made
