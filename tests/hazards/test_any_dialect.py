"""What is written in any dialect and encoding of CSV is read as the very same records (hazards 79 to 85)."""

import csv
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.hazards.raw import HEADER, dropped, table_of

UNICODES = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]
CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\x1a\ufeff"), max_size=12)
STYLES: list[dict[str, Any]] = [
    {"lineterminator": "\r\n"},
    {"lineterminator": "\r\n", "quoting": csv.QUOTE_ALL},
    {"lineterminator": "\r\n", "quoting": csv.QUOTE_NONNUMERIC},
    {"lineterminator": "\n", "quoting": csv.QUOTE_ALL},  # a bare CR is quoted only if all is
    {"lineterminator": "\r", "quoting": csv.QUOTE_ALL},
]


def written_by_csv(rows: list[list[str]], delimiter: str, style: dict[str, Any], *, declared: bool) -> str:
    stream = StringIO(newline="")
    if declared:
        stream.write(f"sep={delimiter}{style['lineterminator']}")
    csv.writer(stream, delimiter=delimiter, **style).writerows(rows)
    return stream.getvalue()


@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=8), max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(UNICODES),
    style=st.sampled_from(STYLES),
    declared=st.booleans(),
)
def test_what_the_csv_module_writes_in_any_dialect_is_read_as_the_very_same_records(
    rows: list[list[str]], delimiter: str, encoding: str, style: dict[str, Any], *, declared: bool
) -> None:
    records = [HEADER.split(";"), *rows]
    content = written_by_csv(records, delimiter, style, declared=declared).encode(encoding)
    with TemporaryDirectory() as folder:
        read = table_of(dropped(Path(folder), content)).rows
    written = enumerate(records, 1)
    assert read == [(number, tuple(row)) for number, row in written if any(row)]


@given(
    rows=st.lists(
        st.lists(
            st.text(st.characters(codec="cp1252", exclude_characters="ÂÃÄÅâ\0\x1a")), min_size=1, max_size=8
        )
    ),
    delimiter=st.sampled_from(",;\t|"),
    style=st.sampled_from(STYLES),
)
def test_what_the_csv_module_writes_for_windows_is_read_as_the_very_same_records(
    rows: list[list[str]], delimiter: str, style: dict[str, Any]
) -> None:
    records = [HEADER.split(";"), ["ü"], *rows]
    content = written_by_csv(records, delimiter, style, declared=False).encode("cp1252")
    with TemporaryDirectory() as folder:
        table = table_of(dropped(Path(folder), content))
    assert table.guessed == "Windows-1252"
    assert table.rows == [(number, tuple(row)) for number, row in enumerate(records, 1) if any(row)]
