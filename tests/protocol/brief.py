"""The files of a run that cost next to nothing, for tests of something else than the files."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from pipeline.model import Report
from pipeline.report import Following
from pipeline.write.counts import agree, counted
from pipeline.write.delimited import write_delimited
from pipeline.write.summary import write_summary
from pipeline.write.whole import private_folder, whole

Write = Callable[[Report, Path, Following], object]


def briefly(report: Report, folder: Path, _: Following) -> None:
    """Write the run's CSV and its summary, past the same points as all files."""
    expected = counted(report)
    private_folder(folder)
    for name, write in (("results.csv", write_delimited), ("summary.json", partial(write_summary, also={}))):
        with whole(folder / name) as file:
            agree(name, write(report, file=file), expected)
