"""Keys: one for all the spellings of a reference, one for a run whatever it is called."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from schemas.keys import content_key, plain, reference_key
from schemas.production_batch import Mass, canonical
from tests.pure.build import HOUR, OTHER_KILN, SHELLS, START, a_payload


@pytest.mark.parametrize(
    "spellings",
    [
        ("42", "0042", "42.0", "42,00", " 42 ", "４２", "٤٢"),
        ("RUN-1", "run-1", "Run 1", "run_1", "RUN1", "RUN/01", "RUN–1", "RUN-l", "RUN-I"),
        ("2026-01", "2026-O1", "2026/1", "2026_01"),
        ("RUN-10", "RUN-1O", "run-1o"),
        ("BIO-1", "bio1", "BIO 01"),
        ("ABC-7", "АВС-7", "abc 007"),
        ("4200000000", "4,200,000,000", "4.200.000.000"),
    ],
)
def test_what_is_lost_or_mistaken_on_the_way_does_not_count(spellings: tuple[str, ...]) -> None:
    assert len({reference_key(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    "references",
    [
        ("1-12", "11-2", "112"),
        ("RUN-1", "RUN-2", "RUN-11", "RUN-1-1", "RUN", "RUN-0"),
        ("C-1", "CO-1", "CI-1", "CL-1"),
        ("A-42", "B-42", "42", "42-1", "420", "4.2"),
        ("II", "11"),
        ("Партия-1", "Partia-1"),
        ("-", "_", "/"),
    ],
)
def test_references_that_differ_otherwise_have_keys_of_their_own(references: tuple[str, ...]) -> None:
    assert len({reference_key(reference) for reference in references}) == len(references)


@given(st.text(max_size=100))
def test_every_text_has_a_key_and_what_is_plain_is_plain(text: str) -> None:
    assert reference_key(text) == reference_key(f" {text}\n")
    assert -(2**63) <= reference_key(text) < 2**63
    assert plain(text) or not text.strip()


@given(st.integers(0, 10**12), st.integers(0, 6), st.sampled_from(["", ".0", ",00"]))
def test_a_number_is_the_same_with_zeros_on_both_sides(number: int, zeros: int, behind: str) -> None:
    assert plain(f"{'0' * zeros}{number}{behind}") == str(number)


def test_a_run_has_the_same_key_under_any_reference_and_name_and_of_any_feedstock() -> None:
    one = a_payload()
    others = [
        replace(one, supplier_reference_id="B", display_name="Seven", feedstock_type_ids=(SHELLS,)),
        replace(one, mass=Mass(Decimal("100.00"), "kg", UNSET)),
        replace(one, mass=Mass(Decimal(100), "kg", Decimal(1))),
    ]
    assert {content_key(canonical(other)) for other in others} == {content_key(canonical(one))}


@pytest.mark.parametrize(
    "other",
    [
        {"facility_id": OTHER_KILN},
        {"started_at": START + HOUR},
        {"ended_at": START + HOUR},
        {"mass": Mass(Decimal("100.001"), "kg")},
    ],
)
def test_another_facility_time_or_mass_is_another_run(other: dict[str, object]) -> None:
    assert content_key(canonical(replace(a_payload(), **other))) != content_key(canonical(a_payload()))


def test_what_is_no_batch_has_no_key() -> None:
    assert content_key("{}") is None
    assert content_key("nothing") is None
