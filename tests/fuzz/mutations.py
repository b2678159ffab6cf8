"""Ways in which a file is damaged: bytes in bytes out, all by the numbers of one `Random`."""

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from random import Random

Mutation = Callable[[Random, bytes], bytes]

_TAG = re.compile(rb"<[^>]*>")
_ATTRIBUTE = re.compile(rb' ([\w:]+)="([^"]*)"')
_HOSTILE = (b"", b"-1", b"0", b"1", b"99999999999", b"1e9", b"A1", b"XFD1048577", b"ZZZZ9", b"\xff", b"&lol;")
_SAYS_WHAT_A_VALUE_IS = b"t"
"""Without it a text is a number, and no reader can tell that it ever was a text."""


def bytes_anywhere(chance: Random, data: bytes) -> bytes:
    """A few bytes changed, lost, doubled, swapped with others, or all after them lost."""
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.choice((1, 1, 1, 2, 8, 100)))
    piece = data[start:end]
    elsewhere = chance.randrange(len(data))
    match chance.randrange(6):
        case 0:
            return data[:start] + bytes((data[start] ^ 1 << chance.randrange(8),)) + data[start + 1 :]
        case 1:
            return data[:start] + data[end:]
        case 2:
            return data[:end] + piece + data[end:]
        case 3:
            return data[:start] + data[elsewhere : elsewhere + len(piece)] + data[end:]
        case 4:
            return data[:start] + bytes(len(piece)) + data[end:]
        case _:
            return data[:start]


def markup_of_a_part(chance: Random, data: bytes) -> bytes:
    """One tag of one part of a zip is lost, doubled, or has an attribute changed; its texts stay."""
    parts = _parts(data)
    name = chance.choice([name for name in parts if name.endswith((".xml", ".rels"))])
    tags = list(_TAG.finditer(parts[name]))
    tag = chance.choice(tags)
    attributes = [each for each in _ATTRIBUTE.finditer(tag[0]) if each[1] != _SAYS_WHAT_A_VALUE_IS]
    match chance.randrange(5):
        case 0:
            changed = b""
        case 1:
            changed = tag[0] * 2
        case 2:
            changed = chance.choice(tags)[0]
        case 3 if attributes:
            lost = chance.choice(attributes)
            changed = tag[0][: lost.start()] + tag[0][lost.end() :]
        case _ if attributes:
            given = chance.choice(attributes)
            changed = tag[0][: given.start(2)] + chance.choice(_HOSTILE) + tag[0][given.end(2) :]
        case _:
            changed = tag[0][:-1]
    parts[name] = parts[name][: tag.start()] + changed + parts[name][tag.end() :]
    return _packed(parts)


def parts_of_a_zip(chance: Random, data: bytes) -> bytes:
    """One part is lost, emptied, cut, or takes the place of another."""
    parts = _parts(data)
    name, other = chance.choice(list(parts)), chance.choice(list(parts))
    match chance.randrange(4):
        case 0:
            del parts[name]
        case 1:
            parts[name] = b""
        case 2:
            parts[name] = parts[name][: chance.randrange(len(parts[name]) + 1)]
        case _:
            parts[name] = parts[other]
    return _packed(parts)


def structure_of_records(chance: Random, data: bytes) -> bytes:
    """One delimiter, quote or line end of a CSV is lost, doubled, or made another; its values stay."""
    places = [place for place in range(len(data)) if data[place : place + 1] in b';",\t\r\n']
    place = chance.choice(places)
    match chance.randrange(5):
        case 0:
            changed = b""
        case 1:
            changed = data[place : place + 1] * 2
        case 2:
            changed = chance.choice((b";", b"\t", b'"', b"\n", b"\r", b"\0", b"\xef\xbb\xbf"))
        case 3:
            changed = data[place : place + 1] + chance.choice((b'"', b"\r", b" ", b"\xa0"))
        case _:
            return data[:place]
    return data[:place] + changed + data[place + 1 :]


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(parts: dict[str, bytes]) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()
