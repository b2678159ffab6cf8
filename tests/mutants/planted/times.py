"""Bugs in what a start or an end means."""

from tests.mutants.bug import Bug, Edit

_TESTS = "tests/hazards/test_times.py"

BUGS = (
    Bug(
        "machines-own-zones",
        "A machine that is older than a change of the law registers every time an hour wrong.",
        (
            Edit(
                "schemas/zones.py",
                "        return ZoneInfo.from_file(table, key=name)\n",
                "        return ZoneInfo(name)\n",
            ),
        ),
        ("tests/pure/test_zones.py::test_a_machine_with_other_tables_reads_the_same_instant",),
    ),
    Bug(
        "swapped-dates-believed",
        "The dates of a log in which a spreadsheet has swapped day and month are registered.",
        (
            Edit(
                "pipeline/check/__init__.py",
                "    if isinstance(mixed, Refusal):\n        return mixed\n",
                "    if isinstance(mixed, Refusal):\n        mixed = frozenset()\n",
            ),
        ),
        (f"{_TESTS}::test_hazard_34_a_column_that_a_spreadsheet_has_half_converted_refuses_the_whole_table",),
    ),
    Bug(
        "span-as-offset",
        "A run from 22:00 to 06:00 is registered as begun at 04:00 UTC, as if it had an offset.",
        (
            Edit(
                "schemas/run_log/instants.py",
                "    if span and zone and not clocks_showed(local, zone):",
                "    if False:",
            ),
        ),
        (f"{_TESTS}::test_hazard_42_a_span_of_time_is_no_time_with_an_offset",),
    ),
    Bug(
        "clocks-never-change",
        "A time that happened twice, as the clocks went back, is registered as one of the two.",
        (
            Edit(
                "schemas/run_log/placing.py",
                "return offsets.pop() if len(offsets) == 1 else None",
                "return offsets.pop()",
            ),
        ),
        ("tests/pure/test_quickly.py::test_a_time_in_doubt_is_left_to_care",),
    ),
    Bug(
        "offset-dropped",
        "A date that a workbook holds in UTC is registered as the plant's own time, hours off.",
        (
            Edit(
                "pipeline/read/xlsx.py",
                "if survey.with_offset and found.coordinate in survey.with_offset:",
                "if survey.with_offset and not survey.last_row:",
            ),
        ),
        (f"{_TESTS}::test_hazard_45_an_offset_that_the_sheet_does_not_show_may_mean_two_instants",),
    ),
    Bug(
        "first-of-two-hours",
        "Of the hour that the clocks showed twice the first is registered, which may not be meant.",
        (
            Edit(
                "schemas/run_log/placing.py",
                "return _twice(early, late) if back == local else _NEVER",
                "return instant if back == local else _NEVER",
            ),
        ),
        (
            f"{_TESTS}::test_hazard_40_a_time_that_the_clocks_showed_twice_is_refused_and_the_one_after_it_is_not",
        ),
    ),
)
