"""The notes of a sheet: new ones beside those that are there, and to a cell that has one, ours below it."""

import re
from collections.abc import Iterator, Mapping

from openpyxl.utils.cell import get_column_letter
from openpyxl.xml.constants import SHEET_MAIN_NS

from pipeline.mark.splice import Edit, Element, main, prefix_at, put_inside, root_of, spliced, text
from pipeline.mark.unmarkable import UnmarkableError
from pipeline.write.book import NOTE_AUTHOR
from pipeline.write.safe import fitted

EMPTY = f'<comments xmlns="{SHEET_MAIN_NS}"><authors/><commentList/></comments>'.encode()
LEAD = f"{NOTE_AUTHOR}:\n"
"""How our notes begin. Not every program keeps the authors of notes, but all keep their texts."""
Notes = Mapping[tuple[int, int], str]
"""By row and column, counted from 1."""

_ESCAPE = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")
_THREAD = "tc="
"""How the author of a note begins that stands for a conversation, which Excel shows in its place."""


class Comments:
    """A part with notes. A workbook that has some of ours bears the marks of an earlier run."""

    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        self._root = root_of(xml)
        self._authors, self._list = self._one("authors"), self._one("commentList")
        self._names = [each.text for each in self._authors.children]
        self._by_cell = {each.attributes.get("ref", ""): each for each in self._list.children}
        self.are_ours = any(LEAD in each.text for each in self._list.children)

    def texts(self, notes: Notes) -> dict[tuple[int, int], str]:
        """The whole text that each of these cells will show, its own and ours."""
        held = {cell: self._by_cell.get(_name(*cell)) for cell in notes}
        return {cell: f"{note.text}\n{notes[cell]}" if note else notes[cell] for cell, note in held.items()}

    def is_new(self, cell: tuple[int, int]) -> bool:
        return _name(*cell) not in self._by_cell

    def edited(self, notes: Notes) -> bytes:
        """The part with these notes."""
        prefix, author = prefix_at(self._xml, self._root.start).decode(), len(self._names)
        new = b"".join(
            f'<{prefix}comment ref="{_name(*cell)}" authorId="{author}"><{prefix}text>'.encode()
            + _run(said, prefix)
            + f"</{prefix}text></{prefix}comment>".encode()
            for cell, said in notes.items()
            if self.is_new(cell)
        )
        edits = [
            *put_inside(self._xml, self._authors, f"<{prefix}author>{NOTE_AUTHOR}</{prefix}author>".encode()),
            *put_inside(self._xml, self._list, new),
        ]
        for cell, said in notes.items():
            if not self.is_new(cell):
                edits += self._appended(self._by_cell[_name(*cell)], said, prefix)
        return spliced(self._xml, edits)

    def _appended(self, comment: Element, said: str, prefix: str) -> Iterator[Edit]:
        """Ours at the end of a note; what is written without runs becomes one, since runs come last."""
        if self._names[int(comment.attributes.get("authorId", 0))].startswith(_THREAD):
            return
        held = comment.child(main("text"))
        if held is None or held.inner == held.end:
            return
        at = held.inner_end
        for each in held.children:
            if each.name == main("t"):
                yield Edit(each.start, each.start, f"<{prefix}r>".encode())
                yield Edit(each.end, each.end, f"</{prefix}r>".encode())
            elif each.name != main("r"):
                at = min(at, each.start)
        yield Edit(at, at, _run(f"\n{said}", prefix))

    def _one(self, name: str) -> Element:
        found = self._root.child(main(name))
        if not found:
            raise UnmarkableError("its notes are written in an unusual way")
        return found


def _run(said: str, prefix: str) -> bytes:
    escaped = text(_ESCAPE.sub("_x005F_", fitted(said).replace("\r\n", "\n").replace("\r", "\n")))
    look = f'<{prefix}rPr><{prefix}sz val="9"/><{prefix}rFont val="Tahoma"/></{prefix}rPr>'
    start = f'<{prefix}r>{look}<{prefix}t xml:space="preserve">'.encode()
    return start + escaped + f"</{prefix}t></{prefix}r>".encode()


def _name(row: int, column: int) -> str:
    return f"{get_column_letter(column)}{row}"
