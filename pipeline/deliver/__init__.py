"""Plan -> Outcomes: send, settle what is doubtful by one reading of the list, send the rest again.

The registry's list is read once for all the questions of a round, whatever their number (point 4).
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from pipeline.deliver.journal import Journal
from pipeline.deliver.pace import Halt, senders
from pipeline.deliver.questions import (
    LOST,
    Question,
    answer,
    change,
    not_sent_again,
    outcome_of,
    question_from,
    question_of,
    still_open,
)
from pipeline.deliver.reading import Listing, read_list
from pipeline.deliver.sending import Attempt, Sender
from pipeline.journal_point import journal_point
from pipeline.model import Batch, Outcome
from pipeline.plan import Record
from pipeline.registry import Registry, Stored, Unreadable

TRIES = 4
"""How often a run sends a batch without an answer, and how many rounds may bring nothing."""

Told = Callable[[str, Outcome], None]


class Delivery(Struct):
    """What delivering needs. `told` hears of every outcome as soon as it is known.

    `missed` fills with the batches of which a POST went unanswered and a reading has not shown any, `said`
    with what was told.
    """

    sender: Sender
    registry: Registry
    journal: Journal
    halt: Halt
    concurrency: int
    quiet_seconds: float
    told: Told
    missed: dict[str, Question] = field(default_factory=dict)
    said: dict[str, Outcome] = field(default_factory=dict)

    async def settle_open(self, records: Sequence[Record], listing: Listing) -> None:
        """Settle what earlier runs left open (point 6); what is not there may be sent again."""
        questions = [question_from(record) for record in records]
        answers = [(question, answer(question, listing)) for question in questions]
        await self._record(answers)
        self.missed |= {
            question.batch.reference: question for question, outcome in answers if outcome is None
        }

    async def deliver(self, batches: Sequence[Batch]) -> dict[str, Outcome]:
        """Send these batches, which this run has claimed; the outcome of each, by reference."""
        outcomes: dict[str, Outcome] = {}
        doubted: Counter[str] = Counter()
        todo, fruitless = list(batches), 0
        while todo and not self.halt and fruitless < TRIES:
            attempts = await self._send_all(todo)
            questions = self._questions(attempts, doubted)
            asked = {question.batch.reference for question in questions}
            plain = [each for each in attempts if each.batch.reference not in asked]
            tried = {each.batch.reference: self._outcome(each) for each in plain if each.number or each.lost}
            settled, absent = await self._settle(questions, doubted)
            outcomes |= self._tell(tried | settled)
            todo = [*absent, *(each.batch for each in plain if each.batch.reference not in tried)]
            fruitless = (
                0 if any(each.word == "created" for each in (tried | settled).values()) else fruitless + 1
            )
            if not questions:
                break
            self.sender.breaker.answered()
        return outcomes | self._tell({batch.reference: self.left_over(batch) for batch in todo})

    async def read(self) -> Listing | Unreadable:
        """The registry's list; when it cannot be read, the run is stopped."""
        listing = await read_list(self.registry, self.halt)
        if isinstance(listing, Unreadable):
            self.halt.stop(
                "denied" if listing.denied else "unreachable",
                f"The list of batches could not be read: {listing.reason}.",
            )
        return listing

    async def _send_all(self, batches: Sequence[Batch]) -> list[Attempt]:
        """Send with so many workers; when sending stops, the rest come back as not attempted.

        What the registry has stored is told at once; of the rest, the round's end decides.
        """
        waiting = iter(batches)
        attempts: list[Attempt] = []

        async def work() -> None:
            for batch in waiting:
                attempt = Attempt(batch) if self.sender.stopped else await self.sender.send(batch)
                attempts.append(attempt)
                if isinstance(attempt.reply, Stored) and not attempt.lost:
                    self._tell({batch.reference: self._outcome(attempt)})

        at_once = min(senders(self.concurrency), len(batches))
        with self.journal.used_by(at_once):
            async with asyncio.TaskGroup() as workers:
                for _ in range(at_once):
                    workers.create_task(work())
        return attempts

    async def _settle(
        self, questions: Sequence[Question], doubted: Counter[str]
    ) -> tuple[dict[str, Outcome], list[Batch]]:
        """The outcomes that one reading proves, and the batches that it proves not to be there."""
        if not questions:
            return {}, []
        await self.halt.sleep(self.quiet_seconds)
        listing = await self.read()
        outcomes, absent, answers = {}, [], []
        for question in questions:
            outcome = answer(question, listing) if isinstance(listing, Listing) else still_open(question)
            if outcome is None and (self.halt or doubted[question.batch.reference] >= TRIES):
                outcome = still_open(question)
            answers.append((question, outcome))
        for (question, outcome), kept in zip(answers, await self._record(answers), strict=True):
            told = outcome if kept else LOST
            if told:
                outcomes[question.batch.reference] = told
            else:
                self.missed[question.batch.reference] = question
                absent.append(question.batch)
        return outcomes, absent

    async def _record(self, answers: Sequence[tuple[Question, Outcome | None]]) -> list[bool]:
        """Commit what became of questions; False for each that another run has taken over."""
        for question, _ in answers:
            journal_point("settled.found", question.batch.reference)
        kept = await self.journal.record_all([change(question, outcome) for question, outcome in answers])
        for question, _ in answers:
            journal_point("settled.committed", question.batch.reference)
        return kept

    def _tell(self, outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
        """Tell each outcome, but none a second time."""
        for reference, outcome in outcomes.items():
            if self.said.get(reference) != outcome:
                self.said[reference] = outcome
                self.told(reference, outcome)
        return outcomes

    def _outcome(self, attempt: Attempt) -> Outcome:
        """The outcome of an attempt that leaves no question; what was sent before is not forgotten."""
        outcome = outcome_of(attempt)
        question = self.missed.get(attempt.batch.reference)
        if outcome.word != "not_sent" or question is None:
            return outcome
        return not_sent_again(replace(question, attempt=attempt.number), outcome.message)

    def left_over(self, batch: Batch, why: str = "Too many requests went unanswered.") -> Outcome:
        """The outcome of a batch of which nothing leaves any more; `why`, or why the run was stopped."""
        why = self.halt.message or why
        if question := self.missed.get(batch.reference):
            return not_sent_again(question, why)
        return Outcome("not_sent", code="not_sent", message=f"Not sent. {why}")

    def _questions(self, attempts: Sequence[Attempt], doubted: Counter[str]) -> list[Question]:
        """The open questions of a round. `doubted` counts how often a batch was left unanswered."""
        questions = []
        for attempt in attempts:
            reference = attempt.batch.reference
            before = {"doubted": reference in doubted, "missed": reference in self.missed}
            question = None if attempt.lost else question_of(attempt, **before)
            if question:
                questions.append(question)
                doubted[reference] += not question.refused
        return questions
