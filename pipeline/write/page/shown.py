"""Text from logs and registries as a page may show it."""

from markupsafe import Markup

from schemas.visible import visible

LONGEST = 2_000
"""The most that is shown of a text that says something."""
LONGEST_VALUE = 200
"""The most that is shown of a value."""


def shown(text: str, longest: int = LONGEST) -> str:
    """The text with what cannot be seen in it named, and no longer than that."""
    text = visible(text[: longest + 1])
    return text if len(text) <= longest else f"{text[:longest]}…"


def finalized(value: object) -> object:
    """Whatever a template puts on the page, made fit to be shown; markup of our own goes as it is."""
    if isinstance(value, Markup):
        return value
    return shown(str(value)) if value is not None else ""
