"""Bugs on a batch's way out: the intent, the request, and when it may be repeated."""

from tests.mutants.bug import Bug, Edit

_ORDER = "tests/protocol/test_order.py"
_MEANING = "tests/protocol/test_meaning.py"
_SENDING = "pipeline/deliver/sending.py"
_JOURNAL = "pipeline/deliver/journal.py"
_PACE = "pipeline/deliver/pace.py"
_FIGURES = "tests/protocol/test_figures.py"
_NETWORK = "tests/protocol/test_network.py::test_nothing_is_lost_or_registered_twice_and_no_report_is_wrong"
_ANSWERS = "pipeline/registry/meaning.py"
_WAITS = f"{_FIGURES}::test_nobody_sends_earlier_than_the_registry_allows_nor_waits_longer_than_is_sensible"
_HELD_BACK = "tests/protocol/test_held_back.py"
_REPEATED = (
    f"{_HELD_BACK}::"
    "test_what_never_left_is_sent_again_until_it_arrives_the_repeats_are_spent_or_nobody_answers"
)
_LOST = f"{_HELD_BACK}::test_what_another_run_takes_over_is_lost_to_this_one_and_not_sent_again"
_OTHER_VALUES = (
    "tests/protocol/test_taken_over.py::"
    "test_after_a_request_without_an_answer_the_reference_is_not_sent_with_other_values"
)
_UNREACHED = "            case NeverLeft():\n                return "

BUGS = (
    Bug(
        "intent-dropped",
        "A request leaves before its intent is committed, so that a kill forgets what was sent.",
        (
            Edit(
                _SENDING,
                "            number = await self.journal.intend(batch.reference)\n",
                "            reply = await self._posted(batch, began)\n"
                "            number = await self.journal.intend(batch.reference)\n",
            ),
            Edit(
                _SENDING,
                "            async with self.pace.requests:\n"
                "                reply = await self._posted(batch, began)\n",
                "",
            ),
        ),
        (f"{_ORDER}::test_no_request_leaves_before_everybody_can_read_its_intent[sqlite]",),
    ),
    Bug(
        "outcome-before-send",
        "The ledger calls a batch registered before it was sent, and a kill makes that a lie for ever.",
        (
            Edit(
                _SENDING,
                "                reply = await self._posted(batch, began)\n",
                '                early = Transition(batch.reference, number, "registered", "ptb_0")\n'
                "                await self.journal.record(early)\n"
                "                reply = await self._posted(batch, began)\n",
            ),
        ),
        (f"{_ORDER}::test_no_request_leaves_before_everybody_can_read_its_intent[sqlite]",),
    ),
    Bug(
        "created-before-commit",
        "A batch is called created before the ledger has it, and a power cut takes it back.",
        (
            Edit(
                _JOURNAL,
                "        return bool(await self._committed(transition))\n",
                "        self.unwatched = asyncio.ensure_future(self._committed(transition))\n"
                "        return True\n",
            ),
        ),
        (f"{_ORDER}::test_nothing_is_told_before_everybody_can_read_it[sqlite]",),
    ),
    Bug(
        "500-repeated",
        "After a 500 the batch is sent again without asking, although it may be stored.",
        (
            Edit(
                _ANSWERS,
                '    return Doubtful(f"the registry answered {status}", status, wait_asked(answer, now))\n',
                '    return NeverLeft(f"the registry answered {status}")\n',
            ),
        ),
        (f"{_NETWORK}[N23 500, stored, the first POST]",),
    ),
    Bug(
        "503-is-busy",
        "After a 503 the batch is sent again without asking, although it may be stored.",
        (Edit(_ANSWERS, "    if status == 429:\n", "    if status in (429, 503):\n"),),
        (_MEANING,),
    ),
    Bug(
        "reset-never-left",
        "A connection that was reset is taken for one that was never made, and the batch is sent again.",
        (
            Edit(
                _ANSWERS,
                "aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError",
                "aiohttp.ClientOSError | aiohttp.ConnectionTimeoutError",
            ),
        ),
        (f"{_NETWORK}[N9 reset after it was stored, the first POST]",),
    ),
    Bug(
        "certificate-retried",
        "A certificate that cannot be trusted is tried again and again.",
        (
            Edit(
                _ANSWERS,
                "            hopeless=True,\n",
                "            hopeless=False,\n",
            ),
        ),
        (
            "tests/security/test_transport.py::test_an_untrusted_certificate_is_fatal_and_the_server_sees_no_request",
        ),
    ),
    Bug(
        "budget-endless",
        "A registry that keeps asking to come back later is asked for ever.",
        (Edit(_PACE, "        self._tokens -= 1\n", "        self._tokens -= 0\n"),),
        ("tests/protocol/test_pace.py",),
    ),
    Bug(
        "breaker-closed",
        "While nothing is answered, thousands of batches are sent into the blue.",
        (Edit(_PACE, "return self._in_a_row >= self._limit", "return self._in_a_row < 0"),),
        (f"{_FIGURES}::test_an_outage_is_not_answered_with_a_storm[N8 reset after the body, not stored]",),
    ),
    Bug(
        "retry-after-ignored",
        "The registry asks for time, and is not left alone.",
        (
            Edit(
                _SENDING,
                "left_at, seconds or 0.0)\n                self.breaker.answered()\n",
                "left_at, 0.0)\n                self.breaker.answered()\n",
            ),
        ),
        (f"{_WAITS}[429:retry_after=40-40]",),
    ),
    Bug(
        "503-wait-ignored",
        "A failing server says when to come back, and is not left alone.",
        (
            Edit(
                _SENDING,
                "left_at, seconds or 0.0)\n                self.breaker.failed()\n",
                "left_at, 0.0)\n                self.breaker.failed()\n",
            ),
        ),
        (f"{_WAITS}[error-503:retry_after=40-40]",),
    ),
    Bug(
        "retry-after-unbounded",
        "A wrong Retry-After of a day lets the run hang for a day.",
        (Edit(_PACE, "self._clock() + min(seconds, LONGEST_WAIT)", "self._clock() + seconds"),),
        (f"{_WAITS}[429:retry_after=4000-300]",),
    ),
    Bug(
        "more-at-once-than-allowed",
        "The registry gets three times as many requests at once as the settings allow.",
        (
            Edit(
                _PACE,
                "Gate(senders(at_once)), Gate(at_once)",
                "Gate(senders(at_once)), Gate(senders(at_once))",
            ),
        ),
        (f"{_ORDER}::test_as_many_requests_are_under_way_at_once_as_is_allowed_and_no_more",),
    ),
    Bug(
        "push-ignored",
        "A registry that cannot keep up gets as many requests at once as before.",
        (
            Edit(
                "pipeline/deliver/limit.py",
                "_AFTER_A_PUSH, _WHEN_SLOW = 0.5, 0.8",
                "_AFTER_A_PUSH, _WHEN_SLOW = 1.0, 0.8",
            ),
        ),
        ("tests/protocol/test_limit.py",),
    ),
    Bug(
        "denied-goes-on",
        "With refused credentials every batch is sent all the same, until the account is locked.",
        (
            Edit(
                _SENDING,
                "                stop_if_turned_away(reply, self.halt)\n",
                "                self.breaker.answered()\n",
            ),
        ),
        (f"{_FIGURES}::test_after_the_first_denial_only_what_is_in_flight_arrives",),
    ),
    Bug(
        "stopped-and-sent",
        "What was stopped or denied while its intent was committed is sent all the same.",
        (
            Edit(
                _SENDING,
                '        if self.stopped:\n            return HeldBack("the run was stopped',
                '        if not batch:\n            return HeldBack("the run was stopped',
            ),
        ),
        (f"{_HELD_BACK}::test_a_request_does_not_leave_once_the_run_is_stopped",),
    ),
    Bug(
        "stale-intent-sent",
        "A run that was stopped for an hour sends what another has taken over meanwhile.",
        (
            Edit(
                _SENDING,
                "self.pace.must_wait or self.clock() - began > self.longest_pause",
                "self.pace.must_wait",
            ),
        ),
        (f"{_HELD_BACK}::test_a_request_whose_time_has_passed_is_made_anew",),
    ),
    Bug(
        "redirect-leaves-no-doubt",
        "After a redirect the reference is sent with other values, although the first may be stored.",
        (Edit(_SENDING, 'answer=f"to {host}", doubts=True\n', 'answer=f"to {host}"\n'),),
        (f"{_OTHER_VALUES}[redirect]",),
    ),
    Bug(
        "never-left-without-end",
        "What finds nobody is sent for ever, as long as others are answered.",
        (Edit(_SENDING, f"{_UNREACHED}self.budget.spend()\n", f"{_UNREACHED}True\n"),),
        (_REPEATED,),
    ),
    Bug(
        "never-left-not-repeated",
        "One failed connection leaves a row for the next night, though the registry is there.",
        (Edit(_SENDING, f"{_UNREACHED}self.budget.spend()\n", f"{_UNREACHED}False\n"),),
        (_REPEATED,),
    ),
    Bug(
        "taken-over-called-unsent",
        "A batch that another run has taken over is called not sent, although that one may have sent it.",
        (Edit(_SENDING, "Attempt(batch, lost=True)", "Attempt(batch)"),),
        (_LOST,),
    ),
    Bug(
        "taken-over-sent-again",
        "A batch that another run has taken over is sent again by the first.",
        (Edit(_SENDING, "reply, lost=not kept, made=made)", "reply, made=made)"),),
        (_LOST,),
    ),
    Bug(
        "untrusted-tried-again",
        "Whoever stands in the registry's place is asked again and again.",
        (
            Edit(
                _SENDING,
                "            case NeverLeft(hopeless=True, reason=reason):\n"
                '                self.halt.stop("unreachable", f"Nothing more was sent: {reason}.")\n',
                "",
            ),
        ),
        (f"{_HELD_BACK}::test_a_registry_that_cannot_be_trusted_is_not_tried_again",),
    ),
    Bug(
        "wait-cut-short",
        "A second answer ends the wait that the registry has asked for.",
        (
            Edit(
                _PACE,
                "max(self._held_until, self._clock() + min(seconds, LONGEST_WAIT))",
                "self._clock() + min(seconds, LONGEST_WAIT)",
            ),
        ),
        ("tests/protocol/test_pace.py",),
    ),
    Bug(
        "fenced-outcome-believed",
        "An outcome that another run's claim kept from being written is told all the same.",
        (Edit(_JOURNAL, "else line.reference in changed for", "else True for"),),
        ("tests/protocol/test_journal.py",),
    ),
)
