"""Writing takes no more memory for more rows: a report of any length can be written."""

import tempfile
import tracemalloc
from collections import Counter
from collections.abc import Callable
from typing import BinaryIO

import pytest

from pipeline.model import Report, Word
from pipeline.write.delimited import write_delimited
from pipeline.write.to_fix import write_to_fix
from pipeline.write.workbook import write_workbook
from tests.write.build import issue, report, row

Write = Callable[[Report, BinaryIO], Counter[Word]]
MOST_MORE = 200_000
"""Bytes; one row of these has a hundred letters and more."""


def rows(count: int) -> Report:
    wrong = (issue("B22"), issue("A22"))
    return report(*(row((f"R{each}" * 9, f"abc {each} " * 9), "invalid", *wrong, number=each)
                    for each in range(count)))  # fmt: skip


def peak(write: Write, made: Report) -> int:
    with tempfile.TemporaryFile() as file:
        tracemalloc.start()
        write(made, file)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return most


@pytest.mark.parametrize("write", [write_delimited, write_workbook, write_to_fix])
def test_three_times_the_rows_take_no_more_memory(write: Write) -> None:
    few = peak(write, rows(2_000))
    assert peak(write, rows(6_000)) < few + MOST_MORE
