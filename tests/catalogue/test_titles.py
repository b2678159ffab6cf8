"""Every code that the program can give has a title in plain words, and no title is left without a code."""

from pipeline.catalogue import FAMILIES, TITLES, title
from tests.catalogue.emitted import codes


def test_every_code_has_a_title_in_the_catalogue() -> None:
    missing = {
        code: places for code, places in codes().items() if code not in TITLES and code not in FAMILIES
    }
    told = "\n".join(f'    "{code}": "…",  # {", ".join(places)}' for code, places in sorted(missing.items()))
    assert not missing, f"pipeline/catalogue.py lacks a title for:\n{told}"


def test_no_title_is_for_a_code_that_nothing_gives() -> None:
    assert set(TITLES) - set(codes()) == set()


def test_the_codes_are_followed_through_parameters_tables_conditions_and_constants() -> None:
    known = ("unknown_feedstock", "file_pdf", "two_headers", "unit_missing", "rows_disagree", "trimmed")
    assert set(known) <= set(codes())
    assert {"*", ""}.isdisjoint(codes())


def test_titles_are_short_different_and_plain() -> None:
    assert len(set(TITLES.values())) == len(TITLES)
    for code, words in TITLES.items():
        assert words[0].isupper(), code
        assert not words.endswith("."), code
        assert "_" not in words, code
        assert len(words) <= 60, code


def test_a_status_of_the_registry_is_named_in_the_title() -> None:
    assert title("http_422") == "Refused by the registry (HTTP 422)"


def test_a_code_that_the_catalogue_does_not_know_is_its_own_title() -> None:
    assert title("never_heard_of") == "Never heard of"
