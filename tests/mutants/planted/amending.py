"""Bugs in deleting, in replacing, and in concluding that something is gone."""

from tests.mutants.bug import Bug, Edit

_ORDER = "tests/protocol/test_order.py"
_AMENDING = "pipeline/run/amending.py"
_PLAN = "pipeline/plan.py"
_LEDGER = "pipeline/ledger/__init__.py"
_CORRECTIONS = "pipeline/ledger/corrections.py"
_AGAIN = "tests/protocol/test_amend_again.py"
_RENAMED = f"{_AGAIN}::test_what_an_id_holds_under_another_reference_now_is_shown_and_not_made_twice"
_BY_ID = "tests/protocol/test_by_id.py"
_STEPS = "tests/ledger/test_corrections.py"
_TAKEN_OVER = "tests/protocol/test_taken_over.py"
_TESTS = "tests/protocol/test_amend.py"
_BEGUN = "        if not await call(corrections.begin, registering.run_id, approved, now()):\n"

BUGS = (
    Bug(
        "deleted-before-the-intent",
        "A kill right after the deletion leaves a ledger that knows nothing of it.",
        (
            Edit(
                _AMENDING,
                _BEGUN,
                "        if proposal.held:\n"
                "            await registering.registry.delete(proposal.held.id)\n" + _BEGUN,
            ),
        ),
        (f"{_ORDER}::test_no_deletion_leaves_before_everybody_can_read_its_intent",),
    ),
    Bug(
        "amend-waits-with-claims",
        "Two amends that share references each hold some of them, and wait for each other for ever.",
        (
            Edit(
                _AMENDING,
                "await registering.journal.call(self.ledger.release, registering.run_id, registering.now())",
                "pass",
            ),
        ),
        (f"{_TAKEN_OVER}::test_an_amend_that_waits_for_another_run_holds_nothing[sqlite]",),
    ),
    Bug(
        "deleted-without-approval",
        "What the registry holds now is deleted, although nobody has seen it.",
        (
            Edit(
                _AMENDING,
                "        if not same_as_approved(proposal, seen if isinstance(seen, Proposal) else None):\n",
                "        if not seen and isinstance(seen, Proposal):\n",
            ),
        ),
        (f"{_TESTS}::test_what_was_not_shown_is_not_deleted",),
    ),
    Bug(
        "deletion-not-proven",
        "An unanswered deletion is taken for done, and the new batch is sent beside the old one.",
        (
            Edit(
                "pipeline/deliver/deleting.py",
                "        if isinstance(answer, Gone):\n            return answer\n",
                "        if isinstance(answer, Gone | Doubtful):\n            return Gone(204)\n",
            ),
        ),
        (
            f"{_TESTS}::test_an_upload_before_an_interrupted_amend_is_ended_neither_sends_nor_calls_it_registered",
        ),
    ),
    Bug(
        "deletion-is-forgotten",
        "While a deletion is not proven, an upload calls the old batch registered or sends the new one.",
        (
            Edit(
                _PLAN,
                '    if correction.state == "deleting":\n        return True\n    return batch',
                "    return batch",
            ),
        ),
        (
            f"{_TESTS}::test_an_upload_before_an_interrupted_amend_is_ended_neither_sends_nor_calls_it_registered",
        ),
    ),
    Bug(
        "deleted-by-the-list-alone",
        "A batch that the list does not show yet is called deleted.",
        (
            Edit(
                "pipeline/run/learning.py",
                "            if id_ not in listing.by_id\n",
                "            if id_ in listing.by_id\n",
            ),
        ),
        (
            "tests/protocol/test_reconcile.py::test_a_batch_that_only_the_list_does_not_show_yet_is_not_called_deleted",
        ),
    ),
    Bug(
        "unasked-is-deleted",
        "A registry that does not answer has batches called deleted.",
        (
            Edit(
                "pipeline/run/comparing.py",
                "        if registering.halt:\n            return\n        records",
                "        records",
            ),
        ),
        ("tests/protocol/test_reconcile.py::test_what_could_not_be_read_teaches_nothing",),
    ),
    Bug(
        "refused-values-hold-back-better-ones",
        "After the registry has refused the approved values, no corrected log can register the batch.",
        (Edit(_PLAN, 'not in ("registered", "rejected")', '!= "registered"'),),
        ("tests/pure/test_correct.py",),
    ),
    Bug(
        "replaced-batch-held-back",
        "A batch that has been replaced is called about to be replaced, for ever.",
        (Edit(_PLAN, 'not in ("registered", "rejected")', '!= "rejected"'),),
        ("tests/pure/test_correct.py",),
    ),
    Bug(
        "being-corrected-is-claimed",
        "While a batch is about to be deleted, an upload plans another in its place.",
        (Edit(_LEDGER, "(DELETED, CORRECTING))\n", "(DELETED,))\n"),),
        (_STEPS,),
    ),
    Bug(
        "deleted-is-claimed",
        "What somebody has deleted at the registry is made again by the next log.",
        (Edit(_LEDGER, "(DELETED, CORRECTING))\n", "(CORRECTING,))\n"),),
        (_STEPS,),
    ),
    Bug(
        "earlier-times-kept",
        "An amend that has only begun is told as one that deleted a batch, at the time of an earlier one.",
        (Edit(_CORRECTIONS, "values(**step, **of_an_earlier_one)", "values(**step)"),),
        (_STEPS,),
    ),
    Bug(
        "outdated-wish-begun",
        "A batch is deleted for values that a later log has taken back meanwhile.",
        (
            Edit(
                _CORRECTIONS,
                "            if wanted != batch.fingerprint:\n                return False\n",
                "",
            ),
        ),
        (_STEPS,),
    ),
    Bug(
        "doubt-of-the-deleted-kept",
        "A doubt about the batch that is gone forbids better values than those the registry has refused.",
        (Edit(_CORRECTIONS, '"http_status": None, "doubted": False}', '"http_status": None}'),),
        (_STEPS,),
    ),
    Bug(
        "status-of-the-deleted-kept",
        "The report tells the old batch's status beside the new batch.",
        (Edit(_CORRECTIONS, '"http_status": None, "doubted": False}', '"doubted": False}'),),
        (_STEPS,),
    ),
    Bug(
        "deletion-under-way-forgotten",
        "After a deletion that may yet be done, a refused second one says that nothing was changed.",
        (Edit("pipeline/deliver/deleting.py", " and not doubted:\n", ":\n"),),
        (f"{_BY_ID}::test_once_a_deletion_may_be_under_way_no_later_answer_says_that_nothing_was_changed",),
    ),
    Bug(
        "step-while-open",
        "A batch is deleted while a request of it is under way, and both may be there afterwards.",
        (Edit(_CORRECTIONS, " & batches.c.state.not_in(OPEN)\n", "\n"),),
        (_STEPS,),
    ),
    Bug(
        "wish-of-a-log-overwritten",
        "What a log has corrected is replaced by what was registered before.",
        (Edit(_CORRECTIONS, 'instead_of=("done",))', 'instead_of=("wanted", "done"))'),),
        (_STEPS,),
    ),
    Bug(
        "begun-deletion-given-up",
        "A batch that an earlier amend may have deleted is called unchanged, and is not made again.",
        (
            Edit(
                _AMENDING,
                "isinstance(reply, Doubtful) or (proposal.approved and not isinstance(reply, Refused))",
                "isinstance(reply, Doubtful)",
            ),
        ),
        (
            f"{_AGAIN}::test_a_deletion_that_an_earlier_amend_may_have_begun_is_not_given_up_for_another_answer",
        ),
    ),
    Bug(
        "other-reference-not-shown",
        "An amend takes what is registered under another reference now for gone, and makes it twice.",
        (
            Edit(
                _AMENDING,
                "    return [each for each in held if each.supplier_reference_id == reference] or held\n",
                "    return [each for each in held if each.supplier_reference_id == reference]\n",
            ),
        ),
        (_RENAMED,),
    ),
    Bug(
        "other-reference-called-gone",
        "What is registered under another reference now is called deleted.",
        (Edit("pipeline/run/learning.py", "        return elsewhere | held\n", "        return held\n"),),
        (_RENAMED,),
    ),
)
