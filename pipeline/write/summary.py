"""The run in one small file for machines."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping
from typing import BinaryIO

import msgspec

from pipeline.catalogue import title
from pipeline.model import WORDS, Report, Source, Word


def write_summary(report: Report, also: Mapping[str, object], file: BinaryIO) -> Counter[Word]:
    """Write the run's totals and the entries of `also`, and tell the counts by outcome."""
    counts = Counter(row.outcome.word for row in report.rows)
    own = facts(report)
    if twice := sorted(own.keys() & also.keys()):
        raise ValueError(f"the summary has entries of its own called {', '.join(twice)}")
    entries = msgspec.to_builtins({**own, **also})
    text = json.dumps(entries, indent=2, ensure_ascii=False, allow_nan=False)
    # A lone surrogate of a file's name becomes \udcXX, which is also what JSON calls it.
    file.write(f"{text}\n".encode(errors="backslashreplace"))
    return counts


def zulu(moment: dt.datetime | None) -> str | None:
    """The moment in UTC as ISO 8601 writes it, with a Z."""
    if moment is None:
        return None
    return moment.astimezone(dt.UTC).isoformat().removesuffix("+00:00") + "Z"


def facts(report: Report) -> dict[str, object]:
    """What a run did, in numbers and names, without its rows."""
    counts = Counter(row.outcome.word for row in report.rows)
    return {
        "run_id": report.run_id,
        "command": report.command,
        "target": {
            "environment": report.target.environment,
            "url": report.target.url,
            "organisation": report.target.organisation,
        },
        "started_at": zulu(report.started_at),
        "finished_at": zulu(report.finished_at),
        "files": [_file(source) for source in report.sources],
        "rows": counts.total(),
        "outcomes": {word: counts[word] for word in WORDS},
        "batches": _batches(report),
        "notices": len(report.notices),
        "requests": dict(sorted(report.requests.items())),
        "exit_code": int(report.exit_code),
        "stopped": report.stopped,
    }


def _batches(report: Report) -> dict[str, int]:
    references: dict[str, set[str]] = {word: set() for word in WORDS}
    for row in report.rows:
        if row.reference:
            references[row.outcome.word].add(row.reference)
    return {word: len(found) for word, found in references.items()}


def _file(source: Source) -> dict[str, object]:
    refusal = source.refusal
    return {
        "name": source.file,
        "sha256": source.sha256,
        "rows": source.rows,
        "told": list(source.told),
        "refusal": refusal
        and {
            "code": refusal.code,
            "title": title(refusal.code),
            "message": refusal.message,
            "remedy": refusal.remedy,
        },
    }
