"""References, facilities and feedstocks: what a log names arrives as it was named, or not at all."""

import datetime as dt
import unicodedata
from pathlib import Path

import pytest
from msgspec.structs import replace
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from pipeline.assemble import assemble
from schemas.convention import Convention
from tests.hazards.log import LogOf, book_log, checked, csv_log, raw_log, refused, row, runs, told, wanted
from tests.pure.build import HEADER, KILN, PLANT, SHELLS, WOOD

DAY = dt.datetime(2026, 3, 1)  # noqa: DTZ001  a cell has no zone
MAKERS = pytest.mark.parametrize("log_of", [csv_log, book_log])


def references(path: Path) -> list[str]:
    return [run.reference for run in runs(checked(path))]


@MAKERS
def test_hazard_01_leading_zeros_of_a_reference_in_text_are_kept(log_of: LogOf, tmp_path: Path) -> None:
    log = log_of(tmp_path, row(reference="007"), row(reference="0042"), row(reference="00"))
    assert references(log) == ["007", "0042", "00"]
    assert told(checked(log)) == []


@pytest.mark.parametrize("number_format", ["000000", '"R-"0', "0.0", "0#", "#,##0"])
def test_hazard_02_a_number_that_is_only_shown_as_the_reference_is_refused(
    number_format: str, tmp_path: Path
) -> None:
    log = book_log(tmp_path, row(reference=4207), formats={"A2": number_format})
    assert refused(checked(log)) == ("reference_is_number", "A2", "4207")
    assert number_format in wanted(checked(log))


@pytest.mark.parametrize("number", [42, 42.0, 999_999_999_999_999])
def test_hazard_03_a_plain_number_of_at_most_15_digits_is_a_reference_and_told(
    number: float, tmp_path: Path
) -> None:
    table = checked(book_log(tmp_path, row(reference=number), row(reference="A2")))
    assert [run.reference for run in runs(table)] == [str(int(number)), "A2"]
    how = "a number was read as text; leading zeros would be lost (1 cell: A2), such as"
    assert told(table) == [("number_as_text", "Batch ref", f"{how} “{int(number)}”")]


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        ("1234567890123456", "1234567890123456"),
        ("1234567890123456789", "1234567890123456789"),
        ("12345678901234567890123", "1.23456789012346e+22"),
        ("1.23456789012346E+15", "1.23456789012346e+15"),
        ("1000000000000000", "1000000000000000"),
        ("42.5", "42.5"),
    ],
)
def test_hazard_04_a_number_of_16_digits_or_with_a_fraction_is_no_reference(
    stored: str, found: str, tmp_path: Path
) -> None:
    log = raw_log(tmp_path, {"A": f'<c r="A2"><v>{stored}</v></c>'})
    assert refused(checked(log)) == ("reference_rounded", "A2", found)
    assert "Format the column as Text" in wanted(checked(log))


@MAKERS
def test_hazard_04_sixteen_digits_and_more_in_text_are_kept(log_of: LogOf, tmp_path: Path) -> None:
    log = log_of(tmp_path, row(reference="1234567890123456789"), row(reference="1234567890123450000"))
    assert references(log) == ["1234567890123456789", "1234567890123450000"]
    how = "taken as it stands, though digits after the fifteenth may have been lost (1 cell: A3), such as"
    assert told(checked(log)) == [("reference_like_rounded", "Batch ref", f"{how} “1234567890123450000”")]


@MAKERS
@pytest.mark.parametrize(
    "reference", ["1.23E+15", "2.31E+13", "1,23E+15", "1E+22", "1e+22", "7.00E-12", "1E-05"]
)
def test_hazard_05_scientific_notation_is_no_reference(log_of: LogOf, reference: str, tmp_path: Path) -> None:
    table = checked(log_of(tmp_path, row(reference=reference)))
    assert refused(table) == ("reference_rounded", "A2", reference)


@MAKERS
def test_hazard_05_a_reference_with_an_e_among_its_digits_is_kept(log_of: LogOf, tmp_path: Path) -> None:
    assert references(log_of(tmp_path, row(reference="2310009E13"), row(reference="1E5"))) == [
        "2310009E13",
        "1E5",
    ]


def test_hazard_06_blanks_in_a_column_of_numbers_do_not_change_the_others(tmp_path: Path) -> None:
    rows = [row(reference=r) for r in ("12345678901234567", "", "42")]
    table = checked(csv_log(tmp_path, *rows))
    assert [each.reference for each in table.rows] == ["12345678901234567", "", "42"]
    assert refused(table, 3) == ("missing", "A3", "")
    stored = checked(book_log(tmp_path, *(row(reference=r) for r in (123456789012345, None, 42))))
    assert [each.reference for each in stored.rows] == ["123456789012345", "", "42"]
    assert refused(stored, 3) == ("missing", "A3", "")


@pytest.mark.parametrize("value", [DAY, DAY.date(), dt.time(3, 1), dt.timedelta(hours=30)])
def test_hazard_07_a_date_in_place_of_a_reference_is_refused_and_the_cause_named(
    value: object, tmp_path: Path
) -> None:
    table = checked(book_log(tmp_path, row(reference=value)))
    assert refused(table)[:2] == ("reference_is_date", "A2")
    assert "the spreadsheet has turned this one into a date" in wanted(table)
    assert "Text" in wanted(table)


@pytest.mark.parametrize("reference", ["01-Mar", "1-Mar", "Mar-24", "01. Mrz", "1-févr", "01.jan"])
def test_hazard_07_a_date_that_a_spreadsheet_may_have_saved_as_text_is_told(
    reference: str, tmp_path: Path
) -> None:
    table = checked(csv_log(tmp_path, row(reference=reference), row(reference="MAR-01")))
    assert [run.reference for run in runs(table)] == [reference, "MAR-01"]
    how = "taken as it stands, though it may be a date by accident (1 cell: A2), such as"
    assert told(table) == [("reference_like_date", "Batch ref", f"{how} “{reference}”")]


def test_hazard_07_a_date_with_the_midnight_that_a_library_adds_is_no_reference(tmp_path: Path) -> None:
    table = checked(csv_log(tmp_path, row(reference="2024-03-01 00:00:00"), row(reference="2024-03-01")))
    assert refused(table) == ("reference_is_date", "A2", "2024-03-01 00:00:00")
    assert [each.reference for each in table.rows if each.run] == ["2024-03-01"]


def test_hazard_08_a_day_as_spreadsheets_count_it_is_told_in_place_of_a_reference(tmp_path: Path) -> None:
    text = checked(csv_log(tmp_path, row(reference="45352"), row(reference="12345")))
    assert [run.reference for run in runs(text)] == ["45352", "12345"]
    assert [code for code, *_ in told(text)] == ["reference_like_date"]
    stored = checked(book_log(tmp_path, row(reference=45352), row(reference=12345)))
    assert [run.reference for run in runs(stored)] == ["45352", "12345"]
    assert [code for code, *_ in told(stored)] == ["number_as_text", "reference_like_date"]


@pytest.mark.parametrize("value", [True, False])
def test_hazard_09_true_and_false_are_no_references_and_no_names(value: bool, tmp_path: Path) -> None:
    header = (*HEADER, "Batch name")
    rows = [
        (*row(reference=value), ""),
        (*row(facility=value), ""),
        (*row(feedstock=value), ""),
        (*row(), value),
    ]
    table = checked(book_log(tmp_path, *rows, header=header))
    shown = str(value).upper()
    assert [refused(table, number) for number in (2, 3, 4, 5)] == [
        ("not_text", f"{letter}{number}", shown) for number, letter in enumerate("ABCG", 2)
    ]
    assert refused(checked(csv_log(tmp_path, row(reference=shown)))) == ("not_text", "A2", shown)


@MAKERS
@pytest.mark.parametrize("space", [" ", "\u00a0", "\t", "\u2003", "\u202f", "\u3000"])
def test_hazard_10_space_around_a_reference_or_a_name_is_dropped_and_told(
    log_of: LogOf, space: str, tmp_path: Path
) -> None:
    around = f"{space}{{}}{space}"
    cells = {"reference": "A1", "facility": "North", "feedstock": "Wood"}
    log = log_of(tmp_path, row(**{field: around.format(text) for field, text in cells.items()}))
    (run,) = runs(checked(log))
    assert (run.reference, run.facility_id, run.feedstock_type_ids) == ("A1", KILN, (WOOD,))
    notices = checked(log).notices
    assert [(notice.code, notice.cells) for notice in notices] == [
        ("trimmed", (cell,)) for cell in ("A2", "B2", "C2")
    ]
    assert all("(1 cell: " in notice.wanted for notice in notices)
    assert notices[0].wanted.endswith("→ “A1”")


def test_hazard_10_a_byte_order_mark_before_a_reference_is_dropped_and_told(tmp_path: Path) -> None:
    table = checked(csv_log(tmp_path, row(), row(reference="\ufeff 007")))
    assert [run.reference for run in runs(table)] == ["A1", "007"]
    how = "space around it was dropped (1 cell: A3), such as “<U+FEFF> 007” → “007”"
    assert told(table) == [("trimmed", "Batch ref", how)]


INVISIBLE = [
    "\u200b",
    "\u200d",
    "\u00ad",
    "\u2060",
    "\u202e",
    "\u2066",
    "\u200f",
    "\ufeff",
    "\u3164",
    "\ufe0f",
]


@MAKERS
@pytest.mark.parametrize("character", INVISIBLE)
def test_hazard_11_a_character_that_cannot_be_seen_is_refused_and_named(
    log_of: LogOf, character: str, tmp_path: Path
) -> None:
    inside, behind = f"A{character}1", f"A1{character}"
    table = checked(
        log_of(tmp_path, row(reference=inside), row(reference=behind), row(facility=f"North{character}"))
    )
    number = f"U+{ord(character):04X}"
    assert refused(table) == ("invisible_character", "A2", f"A<{number}>1")
    assert refused(table, 3) == ("invisible_character", "A3", f"A1<{number}>")
    assert refused(table, 4) == ("invisible_character", "B4", f"North<{number}>")
    assert f"this one holds {number}, " in wanted(table)


@MAKERS
def test_hazard_12_accents_are_joined_to_their_letters_and_told_apart_from_space(
    log_of: LogOf, tmp_path: Path
) -> None:
    plant = replace(PLANT, facilities={"Kiln Éa": KILN}, feedstocks={"Noix pile\u0301e": WOOD})
    kiln, nuts = unicodedata.normalize("NFD", "Kiln Éa"), "Noix pilée"
    log = log_of(tmp_path, row(reference="E\u0301-1 ", facility=kiln, feedstock=nuts))
    table = checked(log, plant)
    (run,) = runs(table)
    assert (run.reference, run.facility_id, run.feedstock_type_ids) == ("\u00c9-1", KILN, (WOOD,))
    how = "accents were joined to their letters, as Unicode's NFC has them"
    assert told(table) == [
        (
            "trimmed",
            "Batch ref",
            "space around it was dropped (1 cell: A2), such as “E\u0301-1 ” → “E\u0301-1”",
        ),
        ("composed", "Batch ref", f"{how} (1 cell: A2), such as “E<U+0301>-1” → “É-1”"),
        ("composed", "Facility", f"{how} (1 cell: B2), such as “Kiln E<U+0301>a” → “Kiln Éa”"),
    ]


def test_hazard_12_a_name_that_two_spellings_give_two_ids_stands_for_neither(tmp_path: Path) -> None:
    plant = replace(PLANT, facilities={"\u00c9": KILN, "E\u0301": SHELLS, "F": KILN})
    table = checked(csv_log(tmp_path, row(facility="\u00c9"), row(reference="B", facility="F")), plant)
    assert refused(table)[:2] == ("unknown_facility", "B2")
    assert [each.row for each in table.rows if each.run] == [3]


@MAKERS
@pytest.mark.parametrize(
    ("reference", "found", "meant"),
    [
        ("ＲＵＮ１", "ＲＵＮ１", "RUN1"),
        ("A\u20111", "A\u20111", "A-1"),
        ("A\u20101", "A\u20101", "A-1"),
        ("A\u22121", "A\u22121", "A-1"),
        ("A\u00a01", "A<U+00A0>1", "A 1"),
        ("A②", "A②", "A2"),
        ("ﬁre", "ﬁre", "fire"),
    ],
)
def test_hazard_13_what_only_looks_like_plain_text_is_refused_with_the_plain_text(
    log_of: LogOf, reference: str, found: str, meant: str, tmp_path: Path
) -> None:
    table = checked(log_of(tmp_path, row(reference=reference)))
    assert refused(table) == ("reference_lookalike", "A2", found)
    assert f"perhaps “{meant}” is meant" in wanted(table)


@MAKERS
@pytest.mark.parametrize(
    ("reference", "scripts"),
    [
        ("RUN-\u04101", "CYRILLIC and LATIN"),
        ("\u0391B1", "GREEK and LATIN"),
        ("RUN-\u0664", "ARABIC and LATIN"),
        ("1\u06643", "ARABIC and other digits"),
    ],
)
def test_hazard_14_a_reference_of_two_alphabets_is_refused(
    log_of: LogOf, reference: str, scripts: str, tmp_path: Path
) -> None:
    table = checked(log_of(tmp_path, row(reference=reference)))
    assert refused(table) == ("reference_lookalike", "A2", reference)
    assert scripts in wanted(table)


def test_hazard_14_a_reference_of_one_alphabet_is_kept_and_told_when_it_looks_latin(tmp_path: Path) -> None:
    cyrillic, looks_latin = "Партия-1", "\u0410\u0412-1"
    table = checked(csv_log(tmp_path, row(reference=cyrillic), row(reference=looks_latin)))
    assert [run.reference for run in runs(table)] == [cyrillic, looks_latin]
    how = "taken as it stands, though its letters are CYRILLIC and only look Latin (1 cell: A3), such as"
    assert told(table) == [("reference_like_latin", "Batch ref", f"{how} “{looks_latin}”")]


@MAKERS
def test_hazard_15_case_and_separators_of_a_reference_are_never_changed(
    log_of: LogOf, tmp_path: Path
) -> None:
    written = ["RUN-1", "run-1", "Run_1", "RUN 1", "RUN  1", "RUN/1"]
    assert references(log_of(tmp_path, *(row(reference=each) for each in written))) == written


@MAKERS
def test_hazard_16_rows_that_say_the_same_of_a_reference_are_one_batch(log_of: LogOf, tmp_path: Path) -> None:
    rows = [row(), row(reference="B"), row(start="2026-10-01T08:00+02:00", mass=" 100 ", facility=KILN)]
    assembled = assemble([checked(log_of(tmp_path, *rows))], PLANT)
    assert [(batch.reference, batch.rows) for batch in assembled.batches] == [
        ("A1", ((0, 2), (0, 4))),
        ("B", ((0, 3),)),
    ]
    assert assembled.decided == {}


@MAKERS
def test_hazard_17_rows_that_disagree_on_a_reference_are_all_a_conflict_that_says_what_differs(
    log_of: LogOf, tmp_path: Path
) -> None:
    rows = [row(), row(reference="B"), row(mass=101, feedstock="Straw"), row()]
    assembled = assemble([checked(log_of(tmp_path, *rows))], PLANT)
    assert [batch.reference for batch in assembled.batches] == ["B"]
    assert assembled.decided.keys() == {(0, 2), (0, 4), (0, 5)}
    (outcome,) = set(assembled.decided.values())
    assert (outcome.word, outcome.code) == ("conflict", "rows_disagree")
    assert "Rows 2, 4, 5" in outcome.message
    assert [each.field for each in outcome.differences] == ["Feedstock", "Mass (kg)"]
    assert (outcome.differences[1].wanted, outcome.differences[1].held) == ("“100” in F2", "“101” in F4")


def test_hazard_17_files_that_disagree_on_a_reference_are_a_conflict_that_names_both(tmp_path: Path) -> None:
    tables = [
        checked(csv_log(tmp_path, row())),
        checked(book_log(tmp_path, row(end="2026-10-01 19:00Z"))),
    ]
    assembled = assemble(tables, PLANT)
    assert assembled.batches == []
    assert {key: outcome.word for key, outcome in assembled.decided.items()} == {
        (0, 2): "conflict",
        (1, 2): "conflict",
    }
    message = assembled.decided[0, 2].message
    assert "log.csv" in message
    assert "log.xlsx" in message


@MAKERS
def test_hazard_18_a_reference_has_1_to_100_characters_and_no_control_among_them(
    log_of: LogOf, tmp_path: Path
) -> None:
    fine = ["x" * 100, " " + "é" * 100]
    table = checked(
        log_of(
            tmp_path,
            *(
                row(reference=each)
                for each in (*fine, "x" * 101, "", " \u00a0", "A\t1", "A\n1", "A1\x7f", "\x85A1")
            ),
        )
    )
    assert [each.reference for each in table.rows if each.run] == ["x" * 100, "é" * 100]
    assert [refused(table, number)[:2] for number in range(4, 11)] == [
        ("too_long", "A4"),
        ("missing", "A5"),
        ("missing", "A6"),
        ("invisible_character", "A7"),
        ("invisible_character", "A8"),
        ("invisible_character", "A9"),
        ("invisible_character", "A10"),
    ]
    assert refused(table, 7)[2] == "A<tab>1"
    assert refused(table, 8)[2] == "A<line break>1"


def test_hazard_18_a_control_character_that_a_workbook_writes_in_its_own_way_is_refused(
    tmp_path: Path,
) -> None:
    path = tmp_path / "log.xlsx"
    with Workbook(path) as book:
        sheet = book.add_worksheet("Runs")
        for number, line in enumerate((HEADER, row(reference="A\x071"), row(reference="A2\r\n"))):
            sheet.write_row(number, 0, line)
    table = checked(path)
    assert refused(table) == ("invisible_character", "A2", "A<U+0007>1")
    assert [each.reference for each in table.rows if each.run] == ["A2"]


@MAKERS
@pytest.mark.parametrize("name", ["north", "Nоrth", "Ｎorth", "Nor\u00a0th", f"{KILN}\u0430", "fcl_1G8Q"])
def test_hazards_13_to_15_a_name_that_is_almost_known_is_refused(
    log_of: LogOf, name: str, tmp_path: Path
) -> None:
    """The "о" of the second is Cyrillic. No name stands for another, however alike they look."""
    assert refused(checked(log_of(tmp_path, row(facility=name))))[:2] == ("unknown_facility", "B2")


@pytest.mark.parametrize(
    ("value", "number_format", "why"),
    [
        (DAY, "mmm-yy", "not_text"),
        (3, "000", "not_text"),
        (1.5, "General", "not_text"),
        (1234567890123456, "General", "not_text"),
        (4, "General", "unknown_facility"),
    ],
)
def test_hazards_02_to_07_a_name_that_a_spreadsheet_has_changed_is_refused(
    value: object, number_format: str, why: str, tmp_path: Path
) -> None:
    plant = replace(PLANT, facilities={"3": KILN, "003": SHELLS})
    log = book_log(tmp_path, row(facility=value), formats={"B2": number_format})
    assert refused(checked(log, plant))[:2] == (why, "B2")


def test_hazard_03_a_plain_number_can_be_a_name_and_is_told(tmp_path: Path) -> None:
    table = checked(book_log(tmp_path, row(facility=3)), replace(PLANT, facilities={"3": KILN}))
    assert [run.facility_id for run in runs(table)] == [KILN]
    assert told(table) == [
        ("number_as_text", "Facility", "a number was read as text (1 cell: B2), such as “3”")
    ]


def test_hazard_09_names_beside_each_other_are_each_looked_up(tmp_path: Path) -> None:
    table = checked(csv_log(tmp_path, row(feedstock="Wood;\u00a0Straw "), row(feedstock="Wood; Str\u00adaw")))
    (run,) = [each.run for each in table.rows if each.run]
    assert len(run.feedstock_type_ids) == 2
    assert refused(table, 3) == ("invisible_character", "C3", "Wood; Str<U+00AD>aw")
    assert [code for code, *_ in told(table)] == ["trimmed"]


def test_an_id_of_the_registry_stands_for_itself_in_any_plant(tmp_path: Path) -> None:
    table = checked(csv_log(tmp_path, row(facility=KILN, feedstock=f"{WOOD};{SHELLS}")), Convention())
    assert [(run.facility_id, run.feedstock_type_ids) for run in runs(table)] == [(KILN, (WOOD, SHELLS))]
