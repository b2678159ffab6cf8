"""Beside what the log wrote stands what it was read as: times at the plant and in UTC, kilograms."""

import datetime as dt
from decimal import Decimal

import msgspec
import pytest
from msgspec.structs import replace

from pipeline.model import WORDS, AsRead, Report, ReportRow, Word
from pipeline.write.lines import OWN
from tests.write.build import records_of, report, results_of, row, table

LAST = ("_started_local", "_started_utc", "_ended_local", "_ended_utc", "_mass_kg")
RUN = AsRead(
    dt.datetime(2026, 10, 24, 23, 30, tzinfo=dt.UTC),
    dt.datetime(2026, 10, 25, 1, 30, 15, tzinfo=dt.UTC),
    Decimal("1648.5"),
)


def read_as(run: AsRead, outcome: Word = "created", number: int = 22) -> ReportRow:
    return replace(row(outcome=outcome, number=number), as_read=run)


def at(timezone: str, *rows: ReportRow) -> Report:
    return report(*rows, tables=[replace(table(), timezone=timezone)])


def lines(made: Report) -> list[dict[str, object]]:
    """The lines of the workbook by their headers, as a spreadsheet program holds them."""
    header, *found = results_of(made)["results"].values
    return [dict(zip(map(str, header), line, strict=True)) for line in found]


def wall(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def test_they_are_the_last_columns_and_move_no_other() -> None:
    assert OWN[-len(LAST) :] == LAST
    assert OWN[: -len(LAST)] == (
        *("_file", "_sheet", "_row", "_supplier_reference_id", "_outcome", "_registry_id", "_attempts"),
        *("_http_status", "_cell", "_code", "_message"),
    )


def test_local_and_utc_stand_side_by_side_as_dates_of_the_workbook() -> None:
    """Over the end of summer time in Berlin: two hours are four by the sun, and the UTC beside it tells."""
    made = at("Europe/Berlin", read_as(RUN))
    (line,) = lines(made)
    assert [line[name] for name in LAST] == [
        wall("2026-10-25 01:30:00"),
        wall("2026-10-24 23:30:00"),
        wall("2026-10-25 02:30:15"),
        wall("2026-10-25 01:30:15"),
        1648.5,
    ]
    cells = results_of(made)["results"][2][-5:]
    assert [cell.number_format for cell in cells] == ["yyyy-mm-dd hh:mm:ss"] * 4 + ["General"]


def test_the_csv_has_the_same() -> None:
    (record,) = records_of(at("Asia/Kathmandu", read_as(RUN)))
    assert [record[name] for name in LAST] == [
        "2026-10-25T05:15:00",
        "2026-10-24T23:30:00",
        "2026-10-25T07:15:15",
        "2026-10-25T01:30:15",
        "1648.5",
    ]


def test_where_no_zone_is_known_nothing_is_said_of_local_times() -> None:
    (line,) = lines(at("", read_as(RUN)))
    assert [line[name] for name in LAST] == [
        None, wall("2026-10-24 23:30:00"), None, wall("2026-10-25 01:30:15"), 1648.5,
    ]  # fmt: skip


def test_each_table_has_the_zone_of_its_own_plant() -> None:
    tables = [replace(table(), timezone=name) for name in ("Asia/Tokyo", "America/Lima")]
    rows = (replace(row(number=number, place=number), as_read=RUN) for number in range(2))
    found = [line["_started_local"] for line in lines(report(*rows, tables=tables))]
    assert found == [wall("2026-10-25 08:30:00"), wall("2026-10-24 18:30:00")]


def test_a_row_that_was_not_read_as_a_run_has_none() -> None:
    first, second = lines(at("Europe/Berlin", row(), read_as(RUN, number=23)))
    assert [first[name] for name in LAST] == [None] * 5
    assert second["_mass_kg"] == 1648.5


@pytest.mark.parametrize("word", WORDS)
def test_whatever_became_of_a_run_what_it_was_read_as_is_told(word: Word) -> None:
    (line,) = lines(at("UTC", read_as(RUN, word)))
    assert line["_started_utc"] == line["_started_local"] == wall("2026-10-24 23:30:00")


@pytest.mark.parametrize(
    ("mass", "shown"),
    [
        ("1648", "1648"),
        ("0.45359237", "0.45359237"),
        ("0.000001", "1e-06"),
        ("999999999999999", "999999999999999"),
    ],
)
def test_a_mass_is_a_number_in_kilograms_with_all_its_digits(mass: str, shown: str) -> None:
    made = at("UTC", read_as(replace(RUN, mass=Decimal(mass))))
    assert lines(made)[0]["_mass_kg"] == float(mass)
    assert records_of(made)[0]["_mass_kg"] == shown


def test_a_report_comes_back_from_the_ledger_as_it_was_kept_and_an_older_one_too() -> None:
    made = at("Europe/Berlin", row(), read_as(RUN, number=23))
    kept = msgspec.json.encode(made)
    assert msgspec.json.decode(kept, type=Report) == made
    older = msgspec.to_builtins(made)
    del older["rows"][1]["as_read"], older["tables"][0]["timezone"]
    older["rows"][0]["issues"] = []
    found = msgspec.json.decode(msgspec.json.encode(older), type=Report)
    assert [each.as_read for each in found.rows] == [None, None]
    assert found.tables[0].timezone == ""
