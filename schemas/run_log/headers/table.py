"""How a language's headers are written down: a text for each field, a header between bars or line breaks."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

Table: TypeAlias = Mapping[str, tuple[str, ...]]


def table(**headers: str) -> Table:
    """The headers of each field, as people write them, the best example first."""
    return MappingProxyType(
        {
            field: tuple(header.strip() for header in text.replace("\n", "|").split("|") if header.strip())
            for field, text in headers.items()
        }
    )
