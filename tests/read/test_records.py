"""Lines without a quotation mark are split without the csv module, and nobody can tell from the records."""

import csv
import re

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.read.quotes import lines
from pipeline.read.refused import FileRefused
from pipeline.read.text import _records

A_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
TEXTS = st.lists(
    st.sampled_from(["a", "b ", ",", ";", '"', '""', "\r", "\n", "\r\n", "\x0b", "\u2028", "é", ""])
)
ONLY_LINES = st.lists(st.text("ab,;\x0b\u2028 ", max_size=40), max_size=9)


def as_csv_reads(text: str, delimiter: str) -> tuple[list[list[str]], bool]:
    """The records of a text, and whether they end too early."""
    records: list[list[str]] = []
    try:
        records.extend(csv.reader(A_LINE.findall(text), delimiter=delimiter, strict=True))
    except csv.Error:
        return records, True
    return records, False


def as_read_here(text: str, delimiter: str) -> tuple[list[list[str]], bool]:
    records: list[list[str]] = []
    taken = ""
    try:
        for number, line, raw, fields in _records(text, delimiter, "log.csv"):
            assert number == len(records) + 1
            assert line == len(A_LINE.findall(taken)) + 1
            taken += raw
            records.append(fields)
    except FileRefused:
        assert text.startswith(taken)
        return records, True
    assert taken == text
    return records, False


@given(TEXTS.map("".join), st.sampled_from(",; "))
@example('a,"b\r\nc",d\r\n\r\ne,f', ",")
@example('a,"b', ",")
@example('a\n"b" c\nd', ",")
def test_any_text_has_the_records_that_the_csv_module_finds(text: str, delimiter: str) -> None:
    assert as_read_here(text, delimiter) == as_csv_reads(text, delimiter)


@given(ONLY_LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.integers(1_000, 9_000))
def test_a_long_text_is_taken_apart_at_the_ends_of_its_lines(parts: list[str], end: str, times: int) -> None:
    text = (end.join(parts) + end) * (times if parts else 1)
    assert list(lines(text)) == A_LINE.findall(text)
