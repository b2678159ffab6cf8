"""Bugs in what survives a crash, and in whose batch it is."""

from tests.mutants.bug import Bug, Edit

_ORDER = "tests/protocol/test_order.py"
_TAKEN_OVER = "tests/protocol/test_taken_over.py"
_CLAIMS = "tests/ledger/test_claims.py"
_LEDGER = "pipeline/ledger/__init__.py"
_TRANSITIONS = "pipeline/ledger/transitions.py"
_BULK = "pipeline/ledger/bulk.py"
_INSPECTING = "pipeline/ledger/inspecting.py"
_SQLITE = "pipeline/ledger/sqlite.py"
_POSTGRESQL = "pipeline/ledger/postgresql.py"
_OPENING = "tests/ledger/test_opening.py"

BUGS = (
    Bug(
        "sqlite-not-durable",
        "A power cut takes back intents of requests that have left.",
        (
            Edit(_SQLITE, '"synchronous=FULL"', '"synchronous=OFF"'),
            Edit(_SQLITE, "_FULL = 2\n", "_FULL = 0\n"),
        ),
        (f"{_OPENING}::test_every_write_to_a_sqlite_ledger_survives_a_power_cut",),
    ),
    Bug(
        "postgresql-not-durable",
        "A power cut of the database server takes back intents of requests that have left.",
        (
            Edit(_POSTGRESQL, '"SET synchronous_commit = on"', '"SET synchronous_commit = off"'),
            Edit(_POSTGRESQL, '"full_page_writes", "synchronous_commit"', '"full_page_writes"'),
        ),
        (f"{_OPENING}::test_every_write_to_a_postgresql_ledger_survives_a_power_cut",),
    ),
    Bug(
        "sqlite-not-alone",
        "Two runs read the same state and both act on it.",
        (Edit(_SQLITE, '"BEGIN IMMEDIATE"', '"BEGIN"'),),
        (f"{_OPENING}::test_one_transaction_waits_for_the_other[sqlite]",),
    ),
    Bug(
        "postgresql-not-alone",
        "Two runs on two machines read the same state and both act on it.",
        (Edit(_POSTGRESQL, '    event.listen(made, "begin", _lock)\n', ""),),
        (f"{_OPENING}::test_one_transaction_waits_for_the_other[postgresql]",),
    ),
    Bug(
        "damage-not-looked-for",
        "A damaged ledger is believed.",
        (Edit(_SQLITE, '.scalar(text("PRAGMA quick_check"))) != "ok"', '.scalar(text("SELECT 1"))) != 1'),),
        (f"{_OPENING}::test_damage_where_a_run_would_not_look_is_found_when_the_ledger_is_opened",),
    ),
    Bug(
        "sending-becomes-planned",
        "What a dead run was sending is sent again without asking.",
        (
            Edit(
                _TRANSITIONS,
                '.values(state="unknown", doubted=True, code="interrupted"',
                '.values(state="planned", doubted=True, code="interrupted"',
            ),
        ),
        (f"{_TAKEN_OVER}::test_what_a_dead_run_was_sending_is_not_sent_again_before_it_can_show[sqlite]",),
    ),
    Bug(
        "release-forgets-doubt",
        "Once a run has died, a reference may be sent with other values than those that may be stored.",
        (
            Edit(
                _TRANSITIONS,
                '.values(state="unknown", doubted=True, code="interrupted"',
                '.values(state="unknown", code="interrupted"',
            ),
        ),
        (
            f"{_TAKEN_OVER}::test_after_a_request_without_an_answer_the_reference_is_not_sent_with_other_values[killed]",
        ),
    ),
    Bug(
        "doubt-forgotten",
        "Once the list was read, a reference may be sent with other values than those that may yet show.",
        (
            Edit(
                _BULK,
                "            doubted=batches.c.doubted | field(4, Boolean),\n",
                "            doubted=field(4, Boolean),\n",
            ),
        ),
        (
            f"{_TAKEN_OVER}::test_after_a_request_without_an_answer_the_reference_is_not_sent_with_other_values[drop-before]",
        ),
    ),
    Bug(
        "no-fencing",
        "A run that was stopped and taken over wakes up and writes over what the other has found out.",
        (
            Edit(
                _BULK,
                "    attempted = ours & (batches.c.attempts == field(1, Integer))\n",
                "    attempted = batches.c.reference == field(0, String)\n",
            ),
        ),
        (f"{_CLAIMS}::test_a_run_that_was_taken_over_records_no_more_outcomes[sqlite]",),
    ),
    Bug(
        "no-fencing-of-intents",
        "A run that was stopped and taken over wakes up and sends what is no longer its own.",
        (
            Edit(
                _BULK,
                " & (unsought(batches.c.owner) == run)\n",
                "\n",
            ),
        ),
        (f"{_CLAIMS}::test_a_run_that_was_taken_over_makes_no_more_intents[sqlite]",),
    ),
    Bug(
        "living-run-taken-over",
        "Two runs at once take each other's batches, and both send them.",
        (
            Edit(
                "pipeline/ledger/alive.py",
                "        return now - since <= self.lease\n",
                "        return False\n",
            ),
        ),
        (f"{_TAKEN_OVER}::test_what_a_living_run_has_claimed_is_left_to_it_until_its_lease_is_over[sqlite]",),
    ),
    Bug(
        "lock-of-a-copy-believed",
        "A second machine with a copy of the plant's folder takes over what the first is sending.",
        (
            Edit(
                "pipeline/ledger/alive.py",
                "        return file if says == _which(file) else None\n",
                "        return file if says else None\n",
            ),
        ),
        (f"{_TAKEN_OVER}::test_a_living_run_is_left_its_batches_by_a_copy_of_its_folder[sqlite-meanwhile]",),
    ),
    Bug(
        "claim-of-another-run-taken",
        "A run plans and sends a batch that another living run has claimed.",
        (
            Edit(
                _LEDGER,
                '_any(batches.c.state, releasable) & _any(batches.c.owner, ("", run_id)) & kept',
                "_any(batches.c.state, releasable) & kept",
            ),
        ),
        (f"{_CLAIMS}::test_what_a_run_has_claimed_no_other_can_plan[sqlite]",),
    ),
    Bug(
        "open-batch-of-another-run-taken",
        "A run settles, and sends again, what another living run is sending just now.",
        (
            Edit(
                _LEDGER,
                'batches.c.state.in_(OPEN) & batches.c.owner.in_(("", run_id))',
                "batches.c.state.in_(OPEN)",
            ),
        ),
        (f"{_CLAIMS}::test_what_a_run_is_sending_no_other_can_settle[sqlite]",),
    ),
    Bug(
        "other-registry-accepted",
        "The ledger of production is used for the sandbox, and batches are called registered that are not.",
        (
            Edit(
                _LEDGER, "if found.setdefault(name, value) != value:", "if not found.setdefault(name, value):"
            ),
        ),
        (
            f"{_ORDER}::test_a_ledger_that_belongs_to_another_registry_is_refused_before_anything_is_sent[sqlite]",
        ),
    ),
    Bug(
        "intent-of-what-is-registered",
        "A batch that is registered already, or refused, is sent once more.",
        (Edit(_BULK, 'planned = ours & (unsought(batches.c.state) == "planned")', "planned = ours"),),
        (f"{_CLAIMS}::test_an_intent_is_made_only_for_what_is_planned",),
    ),
    Bug(
        "old-plan-kept",
        "A batch that was never sent is sent with the values of an earlier log.",
        (Edit(_LEDGER, "            and row.fingerprint == fingerprints[row.reference]\n", ""),),
        (f"{_CLAIMS}::test_a_reference_that_was_never_sent_stands_for_what_it_was_planned_with_last",),
    ),
    Bug(
        "open-batch-taken",
        "An open batch is taken as if nothing of it were under way.",
        (Edit(_LEDGER, "                free &= batches.c.state.not_in(OPEN)\n", ""),),
        (f"{_CLAIMS}::test_what_a_run_is_sending_no_other_can_settle",),
    ),
    Bug(
        "first-sender-named",
        "Doctor has a person retry a run that did not send last what is open.",
        (
            Edit(
                _INSPECTING,
                ".order_by(attempts.c.id)\n    )\n    last",
                ".order_by(attempts.c.id.desc())\n    )\n    last",
            ),
        ),
        ("tests/ledger/test_inspecting.py",),
    ),
    Bug(
        "torn-ledger-told",
        "Doctor calls a ledger damaged that a run has only written to while it was looked at.",
        (
            Edit(
                _INSPECTING,
                "if not _in_use(path) and path.stat().st_mtime_ns == before:",
                "if found.exists:",
            ),
        ),
        ("tests/ledger/test_inspecting.py",),
    ),
)
