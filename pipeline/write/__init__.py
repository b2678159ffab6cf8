"""From a report to the files of a run, each of which appears whole or not at all."""

from pipeline.write.comparison import write_comparison
from pipeline.write.folder import write_results

__all__ = ["write_comparison", "write_results"]
