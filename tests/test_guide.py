"""The guide for those who keep logs says what the program does: its messages, its headers, its commands."""

import re
from collections import Counter
from pathlib import Path

import pytest

from pipeline.catalogue import FAMILIES, TITLES
from schemas.run_log.columns import field_named
from schemas.run_log.header_name import header_name
from schemas.run_log.headers import BY_LANGUAGE
from tests.test_readme import COMMANDS, MAKEFILE, ROOT, after, named, options_of, rows, typed

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


def test_every_command_that_is_named_exists() -> None:
    commands = typed(GUIDE)
    inline = [text.split() for text in named(GUIDE) if text.startswith((".venv/bin/pipeline ", "make "))]
    calls, targets = after("pipeline", commands + inline), after("make", commands + inline)
    assert calls
    assert targets
    for command, *words in calls:
        assert command in COMMANDS
        assert {word for word in words if word.startswith("-")} <= options_of(command)
    for target, *_ in targets:
        assert re.search(rf"^{target}:.*## ", MAKEFILE, re.MULTILINE)


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", GUIDE)
    files = [link.partition("#")[0] for link in links if not link.startswith("#")]
    assert [link for link in files if not (PATH.parent / link).exists()] == []
    assert {link[1:] for link in links if link.startswith("#")} <= _anchors(PATH)
    others = [link for link in links if "#" in link and not link.startswith("#")]
    assert others
    for file, _, anchor in (link.partition("#") for link in others):
        assert anchor in _anchors(PATH.parent / file)


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
