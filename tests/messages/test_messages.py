"""The catalogue of messages has every code, and its examples are what the program says."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.catalogue import FAMILIES, TITLES
from tests.messages.example import Example
from tests.messages.examples import examples
from tests.messages.page import _literal, page

FEWEST = 120


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Example]:
    return examples(tmp_path_factory.mktemp("messages"))


def test_every_code_has_one_entry_and_no_other_has(found: dict[str, Example]) -> None:
    assert sorted(re.findall(r"^### `(.+)`$", page(found), re.MULTILINE)) == sorted({*TITLES, *FAMILIES})


def test_most_codes_have_an_example_and_every_example_is_of_a_code(found: dict[str, Example]) -> None:
    assert {code for code in found if not code.startswith("http_")} <= set(TITLES)
    assert len(found) >= FEWEST


def test_an_example_says_what_is_wanted_and_names_no_folder_of_this_machine(
    found: dict[str, Example], tmp_path_factory: pytest.TempPathFactory
) -> None:
    for example in found.values():
        assert example.where
        assert example.says.endswith((".", "?", "script"))
        assert str(tmp_path_factory.getbasetemp()) not in example.says


def test_a_refusal_with_a_status_is_the_example_of_its_family(found: dict[str, Example]) -> None:
    assert "refused by the script" in page(found).partition("### `http_*`")[2].partition("### ")[0]


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1))
def test_an_example_is_shown_as_text_and_never_as_markup(says: str) -> None:
    (inline,) = [token for token in MarkdownIt().parse(f"x {_literal(says)} x") if token.type == "inline"]
    assert {child.type for child in inline.children or []} <= {"text", "text_special"}
