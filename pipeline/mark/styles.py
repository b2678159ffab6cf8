"""The styles of a workbook, with new ones that are as those before but for the colour behind the text."""

from pipeline.mark.splice import Element, main, prefix_at, put_inside, root_of, spliced, with_attribute
from pipeline.mark.unmarkable import UnmarkableError

_MOST = 60_000
"""Excel opens no workbook with more than 64,000 styles."""


class Styles:
    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        root = root_of(xml)
        self._fills, self._formats = _list(root, "fills"), _list(root, "cellXfs")
        self._count_of_fills = len(self._fills.children)
        self._bases = self._formats.children
        self._new_fills: dict[str, int] = {}
        self._numbers: dict[tuple[int, str], int] = {}
        self._new: list[bytes] = []

    def coloured(self, base: int, colour: str) -> int:
        """The number of the style that is as the one with the number `base`, and has this colour."""
        base = base if base < len(self._bases) else 0
        if (base, colour) not in self._numbers:
            number = self._numbers[base, colour] = len(self._bases) + len(self._new)
            if number >= _MOST:
                raise UnmarkableError("it has too many styles")
            fill = self._new_fills.setdefault(colour, self._count_of_fills + len(self._new_fills))
            self._new.append(self._filled(self._bases[base], fill))
        return self._numbers[base, colour]

    def edited(self) -> bytes:
        """The part with the new styles, which come after all others."""
        fills, formats = b"".join(map(self._fill, self._new_fills)), b"".join(self._new)
        count = self._count_of_fills + len(self._new_fills)
        return spliced(
            self._xml,
            [
                *put_inside(self._xml, self._fills, fills, count=count),
                *put_inside(self._xml, self._formats, formats, count=len(self._bases) + len(self._new)),
            ],
        )

    def _filled(self, base: Element, fill: int) -> bytes:
        tag = with_attribute(self._xml[base.start : base.inner], "fillId", fill)
        return with_attribute(tag, "applyFill", 1) + self._xml[base.inner : base.end]

    def _fill(self, colour: str) -> bytes:
        prefix = prefix_at(self._xml, self._fills.start).decode()
        return (
            f'<{prefix}fill><{prefix}patternFill patternType="solid"><{prefix}fgColor rgb="FF{colour}"/>'
            f'<{prefix}bgColor indexed="64"/></{prefix}patternFill></{prefix}fill>'
        ).encode()


def _list(root: Element, name: str) -> Element:
    found = root.child(main(name))
    if not found or not found.children:
        raise UnmarkableError("it has no styles")
    return found
