"""Bugs in deleting, in replacing, and in concluding that something is gone."""

from tests.mutants.bug import Bug, Edit

_ORDER = "tests/protocol/test_order.py"
_AMENDING = "pipeline/run/amending.py"
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
                "pipeline/plan.py",
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
                "            if id_ not in listed\n",
                "            if id_ in listed\n",
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
)
