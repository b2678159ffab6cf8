"""Rows become batches: each row in exactly one, or with an outcome that says why it is in none."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.assemble import Assembled, _alone, _judged, assemble
from pipeline.assemble.group import Group
from pipeline.model import CheckedRow, CheckedTable, Issue, Run
from schemas.convention import Convention
from schemas.production_batch import ProductionBatch, decode, fingerprint, root_of_squares
from tests.pure.build import (
    COLUMNS,
    HEADER,
    HOUR,
    OTHER_KILN,
    SHELLS,
    START,
    STRAW,
    WOOD,
    a_row,
    a_run,
    a_table,
)

BY_ROW = Convention()
BY_REFERENCE = Convention(one_batch_per="reference")
MODES = [BY_ROW, BY_REFERENCE]
MASSES = st.integers(1, 10**15 - 1).flatmap(lambda n: st.integers(-12, 3).map(lambda e: Decimal(n).scaleb(e)))


@st.composite
def runs(draw: st.DrawFn, reference: st.SearchStrategy[str]) -> Run:
    start = START + draw(st.integers(0, 3)) * HOUR
    return Run(
        draw(reference),
        "fcl_1G8QT5ZAB1S0XSDW",
        draw(st.sampled_from([(WOOD,), (STRAW, WOOD), (SHELLS,)])),
        start,
        start + draw(st.integers(1, 3)) * HOUR,
        draw(st.one_of(st.sampled_from([Decimal(1), Decimal(2)]), MASSES)),
        draw(st.sampled_from([None, Decimal("0.5")])),
        draw(st.sampled_from([None, None, None, "Seven"])),
    )


@st.composite
def logs(draw: st.DrawFn) -> list[CheckedTable]:
    """Two tables in which references repeat, some rows are bad and some have no reference."""
    tables = []
    for file in ("a.xlsx", "b.xlsx"):
        rows = []
        for number in range(2, 2 + draw(st.integers(0, 5))):
            run = draw(st.one_of(runs(st.sampled_from("ABCD")), runs(st.sampled_from("AB")), st.none()))
            rows.append(
                a_row(number, run, None if run else draw(st.sampled_from(("", "A", "C"))), f"F{number}")
            )
        tables.append(a_table(*rows, file=file))
    return tables


def together(*made: Run, plant: Convention = BY_REFERENCE) -> ProductionBatch:
    rows = [a_row(number, run) for number, run in enumerate(made, 2)]
    (batch,) = assemble([a_table(*rows)], plant).batches
    assert batch.rows == tuple((0, row.row) for row in rows)
    assert batch.fingerprint == fingerprint(batch.body)
    return decode(batch.body)


def errors_of(assembled: Assembled) -> list[list[Issue]]:
    rows = [row for table in assembled.tables for row in table.rows]
    return [[issue for issue in row.issues if issue.severity == "error"] for row in rows]


@given(logs(), st.sampled_from(MODES))
def test_every_row_is_in_exactly_one_batch_or_decided(tables: list[CheckedTable], plant: Convention) -> None:
    made = assemble(tables, plant)
    rows = {(index, row.row): row for index, table in enumerate(tables) for row in table.rows}
    placed = [key for batch in made.batches for key in batch.rows] + [*made.decided]
    assert sorted(placed) == sorted(rows)
    references = [batch.reference for batch in made.batches]
    assert len(references) == len(set(references))
    for batch in made.batches:
        assert {rows[key].reference for key in batch.rows} == {batch.reference}
        assert all(rows[key].run for key in batch.rows)
    assert {outcome.word for outcome in made.decided.values()} <= {"invalid", "conflict"}
    assert [[row.row for row in table.rows] for table in made.tables] == [
        [r.row for r in t.rows] for t in tables
    ]


@given(logs(), st.sampled_from(MODES))
def test_one_bad_row_makes_its_whole_group_invalid_and_the_others_name_its_cell(
    tables: list[CheckedTable], plant: Convention
) -> None:
    made = assemble(tables, plant)
    rows = {(index, row.row): row for index, table in enumerate(tables) for row in table.rows}
    after = {(index, row.row): row for index, table in enumerate(made.tables) for row in table.rows}
    bad = {row.reference: row for row in rows.values() if row.run is None and row.reference}
    for key, row in rows.items():
        if row.run is None:
            assert made.decided[key].word == "invalid"
            assert after[key].issues == row.issues
        elif row.reference in bad:
            assert made.decided[key].word == "invalid"
            (issue,) = after[key].issues
            assert issue.code == "batch_has_bad_row"
            cells = [f"F{other.row}" for other in rows.values() if other.run is None]
            assert any(f"({cell})" in issue.wanted for cell in cells)


@given(logs(), st.sampled_from(MODES))
def test_a_row_that_is_invalid_says_why(tables: list[CheckedTable], plant: Convention) -> None:
    made = assemble(tables, plant)
    for index, table in enumerate(made.tables):
        for row in table.rows:
            outcome = made.decided.get((index, row.row))
            has_error = any(issue.severity == "error" for issue in row.issues)
            assert has_error == (outcome is not None and outcome.word == "invalid")
            assert not outcome or outcome.word != "conflict" or (outcome.message and outcome.differences)


@given(st.lists(runs(st.just("A1")), min_size=1, max_size=6, unique_by=lambda run: run.mass))
def test_a_batch_of_several_runs_is_their_sum_from_the_first_start_to_the_last_end(some: list[Run]) -> None:
    some = [replace(run, display_name="Seven") for run in some]
    batch = together(*some)
    assert Fraction(batch.mass.magnitude) == sum(Fraction(run.mass) for run in some)
    assert batch.mass.unit == "kg"
    assert batch.started_at == min(run.started_at for run in some)
    assert batch.ended_at == max(run.ended_at for run in some)
    assert set(batch.feedstock_type_ids) == {each for run in some for each in run.feedstock_type_ids}
    assert len(batch.feedstock_type_ids) == len(set(batch.feedstock_type_ids))
    assert (batch.facility_id, batch.kind, batch.display_name) == (some[0].facility_id, "biochar", "Seven")
    deviations = [run.deviation for run in some if run.deviation is not None]
    if len(deviations) < len(some):
        assert not batch.mass.standard_deviation
    else:
        alone = len(some) == 1
        assert batch.mass.standard_deviation == (deviations[0] if alone else root_of_squares(deviations))


@given(st.permutations([a_run(mass=Decimal(n), started_at=START + n * HOUR) for n in (1, 2, 3)]))
def test_the_order_of_the_runs_does_not_change_the_batch(order: list[Run]) -> None:
    assert together(*order) == together(
        *[a_run(mass=Decimal(n), started_at=START + n * HOUR) for n in (1, 2, 3)]
    )


def test_a_run_of_its_own_is_sent_with_exactly_its_values() -> None:
    batch = together(
        a_run(mass=Decimal("12.5"), deviation=Decimal("0.25"), display_name="Seven"), plant=BY_ROW
    )
    assert (batch.supplier_reference_id, batch.display_name) == ("A1", "Seven")
    assert (batch.mass.magnitude, batch.mass.standard_deviation) == (Decimal("12.5"), Decimal("0.25"))
    assert (batch.started_at, batch.ended_at) == (START, START + 12 * HOUR)


@pytest.mark.parametrize("across", [False, True])
def test_the_same_run_twice_is_refused_when_runs_are_added_up(*, across: bool) -> None:
    first, other, again = a_row(2, a_run()), a_row(3, a_run(mass=Decimal(5))), a_row(4, a_run())
    tables = [a_table(first, other), a_table(again)] if across else [a_table(first, other, again)]
    made = assemble(tables, BY_REFERENCE)
    assert made.batches == []
    assert {outcome.word for outcome in made.decided.values()} == {"invalid"}
    codes = [[issue.code for issue in issues] for issues in errors_of(made)]
    assert codes == [["run_twice"], ["batch_has_bad_row"], ["run_twice"]]


def alike(one: Run, other: Run) -> bool:
    return one.mass == other.mass and one.started_at < other.ended_at and other.started_at < one.ended_at


def is_sum(whole: Run, some: Sequence[Run]) -> bool:
    """Whether it weighs as much as the others, two at least, that lie within its time and are shorter.

    A sum is no part of another.
    """
    times = whole.started_at, whole.ended_at
    within = [run for run in some if times[0] <= run.started_at and run.ended_at <= times[1]]
    shorter = [run for run in within if times != (run.started_at, run.ended_at)]
    parts = [run.mass for run in shorter if not is_sum(run, some)]
    return len(parts) > 1 and max(sum(parts), whole.mass) <= Decimal("1.001") * min(sum(parts), whole.mass)


@given(st.lists(runs(st.just("A")), min_size=2, max_size=7))
def test_runs_are_added_up_exactly_when_none_stands_twice_or_is_a_sum(some: list[Run]) -> None:
    some = [replace(run, display_name=None) for run in some]
    made = assemble([a_table(*(a_row(number, run) for number, run in enumerate(some, 2)))], BY_REFERENCE)
    twice = [
        any(alike(run, other) for other in some if other is not run) or is_sum(run, some) for run in some
    ]
    codes = [[issue.code for issue in issues] for issues in errors_of(made)]
    assert len(made.batches) == (not any(twice))
    assert codes == [["run_twice"] if each else ["batch_has_bad_row"] if any(twice) else [] for each in twice]


@pytest.mark.parametrize(
    "other",
    [
        {"feedstock_type_ids": (STRAW,)},
        {"deviation": Decimal(5)},
        {"started_at": START + dt.timedelta(minutes=1)},
        {"started_at": START + 11 * HOUR, "ended_at": START + 13 * HOUR},
    ],
)
def test_a_run_in_two_rows_that_do_not_say_quite_the_same_is_no_two_runs(other: dict[str, object]) -> None:
    made = assemble([a_table(a_row(2, a_run()), a_row(3, replace(a_run(), **other)))], BY_REFERENCE)
    assert made.batches == []
    assert [[issue.code for issue in issues] for issues in errors_of(made)] == [["run_twice"]] * 2
    first, second = (issue.wanted for issues in errors_of(made) for issue in issues)
    assert "row 3 of log.xlsx [Runs]" in first
    assert "row 2 of log.xlsx [Runs]" in second


@pytest.mark.parametrize(
    "other",
    [
        {"mass": Decimal("100.1")},
        {"started_at": START + 12 * HOUR, "ended_at": START + 24 * HOUR},
        {"started_at": START - 12 * HOUR, "ended_at": START},
    ],
)
def test_runs_of_another_mass_or_at_times_that_only_touch_are_added_up(other: dict[str, object]) -> None:
    second = replace(a_run(), **other)
    assert together(a_run(), second).mass.magnitude == 100 + second.mass


@pytest.mark.parametrize(("mass", "outcome"), [("300", "invalid"), ("300.2", "invalid"), ("301", "")])
def test_a_row_that_is_the_sum_of_the_runs_within_its_time_is_not_added_to_them(
    mass: str, outcome: str
) -> None:
    """A line for the whole batch above or below its runs would double what it weighs."""
    day, night = a_run(), a_run(mass=Decimal(200), started_at=START + 12 * HOUR, ended_at=START + 24 * HOUR)
    whole = a_run(mass=Decimal(mass), ended_at=night.ended_at)
    rows = [a_row(number, run) for number, run in enumerate((day, night, whole), 2)]
    made = assemble([a_table(*rows)], BY_REFERENCE)
    assert {each.word for each in made.decided.values()} == ({outcome} if outcome else set())
    issues = [issue for issue in made.tables[0].rows[2].issues if issue.severity == "error"]
    assert [(issue.code, issue.cells) for issue in issues] == ([("run_twice", ("A4",))] if outcome else [])
    assert all("as much as 2 others" in each.wanted and "row 2 of log.xlsx" in each.wanted for each in issues)


def test_a_run_that_weighs_nearly_as_much_as_one_within_its_time_is_no_sum() -> None:
    within = a_run(mass=Decimal("100.05"), ended_at=START + HOUR)
    assert together(a_run(), within).mass.magnitude == Decimal("200.05")


def test_what_goes_on_after_a_sum_has_ended_is_not_counted_among_its_runs() -> None:
    day, night = a_run(), a_run(mass=Decimal(200), started_at=START + 12 * HOUR, ended_at=START + 24 * HOUR)
    later = a_run(mass=Decimal(7), started_at=START + 23 * HOUR, ended_at=START + 30 * HOUR)
    whole = a_run(mass=Decimal(300), ended_at=night.ended_at)
    rows = [a_row(number, run) for number, run in enumerate((day, night, later, whole), 2)]
    told = assemble([a_table(*rows)], BY_REFERENCE).tables[0].rows[3].issues
    assert [("as much as 2 others" in each.wanted, each.code) for each in told] == [(True, "run_twice")]


def test_each_run_that_begins_while_one_of_its_mass_goes_on_is_told_though_others_have_ended_meanwhile() -> (
    None
):
    hours = [(0, 10), (1, 2), (5, 6)]
    rows = [
        a_row(number, a_run(started_at=START + first * HOUR, ended_at=START + last * HOUR))
        for number, (first, last) in enumerate(hours, 2)
    ]
    made = assemble([a_table(*rows)], BY_REFERENCE)
    assert [[issue.code for issue in issues] for issues in errors_of(made)] == [["run_twice"]] * 3


def test_where_copies_are_only_told_runs_that_overlap_are_added_up_and_the_very_same_run_is_not() -> None:
    plant = replace(BY_REFERENCE, copied_runs="warn")
    later = a_run(started_at=START + HOUR)
    made = assemble([a_table(a_row(2, a_run()), a_row(3, later))], plant)
    assert [decode(batch.body).mass.magnitude for batch in made.batches] == [200]
    told = [[(each.severity, each.code) for each in row.issues] for row in made.tables[0].rows]
    assert told == [[("warning", "run_twice")]] * 2
    refused = assemble([a_table(a_row(2, a_run()), a_row(3, later), a_row(4, a_run()))], plant)
    assert refused.batches == []
    assert [[issue.code for issue in issues] for issues in errors_of(refused)] == [
        ["run_twice"], ["batch_has_bad_row"], ["run_twice"],
    ]  # fmt: skip


def test_rows_that_repeat_a_batch_are_one_batch() -> None:
    made = assemble([a_table(a_row(2, a_run()), a_row(5, a_run())), a_table(a_row(2, a_run()))], BY_ROW)
    (batch,) = made.batches
    assert batch.rows == ((0, 2), (0, 5), (1, 2))
    assert decode(batch.body).mass.magnitude == 100
    assert made.decided == {}


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("Mass (kg)", {"mass": Decimal("100.001")}),
        ("Facility", {"facility_id": OTHER_KILN}),
        ("Feedstock", {"feedstock_type_ids": (WOOD, STRAW)}),
        ("Start", {"started_at": START - HOUR}),
        ("End", {"ended_at": START + HOUR}),
        ("mass.standard_deviation", {"deviation": Decimal(1)}),
        ("display_name", {"display_name": "Seven"}),
    ],
)
def test_rows_of_one_reference_that_differ_are_a_conflict_that_shows_the_field(
    field: str, other: dict[str, object]
) -> None:
    again = a_row(5, replace(a_run(), **other))
    table = a_table(a_row(2, a_run()), a_row(3, a_run("B")), a_row(4, a_run()), again)
    made = assemble([table], BY_ROW)
    assert [batch.reference for batch in made.batches] == ["B"]
    assert [*made.decided] == [(0, 2), (0, 4), (0, 5)]
    for outcome in made.decided.values():
        assert (outcome.word, outcome.code) == ("conflict", "rows_disagree")
        assert [difference.field for difference in outcome.differences] == [field]
        assert "2, 4, 5 of log.xlsx" in outcome.message


def test_rows_that_disagree_are_told_by_their_cells_and_values_only_where_these_do_not_tell_it() -> None:
    """Cells that read alike differ in what they were read as, and so may those under different headers."""

    def told(*others: CheckedTable) -> list[tuple[str, str, str]]:
        decided = assemble([a_table(a_row(2, a_run()), *others[0].rows), *others[1:]], BY_ROW).decided
        return [(each.field, each.wanted, each.held) for each in decided[0, 2].differences]

    south = replace(a_row(5, a_run(facility_id=OTHER_KILN)), cells=("A1", "South", "Wood", "s", "e", "m"))
    assert told(a_table(south)) == [("Facility", "“North” in B2", "“South” in B5")]
    earlier = a_row(3, a_run(started_at=START - HOUR))
    assert told(a_table(earlier)) == [
        ("Start", "“start” in D2 (2026-10-01T06:00:00Z)", "“start” in D3 (2026-10-01T05:00:00Z)")
    ]
    heavy = replace(a_row(9, a_run(mass=Decimal(5000))), cells=("A1", "North", "Wood", "start", "end", "5"))
    tonnes = replace(a_table(heavy, file="b.csv"), sheet="", header=(*HEADER[:5], "Mass (t)"))
    assert told(a_table(), tonnes) == [
        ("Mass (kg)", "“mass” in F2 of log.xlsx [Runs] (100 kg)", "“5” in F9 of b.csv (5000 kg)")
    ]
    named = replace(a_table(a_row(4, a_run(display_name="Seven"))), fields={**COLUMNS, "display_name": (2,)})
    assert told(a_table(), named) == [("Feedstock", "nothing", "“Wood” in C4 of log.xlsx [Runs] (Seven)")]


@pytest.mark.parametrize(
    ("field", "other"),
    [("Facility", {"facility_id": OTHER_KILN}), ("display_name", {"display_name": "Seven"})],
)
def test_runs_of_one_batch_share_their_facility_and_name(field: str, other: dict[str, object]) -> None:
    made = assemble(
        [a_table(a_row(2, a_run()), a_row(3, replace(a_run(mass=Decimal(5)), **other)))], BY_REFERENCE
    )
    assert made.batches == []
    assert [o.word for o in made.decided.values()] == ["conflict", "conflict"]
    assert [d.field for o in made.decided.values() for d in o.differences] == [field, field]


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_row_without_a_reference_holds_back_the_batches_beside_it_when_runs_are_added_up(
    place: int,
) -> None:
    """Its mass may belong to one of them: the reference may stand in merged cells."""
    rows = [a_run("A"), a_run("A", mass=Decimal(5)), a_run("B")]
    numbered = [a_row(number, run) for number, run in zip((2, 4, 6), rows, strict=True)]
    stray = a_row(2 * place + 1, None, "", "A9")
    table = a_table(*sorted((*numbered, stray), key=lambda row: row.row))
    held = {"A"} if place < 2 else {"A", "B"} if place == 2 else {"B"}
    made = assemble([table, a_table(a_row(2, a_run("C")))], BY_REFERENCE)
    assert {batch.reference for batch in made.batches} == {"A", "B", "C"} - held
    for row, issues in zip(made.tables[0].rows, errors_of(made), strict=False):
        expected = "bad" if row is stray else "batch_has_bad_row" if row.reference in held else ""
        assert [issue.code for issue in issues] == ([expected] if expected else [])
    alone = assemble([table], BY_ROW)
    assert "B" in {batch.reference for batch in alone.batches}


def test_a_row_without_a_cell_to_blame_is_named_by_its_number() -> None:
    made = assemble([a_table(a_row(2, a_run()), a_row(3, None, "A1"))], BY_ROW)
    assert "(row 3)" in errors_of(made)[0][0].wanted


@pytest.mark.parametrize(
    ("hours", "days", "severity"),
    [(24, 1, ""), (25, 1, "warning"), (31 * 24, 31, ""), (31 * 24 + 1, 31, "warning")],
)
@pytest.mark.parametrize("refuse", [False, True])
def test_a_batch_longer_than_allowed_is_warned_of_or_refused(
    hours: int, days: int, severity: str, *, refuse: bool
) -> None:
    plant = Convention(max_batch_days=days, long_batches="refuse" if refuse else "warn")
    made = assemble([a_table(a_row(2, a_run(ended_at=START + hours * HOUR)))], plant)
    issues = [issue for row in made.tables[0].rows for issue in row.issues]
    wanted = "error" if severity and refuse else severity
    assert [(issue.code, issue.severity) for issue in issues] == (
        [("batch_too_long", wanted)] if severity else []
    )
    assert [issue.wanted.rpartition(" ")[2] for issue in issues] == ([f"{days + 1}"] if severity else [])
    assert len(made.batches) == (0 if wanted == "error" else 1)
    assert [o.word for o in made.decided.values()] == (["invalid"] if wanted == "error" else [])


def test_the_length_of_a_batch_of_several_runs_is_from_the_first_start_to_the_last_end() -> None:
    late = a_run(mass=Decimal(5), started_at=START + 40 * 24 * HOUR, ended_at=START + 41 * 24 * HOUR)
    made = assemble(
        [a_table(a_row(2, a_run()), a_row(3, late))], replace(BY_REFERENCE, long_batches="refuse")
    )
    assert made.batches == []
    assert [[issue.cells for issue in issues] for issues in errors_of(made)] == [[("E2",)], [("E3",)]]
    assert "day 41" in errors_of(made)[0][0].wanted


def test_that_a_batch_is_too_long_is_told_beside_what_else_there_is_to_tell() -> None:
    long = a_run(ended_at=START + dt.timedelta(days=32))
    made = assemble([a_table(a_row(2, long), a_row(3, long))], BY_ROW)
    assert [[issue.code for issue in row.issues] for row in made.tables[0].rows] == [
        ["batch_too_long", "row_repeated"]
    ] * 2


def test_an_issue_that_was_there_stays() -> None:
    warned = replace(a_row(2, a_run(ended_at=START + dt.timedelta(days=32))), issues=a_row(9, None).issues)
    (row,) = assemble([a_table(warned)], BY_ROW).tables[0].rows
    assert isinstance(row, CheckedRow)
    assert [issue.code for issue in row.issues] == ["bad", "batch_too_long"]


def test_no_tables_make_no_batches() -> None:
    assert assemble([], BY_ROW) == Assembled([], [], {})


@given(runs(st.just("A")), st.integers(1, 50), st.booleans(), st.sampled_from(MODES), st.integers(1, 40))
def test_a_batch_that_is_seen_at_a_glance_is_the_batch_made_with_care(
    run: Run, days: int, good: bool, mode: Convention, longest: int
) -> None:
    run = replace(run, ended_at=run.started_at + dt.timedelta(days=days))
    row = a_row(2, run if good else None)
    seen = _alone({(0, 2): row}, dt.timedelta(days=longest))
    group = Group([a_table(row)], {(0, 2): row}, [run] if good else [])
    careful = _judged(group, None, replace(mode, max_batch_days=longest))
    assert (seen is not None) == (good and days <= longest)
    assert seen is None or (careful.draft, careful.outcome, dict(careful.issues)) == (seen, None, {})
