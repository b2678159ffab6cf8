"""The headers that people write over the fields of a log, by language: one module for each, as data.

A word that logs use for something else as well (an operator's name, the mass of the feedstock, a pass of a
batch) is no header: it would register what the log did not mean. No header names two fields, in whatever
languages.
"""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.run_log.headers.english import ENGLISH
from schemas.run_log.headers.french import FRENCH
from schemas.run_log.headers.german import GERMAN
from schemas.run_log.headers.norwegian import NORWEGIAN
from schemas.run_log.headers.portuguese import PORTUGUESE
from schemas.run_log.headers.spanish import SPANISH
from schemas.run_log.headers.table import Table

BY_LANGUAGE: Mapping[str, Table] = MappingProxyType(
    {
        "English": ENGLISH,
        "German": GERMAN,
        "French": FRENCH,
        "Spanish": SPANISH,
        "Portuguese": PORTUGUESE,
        "Norwegian": NORWEGIAN,
    }
)
BUILT_IN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        field: tuple(dict.fromkeys(header for table in BY_LANGUAGE.values() for header in table[field]))
        for field in ENGLISH
    }
)
"""The headers of each field in all languages, as they are written."""
