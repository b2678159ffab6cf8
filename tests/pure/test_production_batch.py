"""What is sent has one text for one meaning; what is held is compared by meaning."""

import datetime as dt
import json
from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from schemas.production_batch import (
    Mass,
    ProductionBatch,
    canonical,
    decode,
    decode_held,
    differences,
    fingerprint,
    root_of_squares,
    sum_of,
)
from tests.pure.build import HOUR, KILN, OTHER_KILN, SHELLS, START, STRAW, WOOD, a_payload, held_of

POSITIVE = st.integers(1, 10**15 - 1).flatmap(
    lambda n: st.integers(-9, 0).map(lambda e: Decimal(n).scaleb(e))
)
SECONDS = st.integers(0, 26 * 365 * 86_400).map(
    lambda s: dt.datetime(2000, 1, 1, tzinfo=dt.UTC) + s * HOUR / 3600
)
IDS = st.lists(st.sampled_from((WOOD, STRAW, SHELLS)), min_size=1, unique=True).map(tuple)
NAMES = st.one_of(st.just(UNSET), st.text(st.characters(codec="utf-8"), min_size=1, max_size=5))


@st.composite
def payloads(draw: st.DrawFn) -> ProductionBatch:
    start = draw(SECONDS)
    deviation: Decimal | UnsetType = draw(st.one_of(st.just(UNSET), POSITIVE))
    return ProductionBatch(
        "A1",
        draw(st.sampled_from((KILN, OTHER_KILN))),
        draw(IDS),
        "biochar",
        start,
        start + draw(st.integers(1, 999)) * HOUR,
        Mass(draw(POSITIVE), "kg", deviation),
        draw(NAMES),
    )


@st.composite
def rewritten(draw: st.DrawFn, batch: ProductionBatch) -> ProductionBatch:
    """The same batch in another notation."""
    zone = dt.timezone(dt.timedelta(minutes=15 * draw(st.integers(-56, 56))))
    zeros = Decimal(1).scaleb(batch.mass.magnitude.as_tuple().exponent - draw(st.integers(0, 5)))  # type: ignore[operator]
    return replace(
        batch,
        feedstock_type_ids=tuple(draw(st.permutations(batch.feedstock_type_ids))),
        started_at=batch.started_at.astimezone(zone),
        ended_at=batch.ended_at.astimezone(zone),
        mass=replace(
            batch.mass,
            magnitude=batch.mass.magnitude.quantize(zeros),
            standard_deviation=batch.mass.standard_deviation or draw(st.sampled_from((UNSET, None))),
        ),
        display_name=batch.display_name or draw(st.sampled_from((UNSET, None))),
    )


def test_the_body_is_exactly_the_fields_of_the_contract_with_numbers_as_numbers() -> None:
    batch = a_payload("12.50", deviation=Decimal("0.5"), display_name="Seven")
    assert canonical(batch) == (
        '{"display_name":"Seven","ended_at":"2026-10-01T18:00:00Z",'
        '"facility_id":"fcl_1G8QT5ZAB1S0XSDW",'
        '"feedstock_type_ids":["ftt_1D7KZ1P761S0G7BN","ftt_1D7KZ1P761S0G7BP"],"kind":"biochar",'
        '"mass":{"magnitude":12.5,"standard_deviation":0.5,"unit":"kg"},'
        '"started_at":"2026-10-01T06:00:00Z","supplier_reference_id":"A1"}'
    )


@pytest.mark.parametrize("none", [UNSET, None])
def test_what_the_log_does_not_say_is_left_out_and_never_null_or_zero(none: UnsetType | None) -> None:
    body = json.loads(canonical(a_payload(deviation=none, display_name=none)))
    assert "display_name" not in body
    assert set(body["mass"]) == {"magnitude", "unit"}


def test_the_fingerprint_is_the_sha256_of_the_body() -> None:
    assert fingerprint("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.data())
def test_one_meaning_has_one_text(data: st.DataObject) -> None:
    batch = data.draw(payloads())
    other = data.draw(rewritten(batch))
    assert canonical(other) == canonical(batch)
    assert differences(batch, other) == differences(batch, decode(canonical(other))) == []
    assert canonical(decode(canonical(batch))) == canonical(batch)


@given(payloads())
def test_a_body_holds_the_mass_exactly(batch: ProductionBatch) -> None:
    body = json.loads(canonical(batch), parse_float=Decimal, parse_int=Decimal)
    assert body["mass"]["magnitude"] == batch.mass.magnitude
    assert decode(canonical(batch)).mass.magnitude == batch.mass.magnitude


@given(payloads(), payloads())
def test_batches_that_differ_have_other_fingerprints_and_only_those(
    one: ProductionBatch, two: ProductionBatch
) -> None:
    same = fingerprint(canonical(one)) == fingerprint(canonical(two))
    assert same == (differences(one, two) == [])


@given(payloads())
def test_what_the_registry_gives_back_as_doubles_is_the_same(batch: ProductionBatch) -> None:
    sent = json.loads(canonical(batch))
    sent["mass"]["unit"] = "kilogram"
    sent["id"] = "ptb_1"
    sent.setdefault("display_name", "made up")
    sent["feedstock_type_ids"].reverse()
    assert differences(batch, decode_held(json.dumps(sent).encode())) == []


@pytest.mark.parametrize(
    "mass", ["55999.97154337525", "123456.75", "0.45359237", "22.67961850000005", "4535923.70000005", "0.1"]
)
def test_a_mass_of_more_digits_than_a_double_holds_is_the_same_when_it_comes_back(mass: str) -> None:
    batch = a_payload(mass)
    for digits in (repr(float(mass)), f"{float(mass):.17g}", mass):
        held = held_of(batch)
        assert differences(batch, replace(held, mass=Mass(Decimal(digits), "kilogram"))) == []


@pytest.mark.parametrize(
    ("magnitude", "unit"),
    [
        ("12", "kg"), ("12.0", "kg"), ("12.000", "kilogram"), ("1.2E+1", "Kilograms"), ("0.012", "t"),
        ("0.0120", "tonne"), ("12000", "g"), ("12000.0", "grams"), ("0.012", "metric ton"),
    ],
)  # fmt: skip
def test_a_mass_is_the_same_in_any_unit_and_notation(magnitude: str, unit: str) -> None:
    batch = a_payload("12", deviation=Decimal("1.5"))
    factor = Decimal(12) / Decimal(magnitude)
    held = replace(held_of(batch), mass=Mass(Decimal(magnitude), unit, Decimal("1.5") / factor))
    assert differences(batch, held) == []


def test_noise_of_doubles_is_no_difference() -> None:
    held = replace(held_of(a_payload("0.3")), mass=Mass(Decimal("0.30000000000000004"), "kilogram"))
    assert differences(a_payload("0.3"), held) == []


@pytest.mark.parametrize("held_deviation", [None, UNSET])
def test_no_deviation_is_the_same_as_null(held_deviation: UnsetType | None) -> None:
    batch = a_payload("12")
    held = replace(held_of(batch), mass=Mass(Decimal(12), "kg", held_deviation))
    assert differences(batch, held) == []


@pytest.mark.parametrize("made_up", [None, "", "North kiln, October"])
def test_a_name_that_the_registry_made_up_is_no_difference(made_up: str | None) -> None:
    assert differences(a_payload(), replace(held_of(a_payload()), display_name=made_up)) == []


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("facility_id", {"facility_id": OTHER_KILN}),
        ("feedstock_type_ids", {"feedstock_type_ids": (WOOD,)}),
        ("feedstock_type_ids", {"feedstock_type_ids": (WOOD, SHELLS)}),
        ("feedstock_type_ids", {"feedstock_type_ids": (WOOD, STRAW, SHELLS)}),
        ("feedstock_type_ids", {"feedstock_type_ids": ()}),
        ("kind", {"kind": "bio_oil"}),
        ("started_at", {"started_at": START + dt.timedelta(seconds=1)}),
        ("ended_at", {"ended_at": START}),
        ("mass", {"mass": Mass(Decimal("100.000000000001"), "kg")}),
        ("mass", {"mass": Mass(Decimal(100), "t")}),
        ("mass", {"mass": Mass(Decimal(100), "g")}),
        ("mass", {"mass": Mass(Decimal(100), "Mg")}),
        ("mass", {"mass": Mass(Decimal(100), "")}),
        ("supplier_reference_id", {"supplier_reference_id": "a1"}),
        ("mass", {"mass": Mass(Decimal("NaN"), "kg")}),
        ("mass", {"mass": Mass(Decimal("1E+400"), "kg")}),
        ("mass.standard_deviation", {"mass": Mass(Decimal(100), "kg", Decimal(1))}),
        ("mass.standard_deviation", {"mass": Mass(Decimal(100), "kg", Decimal(0))}),
    ],
)
def test_every_real_change_is_seen_and_named(field: str, other: dict[str, object]) -> None:
    batch = a_payload()
    held = held_of(batch)
    changed = replace(held, **other)
    (difference,) = differences(batch, changed)
    assert difference[0] == field
    assert difference[1] != difference[2]


@pytest.mark.parametrize("deviation", [None, UNSET, Decimal(0), Decimal("1.51"), Decimal(1500)])
def test_a_deviation_that_is_gone_or_another_is_seen(deviation: Decimal | UnsetType | None) -> None:
    batch = a_payload(deviation=Decimal("1.5"))
    held = replace(held_of(batch), mass=Mass(Decimal(100), "kg", deviation))
    assert [field for field, *_ in differences(batch, held)] == ["mass.standard_deviation"]


@pytest.mark.parametrize("held_name", ["Eight", "seven", "", None])
def test_a_name_that_the_log_gives_must_be_held(held_name: str | None) -> None:
    batch = a_payload(display_name="Seven")
    held = replace(held_of(batch), display_name=held_name)
    assert [field for field, *_ in differences(batch, held)] == ["display_name"]


def test_two_payloads_of_the_log_differ_when_only_one_has_a_name() -> None:
    one, two = a_payload(), a_payload(display_name="Seven")
    assert differences(one, two) == [("display_name", "", "Seven")]
    assert differences(two, one) == [("display_name", "Seven", "")]


def test_a_difference_shows_both_sides_in_one_notation() -> None:
    held = replace(held_of(a_payload()), mass=Mass(Decimal("0.2"), "t"), started_at=START - HOUR)
    assert differences(a_payload(), held) == [
        ("started_at", "2026-10-01T06:00:00Z", "2026-10-01T05:00:00Z"),
        ("mass", "100 kg", "200 kg"),
    ]


def test_fields_that_the_registry_may_add_are_passed_over() -> None:
    body = json.loads(canonical(a_payload())) | {
        "id": "ptb_1",
        "new": {"deep": [1]},
        "supplier_reference_id": None,
    }
    held = decode_held(json.dumps(body).encode())
    assert held.supplier_reference_id is None
    assert differences(a_payload(), held) == [("supplier_reference_id", "A1", "none")]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"id": "ptb_1"}', b"null"])
def test_what_is_no_batch_is_not_decoded(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_held(body)


@pytest.mark.parametrize(
    ("deviations", "together"), [(["3", "4"], "5"), (["1", "1"], "1.4142135623731"), (["0.3", "0.4"], "0.5")]
)
def test_the_deviation_of_a_sum_is_the_root_of_the_squares(deviations: list[str], together: str) -> None:
    assert str(root_of_squares([Decimal(each) for each in deviations])) in (
        together,
        "1.4142135623731",
        "1.41421356237310",
    )
    assert root_of_squares([Decimal(each) for each in deviations]) == Decimal(together)


@given(st.lists(POSITIVE, min_size=1, max_size=9))
def test_a_sum_is_exact(masses: list[Decimal]) -> None:
    assert Fraction(sum_of(masses)) == sum(map(Fraction, masses))
    assert Fraction(root_of_squares(masses)) ** 2 == pytest.approx(
        float(sum(Fraction(m) ** 2 for m in masses))
    )
