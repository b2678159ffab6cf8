"""A row that is no header is told what it lacks, how that may be called, and what was perhaps meant."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.run_log.columns import REQUIRED, columns_of
from schemas.run_log.headers import BUILT_IN, BY_LANGUAGE
from schemas.run_log.lacking import IN_WORDS, Near, lacking, listed, nearest_header, nearest_row

GERMAN = ("Charge-Nr.", "Anlage", "Einsatzstoff", "Beginn", "Ende", "Pflanzenkohle [t TM]")


def mapped(remedy: str) -> dict[str, str]:
    """What the remedy offers to write under [log.columns]."""
    _, _, lines = remedy.rstrip(".").partition("[log.columns]: ")
    return tomllib.loads(lines.replace('", "', '"\n"').replace('" and "', '"\n"'))


def test_what_is_lacking_is_named_with_examples_in_the_language_of_the_row_and_the_nearest_header() -> None:
    what, remedy = lacking(("Charge-Nnr.", *GERMAN[1:]), {})
    assert what == "the batch’s reference"
    assert remedy == (
        "The batch’s reference may be called “Charge-Nr.”, “Chargennummer” or “Charge”; “Charge-Nnr.” is "
        "near “Charge-Nr.”. Or map this plant’s headers in pipeline.toml under [log.columns]: "
        '"Charge-Nnr." = "supplier_reference_id".'
    )


def test_each_field_that_is_lacking_gets_a_sentence_of_its_own() -> None:
    what, remedy = lacking(("Lote", "Horno", "Biomasa (kg)", "Inicio", "Termina"), {})
    assert what == "the feedstock, the end and the mass of the biochar"
    assert "The feedstock may be called “Materia prima”, “Materias primas” or “Biomasa”." in remedy
    assert "The end may be called “Fin”, “Término” or “Fecha de fin” beside “Hora de fin”" in remedy
    assert "may be called “Masa de biochar (kg)”, “Biochar (kg)” or “Biocarbón (kg)”." in remedy
    assert "Biomasa (kg)" not in remedy  # a mass of something else is no slip of the pen


def test_where_no_language_can_be_told_the_examples_are_english() -> None:
    _, remedy = lacking(("Foo", "Bar"), {})
    assert "The facility may be called “Facility”, “Facility ID” or “Facility name”." in remedy


def test_a_header_of_the_settings_is_what_its_field_is_called_here() -> None:
    _, remedy = lacking(("Kennung", *GERMAN[1:]), {"Meiler Nr": "supplier_reference_id"})
    assert remedy.startswith("The batch’s reference may be called “Meiler Nr”")
    near = nearest_header(("Meilr Nr",), {"Meiler Nr": "supplier_reference_id"}, "supplier_reference_id")
    assert near == Near("Meilr Nr", "Meiler Nr")


@pytest.mark.parametrize("column", range(len(GERMAN)))
def test_what_is_offered_to_be_mapped_makes_the_row_a_header(column: int) -> None:
    misspelt = GERMAN[column][:4] + GERMAN[column][3:]
    row = (*GERMAN[:column], misspelt, *GERMAN[column + 1 :])
    what, remedy = lacking(row, {})
    assert what == IN_WORDS[REQUIRED[column]]
    lines = mapped(remedy)
    assert lines == {misspelt: REQUIRED[column]}
    assert columns_of(row, lines).missing == ()


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Operator", "facility"), ("Remarks", "facility"), ("Biomasse (kg)", "mass"), ("Datum", "started_at"),
        ("Feedstock (kg)", "feedstock"), ("Feedstock (kg)", "mass"), ("SDD", "mass_standard_deviation"),
        ("Temperatur", "started_at"), ("Batch", "mass"), ("", "mass"), ("Name", "display_name"),
    ],
)  # fmt: skip
def test_what_is_another_thing_is_near_nothing(header: str, field: str) -> None:
    assert nearest_header((header,), {}, field) is None


@pytest.mark.parametrize(
    ("rows", "nearest"),
    [
        ([("a title",), GERMAN[:4], ("x", "y", "z", "u", "v")], 1),
        ([("",), ("one word",), ("two", "words")], 2),
        ([("1",), ("2", "3")], 0),
        ([("",), ()], None),
        ([], None),
    ],
)
def test_the_row_with_most_fields_comes_nearest_then_the_one_with_most_words(
    rows: list[tuple[str, ...]], nearest: int | None
) -> None:
    assert nearest_row(rows, {}) == nearest


def test_every_required_field_has_a_name_for_people() -> None:
    assert set(IN_WORDS) == set(REQUIRED)


@pytest.mark.parametrize("language", BY_LANGUAGE)
def test_what_is_given_as_an_example_is_understood(language: str) -> None:
    first = tuple(BY_LANGUAGE[language][field][0] for field in REQUIRED)
    for left_out in range(len(REQUIRED)):
        _, remedy = lacking((*first[:left_out], "?", *first[left_out + 1 :]), {})
        examples = [part.partition("”")[0] for part in remedy.partition(" Or map")[0].split("“")[1:]]
        assert len(examples) in (3, 4)
        for example in examples:
            assert REQUIRED[left_out] in columns_of((example,), {}).fields


@given(st.lists(st.text(max_size=12) | st.sampled_from(BUILT_IN["mass"]), max_size=8))
def test_of_whatever_stands_in_a_row_exactly_what_is_missing_is_told(row: list[str]) -> None:
    what, remedy = lacking(row, {})
    assert what == listed([IN_WORDS[field] for field in columns_of(row, {}).missing])
    assert remedy.endswith(".")
