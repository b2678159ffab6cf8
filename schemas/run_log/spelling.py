"""How headers and units are compared: what people write differently and mean alike."""

import re
import unicodedata

_WITHOUT_MARKS = str.maketrans({"ø": "o", "æ": "ae", "ł": "l"})
_BETWEEN_WORDS = re.compile(r"[\s\-\u2010\u2012-\u2015.,:;'`’/*]+")
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_NUMBER_SIGN = re.compile(r"\bn(°|\.\s?o\b)")
"""N° and N.º, whose little o is an o by now."""


def folded(text: str) -> str:
    """NFKC, without case and what is never seen, underscores and white space as one space (hazard 53)."""
    if not text.isascii():
        normal = unicodedata.normalize("NFKC", text)
        text = "".join(letter for letter in normal if unicodedata.category(letter) != "Cf")
    return " ".join(text.casefold().replace("_", " ").split())


def unaccented(text: str) -> str:
    """Folded, and "écart" is "ecart", "tørr" is "torr"."""
    spelled = folded(text)
    if spelled.isascii():
        return spelled
    letters = unicodedata.normalize("NFKD", spelled.translate(_WITHOUT_MARKS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def bare(text: str) -> str:
    """Unaccented, with a space for what parts its words: "Écart-type" and "ECART TYPE" are one."""
    spelled = _NUMBER_SIGN.sub("no", unaccented(text).replace("+/-", "±"))
    return _BETWEEN_WORDS.sub(" ", spelled).strip()


def joined(text: str) -> str:
    """Bare, in one word: "Batch nr." as "Batchnr."."""
    return bare(text).replace(" ", "")


def apart(text: str) -> tuple[str, list[str]]:
    """What stands outside any brackets, and what in each of them."""
    return _BRACKETS.sub(" ", text), [a or b for a, b in _BRACKETS.findall(text)]
