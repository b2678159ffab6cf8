"""The run's own log masks and cuts what it is told, whoever told it."""

import datetime as dt
import json
from pathlib import Path

from msgspec.structs import replace

from pipeline.model import Outcome, Target
from pipeline.redact import Redaction
from pipeline.run.log import RunLog
from tests.security.secrets_of_tests import ACCESS_TOKEN, CLIENT_SECRET, leaks
from tests.write.build import report, row, table

QUOTED = f"Bearer {ACCESS_TOKEN} and {CLIENT_SECRET}, …{CLIENT_SECRET[-8:]}"


def written(folder: Path) -> list[dict[str, object]]:
    """What a run is told that quotes both credentials wherever it can, as its log has it."""
    made = report(row(("x",), Outcome("created", "ptb_1")), tables=[table(("a",), file=QUOTED)])
    made = replace(
        made, finished_at=dt.datetime(2026, 11, 24, tzinfo=dt.UTC), stopped=QUOTED + "long " * 9_000
    )
    log = RunLog(lambda _: folder, Redaction(ACCESS_TOKEN, CLIENT_SECRET))
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
