"""Which stretches of a sheet's XML must be parsed to find some rows. Most of a long sheet is other rows."""

import re
from collections.abc import Collection

_ROW = re.compile(rb'<(?:[A-Za-z_][\w.-]*:)?row(?=[\s/>])(?:\s+r="([1-9][0-9]{0,6})")?')
_END = re.compile(rb"</(?:[A-Za-z_][\w.-]*:)?sheetData\s*>")
Stretch = tuple[int, int]


def stretches(xml: bytes, rows: Collection[int]) -> list[Stretch]:
    """From where to where, in their order: all but the other rows. The first row is always there.

    All of it is one stretch, unless every row gives its number and nothing stands in the XML that may look
    like a tag and is none: comments, unparsed text, instructions.
    """
    ends = [found.start() for found in _END.finditer(xml)]
    starts = list(_ROW.finditer(xml, 0, ends[0])) if len(ends) == 1 else []
    if not starts or b"<!" in xml or xml.find(b"<?", 1) >= 0 or not all(start[1] for start in starts):
        return [(0, len(xml))]
    found, begin = [], 0
    for number, (start, after) in enumerate(zip(starts, [*starts[1:], None], strict=True)):
        if number and int(start[1]) not in rows:
            if begin < start.start():
                found.append((begin, start.start()))
            begin = after.start() if after else ends[0]
    return [*found, (begin, len(xml))]
