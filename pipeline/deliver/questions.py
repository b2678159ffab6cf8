"""Batches of which nobody knows yet whether they are registered, and what the list says of them. Pure."""

from msgspec import Struct
from msgspec.structs import replace

from pipeline.deliver.reading import Listing
from pipeline.deliver.sending import Attempt, told
from pipeline.ledger import Transition
from pipeline.model import Batch, Outcome, Word
from pipeline.plan import Record, State, look_up
from pipeline.registry import Busy, Denied, Doubtful, NeverLeft, Redirected, Refused, Stored

LOST = Outcome(
    "unknown", code="taken_over", message="Another run has taken this batch over; its report tells the rest."
)


_STATES: dict[Word, State] = {"conflict": "conflict", "rejected": "rejected"}


class Question(Struct, frozen=True):
    """A POST without proof: refused, or without an answer. `by_us` when this run left it unanswered."""

    batch: Batch
    attempt: int
    http_status: int | None
    code: str
    message: str
    by_us: bool = False
    reasons: tuple[tuple[str, str], ...] = ()

    @property
    def refused(self) -> bool:
        return self.code == "refused"


def question_of(attempt: Attempt, *, doubted: bool) -> Question | None:
    """The question that an attempt leaves open; None when its reply is proof enough."""
    match attempt.reply:
        case Doubtful(reason=reason, status=status):
            return Question(attempt.batch, attempt.number, status, "no_answer", reason, by_us=True)
        case Redirected(status=status):
            return Question(attempt.batch, attempt.number, status, "redirected", "redirected", by_us=True)
        case Refused(status=status, reasons=reasons) as refusal:
            each = tuple((reason.field, reason.message) for reason in reasons)
            return Question(
                attempt.batch, attempt.number, status, "refused", told(refusal), by_us=doubted, reasons=each
            )
    return None


def question_from(record: Record) -> Question:
    """The question that an earlier run left in the ledger (point 6)."""
    batch = Batch(record.reference, record.body, record.fingerprint, ())
    return Question(batch, record.attempts, record.http_status, record.code, record.message)


def answer(question: Question, listing: Listing) -> Outcome | None:
    """What the list proves; None when it proves that the batch is not there and may be sent (point 4).

    A refusal is called `rejected` only when the batch is not in the list either (point 5).
    """
    found = look_up(question.batch, listing.held)
    if found:
        word = "created" if found.word == "already_registered" and question.by_us else found.word
        return replace(found, word=word, attempts=question.attempt, http_status=question.http_status)
    if not listing.complete:
        return still_open(question)
    if question.refused:
        return Outcome(
            "rejected", "", question.attempt, question.http_status, f"http_{question.http_status}",
            f"The registry refused it: {question.message}",
            reasons=question.reasons,
        )  # fmt: skip
    return None


def still_open(question: Question) -> Outcome:
    """The outcome while there is no proof either way."""
    return Outcome(
        "unknown", "", question.attempt, question.http_status, question.code,
        f"It was sent, and no proof came that it was registered or not: {question.message}. "
        "The next run asks the registry before it sends anything.",
    )  # fmt: skip


def change(question: Question, outcome: Outcome | None) -> Transition:
    """What an answer makes of the batch in the ledger; no outcome: it may be sent again."""
    reference, attempt = question.batch.reference, question.attempt
    if outcome is None:
        return Transition(reference, attempt, "planned", answer="not in the registry's list")
    if outcome.word in ("created", "already_registered"):
        return Transition(reference, attempt, "registered", outcome.registry_id, question.http_status)
    return Transition(
        reference,
        attempt,
        _STATES.get(outcome.word, "unknown"),
        outcome.registry_id,
        question.http_status,
        outcome.code,
        question.message or outcome.message,
    )


def outcome_of(attempt: Attempt) -> Outcome:
    """The outcome of an attempt that leaves no question and will not be made again."""
    match attempt.reply:
        case _ if attempt.lost:
            return LOST
        case Stored(held=held, status=status):
            return Outcome("created", held.id, attempt.number, status)
        case Busy(status=status):
            message = "The registry asked to come back later. Run again."
            return Outcome("not_sent", "", attempt.number, status, "busy", message)
        case Denied(status=status):
            message = "The registry refused the credentials."
            return Outcome("not_sent", "", attempt.number, status, "denied", message)
        case NeverLeft(reason=reason):
            return Outcome("not_sent", "", attempt.number, None, "never_left", f"Not sent: {reason}.")
    return Outcome("not_sent", code="not_sent", message="The run ended before it was this row's turn.")
