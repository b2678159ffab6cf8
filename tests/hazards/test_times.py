"""Hazards 33 to 46: a start or an end is the instant that the log means, or its row is refused."""

import datetime as dt
import zipfile
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import Workbook, load_workbook

from pipeline.assemble import assemble
from pipeline.read import Fits, read
from schemas.convention import Convention, DateOrder
from tests.hazards.timed import (
    BERLIN,
    END,
    HEADER,
    IN_TWO,
    SHOWN,
    Start,
    issue_of,
    refusal_of,
    starts_of,
    table_of,
    text_log,
    utc,
    wall,
    workbook_log,
)
from tests.pure.build import KILN, WOOD
from tests.read.make import edited, packed, saved, text_row, with_sheet

OCTOBER = dt.datetime(2026, 10, 1, 6)  # noqa: DTZ001  a workbook has no zone
MIDNIGHT = OCTOBER.replace(hour=0)
DAYS = [OCTOBER + dt.timedelta(days=day) for day in range(30)]


def ordered(order: DateOrder | None) -> Convention:
    return replace(BERLIN, date_order=order)


# 33


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("DMY", ["2026-10-05 12:30", "2026-10-13 12:30"]),
        ("MDY", ["2026-05-10 12:30", "not_a_time"]),
        ("YMD", ["not_a_time", "not_a_time"]),
        (None, ["date_could_be_two", "2026-10-13 12:30"]),
    ],
)
@pytest.mark.parametrize("mark", [".", "/", "-"])
def test_hazard_33_text_dates_are_read_in_the_plants_order_alone_and_never_by_their_neighbours(
    tmp_path: Path, order: DateOrder | None, found: list[str], mark: str
) -> None:
    path = text_log(tmp_path, *(f"{day}{mark}10{mark}2026 14:30" for day in ("05", "13")))
    assert starts_of(path, ordered(order)) == [utc(each) if each[0] == "2" else each for each in found]


def test_hazard_33_a_text_date_that_could_be_two_days_is_refused_with_the_setting_that_says_which(
    tmp_path: Path,
) -> None:
    issue = issue_of(text_log(tmp_path, "05.10.2026 14:30"))
    assert (issue.code, issue.found) == ("date_could_be_two", "05.10.2026 14:30")
    assert 'date_order = "DMY"' in issue.remedy


@pytest.mark.parametrize(
    "text", ["05.10.2026 14:30 approx", "5.10.2026, ca. 14:30", "05.10/2026 14:30", "05 10 2026 14:30"]
)
def test_hazard_33_a_text_that_is_not_exactly_a_date_is_no_date(tmp_path: Path, text: str) -> None:
    assert starts_of(text_log(tmp_path, text), ordered("DMY")) == ["not_a_time"]


def headed(words: str) -> tuple[str, ...]:
    return (*HEADER[:3], f"Start ({words})", *HEADER[4:])


@pytest.mark.parametrize(
    ("words", "order", "text"),
    [
        ("mm/dd/yyyy hh:mm", "DMY", "05/10/2026 06:00"),
        ("dd.mm.yyyy hh:mm", "MDY", "05.10.2026 06:00"),
        ("yyyy-dd-mm hh:mm", None, "2026-05-10 06:00"),
        ("yyyy-dd-mm hh:mm", "DMY", "2026-05-10 06:00"),
    ],
)
def test_hazard_33_a_date_that_its_header_and_the_reading_take_for_two_days_is_refused(
    tmp_path: Path, words: str, order: DateOrder | None, text: str
) -> None:
    issue = issue_of(text_log(tmp_path, text, header=headed(words)), ordered(order))
    assert (issue.code, issue.found) == ("date_orders_disagree", text)


def test_hazard_33_the_date_of_two_columns_is_held_against_its_header_too(tmp_path: Path) -> None:
    header = (
        "Batch ref",
        "Facility",
        "Feedstock",
        "Start date (mm/dd/yyyy)",
        "Start time",
        "End",
        "Mass (kg)",
    )
    path = text_log(tmp_path, ["05/10/2026", "06:00"], header=header)
    assert starts_of(path, ordered("DMY")) == ["date_orders_disagree"]


@pytest.mark.parametrize(
    ("words", "order", "text", "found"),
    [
        ("mm/dd/yyyy hh:mm", "MDY", "05/10/2026 06:00", utc("2026-05-10 04:00")),
        ("dd.mm.yyyy hh:mm", "DMY", "05.10.2026 06:00", utc("2026-10-05 04:00")),
        ("mm/dd/yyyy hh:mm", "DMY", "2026-10-05 06:00", utc("2026-10-05 04:00")),
        ("yyyy-mm-dd hh:mm", "DMY", "05/10/2026 06:00", utc("2026-10-05 04:00")),
        ("mm/dd/yyyy hh:mm", None, "05/13/2026 06:00", utc("2026-05-13 04:00")),
        ("mm/dd/yyyy hh:mm", None, "05/10/2026 06:00", "date_could_be_two"),
    ],
)
def test_hazard_33_a_date_that_its_header_takes_for_the_same_day_is_read(
    tmp_path: Path, words: str, order: DateOrder | None, text: str, found: dt.datetime | str
) -> None:
    assert starts_of(text_log(tmp_path, text, header=headed(words)), ordered(order)) == [found]


@pytest.mark.parametrize("words", ["mm/dd/yyyy hh:mm", "yyyy-dd-mm hh:mm"])
def test_hazard_33_a_real_date_is_the_same_day_under_any_format_in_its_header(
    tmp_path: Path, words: str
) -> None:
    assert starts_of(workbook_log(tmp_path, OCTOBER, header=headed(words)), ordered("DMY")) == [
        utc("2026-10-01 04:00")
    ]


# 34


def as_spreadsheets_leave_it(days: list[dt.datetime]) -> list[Start]:
    """Days first, opened where months come first: what can be a month is one, and the rest is text."""
    return [
        day.replace(month=day.day, day=day.month) if day.day <= 12 else f"{day:%d/%m/%Y %H:%M}"
        for day in days
    ]


@pytest.mark.parametrize("order", ["DMY", "MDY", None])
def test_hazard_34_a_column_that_a_spreadsheet_has_half_converted_refuses_the_whole_table(
    tmp_path: Path, order: DateOrder | None
) -> None:
    """Also when the order of the text is known: the dates beside it are the wrong ones."""
    refusal = refusal_of(workbook_log(tmp_path, *as_spreadsheets_leave_it(DAYS)), ordered(order))
    assert refusal.code == "dates_mixed"
    assert "“Start” has dates in 12 cells (D2 “2026-01-10 06:00:00”, D3" in refusal.message
    assert "other text in 18 cells (D14 “13/10/2026 06:00”, D15" in refusal.message


def test_hazard_34_the_first_days_of_a_month_are_refused_however_few_of_them_are_text(tmp_path: Path) -> None:
    """One text among thirteen dates is little, but it is every day after the 12th."""
    path = workbook_log(tmp_path, *as_spreadsheets_leave_it(DAYS[:13]))
    assert refusal_of(path).code == "dates_mixed"


@pytest.mark.parametrize(("texts", "code"), [(5, ["date_as_text"]), (6, []), (12, [])])
def test_hazard_34_more_than_a_fifth_of_text_puts_the_dates_beside_it_in_doubt(
    tmp_path: Path, texts: int, code: list[str]
) -> None:
    starts: list[Start] = [*DAYS[9:29], *[f"{day:02}.10.2026 06:00" for day in range(1, texts + 1)]]
    path, plant = workbook_log(tmp_path, *starts), replace(ordered("DMY"), timezone="UTC")
    if code:
        found = starts_of(path, plant)
        assert found[:20] == [utc(f"2026-10-{day} 06:00") for day in range(10, 30)]
        assert found[20:] == code * texts
    else:
        assert refusal_of(path, plant).code == "dates_mixed"


def test_hazard_34_one_text_date_among_real_ones_is_refused_with_its_address(tmp_path: Path) -> None:
    issue = issue_of(workbook_log(tmp_path, "31/10/2026 06:00", *DAYS[5:]), ordered("DMY"))
    assert (issue.code, issue.found) == ("date_as_text", "31/10/2026 06:00")


def test_hazard_34_the_date_column_of_two_is_looked_at_just_so(tmp_path: Path) -> None:
    starts = [[start, "06:00"] for start in as_spreadsheets_leave_it(DAYS)]
    assert refusal_of(workbook_log(tmp_path, *starts, header=IN_TWO)).code == "dates_mixed"


@pytest.mark.parametrize(
    "text", ["2026-10-01 06:00", "2026-10-01T06:00:00+02:00", "2026-10-01 04:00Z", "2026/10/01 06:00"]
)
def test_hazard_34_text_that_begins_with_the_year_stands_beside_real_dates(tmp_path: Path, text: str) -> None:
    path = workbook_log(tmp_path, OCTOBER, *[text] * 9)
    assert starts_of(path) == [utc("2026-10-01 04:00")] * 10


def test_hazard_34_a_column_of_text_alone_is_read_as_text(tmp_path: Path) -> None:
    path = workbook_log(tmp_path, "05.10.2026 06:00", "13.10.2026 06:00")
    assert starts_of(path, ordered("DMY")) == [utc("2026-10-05 04:00"), utc("2026-10-13 04:00")]


def test_hazard_34_a_corrected_date_in_a_file_of_corrections_does_not_hold_up_the_text_beside_it(
    tmp_path: Path,
) -> None:
    """The rows of a CSV to be fixed are text; what an operator types there becomes a date."""
    path = workbook_log(tmp_path, OCTOBER, "05.10.2026 06:00", "13.10.2026 06:00")
    book = load_workbook(path)
    book.properties.category = "pipeline:to-fix"
    book.save(path)
    expected = [utc(f"2026-10-{day} 04:00") for day in ("01", "05", "13")]
    assert starts_of(path, ordered("DMY")) == expected


def test_hazard_34_a_half_converted_column_that_was_saved_as_csv_is_refused_too(tmp_path: Path) -> None:
    starts = [
        start if isinstance(start, str) else f"{start:%Y-%m-%d %H:%M}"
        for start in as_spreadsheets_leave_it(DAYS)
    ]
    path = text_log(tmp_path, *starts)
    assert refusal_of(path, ordered("DMY")).code == "dates_mixed"
    with_a_real_month = text_log(tmp_path, *starts, "2026-10-31 06:00")
    assert len(starts_of(with_a_real_month, ordered("DMY"))) == 31


@pytest.mark.parametrize("text", ["2026-10-01T06:00+02:00", "2026-10-01 04:00Z"])
def test_hazard_34_dates_with_an_offset_are_no_spreadsheets_and_stand_beside_any_text(
    tmp_path: Path, text: str
) -> None:
    path = text_log(tmp_path, text, "13.10.2026 06:00")
    assert starts_of(path) == [utc("2026-10-01 04:00"), utc("2026-10-13 04:00")]


# 35


@pytest.mark.parametrize(("date_1904", "told"), [(False, 0), (True, 1)])
def test_hazard_35_dates_are_counted_from_where_the_workbook_says_and_1904_is_told(
    tmp_path: Path, date_1904: bool, told: int
) -> None:
    path = workbook_log(tmp_path, OCTOBER, date_1904=date_1904)
    assert starts_of(path) == [utc("2026-10-01 04:00")]
    _, (table,) = read(path, "log.xlsx", fits=Fits())
    assert sum("1904" in notice for notice in table.told) == told


def test_hazard_35_the_same_number_is_another_day_1462_days_later_where_days_count_from_1904(
    tmp_path: Path,
) -> None:
    serial = 44000.25
    early = workbook_log(tmp_path, serial)
    edited(early, "xl/workbook.xml", "<workbookPr ", '<workbookPr date1904="1" ')
    (later,) = starts_of(early)
    (earlier,) = starts_of(workbook_log(tmp_path, serial))
    assert isinstance(later, dt.datetime)
    assert isinstance(earlier, dt.datetime)
    assert later - earlier == dt.timedelta(days=1462)


# 36


@pytest.mark.parametrize("serial", [59.25, 60.25, 61.25, 36525.0, 36525.99])
def test_hazard_36_days_before_2000_are_refused(tmp_path: Path, serial: float) -> None:
    """Also the 29th of February 1900, which there was not."""
    assert issue_of(workbook_log(tmp_path, serial)).code == "too_early"


@pytest.mark.parametrize(
    ("serial", "code"),
    [
        (0, "date_missing"),
        (0.25, "date_missing"),
        (-1, "error_cell"),
        (-0.5, "error_cell"),
        (2958465.5, "in_the_future"),
        (2958466, "error_cell"),
        (1e300, "error_cell"),
    ],
)
def test_hazard_36_a_number_that_is_no_day_of_a_run_is_refused(
    tmp_path: Path, serial: float, code: str
) -> None:
    assert issue_of(workbook_log(tmp_path, serial)).code == code


def test_hazard_36_a_run_that_has_not_ended_is_refused_with_the_machines_own_time(tmp_path: Path) -> None:
    """To the second, and without grace: when the clock has come so far, the same row is in order."""
    path = text_log(tmp_path, "2026-10-05 14:30Z")
    end = dt.datetime.fromisoformat(END)
    assert table_of(path, now=end).rows[0].run
    (issue,) = table_of(path, now=end - dt.timedelta(seconds=1)).rows[0].issues
    assert (issue.code, issue.cells, issue.found) == ("in_the_future", ("E2",), END)
    assert "2026-11-24 10:59 UTC" in issue.wanted


# 37


@pytest.mark.parametrize(
    ("serial", "shown"), [(46300.6, "General"), (46300, "0"), (20261005, "0"), (0.6, "General")]
)
def test_hazard_37_a_number_that_is_not_shown_as_a_date_is_refused_with_what_to_format(
    tmp_path: Path, serial: float, shown: str
) -> None:
    issue = issue_of(workbook_log(tmp_path, (serial, shown)))
    assert (issue.code, issue.found) == ("date_as_number", f"{serial}")
    assert "Format the cell as a date" in issue.remedy


@pytest.mark.parametrize("serial", ["46300.604166", "46300,604166", "46300"])
def test_hazard_37_such_a_number_in_text_is_called_what_it_is(tmp_path: Path, serial: str) -> None:
    issue = issue_of(text_log(tmp_path, serial))
    assert (issue.code, issue.found) == ("not_a_time", serial)
    assert "counts days" in issue.wanted


@pytest.mark.parametrize(
    "shown", ["mmm-yy hh:mm", "ddd hh:mm", "[$-407]dddd, mmmm yyyy hh:mm", 'mmm" d "yy hh:mm']
)
def test_hazard_37_a_date_that_shows_no_day_may_be_the_spreadsheets_own_and_is_refused(
    tmp_path: Path, shown: str
) -> None:
    issue = issue_of(workbook_log(tmp_path, (OCTOBER, shown)))
    assert (issue.code, issue.found) == ("day_not_shown", "2026-10-01 06:00:00")


@pytest.mark.parametrize("shown", ["mmm-yy", "mmmm yyyy", "yyyy", "dddd", "mm"])
def test_hazard_37_so_is_a_date_without_a_day_beside_its_time(tmp_path: Path, shown: str) -> None:
    path = workbook_log(tmp_path, [(MIDNIGHT, shown), (dt.time(6), "hh:mm")], header=IN_TWO)
    assert issue_of(path, cells=("D2", "E2")).code == "day_not_shown"


def dates_not_shown(path: Path) -> list[str]:
    return [notice.wanted for notice in table_of(path).notices if notice.code == "date_not_shown"]


@pytest.mark.parametrize("shown", ["d-mmm", "dd.mm.", "ddd d mmm", 'd" yy "mmm'])
def test_hazard_37_a_date_that_shows_no_year_is_read_and_told(tmp_path: Path, shown: str) -> None:
    path = workbook_log(tmp_path, [(MIDNIGHT, shown), (dt.time(6), "hh:mm")], header=IN_TWO)
    assert starts_of(path) == [utc("2026-10-01 04:00")]
    assert len(dates_not_shown(path)) == 1
    path = workbook_log(tmp_path, (OCTOBER, f"{shown} hh:mm"))
    assert starts_of(path) == [utc("2026-10-01 04:00")]
    how = "read with the year, or the whole date, that the sheet does not show"
    assert dates_not_shown(path) == [f"{how} (1 cell: D2), such as “2026-10-01”"]


@pytest.mark.parametrize(
    "shown",
    [
        "d/m/yy",
        "mm-dd-yy",
        "[$-F800]dddd, mmmm dd, yyyy",
        'd" de "mmmm" de "yyyy',
        "yyyy\\-mm\\-dd",
        "ge.m.d",
    ],
)
def test_hazard_37_a_date_that_shows_day_and_year_is_nothing_to_tell(tmp_path: Path, shown: str) -> None:
    path = workbook_log(tmp_path, (OCTOBER, f"{shown} hh:mm"))
    assert starts_of(path) == [utc("2026-10-01 04:00")]
    assert dates_not_shown(path) == []


# 38


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ((OCTOBER, "dd.mm.yyyy"), "time_of_day_missing"),
        ((OCTOBER, "mmm yyyy"), "time_of_day_missing"),
        ((dt.time(6), "hh:mm"), "date_missing"),
        ((1.25, "[h]:mm"), "time_is_duration"),
        ((1.25, "hh:mm"), "time_is_duration"),
        ((0.25, "[h]:mm"), "time_is_duration"),
        ("2026-10-05", "time_of_day_missing"),
        ("13.10.2026", "time_of_day_missing"),
        ("06:00", "date_missing"),
        ("30:15", "not_a_time"),
        ("2026-10-05 24:00", "not_a_time"),
        ("24:00", "not_a_time"),
    ],
)
def test_hazard_38_a_date_alone_a_time_alone_or_a_length_of_time_is_no_start(
    tmp_path: Path, start: Start, code: str
) -> None:
    assert issue_of(workbook_log(tmp_path, start)).code == code


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ((OCTOBER, "dd.mm.yyyy"), "06:00"),
        (("2026-10-01", SHOWN), (dt.time(6), "h:mm AM/PM")),
        ((46296, "dd.mm.yyyy"), (0.25, "hh:mm")),
        ("2026-10-01", "6:00 am"),
    ],
)
def test_hazard_38_a_date_and_a_time_in_two_columns_are_one_start(
    tmp_path: Path, date: Start, time: Start
) -> None:
    whole = (dt.datetime(2026, 10, 1), "dd.mm.yyyy") if isinstance(date, tuple) else date  # noqa: DTZ001  no zone
    path = workbook_log(tmp_path, [whole, time], header=IN_TWO)
    assert starts_of(path) == [utc("2026-10-01 04:00")]


@pytest.mark.parametrize(
    ("date", "time", "code", "first"),
    [
        ((OCTOBER, "dd.mm.yyyy"), "06:00", "time_in_date_column", "D2"),
        ((46295.999996, "dd.mm.yyyy"), "06:00", "time_in_date_column", "D2"),
        ("2026-10-01 06:00+02:00", "06:00", "time_in_date_column", "D2"),
        ("2026-10-01", (OCTOBER, "hh:mm"), "date_in_time_column", "E2"),
        ("2026-10-01", (1, "hh:mm"), "time_is_duration", "E2"),
        ("2026-10-01", (0.25, "[h]:mm"), "time_is_duration", "E2"),
        ("2026-10-01", "24:00", "not_a_time_of_day", "E2"),
        ("2026-10-01", (0.27083, "General"), "not_a_time_of_day", "E2"),
        ("2026-10-01", (630, "0"), "not_a_time_of_day", "E2"),
        ("2026-10-01", "", "time_of_day_missing", "E2"),
        ("", "06:00", "date_missing", "D2"),
    ],
)
def test_hazard_38_two_columns_that_do_not_hold_one_date_and_one_time_are_refused_at_the_one_at_fault(
    tmp_path: Path, date: Start, time: Start, code: str, first: str
) -> None:
    path = workbook_log(tmp_path, [date, time], header=IN_TWO)
    other = "E2" if first == "D2" else "D2"
    assert issue_of(path, cells=(first, other)).code == code


def test_hazard_38_a_number_in_a_column_of_times_is_not_called_a_date(tmp_path: Path) -> None:
    path = workbook_log(tmp_path, ["2026-10-01", (0.27083, "General")], header=IN_TWO)
    issue = issue_of(path, cells=("E2", "D2"))
    assert issue.wanted == "a time of day, such as 14:30; this is a plain number"
    assert issue.remedy.startswith("Format the cell as a time")


# 39, 40


CHANGES = [
    ("Europe/Berlin", "2026-03-29 02:30", "2026-10-25 02:30", "2026-10-25 03:00"),
    ("Europe/London", "2026-03-29 01:30", "2026-10-25 01:30", "2026-10-25 02:00"),
    ("America/New_York", "2026-03-08 02:30", "2026-11-01 01:30", "2026-11-01 02:00"),
    ("America/Santiago", "2026-09-06 00:30", "2026-04-04 23:30", "2026-04-05 00:00"),
    ("Australia/Sydney", "2026-10-04 02:30", "2026-04-05 02:30", "2026-04-05 03:00"),
    ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-04-05 01:45", "2026-04-05 02:00"),
    ("Pacific/Auckland", "2026-09-27 02:30", "2026-04-05 02:30", "2026-04-05 03:00"),
    ("Antarctica/Troll", "2026-03-29 01:30", "2026-10-25 01:30", "2026-10-25 03:00"),
    ("Asia/Pyongyang", "2018-05-04 23:45", "2015-08-14 23:45", "2015-08-15 00:00"),
    ("Pacific/Apia", "2011-12-30 12:00", "2012-04-01 03:30", "2012-04-01 04:00"),
    ("America/Caracas", "2016-05-01 02:45", "2007-12-09 02:45", "2007-12-09 03:00"),
]


@pytest.mark.parametrize(("place", "skipped"), [(place, skipped) for place, skipped, _, _ in CHANGES])
def test_hazard_39_a_time_that_the_clocks_skipped_is_refused(
    tmp_path: Path, place: str, skipped: str
) -> None:
    plant = Convention(timezone=place)
    for path in (text_log(tmp_path, skipped), workbook_log(tmp_path, wall(skipped))):
        issue = issue_of(path, plant)
        assert issue.code == "time_never_happened"
        assert issue.found.startswith(skipped)


@pytest.mark.parametrize(("place", "twice", "after"), [(place, *times) for place, _, *times in CHANGES])
def test_hazard_40_a_time_that_the_clocks_showed_twice_is_refused_and_the_one_after_it_is_not(
    tmp_path: Path, place: str, twice: str, after: str
) -> None:
    plant = Convention(timezone=place)
    issue = issue_of(workbook_log(tmp_path, wall(twice)), plant)
    assert issue.code == "time_happened_twice"
    assert starts_of(text_log(tmp_path, twice, after), plant)[0] == "time_happened_twice"
    assert isinstance(starts_of(text_log(tmp_path, after), plant)[0], dt.datetime)


def test_hazard_40_an_offset_says_which_of_the_two_was_meant(tmp_path: Path) -> None:
    path = text_log(tmp_path, "2026-10-25 02:30+02:00", "2026-10-25 02:30+01:00")
    assert starts_of(path) == [utc("2026-10-25 00:30"), utc("2026-10-25 01:30")]


def test_hazard_40_the_offset_that_is_asked_for_is_read_in_a_column_of_times(tmp_path: Path) -> None:
    path = text_log(tmp_path, ["2026-10-25", "02:30"], header=IN_TWO)
    issue = issue_of(path, cells=("E2", "D2"))
    remedy = "Write it with its offset: 02:30+02:00 before the change, 02:30+01:00 after it."
    assert (issue.code, issue.remedy) == ("time_happened_twice", remedy)
    said = text_log(tmp_path, ["2026-10-25", "02:30+02:00"], ["2026-10-25", "02:30+01:00"], header=IN_TWO)
    assert starts_of(said) == [utc("2026-10-25 00:30"), utc("2026-10-25 01:30")]


# 41


@pytest.mark.parametrize("start", ["2026-10-05 14:30", OCTOBER])
def test_hazard_41_a_time_without_zone_or_offset_is_refused_with_the_setting_that_says_it(
    tmp_path: Path, start: Start
) -> None:
    issue = issue_of(workbook_log(tmp_path, start), Convention())
    assert issue.code == "timezone_unknown"
    assert 'timezone = "Europe/Berlin"' in issue.remedy


def test_hazard_41_a_plant_is_read_by_the_law_of_its_own_country_at_that_time(tmp_path: Path) -> None:
    """British Columbia's clocks went back in 2025, and did not in 2026; Mexico's have not since 2022."""
    local = ["2025-11-20 12:00", "2026-11-20 12:00", "2021-07-01 12:00", "2023-07-01 12:00"]
    path = text_log(tmp_path, *local)
    in_vancouver = starts_of(path, Convention(timezone="America/Vancouver"))
    in_mexico = starts_of(path, Convention(timezone="America/Mexico_City"))
    assert in_vancouver[:2] == [utc("2025-11-20 20:00"), utc("2026-11-20 19:00")]
    assert in_mexico[2:] == [utc("2021-07-01 17:00"), utc("2023-07-01 18:00")]


def test_hazard_41_a_header_that_says_utc_outranks_the_plants_zone(tmp_path: Path) -> None:
    header = (*HEADER[:3], "Start (UTC)", *HEADER[4:])
    path = workbook_log(tmp_path, OCTOBER, "2026-10-25 02:30", header=header)
    assert starts_of(path) == [utc("2026-10-01 06:00"), utc("2026-10-25 02:30")]


@pytest.mark.parametrize("words", ["UTC +2", "UTC plus 2", "UTC, Europe/Berlin", "local time, not UTC"])
def test_hazard_41_a_header_that_says_more_of_a_zone_than_utc_refuses_the_file(
    tmp_path: Path, words: str
) -> None:
    header = (*HEADER[:3], f"Start ({words})", *HEADER[4:])
    refused = refusal_of(workbook_log(tmp_path, OCTOBER, header=header))
    assert refused.code == "zone_unclear"
    assert f"“Start ({words})”" in refused.message


# 42


@pytest.mark.parametrize(
    ("offset", "meant"),
    [
        ("Z", "2026-10-05 14:30"),
        ("z", "2026-10-05 14:30"),
        ("+00:00", "2026-10-05 14:30"),
        ("+02:00", "2026-10-05 12:30"),
        ("+0530", "2026-10-05 09:00"),
        ("+05:45", "2026-10-05 08:45"),
        ("-03", "2026-10-05 17:30"),
        (" -03:30", "2026-10-05 18:00"),
        ("+14:00", "2026-10-05 00:30"),
    ],
)
def test_hazard_42_offsets_in_figures_are_read_each_by_itself(
    tmp_path: Path, offset: str, meant: str
) -> None:
    path = text_log(tmp_path, f"2026-10-05T14:30{offset}", "2026-10-05T14:30:00+01:00")
    assert starts_of(path, Convention()) == [utc(meant), utc("2026-10-05 13:30")]


@pytest.mark.parametrize(
    "zone", ["IST", "CST", "CEST", "PST", "BST", "UTC", "GMT", "UTC+2", "Europe/Berlin", "+25:00"]
)
@pytest.mark.parametrize("space", [" ", ""])
def test_hazard_42_a_zone_in_words_is_refused_by_its_name(tmp_path: Path, zone: str, space: str) -> None:
    issue = issue_of(text_log(tmp_path, f"2026-10-05 14:30{space}{zone}"))
    assert issue.code == "not_a_time"
    assert f"“{zone}” is not one" in issue.wanted
    assert zone in issue.remedy


@pytest.mark.parametrize(
    "span", ["22:00-06:00", "22:00\u00a0 -06:00", "10:00 pm-06:00", "22:00-06", "22:00-06:20"]
)
@pytest.mark.parametrize("in_two", [False, True])
def test_hazard_42_a_span_of_time_is_no_time_with_an_offset(
    tmp_path: Path, span: str, *, in_two: bool
) -> None:
    start = ["2026-10-05", span] if in_two else f"2026-10-05 {span}"
    path = text_log(tmp_path, start, header=IN_TWO if in_two else HEADER)
    issue = issue_of(path, cells=("E2", "D2") if in_two else ("D2",))
    assert issue.code == "time_is_duration"
    assert f"“{' '.join(span.split())}” looks like a span of time" in issue.wanted
    assert ("with its seconds" in issue.remedy) == (not span.endswith("20"))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Chicago", None])
@pytest.mark.parametrize("span", ["06:30-14:00", "06:30-13:00", "08:00-16:45", "08:00 – 16:45", "8:00-9:30"])
def test_hazard_42_what_is_the_offset_of_no_place_is_a_span_wherever_the_plant_is(
    tmp_path: Path, span: str, zone: str | None
) -> None:
    issue = issue_of(text_log(tmp_path, f"2026-10-05 {span}"), Convention(timezone=zone))
    assert (issue.code, issue.remedy) == (
        "time_is_duration",
        "Write the start and the end each into its own cell.",
    )


@pytest.mark.parametrize(
    ("start", "zone"),
    [
        ("2026-07-05 22:00-05:00", "America/Chicago"),
        ("2025-12-05 22:00-06:00", "America/Chicago"),
        ("2026-11-01 01:30-06:00", "America/Chicago"),
        ("2026-10-05 22:00-06:00", None),
        ("2026-10-05 22:00:00-06:00", "Europe/Berlin"),
        ("2026-10-05T22:00-06:00", "Europe/Berlin"),
        ("2026-10-05 22:00+06:00", "Europe/Berlin"),
        ("2026-10-05 22:00 -0600", "Europe/Berlin"),
    ],
)
def test_hazard_42_an_offset_that_the_plant_has_or_that_no_span_is_written_with_is_read(
    tmp_path: Path, start: str, zone: str | None
) -> None:
    (found,) = starts_of(text_log(tmp_path, start), Convention(timezone=zone))
    assert found == dt.datetime.fromisoformat(start.replace(" -", "-"))


# 43


def seconds_rounded(path: Path) -> list[tuple[tuple[str, ...], str]]:
    notices = table_of(path).notices
    return [(notice.cells, notice.wanted) for notice in notices if notice.code == "seconds_rounded"]


@pytest.mark.parametrize(
    ("serial", "meant"),
    [
        (46295.999999, "2026-09-30 22:00:00"),
        (46295.99999, "2026-09-30 21:59:59"),
        (46296.250005787, "2026-10-01 04:00:01"),
        (46296.2500057, "2026-10-01 04:00:00"),
    ],
)
def test_hazard_43_parts_of_a_second_are_rounded_to_the_nearest_and_told(
    tmp_path: Path, serial: float, meant: str
) -> None:
    path = workbook_log(tmp_path, serial, OCTOBER)
    assert starts_of(path)[0] == utc(meant)
    (notice,) = seconds_rounded(path)
    assert notice == (("D2",), "parts of a second were rounded to the nearest second (1 cell: D2)")


@pytest.mark.parametrize("date_1904", [False, True])
def test_hazard_43_what_a_spreadsheets_arithmetic_leaves_over_is_nothing_to_tell(
    tmp_path: Path, date_1904: bool
) -> None:
    """Every second of a minute, added up by sixtieths as people do it in formulas."""
    steps = [46296.25 - 1462 * date_1904 + sum([1 / 86400] * second) for second in range(60)]
    path = workbook_log(tmp_path, *steps, date_1904=date_1904)
    assert starts_of(path) == [utc(f"2026-10-01 04:00:{second:02}") for second in range(60)]
    assert seconds_rounded(path) == []


def test_hazard_43_a_time_in_a_column_of_its_own_is_rounded_and_told_too(tmp_path: Path) -> None:
    path = workbook_log(tmp_path, ["2026-10-01", (0.250004, "hh:mm:ss")], header=IN_TWO)
    assert starts_of(path) == [utc("2026-10-01 04:00:00")]
    assert len(seconds_rounded(path)) == 1


def test_hazard_43_parts_of_a_second_in_text_are_left_out_and_told(tmp_path: Path) -> None:
    path = text_log(tmp_path, "2026-10-05T14:30:59.914Z", "2026-10-05T14:30:59.000Z")
    assert starts_of(path) == [utc("2026-10-05 14:30:59")] * 2
    (notice,) = table_of(path).notices
    assert (notice.code, notice.cells) == ("seconds_cut", ("D2",))


def test_hazard_43_parts_of_a_second_in_a_column_of_times_are_told_too(tmp_path: Path) -> None:
    path = text_log(tmp_path, ["2026-10-05", "6:00:15.9"], ["2026-10-05", "6:00:15.0"], header=IN_TWO)
    assert starts_of(path) == [utc("2026-10-05 04:00:15")] * 2
    (notice,) = table_of(path).notices
    assert (notice.code, notice.cells, notice.count) == ("seconds_cut", ("D2", "E2"), 2)


# 44


@pytest.mark.parametrize(
    ("start", "code"),
    [("2026-11-24 11:00Z", "ends_before_it_starts"), ("2026-11-24 11:00:01Z", "ends_before_it_starts")],
)
def test_hazard_44_a_run_that_ends_as_it_starts_or_before_is_refused_at_its_end(
    tmp_path: Path, start: str, code: str
) -> None:
    issue = issue_of(text_log(tmp_path, start), cells=("E2",))
    assert (issue.code, issue.found) == (code, END)


def test_hazard_44_a_run_over_the_hour_that_was_skipped_is_as_long_as_it_was(tmp_path: Path) -> None:
    path = text_log(tmp_path, "2026-03-29 01:59:59")
    edited_end = path.read_text().replace(END, "2026-03-29 03:00:00")
    path.write_text(edited_end)
    run = table_of(path).rows[0].run
    assert run
    assert run.ended_at - run.started_at == dt.timedelta(seconds=1)


def test_hazard_44_a_batch_of_more_than_the_allowed_days_is_told(tmp_path: Path) -> None:
    table = table_of(text_log(tmp_path, "2026-10-24 11:00Z", "2026-10-24 10:59:59Z"))
    fine, long = assemble([table], BERLIN).tables[0].rows
    assert fine.issues == ()
    (issue,) = long.issues
    assert (issue.severity, issue.code, issue.cells) == ("warning", "batch_too_long", ("E3",))
    assembled = assemble([table], replace(BERLIN, long_batches="refuse"))
    assert [batch.reference for batch in assembled.batches] == ["R1"]


# 45


def iso_log(folder: Path, value: str, style: str = "") -> Path:
    """A workbook whose start is stored as ISO 8601, in the words of the file itself."""
    book = Workbook()
    assert book.active is not None
    book.active.append(["", ""])
    book.active["A1"].number_format = SHOWN
    texts = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in ("R1", KILN, WOOD))
    rest = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in (END, "100"))
    row = f'<row r="2">{texts}<c r="D2" t="d"{style}><v>{value}</v></c>{rest}</row>'
    return with_sheet(saved(book, folder), text_row(1, *HEADER) + row)


@pytest.mark.parametrize(
    "value", ["2026-10-05T14:30:00", "2026-10-05T14:30", "2026-10-05T14:30:00.000", "2026-10-05T14:30:00.4"]
)
@pytest.mark.parametrize("style", ["", ' s="1"'])
def test_hazard_45_a_date_stored_as_iso_8601_is_that_date(tmp_path: Path, value: str, style: str) -> None:
    path = iso_log(tmp_path, value, style)
    assert starts_of(path) == [utc("2026-10-05 12:30")]
    assert len(seconds_rounded(path)) == value.endswith(".4")


@pytest.mark.parametrize(
    ("value", "code"),
    [("2026-10-05", "time_of_day_missing"), ("14:30:00", "date_missing"), ("PT30H", "time_is_duration")],
)
def test_hazard_45_a_date_a_time_or_a_duration_alone_is_none(tmp_path: Path, value: str, code: str) -> None:
    assert issue_of(iso_log(tmp_path, value)).code == code


@pytest.mark.parametrize("offset", ["Z", "+00:00", "+02:00", "-0330", ".500Z", " Z"])
def test_hazard_45_an_offset_that_the_sheet_does_not_show_may_mean_two_instants(
    tmp_path: Path, offset: str
) -> None:
    issue = issue_of(iso_log(tmp_path, f"2026-10-05T14:30:00{offset}", ' s="1"'))
    assert (issue.code, issue.found) == ("offset_not_shown", f"2026-10-05T14:30:00{offset}")


def test_hazard_45_a_strict_workbook_is_read_like_any_other(tmp_path: Path) -> None:
    path = iso_log(tmp_path, "2026-10-05T14:30:00", ' s="1"')
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    main = b"http://schemas.openxmlformats.org/"
    for name, content in parts.items():
        for kind in (b"spreadsheetml/2006/main", b"officeDocument/2006/relationships"):
            strict = b"http://purl.oclc.org/ooxml/" + kind.replace(b"/2006", b"")
            content = content.replace(main + kind, strict)  # noqa: PLW2901  one after the other
        parts[name] = content
    assert starts_of(packed(path, parts)) == [utc("2026-10-05 12:30")]


# 46


@pytest.mark.parametrize("text", ["05.10.26 14:30", "5/10/26 14:30", "26-10-05 14:30", "115/10/05 14:30"])
@pytest.mark.parametrize("order", ["DMY", "YMD", None])
def test_hazard_46_a_year_of_two_digits_is_refused(
    tmp_path: Path, text: str, order: DateOrder | None
) -> None:
    issue = issue_of(text_log(tmp_path, text), ordered(order))
    assert (issue.code, issue.found) == ("year_of_two_digits", text)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("5. März 2026 14:30", "März"),
        ("5. Mär 2026 14:30", "Mär"),
        ("5 mars 2026 14:30", "mars"),
        ("5 août 2026 14h30", "août"),
        ("5 de marzo de 2026 14:30", "marzo"),
        ("5 de março de 2026 14:30", "março"),
        ("5. mai 2026 kl. 14.30", "mai"),
        ("5 Sept 2026 14:30", "Sept"),
        ("5-Oct-2026 14:30", "Oct"),
        ("Oct 5, 2026 2:30 PM", "Oct"),
        ("OKT. 5 2026 14:30", "OKT"),
        ("1 ottobre 2026 14:30", "ottobre"),
        ("5 mrt 2026 14:30", "mrt"),
    ],
)
def test_hazard_46_a_month_in_words_is_refused_by_its_name_in_any_of_these_languages(
    tmp_path: Path, text: str, month: str
) -> None:
    issue = issue_of(text_log(tmp_path, text), ordered("DMY"))
    assert (issue.code, issue.found) == ("not_a_time", text)
    assert f"“{month}” looks like the name of a month" in issue.wanted


@pytest.mark.parametrize("text", ["5 days ago", "clocked out 14:30", "see 12 notes", "2 h after 14:30"])
def test_hazard_46_other_words_are_not_taken_for_months(tmp_path: Path, text: str) -> None:
    issue = issue_of(text_log(tmp_path, text))
    assert issue.code == "not_a_time"
    assert "month" not in issue.wanted


@pytest.mark.parametrize("start", ["05.10.2569 14:30", "2569-10-05 14:30Z", dt.datetime(2569, 10, 5, 14, 30)])  # noqa: DTZ001  no zone
def test_hazard_46_a_buddhist_year_is_refused_as_what_it_seems_to_be(tmp_path: Path, start: Start) -> None:
    issue = issue_of(workbook_log(tmp_path, start), ordered("DMY"))
    assert issue.code == "in_the_future"
    assert "2569 may be of the Buddhist calendar (2026)" in issue.wanted


@pytest.mark.parametrize("text", ["24.04.1448 14:30", "1448-04-24T14:30Z", "1405-07-13 14:30"])
def test_hazard_46_an_islamic_or_persian_year_is_refused_as_what_it_seems_to_be(
    tmp_path: Path, text: str
) -> None:
    issue = issue_of(text_log(tmp_path, text), ordered("DMY"))
    assert issue.code == "too_early"
    assert (
        f"{text[:4] if text[4] == '-' else '1448'} may be of the Islamic or the Persian calendar"
        in issue.wanted
    )


@pytest.mark.parametrize(
    "shown",
    [
        "[$-407]d. mmmm yyyy hh:mm",
        "[$-409]m/d/yy h:mm AM/PM;@",
        "[$-F400]h:mm:ss AM/PM",
        "[$-D07041E]d/mm/yyyy h:mm",
        "[$-1070000]d/mm/yyyy h:mm;@",
        "dd/mm/bbbb hh:mm",
        "[$-2060401]d/mm/yyyy h:mm",
        "[$-411]ggge年m月d日 h:mm",
        'd" de "mmmm" de "yyyy\\ hh"h"mm',
    ],
)
def test_hazard_46_a_real_date_is_the_same_day_in_whichever_calendar_or_language_it_is_shown(
    tmp_path: Path, shown: str
) -> None:
    assert starts_of(workbook_log(tmp_path, (OCTOBER, shown))) == [utc("2026-10-01 04:00")]
