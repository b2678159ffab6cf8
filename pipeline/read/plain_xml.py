"""What is common to the parts of a workbook that are plain enough to be read without a parser."""

import re

_ENTITY = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class NotPlain(Exception):  # noqa: N818  no error: the part is read the careful way
    """It holds something that is not read here."""


def beginning(tag: str) -> re.Pattern[str]:
    """How a part in UTF-8 begins whose outermost element has this tag, and no prefix."""
    return re.compile(
        r'(?:<\?xml version="1.0"(?: encoding="(?:UTF|utf)-8")?(?: standalone="(?:yes|no)")?\s?\?>\s*)?'
        rf'<{tag} (?:[^>]*\s)?xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"[^>]*>'
    )


def without_entities(text: str) -> str:
    """The text that is meant by one in XML, all of which is known to be proper."""
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(entity: re.Match[str]) -> str:
    hexadecimal, decimal, name = entity.groups()
    return _NAMED.get(name) or chr(int(hexadecimal, 16) if hexadecimal else int(decimal))
