"""Bugs in reading and checking a log, each of which would register what the log did not mean."""

from tests.mutants.bug import Bug, Edit

_ROWS = "tests/hazards/test_structure.py::test_hazard_"
_CELLS = "tests/hazards/test_structure_cells.py::test_hazard_"

BUGS = (
    Bug(
        "merged-mass-of-one",
        "A mass that is merged over three runs is registered as that of the first.",
        (Edit("pipeline/check/merged.py", "    alone = bisect_right(", "    alone = True or bisect_right("),),
        (f"{_ROWS}49_a_value_merged_over_several_runs_may_be_that_of_all_and_refuses_each",),
    ),
    Bug(
        "second-table-under-the-first",
        "A second table far below is read under the first one's header, tonnes as kilograms.",
        (
            Edit(
                "pipeline/check/second_table.py",
                "            return _two_tables(",
                "            _two_tables(",
            ),
        ),
        (f"{_ROWS}51_another_table_anywhere_below_is_not_read_under_the_first_header",),
    ),
    Bug(
        "total-as-a-batch",
        "A totals row that fills every column is registered as a batch.",
        (Edit("schemas/run_log/texts.py", "    if says_total(read):", "    if says_total(read) is None:"),),
        (f"{_ROWS}50_a_total_that_fills_every_column_is_no_batch",),
    ),
    Bug(
        "cancelled-run-registered",
        "A run that was struck through is registered.",
        (Edit("pipeline/read/xlsx.py", "in self._looks.struck:", "in ():"),),
        (f"{_CELLS}64_a_value_that_is_struck_through_is_refused",),
    ),
    Bug(
        "cancelled-run-plain",
        "A run that was struck through is registered, because its sheet is taken for a plain one.",
        (Edit("pipeline/read/plain_cells.py", "if style in self._looks.struck or ", "if "),),
        (f"{_CELLS}64_a_value_that_is_struck_through_is_refused",),
    ),
    Bug(
        "uncalculated-as-plain",
        "A formula's 0 that was never worked out is registered, because its sheet is taken for a plain one.",
        (
            Edit(
                "pipeline/read/plain_sheet.py",
                "_WITH_TRUE_VALUE if zero_is_none else _WITH_VALUE",
                "_WITH_VALUE",
            ),
        ),
        ("tests/read/test_plain_sheet.py",),
    ),
    Bug(
        "hidden-as-plain",
        "Hidden rows are read and nobody is told, because their sheet is taken for a plain one.",
        (Edit("pipeline/read/plain_sheet.py", "survey.damage or survey.hidden:", "survey.damage:"),),
        ("tests/read/test_plain_sheet.py",),
    ),
    Bug(
        "correction-joined",
        "100 struck through and 120 beside it become 100120.",
        (Edit("pipeline/read/writing.py", "self._looks = self._looks or self._look", "pass"),),
        (f"{_CELLS}64_a_text_of_which_a_part_does_not_count_is_refused",),
    ),
    Bug(
        "last-text-for-none",
        "A cell whose text is lost gets the last text of the workbook.",
        (Edit("pipeline/read/survey.py", 're.compile(r"[0-9]+")', 're.compile(r"-?[0-9]+")'),),
        (f"{_CELLS}65_a_cell_that_does_not_hold_what_it_says_refuses_the_file",),
    ),
    Bug(
        "uncalculated-as-empty",
        "A formula without a value is taken for an empty cell, and the batch is sent without it.",
        (
            Edit(
                "pipeline/read/xlsx.py",
                "if formula is not None:",
                'if formula is not None and found.data_type != "n":',
            ),
        ),
        (f"{_CELLS}57_a_formula_without_a_value_is_no_empty_cell_where_one_may_be_empty",),
    ),
    Bug(
        "cancelled-run-in-to-fix",
        "A value that was struck through is plain in to_fix.xlsx, and is registered when that is dropped in.",
        (Edit("pipeline/write/to_fix.py", '"struck_through", ', ""),),
        (
            "tests/write/test_to_fix.py::test_a_value_that_would_be_right_in_a_plain_cell_is_left_out_and_told",
        ),
    ),
)
