import io
import json
from typing import Any

import pytest
from msgspec.structs import replace

from pipeline.model import WORDS, Refusal, Source
from pipeline.write.summary import write_summary
from tests.write.build import START, report, row


def summary_of(made: object = None, **also: object) -> dict[str, Any]:
    file = io.BytesIO()
    write_summary(made or report(row()), also, file)  # type: ignore[arg-type] # reports only
    found = json.loads(file.getvalue())
    assert isinstance(found, dict)
    return found


def test_it_holds_the_run_the_registry_and_the_times() -> None:
    found = summary_of()
    assert found["run_id"] == "20250301T063000Z-ab12"
    assert found["command"] == "upload"
    assert found["target"] == {
        "environment": "sandbox",
        "url": "https://api.sandbox.example",
        "organisation": "Plant Ltd",
    }
    assert (found["started_at"], found["finished_at"]) == ("2025-03-01T06:30:00Z", "2025-03-01T06:32:00Z")
    assert list(found["requests"].items()) == [("GET", 1), ("POST", 3)]
    assert (found["exit_code"], found["stopped"], found["notices"]) == (1, "", 0)


def test_all_seven_words_are_counted_zero_included_and_add_up() -> None:
    made = report(*(row(outcome="created", number=number) for number in (2, 3)), row(number=4))
    found = summary_of(made)
    assert list(found["outcomes"]) == list(WORDS)
    assert found["outcomes"]["created"] == 2
    assert sum(found["outcomes"].values()) == found["rows"] == 3


def test_batches_are_distinct_references_and_a_row_without_one_is_none() -> None:
    made = report(
        row(("A",), "created", number=2),
        row(("A",), "created", number=3),
        row(("B",), "created", number=4),
        row(("",), "invalid", number=5),
    )
    found = summary_of(made)
    assert (found["batches"]["created"], found["batches"]["invalid"]) == (2, 0)


def test_a_refused_file_says_why_and_another_says_null() -> None:
    refused = Source("b.xlsx", "1" * 64, 0, Refusal("encrypted", "It is encrypted.", "Save it plain."))
    made = report(row())
    found = summary_of(replace(made, sources=(*made.sources, refused)))
    assert [file["refusal"] for file in found["files"]] == [
        None,
        {
            "code": "encrypted",
            "title": "Encrypted",
            "message": "It is encrypted.",
            "remedy": "Save it plain.",
        },
    ]
    assert found["files"][0] == {
        "name": "log.xlsx",
        "sha256": "0" * 64,
        "rows": 1,
        "told": [],
        "refusal": None,
    }


def test_a_run_that_has_not_finished_has_no_such_time() -> None:
    assert summary_of(replace(report(), finished_at=None))["finished_at"] is None


def test_more_entries_come_after_its_own() -> None:
    found = summary_of(ledger={"opened": START})
    assert list(found)[-1] == "ledger"
    assert found["ledger"] == {"opened": "2025-03-01T06:30:00Z"}


def test_an_entry_of_its_own_is_never_overwritten() -> None:
    with pytest.raises(ValueError, match="called rows"):
        summary_of(rows=5)


def test_what_is_no_number_is_refused_rather_than_written() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        summary_of(share=float("nan"))


def test_a_file_name_that_is_no_text_is_written_still() -> None:
    made = replace(report(), sources=(Source("caf\udce9 ä.csv", "0" * 64, 0),))
    assert summary_of(made)["files"][0]["name"] == "caf\udce9 ä.csv"
