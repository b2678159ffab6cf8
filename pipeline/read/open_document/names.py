"""The names of OpenDocument's elements and attributes, as expat gives them (OASIS ODF 1.3, part 3)."""

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"

NUMBER = f"{_ODF}datastyle:1.0 "
OFFICE = f"{_ODF}office:1.0 "
FO = f"{_ODF}xsl-fo-compatible:1.0 "
STYLE = f"{_ODF}style:1.0 "
TABLE = f"{_ODF}table:1.0 "
TEXT = f"{_ODF}text:1.0 "
CALCEXT = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "

Attributes = dict[str, str]
