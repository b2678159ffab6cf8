"""What people do to logs across rows, files and nights: from the bytes of files to what is registered."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from pipeline.model import Report, ReportRow
from pipeline.report import following
from tests.protocol.plant import KILN, WOOD, Plant

HEADER = ("Batch ref", "Kiln", "Feedstock", "Started", "Ended", "Biochar mass (kg)")


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    return Plant(tmp_path, rows=0)


def run_of(
    reference: object, day: int = 1, mass: object = 100, *, start: int = 6, end: int = 18
) -> tuple[object, ...]:
    times = (f"2026-10-{day:02}T{hour:02}:00Z" for hour in (start, end))
    return (reference, KILN, WOOD, *times, mass)


def csv_of(plant: Plant, name: str, *rows: Sequence[object]) -> Path:
    path = plant.folder / name
    path.write_text("".join(",".join(map(str, row)) + "\n" for row in (HEADER, *rows)))
    return path


def book_of(plant: Plant, name: str, *rows: Sequence[object], formats: str = "General") -> Path:
    """A workbook; `formats` is the number format of its references."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "October"
    for row in (HEADER, *rows):
        sheet.append(list(row))
    for (cell,) in sheet.iter_rows(min_row=2, max_col=1):
        cell.number_format = formats
    book.save(plant.folder / name)
    return plant.folder / name


def words(report: Report) -> list[str]:
    return [row.outcome.word for row in report.rows]


def told(row: ReportRow) -> list[tuple[str, str, tuple[str, ...], str]]:
    assert all(issue.remedy.endswith(".") for issue in row.issues)
    return [(issue.severity, issue.code, issue.cells, issue.found) for issue in row.issues]


def test_hazard_03_a_number_is_not_a_second_reference_of_a_run_whose_reference_has_zeros(
    plant: Plant,
) -> None:
    plant.upload(files=[csv_of(plant, "log.csv", run_of("0042"), run_of("0043", 2))])
    report = plant.upload(files=[book_of(plant, "log.xlsx", run_of(42), run_of(43, 2, 101), run_of(44, 3))])
    assert words(report) == ["invalid", "invalid", "created"]
    assert told(report.rows[0]) == [("error", "reference_mangled", ("A2",), "42")]
    assert told(report.rows[1]) == [("error", "reference_mangled", ("A3",), "43")]
    assert "is registered as “0042” (since 2026-11-01)" in report.rows[0].issues[0].wanted
    assert sorted(plant.held()) == ["0042", "0043", "44"]


@pytest.mark.parametrize(
    ("reference", "formats", "code"),
    [
        ("1.2E+15", "@", "reference_rounded"),
        ("4.2E+09", "@", "reference_rounded"),
        (4_200_000_000, "0.00E+00", "reference_is_number"),
        (1_200_000_000_000_000, "General", "reference_rounded"),
        (42, "0000", "reference_is_number"),
        (42, "0.0", "reference_is_number"),
    ],
)
def test_hazard_05_what_a_spreadsheet_made_of_a_reference_is_refused_before_it_can_be_a_twin(
    plant: Plant, reference: object, formats: str, code: str
) -> None:
    report = plant.check(book_of(plant, "log.xlsx", run_of(reference), run_of("B", 2), formats=formats))
    assert words(report) == ["invalid", "not_sent"]
    assert [(issue.code, issue.cells) for issue in report.rows[0].issues] == [(code, ("A2",))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("RUN-1", "run-1"),
        ("RUN-1", "run 1"),
        ("RUN-1", "RUN_01"),
        ("42", "0042"),
        ("42", "42.0"),
        ("4200000000", '"4,200,000,000"'),
    ],
)
def test_hazard_15_two_spellings_of_a_reference_are_told_with_each_others_places(
    plant: Plant, one: str, other: str
) -> None:
    files = [csv_of(plant, "one.csv", run_of(one)), csv_of(plant, "other.csv", run_of(other, 2))]
    report = plant.upload(files=files)
    other = other.strip('"')
    assert words(report) == ["created", "created"]
    assert [told(row) for row in report.rows] == [
        [("warning", "reference_twin", ("A2",), one)],
        [("warning", "reference_twin", ("A2",), other)],
    ]
    assert f"“{other}” in row 2 of {files[1]}" in report.rows[0].issues[0].wanted
    assert f"“{one}” in row 2 of {files[0]}" in report.rows[1].issues[0].wanted
    assert sorted(plant.held()) == sorted([one, other])


@pytest.mark.parametrize(("one", "other"), [("RUN-O1", "RUN-01"), ("RUN-1l", "RUN-11"), ("АВ-1", "AB-1")])
def test_hazard_14_references_that_look_alike_are_no_two_references_of_one_run(
    plant: Plant, one: str, other: str
) -> None:
    report = plant.upload(files=[csv_of(plant, "log.csv", run_of(one), run_of(other, mass=120))])
    assert words(report) == ["invalid", "invalid"]
    assert [told(row) for row in report.rows] == [
        [("error", "reference_mangled", ("A2",), one)],
        [("error", "reference_mangled", ("A3",), other)],
    ]


def test_hazard_15_a_spelling_that_differs_from_the_ledgers_is_told_with_when_that_was_registered(
    plant: Plant,
) -> None:
    plant.upload(files=[csv_of(plant, "log.csv", run_of("RUN-1"))])
    report = plant.upload(files=[csv_of(plant, "log.csv", run_of("run 1", 2))])
    assert words(report) == ["created"]
    assert told(report.rows[0]) == [("warning", "reference_twin", ("A2",), "run 1")]
    assert "is registered as “RUN-1” (since 2026-11-01)" in report.rows[0].issues[0].wanted


def test_hazard_16_the_same_row_in_two_files_is_one_batch_and_each_place_names_the_other(
    plant: Plant,
) -> None:
    book = book_of(plant, "log.xlsx", run_of("B", 2), run_of("A"))
    log = csv_of(plant, "log.csv", run_of("A", mass="100.0"))
    report = plant.upload(files=[book, log])
    assert words(report) == ["created"] * 3
    assert plant.held() == {"A": 1, "B": 1}
    assert [told(row) for row in report.rows] == [
        [],
        [("notice", "row_repeated", ("A3",), "A")],
        [("notice", "row_repeated", ("A2",), "A")],
    ]
    assert f"row 2 of {log}" in report.rows[1].issues[0].wanted
    assert f"row 3 of {book} [October]" in report.rows[2].issues[0].wanted
    assert report.exit_code == 0


def test_hazard_16_of_many_rows_that_say_the_same_each_says_how_many_there_are(plant: Plant) -> None:
    report = plant.check(csv_of(plant, "log.csv", *[run_of("A")] * 4))
    assert [row.issues[0].wanted.partition("; ")[2] for row in report.rows] == [
        f"row {number} of {plant.folder / 'log.csv'} says the same of it, and 2 more rows do"
        for number in (3, 2, 2, 2)
    ]


def test_hazard_17_other_values_in_another_file_are_a_conflict_that_names_both_places(plant: Plant) -> None:
    book = book_of(plant, "log.xlsx", run_of("B", 2), run_of("A"))
    log = csv_of(plant, "log.csv", run_of("A", mass=101))
    report = plant.upload(files=[book, log])
    assert words(report) == ["created", "conflict", "conflict"]
    for row in report.rows[1:]:
        assert row.outcome.code == "rows_disagree"
        assert f"Rows 3 of {book} [October] and 2 of {log} give the same" in row.outcome.message
        assert [(each.field, each.wanted, each.held) for each in row.outcome.differences] == [
            ("Biochar mass (kg)", f"“100” in F3 of {book} [October]", f"“101” in F2 of {log}")
        ]
    assert sorted(plant.held()) == ["B"]


def test_hazard_17_other_values_than_in_an_older_file_are_a_conflict_and_nothing_is_sent(
    plant: Plant,
) -> None:
    plant.upload(files=[csv_of(plant, "september.csv", run_of("A"))])
    report = plant.upload(files=[csv_of(plant, "october.csv", run_of("A", 2))])
    assert words(report) == ["conflict"]
    outcome = report.rows[0].outcome
    assert outcome.code == "registered_with_other_values"
    assert [each.field for each in outcome.differences] == ["started_at", "ended_at"]
    assert plant.mass("A") == [(outcome.registry_id, 100)]


def test_hazard_17_a_run_of_an_older_file_is_not_registered_again_under_a_new_reference(plant: Plant) -> None:
    plant.upload(files=[csv_of(plant, "september.csv", run_of("A"))])
    report = plant.upload(files=[book_of(plant, "october.xlsx", run_of("X"), run_of("Y", 2))])
    assert words(report) == ["invalid", "created"]
    assert told(report.rows[0]) == [("error", "run_copied", ("A2",), "X")]
    assert "the same run is registered as “A” (since 2026-11-01)" in report.rows[0].issues[0].wanted


def test_hazard_32_a_mass_that_nobody_makes_in_the_time_is_refused_at_the_times_and_the_mass(
    plant: Plant,
) -> None:
    usual = [run_of(f"A{day}", day) for day in range(1, 5)]
    report = plant.upload(files=[csv_of(plant, "log.csv", *usual, run_of("B", 5, 1000, start=6, end=7))])
    assert words(report) == ["created"] * 4 + ["invalid"]
    (issue,) = report.rows[4].issues
    assert (issue.code, issue.cells) == ("throughput_implausible", ("D6", "E6", "F6"))
    assert issue.found == "2026-10-05T06:00Z 2026-10-05T07:00Z 1000"
    assert "1,000 kg an hour, 120 times over its median of 8.333 kg an hour" in issue.wanted


@pytest.mark.parametrize(("start", "word"), [(6, "invalid"), (17, "invalid"), (18, "created")])
def test_hazard_44_runs_of_one_mass_that_overlap_at_one_facility_are_refused_and_those_that_touch_are_not(
    plant: Plant, start: int, word: str
) -> None:
    one = csv_of(plant, "one.csv", run_of("A"))
    other = book_of(plant, "other.xlsx", run_of("B", start=start, end=start + 2))
    report = plant.upload(files=[one, other])
    assert words(report) == [word, word]
    if word == "invalid":
        assert told(report.rows[0]) == [("error", "run_copied", ("A2",), "A")]
        assert f"row 2 of {other} [October] has the same facility and mass" in report.rows[0].issues[0].wanted
        assert "as “B”" in report.rows[0].issues[0].wanted
        assert f"row 2 of {one} has the same facility and mass" in report.rows[1].issues[0].wanted


@pytest.mark.parametrize(
    ("second", "word"),
    [
        ((*run_of("A")[:2], "Straw", *run_of("A")[3:]), "invalid"),
        (run_of("A", start=7), "invalid"),
        (run_of("A", start=18, end=20), "created"),
        (run_of("A", mass=80), "created"),
    ],
)
def test_hazard_44_a_run_in_two_rows_of_one_batch_is_not_added_up_twice(
    tmp_path: Path, second: tuple[object, ...], word: str
) -> None:
    toml = f'[log]\none_batch_per = "reference"\n\n[feedstocks]\n"Straw" = "{WOOD[:-1]}Z"\n'
    plant = Plant(tmp_path, rows=0, toml=toml)
    report = plant.upload(files=[csv_of(plant, "log.csv", run_of("A"), second)])
    assert words(report) == [word, word]
    codes = [issue.code for row in report.rows for issue in row.issues]
    assert codes == (["run_twice"] * 2 if word == "invalid" else [])


def test_hazard_44_a_run_in_two_rows_of_one_batch_is_corrected_in_the_log_and_not_in_the_settings(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=0, toml='[log]\none_batch_per = "reference"\n')
    log = csv_of(plant, "log.csv", run_of("A"), run_of("A", start=7))
    assert following(plant.check(log), tmp_path).first == f"correct 2 cells in {log}"


def test_hazard_78_the_same_content_under_a_new_name_is_told_and_is_no_error(plant: Plant) -> None:
    first = plant.upload(files=[csv_of(plant, "log.csv", run_of("A"))])
    (plant.folder / "log.csv").rename(plant.folder / "copy.csv")
    report = plant.upload(files=[plant.folder / "copy.csv"])
    assert words(report) == ["already_registered"]
    (told_of_it,) = report.sources[0].told
    assert told_of_it == (
        f"{plant.folder / 'copy.csv'} has the same content as {plant.folder / 'log.csv'}, "
        f"which run {first.run_id} read (2026-11-01 00:00 UTC)"
    )
    assert report.exit_code == 0


def test_hazard_78_the_same_content_twice_in_one_night_is_read_once(plant: Plant) -> None:
    files = [csv_of(plant, "log.csv", run_of("A")), csv_of(plant, "copy.csv", run_of("A"))]
    report = plant.upload(files=files)
    assert words(report) == ["created"]
    assert [source.rows for source in report.sources] == [1, 0]
    assert report.sources[1].told == (
        f"{files[1]} has the same content as {files[0]} and was not read again",
    )


def test_hazard_78_new_content_under_an_old_name_is_known_by_its_references(plant: Plant) -> None:
    plant.upload(files=[csv_of(plant, "log.csv", run_of("A"), run_of("B", 2))])
    report = plant.upload(files=[csv_of(plant, "log.csv", run_of("B", 2), run_of("C", 3), run_of("A", 4))])
    assert words(report) == ["already_registered", "created", "conflict"]
    assert report.sources[0].told == ()
