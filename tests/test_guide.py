"""The guide for those who keep logs says what the program does: its messages and its headers."""

import re
from collections import Counter

import pytest

from pipeline.catalogue import FAMILIES, TITLES
from schemas.run_log.columns import field_named
from schemas.run_log.header_name import header_name
from schemas.run_log.headers import BY_LANGUAGE
from tests.test_readme import ROOT, rows

PATH = ROOT / "docs" / "logs.md"
GUIDE = PATH.read_text(encoding="utf-8")
_, _, MESSAGES = GUIDE.partition("\n## What each message means\n")
ROWS = re.findall(r"^\| `([^`]+)` \| (.+?) \| (.+?) \|$", MESSAGES, re.MULTILINE)
LANGUAGES = (("English", "German", "French"), ("Spanish", "Portuguese", "Norwegian"))
HEADERS = [
    (row[0].strip("`"), language, header)
    for group in LANGUAGES
    for row in rows(GUIDE, f"field | {' | '.join(group)}")
    for language, cell in zip(group, row[1:], strict=True)
    for header in cell.split(", ")
]


def test_every_message_has_exactly_one_row() -> None:
    told = Counter(code for code, _, _ in ROWS)
    known = {*TITLES, *FAMILIES}
    assert {code for code, count in told.items() if count > 1} == set(), "more than one row"
    missing = "\n".join(f"    | `{code}` | {TITLES.get(code, '')} | … |" for code in sorted(known - {*told}))
    assert not missing, f"docs/logs.md lacks:\n{missing}"
    unknown = ", ".join(sorted({*told} - known))
    assert not unknown, f"docs/logs.md has rows for codes that pipeline/catalogue.py does not know: {unknown}"


def test_every_row_of_a_message_was_found() -> None:
    assert len(re.findall(r"^\| `", MESSAGES, re.MULTILINE)) == len(ROWS)


@pytest.mark.parametrize(("field", "language", "header"), HEADERS)
def test_every_header_that_is_listed_is_understood(field: str, language: str, header: str) -> None:
    assert field_named(header_name(header)) == field
    assert header in BY_LANGUAGE[language][field]


def test_every_field_and_language_has_headers() -> None:
    assert {(field, language) for field, language, _ in HEADERS} == {
        (field, language) for language, table in BY_LANGUAGE.items() for field in table
    }
