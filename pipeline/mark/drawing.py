"""The boxes of a sheet's notes, in the old markup that Excel still wants beside their texts.

It is often no proper XML, so it is searched as text.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from math import ceil

from pipeline.mark.unmarkable import UnmarkableError
from pipeline.write.book import NOTE_WIDTH, note_height

_KIND = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_NAMESPACES = (
    b'xmlns:v="urn:schemas-microsoft-com:vml"',
    b'xmlns:o="urn:schemas-microsoft-com:office:office"',
    b'xmlns:x="urn:schemas-microsoft-com:office:excel"',
)
_BLOCK = 1024
"""The numbers of shapes are handed out in blocks of so many."""
_END = b"</xml>"
_SHAPE = re.compile(rb"<v:shape\b.*?</v:shape>", re.DOTALL)
_AT = re.compile(rb"<x:(Row|Column)>\s*([0-9]{1,7})\s*</x:")
_ANCHOR = re.compile(rb"<x:Anchor>[^<]*</x:Anchor>")
_ID = re.compile(rb"_x0000_s([0-9]{1,9})\b")
_ROW_HEIGHT = 20
Cell = tuple[int, int]
Width = Callable[[int], float]
"""How many characters wide a column is, counted from 1."""


def empty(count: int) -> bytes:
    """A drawing for so many notes, without any yet."""
    blocks = ",".join(str(block) for block in range(1, 2 + (count + 1) // _BLOCK))
    layout = f'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{blocks}"/></o:shapelayout>'
    return b"<xml " + b" ".join(_NAMESPACES) + b">" + layout.encode() + _END


def with_boxes(vml: bytes, texts: Mapping[Cell, str], new: Iterable[Cell], width: Width) -> bytes:
    """The drawing with a box for each new note, and with the others as large as their texts have become."""
    end = vml.rfind(_END)
    if end < 0 or not all(prefix in vml for prefix in (b"xmlns:v=", b"xmlns:o=", b"xmlns:x=")):
        raise UnmarkableError("the drawings of its notes are written in an unusual way")
    first = max(_BLOCK, *map(int, _ID.findall(vml)), 0) + 1
    shapes = [_box(cell, number, _anchor(cell, texts[cell], width)) for number, cell in enumerate(new, first)]
    kind = b"" if b'"_x0000_t202"' in vml else _KIND

    def resized(found: re.Match[bytes]) -> bytes:
        cell = _cell_of(found[0])
        if cell not in texts:
            return found[0]
        return _ANCHOR.sub(_tag(_anchor(cell, texts[cell], width)), found[0], count=1)

    return _SHAPE.sub(resized, vml[:end]) + kind + b"".join(shapes) + vml[end:]


def _cell_of(shape: bytes) -> Cell:
    at = {name: int(number) + 1 for name, number in _AT.findall(shape)}
    return at.get(b"Row", 0), at.get(b"Column", 0)


def _box(cell: Cell, number: int, anchor: str) -> bytes:
    row, column = cell
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;visibility:hidden"'
        ' fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>{_tag(anchor).decode()}'
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row - 1}</x:Row><x:Column>{column - 1}</x:Column>"
        "</x:ClientData></v:shape>"
    ).encode()


def _tag(anchor: str) -> bytes:
    return f"<x:Anchor>{anchor}</x:Anchor>".encode()


def _anchor(cell: Cell, text: str, width: Width) -> str:
    """Right of the cell, from the row above it on: column, pixels, row, pixels, twice; all from 0 on."""
    row, column = cell[0] - 1, cell[1]
    top = max(row - 1, 0)
    last, over = _reached(column + 1, NOTE_WIDTH + 15, width)
    bottom = top + ceil(note_height(text) / _ROW_HEIGHT)
    return f"{column}, 15, {top}, 10, {last - 1}, {over}, {bottom}, 10"


def _reached(column: int, pixels: int, width: Width) -> tuple[int, int]:
    """The column that is so many pixels right of where one begins, and the pixels from its own beginning."""
    for each in range(column, column + pixels):
        wide = int(width(each) * 7 + 5) if width(each) else 0
        if pixels < wide:
            return each, pixels
        pixels -= wide
    return column + 4, 0
