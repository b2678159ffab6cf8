"""Bugs in what is said at the end."""

from tests.mutants.bug import Bug, Edit

BUGS = (
    Bug(
        "old-refusal-told-again",
        "A row that was refused once is shown as refused although the registry has taken it since.",
        (
            Edit(
                "pipeline/report/__init__.py",
                'if issue.severity != "error")',
                "if issue)",
            ),
        ),
        ("tests/page/test_page.py::test_a_row_that_is_tried_again_is_not_told_of_its_old_refusal",),
    ),
    Bug(
        "page-not-escaped",
        "A text of the log or the registry becomes a part of the page.",
        (Edit("pipeline/write/template.py", "        autoescape=True,\n", ""),),
        ("tests/page/test_page.py::test_no_text_changes_the_markup_nor_hides_in_it",),
    ),
    Bug(
        "report-not-kept",
        "The report of a run that was killed while it wrote its files is lost.",
        (Edit("pipeline/run/session.py", "        ledger.runs.keep(before)\n", ""),),
        (
            "tests/protocol/test_settling.py::test_the_reasons_of_a_refusal_outlive_the_run_that_was_killed_before_it_could_tell",
        ),
    ),
    Bug(
        "rows-not-counted",
        "A file of results lacks rows, and nobody is told.",
        (
            Edit(
                "pipeline/write/folder.py",
                "        agree(path.name, write(file), expected)\n",
                "        write(file)\n",
            ),
        ),
        ("tests/write/test_folder.py::test_a_file_that_does_not_hold_the_reports_rows_does_not_appear",),
    ),
    Bug(
        "half-a-file",
        "A file of results appears before it is on the disk, and a power cut leaves half of it.",
        (
            Edit(
                "pipeline/write/whole.py",
                "            file.flush()\n            os.fsync(file.fileno())\n",
                "            file.flush()\n",
            ),
        ),
        (
            "tests/write/test_folder.py::test_the_bytes_are_on_the_disk_before_the_name_and_the_name_before_the_end",
        ),
    ),
    Bug(
        "unknown-is-success",
        "A run with unknown rows ends with 0, and cron is content.",
        (
            Edit(
                "pipeline/report/__init__.py",
                "    if words & UNFINISHED - as_wanted:\n",
                "    if words & UNFINISHED & as_wanted:\n",
            ),
        ),
        ("tests/pure/test_report.py",),
    ),
)
