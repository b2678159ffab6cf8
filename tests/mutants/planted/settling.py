"""Bugs in what a doubt or a refusal is taken for."""

from tests.mutants.bug import Bug, Edit

_TAKEN_OVER = "tests/protocol/test_taken_over.py"
_CLAIMS = "tests/ledger/test_claims.py"
_DELIVER = "pipeline/deliver/__init__.py"
_QUESTIONS = "pipeline/deliver/questions.py"
_REGISTER = "pipeline/run/register.py"
_WHOLE_LIST = "pipeline/run/whole_list.py"
_LEARNING = "pipeline/run/learning.py"
_PLAN = "pipeline/plan.py"
_TAKEN_OVER = "tests/protocol/test_taken_over.py"
_SETTLING = "tests/protocol/test_settling.py"
_MADE_AGAIN = (
    "tests/protocol/test_reconcile.py::"
    "test_what_another_run_makes_again_while_the_registry_is_asked_stays_as_that_run_left_it"
)
_NETWORK = "tests/protocol/test_network.py::test_nothing_is_lost_or_registered_twice_and_no_report_is_wrong"
_FOUND = "    found = look_up(question.batch, listing.held) or _stored_under_another(question, listing)\n"

_CHANGED = "if await self.journal.call(self.ledger.steps) != known.steps:"
_NEVER = "if await self.journal.call(self.ledger.steps) < known.steps:"

BUGS = (
    Bug(
        "conflict-by-the-list-alone",
        "A batch in conflict that the list does not show yet is sent again.",
        (
            Edit(
                _LEARNING,
                'record.state in ("registered", "conflict")',
                'record.state == "registered"',
            ),
        ),
        (
            "tests/protocol/test_settling.py::test_a_batch_in_conflict_whose_id_is_known_is_not_sent_again_while_the_list_lags_behind",
        ),
    ),
    Bug(
        "unasked-is-looked-up",
        "A batch in conflict that the registry was not asked about is planned again.",
        (
            Edit(_REGISTER, "looked_up=held is not None", "looked_up=listing is not None"),
            Edit(
                _REGISTER,
                "        if self.halt:\n            return None\n        ours",
                "        if self.halt:\n            return listing.held\n        ours",
            ),
        ),
        (
            "tests/protocol/test_settling.py::test_a_batch_in_conflict_whose_id_is_known_is_not_sent_again_while_the_list_lags_behind",
        ),
    ),
    Bug(
        "duplicate-is-success",
        "A refusal as a duplicate is called registered without a look; it may be another kind of record.",
        (
            Edit(
                _QUESTIONS,
                _FOUND,
                "    if question.about_the_reference:\n"
                '        return Outcome("already_registered", "taken", question.attempt)\n' + _FOUND,
            ),
        ),
        (f"{_SETTLING}::test_a_reference_that_is_taken_and_not_listed_is_told_as_such_at_its_cell",),
    ),
    Bug(
        "duplicate-is-rejected",
        "A refusal as a duplicate is called rejected without a look, although our own batch is registered.",
        (
            Edit(
                _QUESTIONS, _FOUND, f"    if question.refused:\n        return _rejected(question)\n{_FOUND}"
            ),
        ),
        (f"{_NETWORK}[N27 refused as its own duplicate, the first POST]",),
    ),
    Bug(
        "own-duplicate-rejected",
        "A batch that is stored and not listed yet is called rejected, as its reference is taken: by itself.",
        (
            Edit(
                _QUESTIONS,
                "    return still_open(question) if question.missed and question.may_mean_registered else "
                "_rejected(question)\n",
                "    return _rejected(question)\n",
            ),
        ),
        (f"{_SETTLING}::test_a_batch_that_took_its_own_reference_is_never_called_rejected",),
    ),
    Bug(
        "no-quiet-period",
        "The list is read before a late request can have arrived, which is then sent again.",
        (Edit(_DELIVER, "        await self.halt.sleep(self.quiet_seconds)\n", ""),),
        (
            f"{_SETTLING}::test_a_request_that_arrives_late_is_found_after_the_quiet_period_and_not_sent_again",
        ),
    ),
    Bug(
        "no-quiet-period-for-the-dead",
        "What a dead run was sending is looked for before it can have arrived, and is sent again.",
        (Edit(_WHOLE_LIST, "        if left_open:  # in full", "        if left_open is None:  # in full"),),
        (f"{_TAKEN_OVER}::test_what_a_dead_run_was_sending_is_not_sent_again_before_it_can_show[sqlite]",),
    ),
    Bug(
        "incomplete-list-believed",
        "What a list leaves out is taken for missing, and is sent again.",
        (Edit(_QUESTIONS, "    if not listing.complete:\n", "    if not question:\n"),),
        (
            "tests/protocol/test_reading.py::test_a_batch_that_slips_through_between_two_pages_is_not_taken_for_missing",
        ),
    ),
    Bug(
        "incomplete-list-planned-by",
        "A new ledger believes a list that leaves out half, and sends that half again.",
        (
            Edit(
                _WHOLE_LIST,
                "        if not listing.complete:\n            self.halt",
                "        if not listing:\n            self.halt",
            ),
        ),
        (
            "tests/protocol/test_reading.py::test_with_a_new_ledger_a_wrong_list_leads_to_nothing_being_sent_twice[50-skip-rows]",
        ),
    ),
    Bug(
        "sent-without-end",
        "A batch that is never answered is sent again after each reading, for ever.",
        (Edit(_DELIVER, " or doubted[question.batch.reference] >= TRIES", ""),),
        (f"{_SETTLING}::test_every_post_unanswered_is_asked_about_and_not_repeated_for_ever",),
    ),
    Bug(
        "stored-otherwise-created",
        "The registry stores another mass than was sent, and the report says created.",
        (
            Edit(
                _PLAN,
                '    if not differing:\n        return Outcome("created"',
                '    if batch:\n        return Outcome("created"',
            ),
        ),
        (
            f"{_SETTLING}::test_a_batch_that_the_registry_stored_with_other_values_than_were_sent_is_a_conflict",
        ),
    ),
    Bug(
        "differences-overlooked",
        "A reference that is registered with other values is called already registered.",
        (
            Edit(
                _PLAN,
                "    if not (differing := differences(wanted, found[0])):\n",
                "    if not (differing := differences(wanted, found[0])[:0]):\n",
            ),
        ),
        ("tests/pure/test_plan.py",),
    ),
    Bug(
        "twice-is-once",
        "A reference that is registered twice, for two lots of credits, is called clean.",
        (Edit(_PLAN, "    if len(found) > 1:\n", "    if len(found) > 2:\n"),),
        ("tests/pure/test_plan.py::test_a_reference_that_is_held_twice_is_told_with_both_ids",),
    ),
    Bug(
        "reused-with-other-values",
        "After an unanswered request the reference is sent with corrected values, and both may be stored.",
        (
            Edit(
                "pipeline/ledger/__init__.py",
                "        kept = ~batches.c.doubted | (batches.c.fingerprint == new.excluded.fingerprint)\n",
                "        kept = batches.c.reference == new.excluded.reference\n",
            ),
        ),
        (f"{_CLAIMS}::test_a_reference_that_was_sent_without_an_answer_keeps_its_values[sqlite]",),
    ),
    Bug(
        "reuse-planned",
        "The plan lets other values be sent under a reference whose first request may yet be stored.",
        (
            Edit(
                _PLAN,
                "    if record and record.doubted and record.fingerprint",
                "    if record and not record and record.fingerprint",
            ),
        ),
        ("tests/pure/test_plan.py",),
    ),
    Bug(
        "conflict-replanned",
        "What was found in conflict is sent again without a look.",
        (
            Edit(
                "pipeline/ledger/__init__.py",
                '(*SENDABLE, "conflict") if looked_up else SENDABLE',
                '(*SENDABLE, "conflict")',
            ),
        ),
        (f"{_CLAIMS}::test_what_was_found_in_conflict_is_planned_again_only_after_a_look[sqlite]",),
    ),
    Bug(
        "retry-sends-what-is-there-now",
        "A row is sent again with the values that a later log has asked for under its reference.",
        (
            Edit(
                "pipeline/run/logs.py",
                "if is_asked_for(together[reference], record.fingerprint, record.body)",
                "if together[reference]",
            ),
        ),
        (
            "tests/protocol/test_retry.py::test_a_row_whose_reference_was_planned_with_other_values_since_is_not_sent_with_those[denied]",
        ),
    ),
    Bug(
        "replaced-as-it-was",
        "What amend replaces while a run begins is called registered with the old values.",
        (Edit(_REGISTER, _CHANGED, _NEVER),),
        (
            f"{_TAKEN_OVER}::test_what_is_replaced_after_this_run_has_begun_is_not_called_registered_as_it_was[sqlite]",
        ),
    ),
    Bug(
        "open-as-it-was",
        "What was open when the run began is reported so, though another run has registered it since.",
        (
            Edit(
                _REGISTER,
                "if left_open or known is None or any(record.state in OPEN "
                "for record in known.records.values()):",
                "if known is None:",
            ),
            Edit(_REGISTER, _CHANGED, _NEVER),
        ),
        (
            f"{_TAKEN_OVER}::test_what_another_run_settles_after_this_one_has_begun_is_not_called_open[sqlite]",
        ),
    ),
    Bug(
        "refused-for-ever",
        "A batch that a damaged ledger keeps back has the run read the registry's list again, without end.",
        (Edit(_REGISTER, "        settled |= await self._kept_back(refused, records)\n", ""),),
        (
            f"{_TAKEN_OVER}::test_what_the_ledger_lets_nobody_send_although_nobody_has_it_is_told_and_not_tried_for_ever",
        ),
    ),
    Bug(
        "taught-over-another-run",
        "What another run has made again meanwhile is called deleted, by what was read before.",
        (Edit(_LEARNING, " if _standing(record) == _standing(records[reference])\n", "\n"),),
        (_MADE_AGAIN,),
    ),
    Bug(
        "wanted-over-another-run",
        "An amend that has just ended leaves no trace of which batch went for which.",
        (Edit(_LEARNING, "_note_wanted(still, lessons)", "_note_wanted(list(ours.values()), lessons)"),),
        (_MADE_AGAIN,),
    ),
    Bug(
        "count-asked-once",
        "A batch that was doubled on its way is not told by its own run, when the count lags behind.",
        (Edit(_WHOLE_LIST, "page.total < expected:", "page.total < expected - 1_000_000:"),),
        (
            f"{_SETTLING}::test_a_batch_that_was_doubled_on_its_way_is_told_by_its_own_run_as_soon_as_a_list_shows_it[late]",
        ),
    ),
    Bug(
        "doubled-seen-and-not-told",
        "A batch that a list shows twice is called created, because that list was not read to its end.",
        (
            Edit(
                _REGISTER,
                "        if isinstance(listing, Unreadable):\n",
                "        if isinstance(listing, Unreadable) or not listing.complete:\n",
            ),
        ),
        (
            f"{_SETTLING}::test_a_batch_that_was_doubled_on_its_way_is_told_by_its_own_run_as_soon_as_a_list_shows_it[not-whole]",
        ),
    ),
    Bug(
        "doubled-not-looked-for",
        "A request that the network has sent twice makes two batches, and the run that did it says nothing.",
        (
            Edit(
                _REGISTER,
                "        sent |= await self._doubled([",
                "        sent or await self._doubled([",
            ),
        ),
        (f"{_NETWORK}[N32 replayed POST, the first POST]",),
    ),
)
