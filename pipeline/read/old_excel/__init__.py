"""XLS: the workbooks of Excel up to 2003, as xlrd reads them and as their records say."""

from pipeline.read.old_excel.opening import open_old_excel

__all__ = ["open_old_excel"]
