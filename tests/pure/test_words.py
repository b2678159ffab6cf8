"""What happened, in one sentence that is true of every row."""

import pytest
from msgspec.structs import replace

from pipeline.model import Outcome, Refusal, Report, Source, Word
from pipeline.report.words import in_a_sentence
from tests.pure.build import a_report

_REFUSED = Source("a.pdf", "", 0, Refusal("file_pdf", "A PDF.", "Save it."))


def of(*words: Word, command: str = "upload") -> Report:
    return a_report(map(Outcome, words), command)


@pytest.mark.parametrize(
    ("report", "wanted"),
    [
        (of("created", "created"), "All 2 rows are registered, by this run."),
        (of("created"), "The only row is registered, by this run."),
        (of("already_registered", "already_registered"), "All 2 rows are registered, as they were before."),
        (of("created", "already_registered"), "All 2 rows are registered, 1 of them by this run."),
        (of("created", "invalid"), "1 of 2 rows is registered, by this run; 1 needs a person."),
        (
            of("invalid", "conflict", "rejected", "created"),
            "1 of 4 rows is registered, by this run; 3 need a person.",
        ),
        (
            of("unknown", "not_sent"),
            "1 of 2 rows was sent without proof that the registry took it; 1 is not sent.",
        ),
        (of("not_sent", "not_sent", command="check"), "All 2 rows are in order; nothing was sent."),
        (
            of("not_sent", "invalid", command="dry-run"),
            "1 of 2 rows needs a person; 1 is in order; nothing was sent.",
        ),
        (of(), "There were no rows."),
        (a_report([], sources=(_REFUSED,)), "There were no rows; 1 file was refused."),
        (replace(of("not_sent"), stopped="No network."), "The run stopped early: the only row is not sent."),
    ],
)
def test_a_run_in_a_sentence(report: Report, wanted: str) -> None:
    assert in_a_sentence(report) == wanted
