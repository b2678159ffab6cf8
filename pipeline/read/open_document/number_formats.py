"""OpenDocument spells a number format out in elements; here it becomes the code that Excel has for it.

So that one set of rules judges what a number is shown as. What is only ornament (colours, fill
characters, the position of a sign) may be lost; digits, words, percent signs and what is a date or a
time may not.
"""

import re

from pipeline.read.open_document.names import NUMBER, STYLE, Attributes

STYLES = {
    f"{NUMBER}{kind}-style"
    for kind in ("number", "percentage", "currency", "date", "time", "boolean", "text")
}
MAP = f"{STYLE}map"
WORDS = {f"{NUMBER}{kind}" for kind in ("text", "currency-symbol", "embedded-text")}
EMBEDDED = f"{NUMBER}embedded-text"

MOST_DIGITS = 30
_USUAL = {(">=0",), (">0", "<0"), (">0", "<0", "=0")}
"""The conditions that Excel's sections have when they name none."""

_CONDITION = re.compile(r"value\(\)\s*([<>=!]+)\s*(-?[0-9.]+)")
_PARTS = {  # short, long
    "day": ("d", "dd"),
    "month": ("m", "mm"),
    "year": ("yy", "yyyy"),
    "day-of-week": ("ddd", "dddd"),
    "hours": ("h", "hh"),
    "minutes": ("m", "mm"),
    "seconds": ("s", "ss"),
    "am-pm": ("AM/PM", "AM/PM"),
}
_OF_TIME = {"hours", "minutes", "seconds"}


class NumberFormat:
    """One number style, put together from the elements within it."""

    def __init__(self, attributes: Attributes) -> None:
        self.name = attributes.get(f"{STYLE}name", "")
        self.maps: list[tuple[str, str]] = []
        """Under which condition which other style applies."""
        self.code = ""
        self._elapsed = attributes.get(f"{NUMBER}truncate-on-overflow") == "false"
        self._embedded: list[tuple[int, str]] = []

    def map(self, attributes: Attributes) -> None:
        condition = _CONDITION.match(attributes.get(f"{STYLE}condition", ""))
        sign = "".join(condition.groups()) if condition else ""
        self.maps.append((sign, attributes.get(f"{STYLE}apply-style-name", "")))

    def add(self, tag: str, attributes: Attributes, words: str) -> None:
        """An element of the style has ended."""
        kind = tag.removeprefix(NUMBER)
        if tag == EMBEDDED:
            self._embedded.append((_count(attributes, "position"), words))
        elif kind in _PARTS:
            self.code += self._part(kind, attributes)
        elif kind in {"number", "scientific-number"}:
            self.code += _digits(attributes, self._embedded) + ("E+00" if kind != "number" else "")
        elif kind == "fraction":
            self.code += "# ?/?"
        elif kind == "text-content":
            self.code += "@"
        elif tag in WORDS:
            self.code += "%".join(map(_quoted, words.split("%")))

    def _part(self, kind: str, attributes: Attributes) -> str:
        short, long = _PARTS[kind]
        part = long if attributes.get(f"{NUMBER}style") == "long" else short
        if kind == "month" and attributes.get(f"{NUMBER}textual") == "true":
            part += "mm"
        if self._elapsed and kind in _OF_TIME:
            self._elapsed = False
            return f"[{part}]"
        places = _count(attributes, "decimal-places") if kind == "seconds" else 0
        return part + ("." + "0" * places if places else "")


def whole_code(style: NumberFormat, others: dict[str, NumberFormat]) -> str:
    """The style with those that take its place under a condition, as the sections of one code."""
    signs = tuple(sign for sign, _ in style.maps)
    sections = [
        ("" if signs in _USUAL or not sign else f"[{sign}]") + others[name].code
        for sign, name in style.maps
        if name in others
    ]
    return ";".join([*sections, style.code]) or "General"


def _digits(attributes: Attributes, embedded: list[tuple[int, str]]) -> str:
    digits = _count(attributes, "min-integer-digits")
    grouped = attributes.get(f"{NUMBER}grouping") == "true"
    if f"{NUMBER}decimal-places" not in attributes and not grouped and digits <= 1 and not embedded:
        return "General"
    places = _count(attributes, "decimal-places")
    certain = min(_count(attributes, "min-decimal-places", places), places)
    whole = "0" * digits or "#"
    if grouped and not embedded:
        whole = whole.rjust(4, "#")
        whole = f"{whole[:-3]},{whole[-3:]}"
    for position, words in sorted(embedded, reverse=True):  # positions count from the right
        whole = whole.rjust(position + 1, "#")
        whole = whole[: len(whole) - position] + _quoted(words) + whole[len(whole) - position :]
    decimals = "." + "0" * certain + "#" * (places - certain) if places else ""
    return whole + decimals + "," * _thousands(attributes)


def _thousands(attributes: Attributes) -> int:
    """How often the number is divided by a thousand before it is shown."""
    factor = attributes.get(f"{NUMBER}display-factor", "1")
    return factor.count("0") // 3 if re.fullmatch("1(000)*", factor) else 1


def _count(attributes: Attributes, name: str, otherwise: int = 0) -> int:
    said = attributes.get(f"{NUMBER}{name}", "")
    return min(int(said), MOST_DIGITS) if re.fullmatch("[0-9]{1,9}", said) else otherwise


def _quoted(words: str) -> str:
    return '"' + words.replace('"', '"\\""') + '"' if words else ""
