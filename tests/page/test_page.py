"""What the page says, and that nothing from a log or the registry becomes part of its markup."""

import re
import unicodedata
from pathlib import PurePosixPath

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.model import WORDS, Environment, Outcome, Report, Target
from pipeline.report import counts, following, reopened
from pipeline.write.page.content import MOST_PLACES
from tests.page.reports import PAGES, Parsed, hostile, issue, page, report, row

MARKUP = "</style></title></svg><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}"
CSP = "default-src 'none'; style-src 'unsafe-inline'"
PLAIN = Parsed(page(hostile("x"))).tags


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_script_no_address_and_a_policy_that_forbids_both(name: str) -> None:
    parsed = Parsed(page(PAGES[name]))
    assert "script" not in parsed.tags
    assert parsed.tags.count("style") == 1
    (policy,) = [e for e in parsed.elements if e.attributes.get("http-equiv") == "Content-Security-Policy"]
    assert policy.attributes["content"] == CSP
    assert parsed.elements.index(policy) < parsed.tags.index("style")
    reaching = {"src", "href", "xlink:href", "action", "srcset", "data", "background"}
    for element in parsed.elements:
        assert not reaching & element.attributes.keys(), element
        assert not [key for key in element.attributes if key.startswith("on")], element
    assert not re.search(r"url\(|@import", page(PAGES[name]))


@settings(max_examples=60)
@given(st.text(min_size=1, max_size=60))
@example(MARKUP)
@example('" onmouseover="alert(1)" x="')
@example("'><svg onload=alert(1)>")
@example("<!--")
@example("]]>")
@example("&lt;script&gt;")
@example("\u202eevil\u2066\u200b\x00\x1b[2J\ud800\ufffe")
@example("W" * 100_000)
def test_no_text_changes_the_markup_nor_hides_in_it(text: str) -> None:
    made = page(hostile(text))
    assert Parsed(made).tags == PLAIN
    hidden = [
        c for c in made if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} - {"\n"}
    ]
    assert set(hidden) <= {"\n"}
    assert len(made) < 400_000


def test_what_cannot_be_seen_is_named() -> None:
    assert "A<U+202E>1" in Parsed(page(hostile("A\u202e1"))).text


@pytest.mark.parametrize("environment", ["local", "sandbox", "production"])
def test_the_registry_stands_in_big_letters_before_the_heading(environment: Environment) -> None:
    text = page(report(row(2), target=Target(environment, "x")))
    assert text.index(f'<span class="environment">{environment.upper()}</span>') < text.index("<h1>")


@pytest.mark.parametrize("name", PAGES)
def test_the_rows_on_the_page_are_those_of_the_report(name: str) -> None:
    found = re.findall(r'data-outcome="(\w+)" class="\w+"><td>([\d,]+)</td>', page(PAGES[name]))
    told = {word: int(count.replace(",", "")) for word, count in found}
    assert told == {word: count for word, count in counts(PAGES[name].rows).items() if count}


def test_an_outcome_is_told_by_a_word_and_a_sign_not_by_colour_alone() -> None:
    text = page(report(*(row(number, word) for number, word in enumerate(WORDS, 2))))
    for word in WORDS:
        assert re.search(rf"aria-hidden=\"true\">[✓✗?]</span> {word}<", text)


@pytest.mark.parametrize("name", ["wrong", "checked", "clean"])
def test_the_steps_come_in_order_and_the_command_is_that_of_the_screen(name: str) -> None:
    made = PAGES[name]
    then, text = following(made, PurePosixPath("runs/one")), Parsed(page(made)).text
    places = [text.index(step) for step in (*(step[1:] for step in then.steps), then.command) if step]
    assert places == sorted(places)
    assert ("Nothing is left to do." in text) == (name == "clean")


def test_a_file_that_was_refused_is_to_be_seen_to_although_no_command_can_name_it() -> None:
    assert "See to the file that was refused." in Parsed(page(PAGES["wrong"])).text


def test_a_long_list_is_cut_with_the_number_of_the_rest_and_where_it_is() -> None:
    text = Parsed(page(PAGES["wrong"])).text
    assert f"F{2 + MOST_PLACES - 1} HK" in text
    assert f"F{2 + MOST_PLACES} HK" not in text
    assert "… and 18 more rows of this kind: see to_fix.xlsx and results.xlsx." in text


def test_a_conflict_is_a_table_of_what_is_held_and_what_is_wanted() -> None:
    text = Parsed(page(PAGES["wrong"])).text
    assert "Where Reference Field Held Wanted by the log row 61 HK-0061 ptb_1 mass 592 kg 612 kg" in text
    assert "One row says Another says rows 62, 63 HK-0062 mass 612 kg 592 kg" in text


def test_the_registrys_reasons_stand_at_their_cells_with_the_value() -> None:
    text = Parsed(page(PAGES["wrong"])).text
    assert "mass.magnitude: must be below 1 t. To do:" in text
    assert "F64 HK-0064 600" in text
    assert "C64 HK-0064 Prunings" in text
    assert "closed. To do: Correct it, or ask the registry. Refused by the registry (HTTP 422): where" in text


def test_a_refused_file_is_told_with_its_hash_and_its_remedy() -> None:
    text = Parsed(page(PAGES["wrong"])).text
    assert (
        "notes.pdf Refused PDF document: notes.pdf is a PDF document. To do: Save the log as a workbook."
        in text
    )
    assert "1" * 64 in text


def test_each_picture_has_a_name_and_its_numbers_in_a_table() -> None:
    parsed = Parsed(page(PAGES["long"]))
    drawn = [element for element in parsed.elements if element.attributes.get("role") == "img"]
    ids = {element.attributes.get("id") for element in parsed.elements}
    assert [element.attributes["id"] for element in drawn] == ["outcomes", "when", "mass", "speed", "answers"]
    assert all(element.attributes["aria-labelledby"] in ids for element in drawn)
    assert parsed.tags.count("details") == len(drawn) - 1
    assert "429 × 120" not in parsed.text
    assert "120 × 429" in parsed.text


def test_what_is_counted_as_made_is_said() -> None:
    assert "Counted are 60 rows of 60: those that are registered," in Parsed(page(PAGES["clean"])).text
    assert "are registered already or in order" in Parsed(page(PAGES["checked"])).text


def test_a_page_of_many_rows_stays_small() -> None:
    many = report(*(row(number, "invalid", issue(number, str(number))) for number in range(2, 20_000)))
    assert len(page(many)) < 100_000


def test_a_command_is_never_cut() -> None:
    name = "n" * 5000
    sources = tuple(replace(source, file=name) for source in PAGES["checked"].sources)
    assert f"pipeline upload {name}" in page(replace(PAGES["checked"], sources=sources))


def test_the_same_report_gives_the_same_page() -> None:
    made: Report = PAGES["long"]
    assert page(made) == page(made)


def test_a_row_that_is_tried_again_is_not_told_of_its_old_refusal() -> None:
    (before,) = [each for each in PAGES["wrong"].rows if each.outcome.word == "rejected"]
    assert before.issues
    assert reopened(before, Outcome("created")).issues == ()
    warned = PAGES["wrong"].rows[58]
    assert reopened(warned, Outcome("created")).issues == warned.issues
