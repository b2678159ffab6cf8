"""Bugs in what the cells of workbooks other than .xlsx mean."""

from tests.mutants.bug import Bug, Edit

_TESTS = "tests/hazards/test_every_format.py"
_HIDDEN = f"{_TESTS}::test_hazard_71_what_a_format_would_hide_is_refused_at_its_cell"

BUGS = (
    Bug(
        "text-of-a-formula-is-0",
        "All references that LibreOffice saved as 0 in an .xls file are registered as “0”.",
        (
            Edit(
                "pipeline/read/old_excel/sheet.py",
                "        if (row, column) in self._records.uncalculated:\n",
                "        if row < 0:\n",
            ),
        ),
        (f"{_TESTS}::test_hazard_71_a_formula_whose_result_was_not_saved_is_refused_and_never_taken_for_0",),
    ),
    Bug(
        "xls-formats-unseen",
        "A mass that is shown as 50 % is registered as half a kilogram.",
        (
            Edit(
                "pipeline/read/old_excel/styles.py",
                "return general(shown.format_str) if shown and shown.format_str else built_in_format(key)",
                "return built_in_format(key)",
            ),
        ),
        (_HIDDEN,),
    ),
    Bug(
        "xlsb-styles-mixed-up",
        "Masses are judged by the formats of other cells.",
        (Edit("pipeline/read/binary_workbook/styles.py", "Code.STYLE and within:", "Code.STYLE:"),),
        (_HIDDEN,),
    ),
    Bug(
        "xlsb-parts-cut-off",
        "The last rows of a workbook that was cut short are left out, and nobody is told.",
        (
            Edit(
                "pipeline/read/binary_workbook/records.py",
                "    if first is None or code != first + 1:\n",
                "    if first is None:\n",
            ),
        ),
        ("tests/read/test_binary_workbook.py::test_a_part_that_ends_between_two_records_is_cut_off",),
    ),
    Bug(
        "ods-logical-values-are-numbers",
        "A TRUE in the column of masses is registered as one kilogram.",
        (
            Edit(
                "pipeline/read/open_document/values.py",
                '    if shown_as == "General" and shown.text and not any(map(str.isdigit, shown.text)):\n',
                '    if shown_as == "never" and shown.text and not any(map(str.isdigit, shown.text)):\n',
            ),
        ),
        ("tests/read/test_open_document.py::test_a_cell_is_what_the_document_says_and_shows",),
    ),
    Bug(
        "ods-errors-are-0",
        "A formula that went wrong is read as the 0 that stands beside its error.",
        (
            Edit(
                "pipeline/read/open_document/values.py",
                "    if is_error or (_ERROR.fullmatch(text)",
                "    if is_error or (_ERROR.match(text, 1)",
            ),
        ),
        ("tests/read/test_open_document.py::test_a_cell_is_what_the_document_says_and_shows",),
    ),
    Bug(
        "ods-formats-of-columns-unseen",
        "A percentage whose format belongs to its whole column is registered as a number.",
        (
            Edit(
                "pipeline/read/open_document/content.py",
                " or self._row.get(DEFAULT_STYLE) or of_column",
                ' or self._row.get(DEFAULT_STYLE) or ""',
            ),
        ),
        ("tests/read/test_open_document.py::test_a_number_is_shown_as_its_cell_its_row_or_its_column_says",),
    ),
)
