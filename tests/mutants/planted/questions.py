"""Bugs in what is asked about a batch of which there is no proof, and in what is told of it."""

from tests.mutants.bug import Bug, Edit

_QUESTIONS = "pipeline/deliver/questions.py"
_TAKEN_OVER = "tests/protocol/test_taken_over.py"
_TESTS = "tests/pure/test_questions.py"

BUGS = (
    Bug(
        "conflict-of-the-reference-overlooked",
        "A 409 is told as a refusal of the values, which nobody can correct.",
        (Edit(_QUESTIONS, "(told or self.http_status == 409)", "told"),),
        (_TESTS,),
    ),
    Bug(
        "own-batch-called-found",
        "What this run has made is told as registered before.",
        (Edit(_QUESTIONS, "by_us=doubted, missed=missed,", "by_us=False, missed=missed,"),),
        (_TESTS,),
    ),
    Bug(
        "batch-of-another-called-created",
        "What another ledger has registered is told as made by this run.",
        (Edit(_QUESTIONS, "by_us=doubted, missed=missed,", "by_us=True, missed=missed,"),),
        (_TESTS,),
    ),
    Bug(
        "redirected-batch-called-found",
        "What a redirected request of this run has made is told as registered before.",
        (Edit(_QUESTIONS, '"redirected", by_us=True)', '"redirected", by_us=doubted)'),),
        (_TESTS,),
    ),
    Bug(
        "doubled-by-workers-not-recorded",
        "What workers have made twice is a conflict in the report, and registered in the ledger.",
        (
            Edit(
                "pipeline/run/register.py",
                "        await self.journal.call(self.ledger.take, self.run_id, list(wrong))\n",
                "",
            ),
        ),
        ("tests/protocol/test_company.py",),
    ),
    Bug(
        "own-duplicate-of-the-dead-rejected",
        "What a killed run has stored is called rejected, because its reference is taken: by itself.",
        (
            Edit(
                "pipeline/deliver/__init__.py",
                "        self.missed |= {\n"
                "            question.batch.reference: question for question, outcome in answers "
                "if outcome is None\n"
                "        }\n",
                "",
            ),
        ),
        (
            f"{_TAKEN_OVER}::test_what_a_dead_run_has_stored_and_no_list_shows_yet_is_not_called_rejected_as_its_own_duplicate",
        ),
    ),
)
