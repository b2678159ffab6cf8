"""Of a long sheet only the rows to mark are parsed, and that finds the same as parsing all of it."""

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.mark.sheet import Sheet
from pipeline.mark.stretches import stretches

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
COMMENT = b"<!-- not a tag -->"
CELLS = st.lists(st.integers(1, 4), max_size=3, unique=True).map(sorted)
ROWS = st.lists(st.tuples(st.integers(1, 9), CELLS, st.sampled_from(["", "\n ", "\r\n"])), max_size=6)
WANTED = st.sets(st.tuples(st.integers(1, 9), st.integers(1, 4)), min_size=1, max_size=5)


def sheet(rows: list[tuple[int, list[int], str]], prefix: str = "", *, numbered: bool = True) -> bytes:
    """A sheet of these rows: the number of each, its cells, and what stands before it."""
    bind = f":{prefix}" if prefix else ""
    p = f"{prefix}:" if prefix else ""
    parts = []
    for number, cells, before in rows:
        tag = f'{p}row r="{number}"' if numbered else f"{p}row"
        drawn = "".join(
            f'<{p}c r="{"ABCD"[each - 1]}{number}" s="{each}"><{p}v>1</{p}v></{p}c>' for each in cells
        )
        parts.append(f"{before}<{tag}>{drawn}</{p}row>" if cells else f"{before}<{tag}/>")
    xml = (
        f'<{p}worksheet xmlns{bind}="{MAIN}"><{p}cols><{p}col min="2" max="3" width="9" style="7"/></{p}cols>'
        f"<{p}sheetData>{''.join(parts)}</{p}sheetData><{p}pageMargins/><{p}tableParts/></{p}worksheet>"
    )
    return xml.encode()


def seen(xml: bytes, wanted: set[tuple[int, int]]) -> tuple[object, ...]:
    found = Sheet(xml, wanted)
    return found.spots, found.with_drawing("x"), found.width(2), found.drawing


@given(ROWS, WANTED, st.sampled_from(["", "x"]), st.booleans())
@example([(1, [1], ""), (2, [], ""), (3, [2], "\n")], {(3, 1)}, "", True)
@example([(1, [1], ""), (2, [1], "")], {(9, 1)}, "", True)
def test_the_rows_to_mark_are_found_where_they_are_found_in_the_whole(
    rows: list[tuple[int, list[int], str]], wanted: set[tuple[int, int]], prefix: str, numbered: bool
) -> None:
    xml = sheet(rows, prefix, numbered=numbered)
    whole = xml + COMMENT
    assert stretches(whole, {1}) == [(0, len(whole))]
    assert seen(xml, wanted) == seen(whole, wanted)


def test_other_rows_are_not_parsed() -> None:
    xml = sheet([(number, [1], "") for number in range(1, 1_000)])
    parsed = b"".join(xml[start:end] for start, end in stretches(xml, {1, 500}))
    assert parsed == sheet([(1, [1], ""), (500, [1], "")])


def test_what_only_looks_like_a_row_takes_none_away() -> None:
    rows = [(1, [1], ""), (2, [1], "")]
    for odd in (b'<!-- <row r="2"/> -->', b'<![CDATA[<row r="2"/>]]>', b'<?x <row r="2"/>?>'):
        xml = sheet(rows).replace(b"<sheetData>", b"<sheetData>" + odd)
        assert stretches(xml, {1}) == [(0, len(xml))]
