"""Bugs in what keeps many workers to one run, one ledger and one account."""

from tests.mutants.bug import Bug, Edit

_LINE = "pipeline/cluster/line.py"
_PART = "pipeline/cluster/part.py"
_WORK = "pipeline/cluster/work.py"
_UNFIT = "tests/cluster/test_unfit.py::test_a_worker_that_is_unlike_its_run_sends_nothing_and_is_named"
_BUDGET = "tests/cluster/test_one_budget.py"
_KILLED = (
    "tests/cluster/test_killed.py::"
    "test_when_a_part_of_the_cluster_is_killed_the_run_itself_registers_every_batch_once[0-all_workers]"
)
_TWICE = (
    "tests/cluster/test_executed_again.py::"
    "test_a_part_that_two_workers_do_at_the_same_time_is_sent_by_one_of_them"
)
_CUT_OFF = (
    "tests/cluster/test_killed_ledger.py::"
    "test_a_worker_that_is_cut_off_from_the_ledger_is_told_of_and_the_run_registers_every_batch[0-broken]"
)
_ORPHANS = (
    "tests/cluster/test_killed.py::"
    "test_what_workers_may_still_send_without_a_scheduler_is_not_called_unsent[0]"
)

BUGS = (
    Bug(
        "worker-trusts-another-ledger",
        "A worker that was given another ledger sends what the run's own ledger knows nothing of.",
        (Edit(_WORK, "    if found is None:\n", "    if found is Ledger:\n"),),
        (f"{_UNFIT}[ledger]",),
    ),
    Bug(
        "worker-of-another-environment",
        "A worker sends the credentials of one environment to the registry of another.",
        (Edit(_WORK, "if own.environment != part.environment:", "if own.environment is part:"),),
        (f"{_UNFIT}[environment]",),
    ),
    Bug(
        "worker-of-another-version",
        "A worker reads a log and makes batches by rules that the run does not have.",
        (
            Edit("pipeline/cluster/hiring.py", "    _assert_same_version(client)\n", ""),
            Edit(_WORK, "if part.version != version_of():", "if part.version is part:"),
        ),
        (f"{_UNFIT}[version]",),
    ),
    Bug(
        "part-claims-for-the-head",
        "Two workers that were given the same part hold the same claims, and both send.",
        (
            Edit(_WORK, 'f"{part.name}{secrets.token_hex(4)}"', "part.run_id"),
            Edit(
                "pipeline/ledger/runs.py",
                "insert(runs).values({**values, **times})",
                "upsert(self._engine)(runs).values({**values, **times}).on_conflict_do_nothing()",
            ),
        ),
        (_TWICE,),
    ),
    Bug(
        "fetch-cut-off",
        "What takes a worker longer than a moment to send is taken for lost, or fetched for ever.",
        (Edit("pipeline/cluster/crew.py", "future.result()", "future.result(0.5)"),),
        (
            "tests/cluster/test_fetched.py::test_what_became_of_parts_comes_from_the_workers_however_long_it_takes",
        ),
    ),
    Bug(
        "lost-part-believed",
        "A worker that lost the ledger says that batches were not sent, and nobody looks again.",
        (
            Edit(
                "pipeline/cluster/intake.py",
                "if not (on_its_own and outcome.word in UNFINISHED)",
                "if not (on_its_own and outcome.word == reference)",
            ),
        ),
        (_CUT_OFF,),
    ),
    Bug(
        "waits-for-nobody",
        "A run whose workers are all gone waits for them for ever.",
        (Edit("pipeline/cluster/watch.py", "\nDESERTED = 5.0", "\nDESERTED = 5e9"),),
        (_KILLED,),
    ),
    Bug(
        "made-by-a-dead-worker",
        "What this run has created is reported as registered before, by nobody knows whom.",
        (
            Edit(
                "pipeline/run/register.py",
                "decided.settled | await self.made_before(decided.settled)",
                "decided.settled",
            ),
        ),
        (_KILLED,),
    ),
    Bug(
        "sent-by-orphans",
        "What workers still send after the scheduler died is reported as not sent.",
        (
            Edit(
                "pipeline/cluster/intake.py",
                "return UNDER_WAY if record.owner or in_hand else None",
                "return None",
            ),
            Edit(
                "pipeline/run/register.py",
                "if batch.reference not in self.journal.intended:",
                "if batch.reference:",
            ),
        ),
        (_ORPHANS,),
    ),
    Bug(
        "limits-not-divided",
        "Ten workers send ten times what the account may.",
        (
            Edit(
                _PART,
                "return [Share(each + (place < over), rate) for place in range(among)]",
                "return [Share(concurrency, rate_limit) for _ in range(among)]",
            ),
        ),
        (f"{_BUDGET}::test_workers_together_have_no_more_requests_under_way_than_one_run_may_have",),
    ),
    Bug(
        "push-not-passed-on",
        "The registry asks one worker to wait, and all the others go on.",
        (Edit(_LINE, "                    pace.heard(seconds)\n", "                    pass\n"),),
        (f"{_BUDGET}::test_when_the_registry_asks_one_worker_to_wait_all_of_them_do",),
    ),
    Bug(
        "stop-not-passed-on",
        "The registry refuses the credentials of one worker, and all the others go on with them.",
        (Edit(_LINE, "                    halt.stop(why, message)\n", "                    pass\n"),),
        (f"{_BUDGET}::test_when_the_registry_refuses_the_credentials_of_one_worker_all_of_them_stop",),
    ),
)
