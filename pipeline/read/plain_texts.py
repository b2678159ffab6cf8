"""The texts that the cells of a workbook share, when none of them looks like more than a text."""

import re

from pipeline.read.plain_xml import beginning, without_entities
from pipeline.read.writing import Written, unescaped

_BEGINNING = beginning("sst")
_TEXT = re.compile(r'<si><t(?: xml:space="\w+")?+>([^<]*+)</t></si>|([\s\S]++)')
_END = "</sst>"


def plain_texts(xml: bytes) -> list[str] | None:
    """The texts in this part of a workbook, as `shared_texts` has them; None unless all are plain."""
    try:
        text = xml.decode()
    except UnicodeDecodeError:
        return None
    begins = _BEGINNING.match(text)
    if not begins or "\r" in text or begins[0].count("xmlns=") > 1:
        return None
    *found, (_, rest) = _TEXT.findall(text, begins.end()) or [("", "")]
    if rest.strip() != _END:
        return None
    texts = [one for one, _ in found]
    return texts if "&" not in text and "_x" not in text else list(map(_written, texts))


def _written(text: str) -> str:
    text = unescaped(without_entities(text))
    if "_x" not in text:
        return text
    written = Written(text)
    written.looks = ""
    return written
