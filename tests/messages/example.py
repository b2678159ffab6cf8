"""What one message said, once."""

from msgspec import Struct


class Example(Struct, frozen=True):
    """`where` is a cell, a row or a file; `severity` an issue's own, an outcome, or `refusal`."""

    code: str
    severity: str
    where: str
    says: str
