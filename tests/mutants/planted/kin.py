"""Bugs that let one run be registered twice, under two references or two spellings of one."""

from tests.mutants.bug import Bug, Edit

_ROWS = "pipeline/kin/rows.py"
_KIN = "pipeline/kin/__init__.py"
_MEMORY = "pipeline/ledger/memory.py"
_SETTLED = (
    "tests/ledger/test_claims.py::"
    "test_what_stands_for_these_very_values_and_may_be_registered_is_settled_for_its_kin"
)
_NIGHTS = "tests/protocol/test_kin.py"
_PURE = "tests/pure/test_kin.py"

BUGS = (
    Bug(
        "copies-of-a-longer-run-missed",
        "A copied row is registered when it lies inside a longer run of another reference.",
        (Edit(_ROWS, "            found |= dict(_overlapping_later(windows[::-1]))\n", ""),),
        (
            f"{_PURE}::test_a_row_is_a_copy_exactly_when_another_reference_has_the_facility_and_mass_at_the_time",
        ),
    ),
    Bug(
        "copies-in-one-batch-added-up",
        "A run that stands in two rows of its batch, one for each feedstock, becomes credits twice.",
        (
            Edit(
                "pipeline/assemble/copies.py",
                "alike, twins = _overlapping(runs), _same(runs)",
                "alike, twins = _overlapping({}), _same({})",
            ),
        ),
        ("tests/pure/test_assemble.py::test_runs_are_added_up_exactly_when_none_stands_twice_or_is_a_sum",),
    ),
    Bug(
        "sum-beside-its-runs",
        "A line that sums up a day is registered beside the day's runs, and becomes credits a second time.",
        (Edit("pipeline/kin/totals.py", "    found = totals(runs)\n", "    found = totals({})\n"),),
        (
            f"{_PURE}::test_a_row_that_is_the_sum_of_others_under_its_own_reference_is_refused_and_they_are_registered",
        ),
    ),
    Bug(
        "sum-beside-a-fault",
        "A line that sums up a day is registered because one of the day's runs could not be read that night.",
        (
            Edit(
                "pipeline/kin/totals.py", "        if key in wrong and bad is None:\n", "        if False:\n"
            ),
        ),
        (
            f"{_PURE}::test_a_row_that_may_be_the_sum_of_rows_beside_it_waits_until_all_of_these_are_in_order[False]",
        ),
    ),
    Bug(
        "sum-of-another-night",
        "A file of days is registered though the shifts that they sum up were in last night's file.",
        (Edit(_MEMORY, "        if row.reference not in known\n", "        if False\n"),),
        (
            f"{_NIGHTS}::test_a_line_in_another_file_and_night_that_sums_up_what_is_registered_is_not_registered[sqlite]",
        ),
    ),
    Bug(
        "runs-beside-their-sum",
        "The runs of a day are registered though a line that sums it up is already.",
        (
            Edit(
                "pipeline/kin/totals.py",
                "if runs[whole].reference in settled and runs[part].reference not in settled",
                "if False",
            ),
        ),
        (f"{_PURE}::test_beside_a_sum_that_is_registered_its_runs_are_refused",),
    ),
    Bug(
        "copies-of-last-night-missed",
        "A copied row is registered when its first was registered last night.",
        (
            Edit(
                "pipeline/run/gather.py",
                "known = memory.known(batches) if memory else Known()",
                "known = Known()",
            ),
        ),
        (
            f"{_NIGHTS}::test_a_run_that_is_registered_is_not_registered_again_under_another_reference[sqlite]",
        ),
    ),
    Bug(
        "registered-row-called-invalid",
        "A registered row is reported as not sent, because somebody copied it.",
        (Edit(_KIN, "if runs[key].reference in known.settled or ", "if "),),
        (
            f"{_NIGHTS}::test_in_a_log_that_grows_the_registered_row_stays_registered_and_only_its_copy_is_refused[sqlite]",
        ),
    ),
    Bug(
        "deleted-batch-still-kin",
        "A run whose batch was deleted at the registry cannot be registered under its right reference.",
        (
            Edit(
                _MEMORY, '    "planned": "planned",\n', '    "planned": "planned",\n    "conflict": "open",\n'
            ),
        ),
        (
            f"{_NIGHTS}::test_what_was_refused_by_the_registry_or_deleted_there_is_no_reason_to_refuse_its_run[sqlite]",
        ),
    ),
    Bug(
        "open-batch-no-kin",
        "A run that was sent without an answer is sent again under another reference.",
        (Edit(_MEMORY, '    "unknown": "open",\n', ""),),
        (f"{_NIGHTS}::test_what_was_sent_without_an_answer_may_be_the_same_run[sqlite]",),
    ),
    Bug(
        "amended-batch-keeps-its-key",
        "A copy of a corrected batch is registered, because the ledger looks for the batch that was deleted.",
        (
            Edit(
                "pipeline/ledger/corrections.py",
                ", **keys(batch)}\n"
                '            if not _changed(connection, run_id, batch.reference, now, state="planned"',
                '}\n            if not _changed(connection, run_id, batch.reference, now, state="planned"',
            ),
        ),
        (f"{_NIGHTS}::test_a_corrected_mass_is_no_copy_and_neither_is_what_amend_makes_of_it[sqlite]",),
    ),
    Bug(
        "old-batches-without-keys",
        "After an update, what was registered before it is registered again under another reference.",
        (Edit("pipeline/ledger/migrations.py", "    _fill_keys(operations.get_bind())\n", ""),),
        (
            "tests/ledger/test_migrating.py::test_after_a_migration_a_copy_of_what_was_registered_before_is_refused[sqlite]",
        ),
    ),
    Bug(
        "refused-rows-measure-themselves",
        "Masses with a mistaken unit are registered when their rows are dropped in again without the others.",
        (
            Edit(
                "pipeline/check/plausible.py",
                "before is None or not max_ratio or _is_near(middle, before, max_ratio) else before",
                "True else before",
            ),
        ),
        (
            "tests/pure/test_plausible.py::test_refused_rows_that_come_again_without_the_others_are_no_measure_of_themselves",
        ),
    ),
    Bug(
        "settled-with-other-values",
        "A copied row is registered, because its reference is registered with other values.",
        (
            Edit(
                _MEMORY,
                "if fingerprint == fingerprints[reference] and state in _SETTLED:",
                "if state in _SETTLED:",
            ),
        ),
        (_SETTLED,),
    ),
    Bug(
        "open-batch-not-settled",
        "A row that may be registered is reported as not sent, because somebody copied it.",
        (Edit(_MEMORY, '("registered", "sending", "unknown")\n_DAY', '("registered",)\n_DAY'),),
        (_SETTLED,),
    ),
    Bug(
        "last-copy-not-named",
        "A person deletes one of three rows of a run, and is told of the next at the next check only.",
        (
            Edit(
                "pipeline/assemble/copies.py",
                "        if runs[key].ended_at > runs[last].ended_at:\n",
                "        if runs[key].ended_at:\n",
            ),
        ),
        (
            "tests/pure/test_assemble.py::test_each_run_that_begins_while_one_of_its_mass_goes_on_is_told_though_others_have_ended_meanwhile",
        ),
    ),
)
