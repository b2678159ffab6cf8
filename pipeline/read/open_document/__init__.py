"""ODS: the spreadsheet of LibreOffice and OpenOffice, read from its XML.

The XML says of each cell what it is, how it is shown and whether it is an error; libraries that read
these files keep the value and drop the rest.
"""

from pipeline.read.open_document.opening import open_open_document

__all__ = ["open_open_document"]
