"""The run's own log masks and cuts what it is told, whoever told it."""

import datetime as dt
import json
import logging
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.model import Outcome, Target
from pipeline.redact import Redaction
from pipeline.run.log import RunLog
from tests.security.secrets_of_tests import ACCESS_TOKEN, CLIENT_SECRET, leaks
from tests.write.build import report, row, table

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
QUOTED = f"Bearer {ACCESS_TOKEN} and {CLIENT_SECRET}, …{CLIENT_SECRET[-8:]}"


def run_log(folder: Path, *also: logging.Handler) -> RunLog:
    redact = Redaction(ACCESS_TOKEN, CLIENT_SECRET)
    return RunLog(lambda _: folder, redact, lambda: NOW, lambda: 0.0, also=also[0] if also else None)


def written(folder: Path) -> list[dict[str, object]]:
    """What a run is told that quotes both credentials wherever it can, as its log has it."""
    made = report(row(("x",), Outcome("created", "ptb_1")), tables=[table(("a",), file=QUOTED)])
    made = replace(made, finished_at=NOW, stopped=QUOTED + "long " * 9_000)
    log = run_log(folder)
    log.planned(made)
    log.talking_to(Target("local", QUOTED, QUOTED, QUOTED))
    log.told(QUOTED, Outcome("rejected", QUOTED, 1, 422, QUOTED, QUOTED))
    log.ended(made)
    return [json.loads(line) for line in (folder / "run.log.jsonl").read_text().splitlines()]


def test_a_credential_in_what_the_log_is_told_is_masked(tmp_path: Path) -> None:
    lines = written(tmp_path)
    assert "***" in str(lines)
    assert leaks(tmp_path, ACCESS_TOKEN, CLIENT_SECRET) == {}


def test_a_text_without_end_is_cut_in_the_log(tmp_path: Path) -> None:
    assert max(len(str(value)) for line in written(tmp_path) for value in line.values()) < 1_100


WELL = st.builds(
    Outcome,
    st.sampled_from(["created", "already_registered"]),
    st.text(max_size=20) | st.sampled_from([QUOTED, "long " * 250]),
    st.integers(0, 5),
    st.none() | st.just(200),
    st.text(max_size=20),
)


def told(reference: str, outcome: Outcome, *also: logging.Handler) -> dict[str, object]:
    """The line about one batch."""
    with tempfile.TemporaryDirectory() as folder:
        log = run_log(Path(folder), *also)
        made = report(row(("x",), outcome), tables=[table(("a",))])
        log.planned(made)
        log.told(reference, outcome)
        log.ended(made)
        lines = (Path(folder) / "run.log.jsonl").read_text(encoding="ascii").splitlines()
    found: dict[str, object] = next(line for line in map(json.loads, lines) if line["event"] == "outcome")
    assert found["at"] == "2026-11-24T00:00:00+00:00"
    return found


@given(st.text(max_size=30) | st.sampled_from(["RUN-0001", QUOTED, "a\x7fb", "a\ud800b", "x" * 2_000]), WELL)
def test_a_line_that_is_written_plainly_is_the_line_written_with_care(
    reference: str, outcome: Outcome
) -> None:
    """Beside another handler every line goes the careful way."""
    plainly, with_care = told(reference, outcome), told(reference, outcome, logging.NullHandler())
    assert [*plainly.items()] == [*with_care.items()]
