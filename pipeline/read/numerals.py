"""What a sheet's XML writes where a number should stand: "NaN", "INF", "1e400", "1_000" (hazard 24).

openpyxl takes Python's own reading of such a text, which is a number or the end of the whole file. Here
the cell becomes one that holds an error, with its text kept, so that its row alone is refused.
"""

import math
import re

_NUMBER = re.compile(rb"\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")
_TAG = rb"(?:[A-Za-z_][\w.-]*:)?"
_ODD = re.compile(
    rb"<" + _TAG + rb"v(?:\s[^<>]*)?>"
    rb"(?!\s*[+-]?(?:[0-9]{1,300}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?\s*<)(?!<)"
)
"""A value that may be no number; it may also be a text that a formula gave."""
_CELL = re.compile(
    rb"<(" + _TAG + rb")c((?:\s[^<>]*)?)(?<!/)>((?:(?!<\1c[\s>/])[\s\S])*?)<\1v(\s[^<>]*)?>([^<]+)</"
)
_TYPE = re.compile(rb"""\st=["'](\w*)["']""")


def without_odd_numbers(xml: bytes) -> bytes:
    """The sheet with each number that is none as an error of that text; the same bytes if all are."""
    return _CELL.sub(_as_error, xml) if _ODD.search(xml) else xml


def _as_error(cell: re.Match[bytes]) -> bytes:
    prefix, attributes, before, of_value, value = cell.groups(default=b"")
    kind = _TYPE.search(attributes)
    if (kind and kind[1] not in (b"n", b"")) or _is_number(value):
        return cell[0]
    attributes = _TYPE.sub(b"", attributes)
    return b'<%bc%b t="e">%b<%bv%b>%b</' % (prefix, attributes, before, prefix, of_value, value)


def _is_number(text: bytes) -> bool:
    return bool(_NUMBER.fullmatch(text)) and math.isfinite(float(text))
