"""XLSB: the workbook whose parts are binary records, read record by record.

No library that reads these files tells what a number looks like, which rows are hidden or which cells
are merged; and where the cells have to be read for that, their values stand beside.
"""

from pipeline.read.binary_workbook.opening import open_binary_workbook

__all__ = ["open_binary_workbook"]
