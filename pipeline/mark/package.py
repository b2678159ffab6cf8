"""A workbook's package with marks in it: every part is passed on as it is but those that the marks touch."""

import posixpath
import zipfile
from collections.abc import Mapping
from io import BytesIO

from pipeline.mark import drawing
from pipeline.mark.comments import EMPTY, LEAD, Comments
from pipeline.mark.marks import Spot, Spots
from pipeline.mark.sheet import RELATION, Sheet
from pipeline.mark.splice import Element, main, put_inside, root_of, spliced
from pipeline.mark.styles import Styles
from pipeline.mark.unmarkable import UnmarkableError
from pipeline.read.book import CORRECTIONS

_CORE = "docProps/core.xml"
_TYPES = "[Content_Types].xml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_NO_RELATIONS = f'<Relationships xmlns="{_PACKAGE}/relationships"/>'.encode()
_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def marked(data: bytes, spots: Spots) -> bytes:
    """The workbook with these cells coloured, and notes on them; empty when it is rows to be put right.

    These bear their marks already, and the run writes them anew.
    `UnmarkableError` says why it cannot be; whatever else is raised says no more than that it is broken.
    """
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if _CORE in archive.namelist() and CORRECTIONS.encode() in archive.read(_CORE):
            return b""
        package = _Package(archive)
        package.mark(spots)
        return package.written()


class _Package:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = set(archive.namelist())
        self._changed: dict[str, bytes] = {}

    def mark(self, spots: Spots) -> None:
        book = self._one_related("", "officeDocument")
        styles_part = self._one_related(book, "styles")
        styles = Styles(self._read(styles_part))
        sheets = self._sheets(book)
        for title, wanted in spots.items():
            if title not in sheets:
                raise UnmarkableError(f"it has no sheet “{title}”")
            self._mark_sheet(sheets[title], {(each.row, each.column): each for each in wanted}, styles)
        self._changed[styles_part] = styles.edited()

    def written(self) -> bytes:
        copy = BytesIO()
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
            for info in self._archive.infolist():
                content = self._changed.pop(info.filename, None)
                if content is None:
                    content = self._archive.read(info)
                _put(new, info.filename, info.date_time, content, info.compress_type)
            for name, content in self._changed.items():
                _put(new, name, _EPOCH, content, zipfile.ZIP_DEFLATED)
        return copy.getvalue()

    def _mark_sheet(self, part: str, wanted: Mapping[tuple[int, int], Spot], styles: Styles) -> None:
        sheet = Sheet(self._read(part), wanted)
        edits = list(sheet.edits({cell: spot.colour for cell, spot in wanted.items()}, styles))
        notes = {cell: f"{LEAD}{spot.note}" for cell, spot in wanted.items() if spot.note}
        relation = self._put_notes(part, sheet, notes)
        if not sheet.drawing:
            edits.append(sheet.with_drawing(relation))
        self._changed[part] = spliced(sheet.xml, edits)

    def _put_notes(self, part: str, sheet: Sheet, notes: Mapping[tuple[int, int], str]) -> str:
        """Write the notes and their boxes; the name of the relation from the sheet to the drawing."""
        relations = self._relations(part)
        texts_part = next(iter(self._related(part, "comments").values()), "")
        boxes_part = self._related(part, "vmlDrawing").get(sheet.drawing, "")
        comments = Comments(self._read(texts_part) if texts_part else EMPTY)
        if comments.are_ours:
            raise UnmarkableError("it bears the marks of an earlier run")
        new = [cell for cell in notes if comments.is_new(cell)]
        boxes = self._read(boxes_part) if boxes_part else drawing.empty(len(new))
        texts_part = texts_part or self._named(relations, "comments", "xl/comments{}.xml")
        relation = sheet.drawing
        if not boxes_part:
            boxes_part = self._named(relations, "vmlDrawing", "xl/drawings/vmlDrawing{}.vml")
            relation = next(
                key for key, name in self._related(part, "vmlDrawing").items() if name == boxes_part
            )
        self._changed[texts_part] = comments.edited(notes)
        self._changed[boxes_part] = drawing.with_boxes(boxes, comments.texts(notes), new, sheet.width)
        return relation

    def _named(self, relations: str, kind: str, pattern: str) -> str:
        """A new part that this one is related to, and its type made known."""
        numbers = range(1, len(self._names) + 2)
        name = next(
            one for number in numbers if (one := pattern.format(f"-marks-{number}")) not in self._names
        )
        self._names.add(name)
        xml = self._read(relations) if relations in self._names else _NO_RELATIONS
        root = root_of(xml)
        taken = {each.attributes.get("Id") for each in root.children}
        key = next(one for number in numbers if (one := f"marks{kind}{number}") not in taken)
        new = f'<Relationship Id="{key}" Type="{RELATION}/{kind}" Target="/{name}"/>'
        self._names.add(relations)
        self._changed[relations] = spliced(xml, put_inside(xml, root, new.encode()))
        self._make_known(name, kind)
        return name

    def _make_known(self, name: str, kind: str) -> None:
        xml = self._read(_TYPES)
        root = root_of(xml)
        if kind == "comments":
            new = f'<Override PartName="/{name}" ContentType="{_COMMENTS}"/>'
        elif any(each.attributes.get("Extension", "").lower() == "vml" for each in root.children):
            return
        else:
            new = f'<Default Extension="vml" ContentType="{_DRAWING}"/>'
        self._changed[_TYPES] = spliced(xml, put_inside(xml, root, new.encode()))

    def _sheets(self, book: str) -> dict[str, str]:
        """The part of each worksheet by its title."""
        parts = self._related(book, "worksheet")
        root = root_of(self._read(book))
        listed = root.child(main("sheets")) or Element("", {}, 0, 0)
        found = {
            each.attributes.get("name", ""): parts.get(each.attributes.get(f"{RELATION} id", ""), "")
            for each in listed.children
        }
        return {title: part for title, part in found.items() if part}

    def _one_related(self, part: str, kind: str) -> str:
        found = list(self._related(part, kind).values())
        if len(found) != 1:
            raise UnmarkableError("it is in the strict form of the format, or another that is not usual")
        return found[0]

    def _related(self, part: str, kind: str) -> dict[str, str]:
        """The parts that this one is related to in such a way, by the names of the relations."""
        relations = self._relations(part)
        if relations not in self._names:
            return {}
        folder = posixpath.dirname(part)
        return {
            each.attributes["Id"]: posixpath.normpath(posixpath.join("/", folder, each.attributes["Target"]))[
                1:
            ]
            for each in root_of(self._read(relations)).children
            if each.attributes.get("Type") == f"{RELATION}/{kind}"
            and each.attributes.get("TargetMode") != "External"
        }

    def _relations(self, part: str) -> str:
        folder, name = posixpath.split(part)
        return posixpath.join(folder, "_rels", f"{name}.rels")

    def _read(self, part: str) -> bytes:
        return self._changed[part] if part in self._changed else self._archive.read(part)


def _put(
    archive: zipfile.ZipFile, name: str, date: tuple[int, int, int, int, int, int], content: bytes, how: int
) -> None:
    info = zipfile.ZipInfo(name, date)
    info.compress_type = zipfile.ZIP_STORED if how == zipfile.ZIP_STORED else zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    archive.writestr(info, content)
