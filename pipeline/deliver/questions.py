"""Batches of which nobody knows yet whether they are registered, and what the list says of them. Pure."""

from msgspec import Struct
from msgspec.structs import replace

from pipeline.deliver.reading import Listing
from pipeline.deliver.sending import Attempt, HeldBack, reasons_of, told
from pipeline.ledger import Transition
from pipeline.model import REFERENCE_TAKEN, STORED_OTHERWISE, Batch, Difference, Outcome, Reasons, Word
from pipeline.plan import Record, State, look_up, stored_otherwise
from pipeline.registry import Busy, Denied, Doubtful, NeverLeft, Redirected, Refused, Stored
from schemas.production_batch import REFERENCE, decode, differences

LOST = Outcome(
    "unknown", code="taken_over", message="Another run has taken this batch over; its report tells the rest."
)

_STATES: dict[Word, State] = {"conflict": "conflict", "rejected": "rejected"}
_LISTED = "found in the registry's list"
_TAKEN = (
    "The registry says that this reference is taken, but lists no batch under it. It may belong to another "
    "kind of record of yours, or to a batch that is not listed yet. Give this batch another reference, or "
    "look at the registry and try again later."
)


class Question(Struct, frozen=True):
    """A POST without proof: refused, or without an answer.

    `by_us` when this run left a POST for it unanswered; `missed` when some run did, and a reading of
    the list by this run has not shown it. `named` is the id in an answer that was about another reference.
    """

    batch: Batch
    attempt: int
    http_status: int | None
    code: str
    message: str
    by_us: bool = False
    missed: bool = False
    reasons: Reasons = ()
    named: str = ""

    @property
    def refused(self) -> bool:
        return self.code == "refused"

    @property
    def about_the_reference(self) -> bool:
        """Whether the registry refused it for its reference, as far as can be told."""
        told = any(REFERENCE in path or REFERENCE in message for path, message in self.reasons)
        return self.refused and (told or self.http_status == 409)

    @property
    def may_mean_registered(self) -> bool:
        """Whether the refusal may be that of a duplicate, of which the wording is not published."""
        return self.about_the_reference or not any(path for path, _ in self.reasons)


def question_of(attempt: Attempt, *, doubted: bool, missed: bool) -> Question | None:
    """The question that an attempt leaves open; None when its reply is proof enough.

    `doubted` and `missed` are what was known of the batch before this attempt.
    """
    match attempt.reply:
        case Doubtful(reason=reason, status=status, named=named):
            return Question(
                attempt.batch, attempt.number, status, "no_answer", reason, by_us=True, named=named
            )
        case Redirected(status=status):
            return Question(attempt.batch, attempt.number, status, "redirected", "redirected", by_us=True)
        case Refused(status=status) as refusal:
            return Question(
                attempt.batch, attempt.number, status, "refused", told(refusal),
                by_us=doubted, missed=missed, reasons=reasons_of(refusal),
            )  # fmt: skip
    return None


def question_from(record: Record) -> Question:
    """The question that an earlier run left in the ledger (point 6)."""
    batch = Batch(record.reference, record.body, record.fingerprint, ())
    return Question(
        batch, record.attempts, record.http_status, record.code, record.message, reasons=record.reasons
    )


def answer(question: Question, listing: Listing) -> Outcome | None:
    """What the list proves; None when it proves that the batch is not there and may be sent (point 4).

    A refusal is called `rejected` only when the batch is not in the list either (point 5), and not
    while a POST of its own may be what took the reference and the list does not show it yet: a later
    run asks again.
    """
    found = look_up(question.batch, listing.held) or _stored_under_another(question, listing)
    if found:
        word = "created" if found.word == "already_registered" and question.by_us else found.word
        return replace(found, word=word, attempts=question.attempt, http_status=question.http_status)
    if not listing.complete:
        return still_open(question)
    if not question.refused:
        return None
    return still_open(question) if question.missed and question.may_mean_registered else _rejected(question)


def _stored_under_another(question: Question, listing: Listing) -> Outcome | None:
    """What was sent, where the registry holds it under a reference that it has made of ours, or none.

    Sent again, it would be stored again, whatever the registry makes unique. An answer about another batch
    altogether, which two requests have mixed up, names one with other values too.
    """
    held = listing.by_id.get(question.named) if question.named else None
    differing = differences(decode(question.batch.body), held) if held else []
    if not held or [field for field, *_ in differing] != [REFERENCE]:
        return None
    return Outcome(
        "conflict", held.id, code=STORED_OTHERWISE, message=stored_otherwise(held.id),
        differences=tuple(Difference(*each) for each in differing),
    )  # fmt: skip


def _rejected(question: Question) -> Outcome:
    code, message = f"http_{question.http_status}", f"The registry refused it: {question.message}"
    reasons = question.reasons
    if question.about_the_reference:
        code, message, reasons = REFERENCE_TAKEN, _TAKEN, ((REFERENCE, question.message),)
    return Outcome("rejected", "", question.attempt, question.http_status, code, message, reasons=reasons)


def not_sent_again(question: Question, why: str) -> Outcome:
    """The outcome of a batch that the list does not hold, and that this run will not send again."""
    return Outcome(
        "not_sent", "", question.attempt, question.http_status, "not_there",
        f"It was sent without an answer that proves anything ({question.message}), and the registry's "
        f"list does not hold it. It was not sent again: {why}",
    )  # fmt: skip


def still_open(question: Question) -> Outcome:
    """The outcome while there is no proof either way."""
    return Outcome(
        "unknown", "", question.attempt, question.http_status, question.code,
        f"It was sent, and no proof came that it was registered or not: {question.message.rstrip('.')}. "
        "The next run asks the registry before it sends anything.",
    )  # fmt: skip


def change(question: Question, outcome: Outcome | None) -> Transition:
    """What an answer makes of the batch in the ledger; no outcome: it may be sent again."""
    reference, attempt = question.batch.reference, question.attempt
    if outcome is None:
        return Transition(
            reference, attempt, "planned", http_status=question.http_status, code="not_there",
            message="It was sent without an answer, and the registry's list did not hold it.",
            answer="not in the registry's list",
        )  # fmt: skip
    if outcome.word in ("created", "already_registered"):
        return Transition(
            reference, attempt, "registered", outcome.registry_id, question.http_status, answer=_LISTED
        )
    return Transition(
        reference,
        attempt,
        _STATES.get(outcome.word, "unknown"),
        outcome.registry_id,
        question.http_status,
        question.code if outcome.word == "unknown" else outcome.code,
        question.message if outcome.word == "unknown" else outcome.message,
        answer=_LISTED if outcome.registry_id else "",
        reasons=outcome.reasons or question.reasons,
    )


def outcome_of(attempt: Attempt) -> Outcome:
    """The outcome of an attempt that leaves no question and will not be made again."""
    match attempt.reply:
        case _ if attempt.lost:
            return LOST
        case Stored() if attempt.made:
            return attempt.made
        case Busy(status=status):
            message = "The registry asked to come back later. Run again."
            return Outcome("not_sent", "", attempt.number, status, "busy", message)
        case Denied(status=status):
            message = "The registry refused the credentials."
            return Outcome("not_sent", "", attempt.number, status, "denied", message)
        case NeverLeft(reason=reason) | HeldBack(reason=reason):
            return Outcome("not_sent", "", attempt.number, None, "never_left", f"Not sent: {reason}.")
    return Outcome("not_sent", code="not_sent", message="The run ended before it was this row's turn.")
