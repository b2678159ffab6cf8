"""A run that stands in the logs twice is refused; references that are easily mistaken are told."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.assemble import Assembled, assemble
from pipeline.issues import refused
from pipeline.kin import kin
from pipeline.kin.known import Known, Relative, Standing
from pipeline.kin.rows import copies, mangled, suspects, twins
from pipeline.kin.totals import totals
from pipeline.model import Batch, CheckedRow, CheckedTable, Issue, RowKey, Run
from pipeline.sums import sums
from schemas.convention import Convention
from schemas.keys import plain
from schemas.production_batch import canonical, fingerprint
from tests.pure.build import HOUR, KILN, NOW, OTHER_KILN, START, a_payload, a_row, a_run, a_table

BY_ROW = Convention()
WARN = Convention(copied_runs="warn")
BY_REFERENCE = Convention(one_batch_per="reference")


@st.composite
def some_runs(draw: st.DrawFn) -> dict[RowKey, Run]:
    """Runs of few references, facilities, masses and hours, so that many are alike."""
    found = {}
    for number in range(draw(st.integers(0, 9))):
        start = draw(st.integers(0, 6))
        found[0, number] = a_run(
            draw(st.sampled_from(["42", "0042", "B", "b", "C"])),
            facility_id=draw(st.sampled_from([KILN, KILN, OTHER_KILN])),
            mass=Decimal(draw(st.sampled_from([100, 100, 101, 150, 201, 250]))),
            started_at=START + start * HOUR,
            ended_at=START + (start + draw(st.integers(1, 4))) * HOUR,
        )
    return found


def is_copy(one: Run, other: Run) -> bool:
    return (
        one.reference != other.reference
        and (one.facility_id, one.mass) == (other.facility_id, other.mass)
        and one.started_at < other.ended_at
        and other.started_at < one.ended_at
    )


@given(some_runs())
def test_a_row_is_a_copy_exactly_when_another_reference_has_the_facility_and_mass_at_the_time(
    runs: dict[RowKey, Run],
) -> None:
    found = copies(runs)
    assert found.keys() == {
        key for key, run in runs.items() if any(is_copy(run, other) for other in runs.values())
    }
    assert all(is_copy(runs[key], runs[other]) for key, other in found.items())


@given(some_runs())
def test_a_row_is_a_twin_exactly_when_another_spelling_of_its_reference_occurs(
    runs: dict[RowKey, Run],
) -> None:
    found = twins(runs)

    def alike(one: Run, other: Run) -> bool:
        return one.reference != other.reference and plain(one.reference) == plain(other.reference)

    assert found.keys() == {
        key for key, run in runs.items() if any(alike(run, other) for other in runs.values())
    }
    assert all(alike(runs[key], runs[other]) for key, other in found.items())
    same = mangled(runs, found)

    def at_once(one: Run, other: Run) -> bool:
        return alike(one, other) and all(
            getattr(one, field) == getattr(other, field)
            for field in ("facility_id", "started_at", "ended_at")
        )

    assert same.keys() == {
        key for key, run in runs.items() if any(at_once(run, other) for other in runs.values())
    }
    assert all(at_once(runs[key], runs[other]) for key, other in same.items())


@given(some_runs())
def test_whoever_has_kin_is_a_suspect_and_so_are_all_its_kin(runs: dict[RowKey, Run]) -> None:
    found = suspects([a_table(*(a_row(number, run) for (_, number), run in runs.items()))])
    assert found.items() <= runs.items()
    assert copies(found) == copies(runs)
    assert twins(found) == twins(runs)
    assert totals(found) == totals(runs)


def test_where_nothing_happens_twice_at_once_and_all_is_spelt_alike_nobody_is_a_suspect() -> None:
    later = {"started_at": START + 12 * HOUR, "ended_at": START + 13 * HOUR}
    both = a_run("A"), a_run("A", facility_id=OTHER_KILN), a_run("B", **later)
    assert suspects([a_table(*(a_row(number, run) for number, run in enumerate(both)))]) == {}


def test_of_many_copies_every_one_is_found() -> None:
    runs = {(0, number): a_run(str(number)) for number in range(2, 500)}
    assert copies(runs).keys() == runs.keys()


def log(*runs: Run, file: str = "log.xlsx") -> CheckedTable:
    return a_table(*(a_row(number, run) for number, run in enumerate(runs, 2)), file=file)


def judged(
    *tables: CheckedTable, plant: Convention = BY_ROW, known: Known | None = None
) -> tuple[list[list[tuple[str, str]]], Assembled]:
    """Each row's severities and codes, and what is made of the rows in the end."""
    first = assemble(tables, plant)
    issues = kin(tables, first.batches, first.decided, known or Known(), plant)
    made = assemble(refused(tables, issues), plant)
    rows = [row for table in made.tables for row in table.rows]
    return [[(issue.severity, issue.code) for issue in row.issues] for row in rows], made


def issues_of(*tables: CheckedTable, plant: Convention = BY_ROW, known: Known | None = None) -> list[Issue]:
    _, made = judged(*tables, plant=plant, known=known)
    return [issue for table in made.tables for row in table.rows for issue in row.issues]


def words(made: Assembled) -> dict[RowKey, str]:
    return {key: outcome.word for key, outcome in made.decided.items()}


def test_a_row_copied_under_another_reference_is_refused_and_so_is_the_first() -> None:
    found, made = judged(log(a_run("A"), a_run("B"), a_run("C", started_at=START + 13 * HOUR)))
    assert found == [[("error", "run_copied")], [("error", "run_copied")], []]
    assert words(made) == {(0, 2): "invalid", (0, 3): "invalid"}


def test_each_copy_names_the_file_the_sheet_the_row_and_the_reference_of_the_other() -> None:
    one, other = issues_of(log(a_run("A"), file="a.xlsx"), log(a_run("B"), file="b.xlsx"))
    assert (one.file, one.row, one.cells, one.found) == ("a.xlsx", 2, ("A2",), "A")
    assert "row 2 of b.xlsx [Runs]" in one.wanted
    assert "as “B”" in one.wanted
    assert "row 2 of a.xlsx [Runs]" in other.wanted
    assert 'copied_runs = "warn"' in one.remedy


def test_what_helps_is_what_is_said() -> None:
    """A setting that would change nothing is not offered, nor is a row that stays told to go."""

    def said(*runs: Run, plant: Convention = BY_ROW, known: Known | None = None) -> list[str]:
        return [issue.remedy.split(".")[0] for issue in issues_of(log(*runs), plant=plant, known=known)]

    mistaken = "Write the reference the same in both, or delete one of the two"
    assert said(a_run("42"), a_run("0042")) == [mistaken] * 2
    assert said(a_run("A"), a_run("B"), plant=WARN) == ["This row is not refused for it"] * 2
    first, second = said(a_run("A"), a_run("B"), known=Known(settled=frozenset({"A"})))
    assert first == "This row is not refused for it"
    assert second == "Delete one of the two, or correct its times or its mass"


@pytest.mark.parametrize(
    "other",
    [
        {"facility_id": OTHER_KILN},
        {"mass": Decimal("100.1")},
        {"started_at": START + 12 * HOUR, "ended_at": START + 24 * HOUR},
        {"started_at": START - 12 * HOUR, "ended_at": START},
    ],
)
def test_another_facility_another_mass_and_a_time_that_only_touches_make_no_copy(
    other: dict[str, object],
) -> None:
    assert judged(log(a_run("A"), a_run("B", **other)))[0] == [[], []]


def test_copies_can_be_allowed_and_are_told_then() -> None:
    found, made = judged(log(a_run("A"), a_run("B")), plant=WARN)
    assert found == [[("warning", "run_copied")], [("warning", "run_copied")]]
    assert [batch.reference for batch in made.batches] == ["A", "B"]


def test_runs_of_one_batch_may_overlap_and_a_copy_in_another_batch_holds_back_both() -> None:
    second = {"started_at": START + HOUR, "ended_at": START + 13 * HOUR, "mass": Decimal(80)}
    one_batch = [a_run("A"), a_run("A", **second)]
    assert judged(log(*one_batch), plant=BY_REFERENCE)[0] == [[], []]
    found, made = judged(log(*one_batch, a_run("B", **second)), plant=BY_REFERENCE)
    assert found == [[("error", "batch_has_bad_row")], [("error", "run_copied")], [("error", "run_copied")]]
    assert made.batches == []
    third = a_run("A", mass=Decimal(7), started_at=START + 20 * HOUR, ended_at=START + 21 * HOUR)
    found, _ = judged(log(*one_batch, third, a_run("B", **second)), plant=BY_REFERENCE)
    assert found[2] == [("error", "batch_has_bad_row")]


def test_a_row_in_conflict_stays_in_conflict_and_its_copy_is_refused() -> None:
    found, made = judged(log(a_run("A"), a_run("A", mass=Decimal(7)), a_run("B")))
    assert words(made) == {(0, 2): "conflict", (0, 3): "conflict", (0, 4): "invalid"}
    assert found == [[("warning", "run_copied")], [], [("error", "run_copied")]]


def test_a_run_that_was_refused_already_is_nobodys_copy() -> None:
    table = a_table(a_row(2, None), a_row(3, a_run("B")))
    assert judged(table)[0] == [[("error", "bad")], []]


LATER = {"started_at": START + 24 * HOUR, "ended_at": START + 36 * HOUR}


def test_two_spellings_of_one_reference_are_both_told_with_the_place_of_the_other() -> None:
    found, made = judged(log(a_run("42")), log(a_run("0042", **LATER), file="b.xlsx"))
    assert found == [[("warning", "reference_twin")], [("warning", "reference_twin")]]
    assert len(made.batches) == 2
    one, other = issues_of(log(a_run("42")), log(a_run("0042", **LATER), file="b.xlsx"))
    assert "“0042” in row 2 of b.xlsx [Runs]" in one.wanted
    assert "“42” in row 2 of log.xlsx [Runs]" in other.wanted


@pytest.mark.parametrize("plant", [BY_ROW, WARN])
def test_one_run_under_two_spellings_is_refused_whatever_it_weighs(plant: Convention) -> None:
    found, made = judged(log(a_run("42"), a_run("0042", mass=Decimal(120))), plant=plant)
    assert found == [[("error", "reference_mangled")], [("error", "reference_mangled")]]
    assert made.batches == []


@pytest.mark.parametrize(("plant", "code"), [(BY_ROW, "run_copied"), (WARN, "reference_mangled")])
def test_a_copy_under_another_spelling_is_told_once(plant: Convention, code: str) -> None:
    assert judged(log(a_run("42"), a_run("0042")), plant=plant)[0] == [[("error", code)], [("error", code)]]


def test_everything_about_a_row_is_told_at_once() -> None:
    found, _ = judged(log(a_run("42"), a_run("B"), a_run("0042", **LATER)))
    assert found[0] == [("error", "run_copied"), ("warning", "reference_twin")]


def a_relative(reference: str, **fields: object) -> Relative:
    body = canonical(a_payload(**{"supplier_reference_id": reference, **fields}))  # type: ignore[arg-type]
    return Relative(reference, body, "registered", NOW)


def knows(*relatives: Relative, of: str = "A") -> Known:
    return Known(relatives={of: relatives})


def test_a_run_that_is_registered_under_another_reference_is_refused() -> None:
    found, made = judged(log(a_run("A"), a_run("C", **LATER)), known=knows(a_relative("B")))
    assert found == [[("error", "run_copied")], []]
    assert [batch.reference for batch in made.batches] == ["C"]
    (issue,) = issues_of(log(a_run("A")), known=knows(a_relative("B")))
    assert "the same run is registered as “B” (since 2026-11-24)" in issue.wanted
    assert judged(log(a_run("A")), known=knows(a_relative("B")), plant=WARN)[0] == [
        [("warning", "run_copied")]
    ]


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        ("registered", "the same run is registered as “B”"),
        ("open", "the same run may be registered as “B”"),
        ("planned", "the same run waits to be sent as “B”"),
    ],
)
def test_it_is_said_how_far_the_other_has_come(standing: str, said: str) -> None:
    relative = replace(a_relative("B"), standing=standing)
    (issue,) = issues_of(log(a_run("A")), known=knows(relative))
    assert said in issue.wanted


@pytest.mark.parametrize(
    ("held", "severity", "code"),
    [
        ({}, "error", "reference_mangled"),
        ({"mass": "120"}, "error", "reference_mangled"),
        ({"started_at": START - HOUR}, "warning", "reference_twin"),
        ({"facility_id": OTHER_KILN}, "notice", "reference_twin"),
    ],
)
def test_a_reference_that_the_ledger_has_in_another_spelling(
    held: dict[str, object], severity: str, code: str
) -> None:
    known = knows(a_relative("0042", **held), of="42")
    found, made = judged(log(a_run("42")), known=known)
    assert found == [[(severity, code)]]
    assert bool(made.batches) == (severity != "error")
    (issue,) = issues_of(log(a_run("42")), known=known)
    assert "registered as “0042” (since 2026-11-24)" in issue.wanted
    assert issue.cells == ("A2",)


def test_a_key_that_agrees_by_chance_means_nothing() -> None:
    assert judged(log(a_run("A")), known=knows(a_relative("B", mass="7")))[0] == [[]]


def test_every_row_of_a_batch_that_is_registered_under_another_reference_says_so() -> None:
    runs = [a_run("A"), a_run("A", mass=Decimal(20), **LATER)]
    held = a_relative("B", mass="120", ended_at=START + 36 * HOUR)
    found, made = judged(log(*runs), known=knows(held), plant=BY_REFERENCE)
    assert found == [[("error", "run_copied")], [("error", "run_copied")]]
    assert made.batches == []


def test_what_is_settled_is_not_refused_for_what_was_copied_from_it() -> None:
    """It is registered, and a report must not say that it was not."""
    found, made = judged(log(a_run("A"), a_run("B")), known=Known(settled=frozenset({"A"})))
    assert found == [[("warning", "run_copied")], [("error", "run_copied")]]
    assert [batch.reference for batch in made.batches] == ["A"]


@given(some_runs(), st.sampled_from([BY_ROW, WARN, BY_REFERENCE]))
def test_what_is_registered_has_no_copy_beside_it(runs: dict[RowKey, Run], plant: Convention) -> None:
    table = a_table(*(a_row(number, run) for (_, number), run in runs.items()))
    made = judged(table, plant=plant)[1]
    kept = {key: runs[key] for batch in made.batches for key in batch.rows}
    if plant.copied_runs == "refuse":
        assert copies(kept) == {}
        assert totals(kept) == {}
    assert mangled(kept, twins(kept)) == {}
    placed: Sequence[RowKey] = [*kept, *made.decided]
    assert sorted(placed) == sorted(runs)


def test_a_batch_without_kin_stays_as_it_was() -> None:
    body = canonical(a_payload())
    batch = Batch("A1", body, fingerprint(body), ((0, 2),))
    assert kin([log(a_run())], [batch], {}, Known(), BY_ROW) == {}


def test_a_copy_of_what_stands_in_log_and_ledger_alike_is_told_once() -> None:
    known = Known(frozenset({"A"}), {"B": (a_relative("A"),)})
    assert judged(log(a_run("A"), a_run("B")), known=known)[0][1] == [("error", "run_copied")]


def a_shift(reference: str, first: int, hours: int, mass: str, **fields: object) -> Run:
    start = START + first * HOUR
    return a_run(reference, started_at=start, ended_at=start + hours * HOUR, mass=Decimal(mass), **fields)


DAY, NIGHT = a_shift("DAY", 0, 12, "100.4"), a_shift("NIGHT", 12, 12, "120")
WHOLE = a_shift("WHOLE", 0, 24, "220.4")
OTHER_DAY = a_shift("NEXT", 24, 12, "90")


def test_a_row_that_is_the_sum_of_others_under_its_own_reference_is_refused_and_they_are_registered() -> None:
    found, made = judged(log(DAY, NIGHT, WHOLE, OTHER_DAY))
    assert found == [[], [], [("error", "run_summed")], []]
    assert [batch.reference for batch in made.batches] == ["DAY", "NIGHT", "NEXT"]
    (issue,) = issues_of(log(WHOLE, file="week.xlsx"), log(DAY, NIGHT))
    assert (issue.file, issue.cells, issue.found) == ("week.xlsx", ("A2",), "WHOLE")
    assert "as much as 2 others together" in issue.wanted
    assert "row 2 of log.xlsx [Runs]" in issue.wanted
    assert issue.remedy.startswith("Delete it if it is their sum")


@pytest.mark.parametrize(
    "other",
    [
        a_shift("WHOLE", 0, 24, "221"),
        a_shift("WHOLE", 0, 23, "220.4"),
        a_shift("WHOLE", 0, 24, "220.4", facility_id=OTHER_KILN),
        a_shift("WHOLE", 24, 24, "220.4"),
    ],
)
def test_a_row_of_another_mass_time_or_facility_is_no_sum(other: Run) -> None:
    assert judged(log(DAY, NIGHT, other))[0] == [[], [], []]


def test_a_sum_of_sums_is_refused_with_them() -> None:
    early, late = a_shift("EARLY", 0, 6, "40"), a_shift("LATE", 6, 6, "60.4")
    found, made = judged(
        log(early, late, DAY, a_shift("N1", 12, 6, "50"), a_shift("N2", 18, 6, "70"), NIGHT, WHOLE)
    )
    summed = [("error", "run_summed")]
    assert found == [[], [], summed, [], [], summed, summed]
    assert [batch.reference for batch in made.batches] == ["EARLY", "LATE", "N1", "N2"]


def test_a_sum_is_no_part_of_another() -> None:
    runs = {
        run.reference: run
        for run in (a_shift("E", 0, 6, "40"), a_shift("L", 6, 6, "60.4"), DAY, NIGHT, WHOLE)
    }
    assert sums(runs) == {"DAY": ["E", "L"], "WHOLE": ["E", "L", "NIGHT"]}


def test_a_row_that_weighs_exactly_as_much_as_the_others_of_the_same_start_and_end_is_their_sum() -> None:
    parts = [a_run(reference, mass=Decimal(mass)) for reference, mass in [("K1", 40), ("K2", 35), ("K3", 25)]]
    assert judged(log(*parts, a_run("SITE")))[0] == [[], [], [], [("error", "run_summed")]]
    assert judged(log(*parts, a_run("K4", mass=Decimal("100.1"))))[0] == [[], [], [], []]


def test_a_run_in_several_rows_is_counted_once_in_a_sum() -> None:
    assert judged(log(DAY, DAY, NIGHT, WHOLE))[0][3] == [("error", "run_summed")]
    copied = replace(DAY, reference="COPY")
    found, made = judged(log(DAY, copied, NIGHT), log(WHOLE))
    assert found[3] == [("error", "run_summed")]
    assert [batch.reference for batch in made.batches] == ["NIGHT"]


def test_where_copies_are_only_told_so_are_sums() -> None:
    found, made = judged(log(DAY, NIGHT, WHOLE), plant=WARN)
    assert found == [[], [], [("warning", "run_summed")]]
    assert len(made.batches) == 3


def test_beside_a_sum_that_is_registered_its_runs_are_refused() -> None:
    """Whoever registered the sum first would register them a second time with its parts."""
    found, made = judged(log(DAY, NIGHT, WHOLE), known=Known(settled=frozenset({"WHOLE"})))
    assert found == [[("error", "run_summed")]] * 2 + [[("warning", "run_summed")]]
    assert [batch.reference for batch in made.batches] == ["WHOLE"]
    issue, *_ = issues_of(log(DAY, NIGHT, WHOLE), known=Known(settled=frozenset({"WHOLE"})))
    assert "“WHOLE”, which is registered or may be" in issue.wanted
    assert "row 4 of log.xlsx [Runs]" in issue.wanted
    found, _ = judged(log(DAY, NIGHT, WHOLE), known=Known(settled=frozenset({"WHOLE", "DAY"})))
    assert found == [[], [("error", "run_summed")], [("warning", "run_summed")]]


def held(run: Run, standing: Standing = "registered") -> Relative:
    body = a_relative(
        run.reference, mass=str(run.mass), started_at=run.started_at, ended_at=run.ended_at
    ).body
    return Relative(run.reference, body, standing, NOW)


def test_a_sum_of_runs_that_the_ledger_holds_is_refused_and_so_are_runs_of_a_sum_that_it_holds() -> None:
    """What lies in the files of other nights becomes credits a second time as well."""
    summed, fine = [("error", "run_summed")], list[tuple[str, str]]()
    both = Known(near=[held(DAY), held(NIGHT)])
    assert judged(log(WHOLE, OTHER_DAY), known=both)[0] == [summed, fine]
    assert judged(log(NIGHT, WHOLE), known=Known(near=[held(DAY)]))[0] == [fine, summed]
    assert judged(log(NIGHT, DAY), known=Known(near=[held(WHOLE)]))[0] == [summed, summed]
    (issue,) = issues_of(log(WHOLE), known=both)
    assert "as much as 2 others together" in issue.wanted
    assert "one of which is registered as “DAY” (since 2026-11-24)" in issue.wanted
    (issue,) = issues_of(log(NIGHT), known=Known(near=[held(DAY), held(WHOLE, "open")]))
    assert "makes up a run that may be registered as “WHOLE” (since 2026-11-24)" in issue.wanted


def test_of_runs_and_their_sum_that_are_registered_nothing_is_refused_but_what_is_new() -> None:
    near = [held(DAY)]
    settled = Known(settled=frozenset({"WHOLE"}), near=near)
    found, made = judged(log(NIGHT, WHOLE), known=settled)
    assert found == [[("error", "run_summed")], []]
    assert [batch.reference for batch in made.batches] == ["WHOLE"]
    settled = Known(settled=frozenset({"WHOLE", "NIGHT"}), near=near)
    assert judged(log(NIGHT, WHOLE), known=settled)[0] == [[], []]


def test_what_is_no_sum_of_what_the_ledger_holds_passes_and_where_copies_do_so_does_a_sum() -> None:
    near = [held(DAY), held(NIGHT)]
    for other in (
        a_shift("W", 0, 24, "221"),
        a_shift("W", 1, 23, "220.4"),
        replace(WHOLE, facility_id=OTHER_KILN),
    ):
        assert judged(log(other), known=Known(near=near))[0] == [[]]
    found, made = judged(log(WHOLE), known=Known(near=near), plant=WARN)
    assert found == [[("warning", "run_summed")]]
    assert len(made.batches) == 1


def test_a_copy_that_is_refused_is_no_part_of_a_sum_that_the_ledger_has_the_rest_of() -> None:
    moved = replace(DAY, reference="COPY", started_at=START + HOUR)
    known = Known(near=[held(NIGHT), held(a_shift("LATE", 18, 6, "20"))])
    found, _ = judged(log(DAY, moved), log(a_shift("S", 0, 24, "140"), file="days.xlsx"), known=known)
    assert found[2] == [("error", "run_summed")]


def test_a_sum_of_what_stands_in_the_log_is_told_by_its_rows_there() -> None:
    (issue,) = issues_of(log(DAY, NIGHT, WHOLE), known=Known(near=[held(OTHER_DAY)]))
    assert "row 2 of log.xlsx [Runs]" in issue.wanted


@pytest.mark.parametrize("above", [False, True])
def test_a_row_that_may_be_the_sum_of_rows_beside_it_waits_until_all_of_these_are_in_order(
    *, above: bool
) -> None:
    """Registered beside them it could not be taken back once the faulty one is put right."""
    rows = [a_row(2, DAY), a_row(3, None), a_row(4, WHOLE)]
    if above:
        rows = [a_row(2, WHOLE), a_row(3, None), a_row(4, NIGHT)]
    found, _ = judged(a_table(*rows, a_row(5, OTHER_DAY)))
    waits = found[0 if above else 2]
    assert waits == [("error", "run_summed")]
    issues = [issue for issue in issues_of(a_table(*rows)) if issue.code == "run_summed"]
    assert ["row 3 of log.xlsx [Runs]" in issue.wanted for issue in issues] == [True]
    assert issues[0].remedy.startswith("Correct row 3.")
    assert ("error", "run_summed") not in judged(a_table(*rows), plant=WARN)[0][0 if above else 2]


@pytest.mark.parametrize(
    "rows",
    [
        [a_row(2, DAY), a_row(3, OTHER_DAY), a_row(4, None)],
        [a_row(2, a_shift("DAY", 1, 11, "100.4")), a_row(3, None), a_row(4, WHOLE)],
        [a_row(2, a_shift("DAY", 0, 12, "220.4")), a_row(3, None), a_row(4, a_shift("B", 0, 24, "220.3"))],
        [a_row(2, None), a_row(3, WHOLE)],
        [a_row(2, DAY), a_row(3, WHOLE), a_row(4, OTHER_DAY), a_row(5, None)],
    ],
)
def test_a_row_with_a_fault_holds_up_no_run_that_cannot_be_its_sum(rows: list[CheckedRow]) -> None:
    found, _ = judged(a_table(*rows))
    assert [issues for issues in found if issues != [("error", "bad")]] == [[]] * (len(rows) - 1)


@pytest.mark.parametrize(("number", "waits"), [(5, True), (6, False)])
def test_a_fault_behind_more_than_all_levels_of_sums_can_weigh_holds_up_nothing(
    number: int, *, waits: bool
) -> None:
    """In a log of running totals each row would be compared with all above it otherwise."""
    many = [a_row(3 + hour, a_shift(f"H{hour}", hour, 1, f"{219 + hour / 10}")) for hour in range(number)]
    table = a_table(a_row(2, None), *many, a_row(30, WHOLE))
    assert (judged(table)[0][-1] == [("error", "run_summed")]) == waits


def test_a_row_with_a_fault_holds_up_no_runs_of_a_batch_that_it_is_not_of() -> None:
    wrong = replace(a_row(3, None), reference="X")
    table = a_table(a_row(2, a_shift("B", 0, 12, "100.4")), wrong, a_row(4, a_shift("B", 0, 24, "200")))
    assert judged(table, plant=BY_REFERENCE)[0] == [[], [("error", "bad")], []]


def test_a_sum_of_runs_that_disagree_or_were_copied_is_refused_too() -> None:
    disagreeing = log(DAY, replace(DAY, mass=Decimal(101)), NIGHT, WHOLE)
    assert judged(disagreeing)[0][3] == [("error", "run_summed")]
    moved = replace(DAY, reference="COPY", started_at=START + HOUR)
    assert judged(log(DAY, moved, NIGHT, WHOLE))[0][3] == [("error", "run_summed")]
    late = a_shift("LATE", 18, 6, "20")
    assert judged(log(DAY, moved, NIGHT, late), log(a_shift("S", 0, 24, "140")))[0][4] == [
        ("error", "run_summed")
    ]


def test_what_is_said_of_a_row_already_is_not_said_in_other_words() -> None:
    """A copy is no sum of one, a sum within its batch is told there, what is registered waits for none."""
    copied = a_shift("LONG", 0, 24, "100.4")
    assert judged(log(DAY, copied))[0] == [[("error", "run_copied")]] * 2
    of_one_batch = [replace(run, reference="B") for run in (DAY, NIGHT, WHOLE)]
    assert judged(log(*of_one_batch), plant=BY_REFERENCE)[0][2] == [("error", "run_twice")]
    beside_a_fault = a_table(a_row(2, DAY), a_row(3, None), a_row(4, WHOLE))
    assert judged(beside_a_fault, known=Known(settled=frozenset({"WHOLE"})))[0] == [
        [],
        [("error", "bad")],
        [],
    ]
    both = a_table(a_row(2, DAY), a_row(3, NIGHT), a_row(4, None), a_row(5, WHOLE))
    assert judged(both)[0][3] == [("error", "run_summed")]
    twice = a_table(a_row(2, DAY), a_row(3, None), a_row(4, WHOLE), a_row(5, replace(WHOLE, reference="W")))
    assert judged(twice)[0][2] == [("error", "run_copied")]
