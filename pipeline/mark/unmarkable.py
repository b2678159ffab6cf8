"""Why a workbook gets no marked copy."""


class UnmarkableError(Exception):
    """Says what it is about the workbook, as the end of a sentence that begins with “because”."""
