"""The list of runs can be read on a terminal of any usual width, and is a line for each run elsewhere."""

import datetime as dt
import io

from rich.cells import cell_len
from rich.console import Console

from pipeline.cli.listing import listed
from pipeline.cli.screen import Screen
from pipeline.ledger.runs import RunRecord
from pipeline.model import Word

AT = dt.datetime(2026, 11, 27, 10, 35, tzinfo=dt.UTC)
MANY: dict[Word, int] = {
    "created": 1200,
    "already_registered": 12345,
    "conflict": 3,
    "invalid": 0,
    "not_sent": 4,
}
COUNTS = ["1200 created", "12345 already_registered", "3 conflict", "4 not_sent"]


def lines(*, width: int, terminal: bool) -> list[str]:
    ended = RunRecord("20261127T103500Z-de4211", "reconcile", "home", AT, AT, AT, 3)
    died = RunRecord("20261127T103400Z-7f0011", "upload", "home", AT, AT, None, None)
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=width, highlight=False, color_system=None)
    Screen(console).show(listed([(ended, MANY), (died, {})]))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_on_a_terminal_of_80_columns_no_count_is_parted_from_its_word() -> None:
    shown = lines(width=80, terminal=True)
    assert max(map(cell_len, shown)) <= 80
    assert [count for count in COUNTS if not any(count in line for line in shown)] == []
    assert "started" not in shown[0]
    assert shown[-1].endswith("7f0011  upload     died or running  its report tells")


def test_where_there_is_room_and_in_a_file_each_run_is_one_line_with_its_start() -> None:
    for shown in (lines(width=140, terminal=True), lines(width=80, terminal=False)):
        assert len(shown) == 3
        assert shown[1].endswith(f"2026-11-27 10:35:00  3                {', '.join(COUNTS)}")
