"""Shared texts that are read by a pattern are those that the parser finds, escapes and all."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.read.plain_texts import plain_texts
from pipeline.read.writing import Written, cell_of_text, shared_texts

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TEXTS = [
    "",
    "a",
    " é ",
    "a &amp; b",
    "&#65;&#x42;",
    "_x000D_",
    "_x005F_x0041_",
    "x\ty\nz",
    "&gt;_x",
    "_x0041_",
]
PLAIN = st.builds(
    "<si><t{}>{}</t></si>".format, st.sampled_from(["", ' xml:space="preserve"']), st.sampled_from(TEXTS)
)
ODD = st.sampled_from(
    [
        "<si><r><rPr><strike/></rPr><t>100</t></r><r><t>120</t></r></si>",
        '<si><t>a</t><rPh sb="0" eb="1"><t>b</t></rPh></si>',
        "<si><t/></si>",
        "<si/>",
        " ",
        "<!-- -->",
        "<si><t><![CDATA[a]]></t></si>",
        "<si><t>a\rb\r\nc</t></si>",
    ]
)


def part(items: list[str]) -> bytes:
    xml = f'<?xml version="1.0" encoding="UTF-8"?>\n<sst xmlns="{MAIN}">{"".join(items)}</sst>'
    return xml.encode()


def told(texts: list[str]) -> list[object]:
    return [(text, type(text), cell_of_text(text), getattr(text, "looks", "")) for text in texts]


@given(st.lists(PLAIN))
def test_plain_texts_are_read_as_they_are_written(items: list[str]) -> None:
    found = plain_texts(part(items))
    assert found is not None
    assert told(found) == told(shared_texts(part(items)))


@given(st.lists(PLAIN), ODD, st.lists(PLAIN))
def test_texts_among_which_one_is_more_than_a_text_are_left_to_the_parser(
    before: list[str], odd: str, after: list[str]
) -> None:
    assert plain_texts(part([*before, odd, *after])) in (None, shared_texts(part([*before, odd, *after])))


def test_texts_in_another_namespace_or_encoding_are_left_to_the_parser() -> None:
    content = part(["<si><t>a</t></si>"])
    assert plain_texts(content) == ["a"]
    assert plain_texts(content.replace(b"spreadsheetml", b"other")) is None
    assert plain_texts(content.replace(b"UTF-8", b"latin-1")) is None
    assert plain_texts(content.replace(b">a<", b">\xff<")) is None


def test_an_escape_that_stands_for_an_escape_is_undone_once() -> None:
    (text,) = plain_texts(part(["<si><t>_x005F_x000D_</t></si>"])) or []
    assert isinstance(text, Written)
    assert cell_of_text(text) == "_x000D_"
