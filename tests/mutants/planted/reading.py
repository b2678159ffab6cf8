"""Bugs in reading the registry's list, and in when it is read."""

from tests.mutants.bug import Bug, Edit

_READING = "pipeline/deliver/reading.py"
_WHOLE_LIST = "pipeline/run/whole_list.py"
_TESTS = "tests/protocol/test_reading.py"
_NEW_LEDGER = (
    "tests/protocol/test_settling.py::"
    "test_with_a_new_ledger_what_another_ledger_registered_is_looked_up_in_every_run"
)

BUGS = (
    Bug(
        "moved-list-complete",
        "A list that was changed while it was read is believed to hold everything.",
        (
            Edit(
                _READING,
                "len(found) >= start, moved",
                "True, moved",
            ),
        ),
        (f"{_TESTS}::test_a_batch_that_slips_through_between_two_pages_is_not_taken_for_missing",),
    ),
    Bug(
        "row-counted-twice",
        "A batch that two pages show is called registered twice, and a person is sent to remove one.",
        (
            Edit(
                _READING,
                "found |= {held.id: held for held in page.held}",
                'found |= {f"{held.id}{after}": held for held in page.held}',
            ),
        ),
        (f"{_TESTS}::test_with_a_new_ledger_a_wrong_list_leads_to_nothing_being_sent_twice[49-shuffle]",),
    ),
    Bug(
        "page-skipped",
        "Only the first page of the list is read, and nothing on the others is found.",
        (Edit(_READING, "        after = page.after\n", '        after = ""\n'),),
        (f"{_TESTS}::test_one_reading_of_the_whole_list_settles_all_that_is_open[1000-ascending]",),
    ),
    Bug(
        "first-list-not-read",
        "With a lost ledger everything is sent again.",
        (
            Edit(
                _WHOLE_LIST,
                "        if expected is None:\n            return False\n",
                "        if expected is None:\n            return True\n",
            ),
        ),
        (_NEW_LEDGER,),
    ),
    Bug(
        "count-not-asked",
        "What somebody registered by hand, or from another machine, is sent again.",
        (
            Edit(
                _WHOLE_LIST,
                "return not isinstance(page, Unreadable) and page.total == expected",
                "return True",
            ),
        ),
        (
            "tests/protocol/test_settling.py::test_what_another_ledger_has_registered_since_is_noticed_by_the_registrys_count",
        ),
    ),
    Bug(
        "listed-not-asked",
        "With a new ledger only the first log is looked up; the second is sent again.",
        (
            Edit(
                _WHOLE_LIST,
                "        doubtful = doubtful or await self.journal.call(self.ledger.are_listed, others)\n",
                "",
            ),
        ),
        (_NEW_LEDGER,),
    ),
    Bug(
        "doubled-list-believed",
        "A list that holds a reference twice explains the count, and the next run calls it clean.",
        (
            Edit(
                "pipeline/ledger/__init__.py",
                "times_held.get(reference) == 1 for",
                "times_held.get(reference) for",
            ),
        ),
        (
            "tests/protocol/test_settling.py::test_a_batch_that_is_held_twice_is_found_by_the_upload_of_its_own_log_after_another_logs",
        ),
    ),
    Bug(
        "grown-list-is-no-move",
        "What another machine registered while the list was read is sent again.",
        (Edit(_READING, "len(found) < max(start, end)", "len(found) < start"),),
        (f"{_TESTS}::test_what_another_ledger_registers_while_the_list_is_read_is_not_registered_again",),
    ),
    Bug(
        "unseen-batches-counted",
        "What a growing list has not shown explains the count, and is sent again by the next run.",
        (Edit(_READING, "min(end, len(found))", "end"),),
        (f"{_TESTS}::test_what_a_list_that_grew_at_each_reading_has_not_shown_is_looked_up_by_the_next_run",),
    ),
    Bug(
        "conflict-not-looked-up",
        "A conflict that was put right at the registry stays one for ever.",
        (
            Edit(
                _WHOLE_LIST,
                'left_open or any(record.state == "conflict" for record in records.values())',
                "left_open",
            ),
            Edit(
                _WHOLE_LIST,
                "        doubtful = doubtful or await self.journal.call(self.ledger.are_listed, others)\n",
                "",
            ),
        ),
        (
            f"{_TESTS}::test_a_conflict_that_was_put_right_at_the_registry_is_noticed_though_the_count_is_the_same",
        ),
    ),
    Bug(
        "left-out-and-forgotten",
        "A list that was not read to its end is remembered as all that others hold.",
        (
            Edit(
                "pipeline/run/register.py",
                "        if listing.complete:\n            await self.whole_list.note(",
                "        if listing:\n            await self.whole_list.note(",
            ),
        ),
        (f"{_TESTS}::test_what_a_list_left_out_is_not_forgotten_when_it_was_read_after_sending",),
    ),
    Bug(
        "expired-cursor-ends-the-run",
        "A cursor that expires once ends the run, although the list could be read from its beginning.",
        (Edit(_READING, "else listing.expired", "else False"),),
        (f"{_TESTS}::test_a_cursor_that_expires_once_is_read_past_from_the_beginning",),
    ),
)
