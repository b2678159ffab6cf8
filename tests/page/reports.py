"""Reports of every kind of run, built by hand, and the page of each."""

import datetime as dt
import io
from collections.abc import Mapping
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import NamedTuple

from msgspec.structs import replace

from pipeline.model import (
    AsRead,
    Difference,
    Issue,
    Outcome,
    Refusal,
    Report,
    ReportRow,
    ReportTable,
    Source,
    Target,
    Tempo,
    Word,
)
from pipeline.report import following, traced
from pipeline.write.page import write_page

START = dt.datetime(2025, 6, 2, 6, tzinfo=dt.UTC)
HEADER = ("Batch ref", "Kiln", "Feedstock", "Start", "End", "Mass (kg)")
FIELDS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    dict(
        zip(
            ("supplier_reference_id", "facility", "feedstock", "started_at", "ended_at", "mass"),
            ((n,) for n in range(6)),
            strict=True,
        )
    )
)
TABLE = ReportTable("log.xlsx", "Runs", HEADER, dict(FIELDS), "Europe/Berlin")
HELD = (
    Difference("mass", "612 kg", "592 kg"),
    Difference("ended_at", "2025-06-02T18:00Z", "2025-06-02T17:00Z"),
)


def row(number: int, outcome: Outcome | Word = "created", *issues: Issue, text: str = "") -> ReportRow:
    """A row of the log; `text` stands in all its cells."""
    fate = Outcome(outcome) if isinstance(outcome, str) else outcome
    start = START + dt.timedelta(hours=14 * number)
    cells = (f"HK-{number:04}", f"Kiln {number % 3}", "Shells" if number % 2 else "Prunings", "s", "e", "600")
    read = None if issues else AsRead(start, start + dt.timedelta(hours=10), Decimal(600 + number))
    reference = text or cells[0]
    return ReportRow(0, number, (text,) * 6 if text else cells, reference, fate, issues, read)


def issue(number: int, found: str = "6oo", code: str = "not_a_number") -> Issue:
    at = (f"F{number}",)
    return Issue(
        "error", code, "log.xlsx", "Runs", number, at, "Mass (kg)", found, "a number", "Write digits only."
    )


def report(*rows: ReportRow, command: str = "upload", **others: object) -> Report:
    made = Report(
        run_id="20250612T063000Z-ab12cd",
        command=command,
        target=Target("sandbox", "https://api.sandbox.example", "org_1"),
        started_at=START,
        finished_at=START + dt.timedelta(minutes=2),
        sources=(Source("log.xlsx", "0" * 64, len(rows)),),
        tables=(TABLE,),
        rows=rows,
        notices=(),
        requests={"POST /production_batches": 3, "GET /organisation": 1},
        exit_code=0,
    )
    return replace(made, **others)


def rejected(number: int) -> ReportRow:
    reasons = (
        ("mass.magnitude", "must be below 1 t"),
        ("feedstock_type_ids.0", "not approved"),
        ("", "closed"),
    )
    outcome = Outcome("rejected", "", 1, 422, "http_422", "refused", reasons=reasons)
    return traced(row(number, outcome), TABLE)


def wrong() -> Report:
    """Problems of many kinds, one of them in more rows than are shown, and a refused file."""
    many = [row(number, "invalid", issue(number, f"{number} o")) for number in range(2, 60)]
    warned = replace(row(60), issues=(replace(issue(60, code="long_batch"), severity="warning"),))
    conflict = Outcome("conflict", "ptb_1", 0, None, "registered_with_other_values", "Held otherwise.", HELD)
    apart = Outcome("conflict", code="rows_disagree", message="Rows 62, 63 disagree.", differences=HELD)
    both = [replace(row(number, apart), reference="HK-0062") for number in (62, 63)]
    refusal = Refusal("file_pdf", "notes.pdf is a PDF document.", "Save the log as a workbook.")
    open_rows = [
        row(66, Outcome("unknown", code="no_answer", message="No answer came.")),
        row(67, "not_sent"),
    ]
    told = Issue(
        "notice", "unknown_columns", "log.xlsx", "Runs", None, (), "", "", "unknown columns: “Note”", ""
    )
    return report(
        *many, warned, row(61, conflict), *both, rejected(64), *open_rows,
        sources=(Source("log.xlsx", "0" * 64, 66), Source("notes.pdf", "1" * 64, 0, refusal)),
        notices=(told,), exit_code=3, stopped="The registry could not be reached any more.",
    )  # fmt: skip


def hostile(text: str) -> Report:
    """The text in every place that a log, a file's name or the registry can fill."""
    bad = Issue("error", text, text, text, 3, ("F3",), text, text, text, text)
    other = replace(bad, severity="notice", row=None, cells=())
    differs = Outcome("conflict", text, 1, 409, text, text, (Difference(text, text, text),))
    return report(
        row(2, Outcome("created", text), text=text),
        row(3, "invalid", bad, text=text),
        row(4, differs, text=text),
        target=Target("production", text, text, text),
        sources=(Source(text, text, 3, None, (text,)), Source(text, text, 0, Refusal(text, text, text))),
        tables=(replace(TABLE, file=text, sheet=text, header=(text,) * 6),),
        notices=(other,), requests={text: 1}, stopped=text,
    )  # fmt: skip


def long_run() -> Report:
    answers = {"200": tuple(range(40, 100)), "429": (2,) * 60, "none": (0, 3) * 30}
    return report(*(row(number) for number in range(2, 400)), tempo=Tempo(30, tuple(range(60)), answers))


PAGES: Mapping[str, Report] = MappingProxyType(
    {
        "clean": report(*(row(number) for number in range(2, 62))),
        "checked": report(*(row(number, "not_sent") for number in range(2, 30)), command="check"),
        "wrong": wrong(),
        "empty": replace(
            report(), sources=(), tables=(), target=Target("local", "the embedded local registry")
        ),
        "long": long_run(),
        "hostile": hostile(
            "</style><script>alert(1)</script>\u202e<img src=x onerror=alert(2)>" + "W" * 3000
        ),
    }
)


def page(made: Report) -> str:
    file = io.BytesIO()
    write_page(made, following(made, PurePosixPath("runs/one")), file)
    return file.getvalue().decode()


class Element(NamedTuple):
    tag: str
    attributes: dict[str, str | None]


class Parsed(HTMLParser):
    """The elements of a page in their order, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def tags(self) -> list[str]:
        return [element.tag for element in self.elements]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())
