"""Copies of the workbooks that a run read, as their operators made them, coloured where they are wrong."""

from pipeline.mark.copies import mark_copies

__all__ = ["mark_copies"]
