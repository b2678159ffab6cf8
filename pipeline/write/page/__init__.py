"""`report.html`: a run on one page, to read, to print and to carry along; no script, no network."""

from pipeline.write.page.page import write_page

__all__ = ["write_page"]
