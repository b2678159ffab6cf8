"""XML that is changed where it must be, and stays byte for byte as it was everywhere else.

A workbook's parts use prefixes, extensions and an order that a tree would not give back as they were.
"""

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import NamedTuple
from xml.parsers import expat

from msgspec import Struct, field
from openpyxl.xml.constants import SHEET_MAIN_NS

from pipeline.mark.unmarkable import UnmarkableError

_TAG = re.compile(rb"""<([^\s/>"'=]+)(?:\s+[^\s=>"'/]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


class Edit(NamedTuple):
    """What takes the place of the bytes from `start` to `end`."""

    start: int
    end: int
    instead: bytes


class Element(Struct):
    """An element: its name with its namespace before it, and where in the bytes it and its content are."""

    name: str
    attributes: dict[str, str]
    start: int
    inner: int
    inner_end: int = 0
    end: int = 0
    text: str = ""
    """All the text that is in it, at any depth."""
    children: "list[Element]" = field(default_factory=list)

    def child(self, name: str) -> "Element | None":
        """The first child of this name."""
        return next((each for each in self.children if each.name == name), None)


def main(name: str) -> str:
    """The name of an element of a spreadsheet."""
    return f"{SHEET_MAIN_NS} {name}"


def parser_of(xml: bytes) -> expat.XMLParserType:
    """A parser that refuses what no spreadsheet program writes, and what cannot be spliced."""
    if xml.startswith(_WIDE):
        raise UnmarkableError("its XML is in a wide encoding")

    def refuse(*_: object) -> None:
        raise UnmarkableError("it declares a document type")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse
    return parser


def root_of(xml: bytes) -> Element:
    """The outermost element of a part, with all that it holds."""
    within = [Element("", {}, 0, 0)]
    parser = parser_of(xml)

    def start(name: str, attributes: dict[str, str]) -> None:
        at = parser.CurrentByteIndex
        element = Element(name, attributes, at, at + len(tag_at(xml, at)))
        within[-1].children.append(element)
        within.append(element)

    def characters(data: str) -> None:
        within[-1].text += data

    def end(_name: str) -> None:
        element, at = within.pop(), parser.CurrentByteIndex
        is_empty = xml[element.inner - 2 : element.inner] == b"/>"
        element.inner_end = element.inner if is_empty else at
        element.end = element.inner if is_empty else xml.index(b">", at) + 1
        within[-1].text += element.text

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = characters
    parser.Parse(xml, True)
    return within[0].children[0]


def tag_at(xml: bytes, at: int) -> bytes:
    """The start tag that begins there."""
    tag = _TAG.match(xml, at)
    if not tag:
        raise UnmarkableError("its XML is written in an unusual way")
    return tag[0]


def prefix_at(xml: bytes, at: int) -> bytes:
    """What stands before the name of the element that begins there: nothing, or a prefix and its colon."""
    name = tag_at(xml, at)[1:].split(None, 1)[0].rstrip(b"/>")
    return name[: name.index(b":") + 1] if b":" in name else b""


def with_attribute(tag: bytes, name: str, value: object) -> bytes:
    """The start tag with that value for the attribute, which it may have or not."""
    attribute = f' {name}="{value}"'.encode()
    old = re.compile(rb"""\s%b\s*=\s*(?:"[^"]*"|'[^']*')""" % name.encode())
    if old.search(tag):
        return old.sub(lambda _: attribute, tag, count=1)
    ending = b"/>" if tag.endswith(b"/>") else b">"
    return tag[: -len(ending)].rstrip() + attribute + ending


def put_inside(xml: bytes, element: Element, content: bytes, **attributes: object) -> Iterator[Edit]:
    """Put content at the end of an element, and give its tag these attributes."""
    tag = xml[element.start : element.inner]
    for attribute, value in attributes.items():
        tag = with_attribute(tag, attribute, value)
    if not tag.endswith(b"/>"):
        yield Edit(element.start, element.inner, tag)
        yield Edit(element.inner_end, element.inner_end, content)
        return
    name = tag[1:].split(None, 1)[0].removesuffix(b"/>")
    yield Edit(element.start, element.end, tag[:-2].rstrip() + b">" + content + b"</" + name + b">")


def spliced(xml: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes with every edit made; edits that overlap are a bug."""
    pieces: list[bytes] = []
    done = 0
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        if edit.start < done:
            raise RuntimeError(f"two edits overlap at {edit.start}")
        pieces += (xml[done : edit.start], edit.instead)
        done = edit.end
    return b"".join((*pieces, xml[done:]))


def text(value: str) -> bytes:
    """Text as it stands in XML of any encoding that begins as ASCII does."""
    return escape(value).encode("ascii", "xmlcharrefreplace")
