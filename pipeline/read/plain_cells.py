"""The cells of a plain sheet, many of one kind at once, as they are when read one by one."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from pipeline.read.cells import number_cells, temporal
from pipeline.read.looks import Looks
from pipeline.read.plain_xml import NotPlain, without_entities
from pipeline.read.writing import cell_of_text
from schemas.cell import Broken, Cell, Number

Reader = Callable[[Sequence[str]], Sequence[Cell]]

_KIND = re.compile(r"((?: [st]=\"\w+\"){0,2})(?: ?/|><v|(><is><t)(?: xml:space=\"\w+\")?)")
_ATTRIBUTE = re.compile(r"([st])=\"(\w+)\"")
_NUMERIC = re.compile(r"[-+.0-9Ee|]*")
_LONGEST = 300


def holds_something(kind: str) -> bool:
    """Whether cells of this kind hold a value, if only an empty text."""
    return ">" in kind


class Kinds:
    """The kinds of cells in a sheet of a workbook. A kind is what its XML says before the value begins."""

    def __init__(self, sheet: ReadOnlyWorksheet, looks: Looks) -> None:
        self._sheet: Any = sheet  # some of what is needed of it has no public name
        self._looks = looks
        self._shared: list[Cell] = []
        self._readers: dict[str, Reader] = {}

    def reader(self, kind: str) -> Reader:
        """What reads values of this kind; `NotPlain` when nothing here does."""
        if kind not in self._readers:
            self._readers[kind] = self._reader(kind)
        return self._readers[kind]

    def _reader(self, kind: str) -> Reader:
        found = _KIND.fullmatch(kind)
        if not found:
            raise NotPlain(kind)
        said = dict(_ATTRIBUTE.findall(found[1]))
        style = _natural(said.get("s", "0"))
        if not holds_something(kind):
            return _blanks
        if (said.get("t") == "inlineStr") != bool(found[2]):
            raise NotPlain(kind)
        if style in self._looks.struck or style in self._looks.unseen:
            raise NotPlain(kind)
        return self._of_type(said.get("t", "n"), self._format(style), style)

    def _of_type(self, kind: str, number_format: str, style: int) -> Reader:
        match kind:
            case "n" if style in self._sheet.parent._date_formats:  # noqa: SLF001 - see above
                if not temporal(number_format).any:
                    raise NotPlain(number_format)
                return partial(_times, number_format=number_format, epoch=self._sheet.parent.epoch)
            case "n":
                return partial(_numbers, number_format=number_format)
            case "s":
                self._shared = self._shared or [cell_of_text(text) for text in self._sheet._shared_strings]  # noqa: SLF001 - see above
                return partial(_shared, cells=self._shared)
            case "inlineStr":
                return _texts
            case "str":
                return _values
            case "b":
                return _truths
            case "e":
                return _errors
        raise NotPlain(kind)

    def _format(self, style: int) -> str:
        try:
            number_format: str = ReadOnlyCell(self._sheet, 1, 1, None, style_id=style).number_format
        except IndexError as error:
            raise NotPlain(str(style)) from error
        return number_format


def _natural(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise NotPlain(text)
    return int(text)


def _blanks(values: Sequence[str]) -> list[Cell]:
    if any(values):  # it stands between two cells
        raise NotPlain
    return [""] * len(values)


def _numbers_of(values: Sequence[str]) -> list[int | float]:
    """Numbers as openpyxl tells whole ones from others. All have their digits, and none is beyond 64 bits."""
    if not _NUMERIC.fullmatch("|".join(values)) or max(map(len, values)) > _LONGEST:
        raise NotPlain
    try:
        numbers = [float(one) if "." in one or "E" in one or "e" in one else int(one) for one in values]
    except ValueError as error:
        raise NotPlain from error
    if not -(1 << 63) < min(numbers) <= max(numbers) < 1 << 63:
        raise NotPlain
    return numbers


def _numbers(values: Sequence[str], number_format: str) -> list[Cell]:
    return [Number(value, number_format) for value in _numbers_of(values)]


def _times(values: Sequence[str], number_format: str, epoch: dt.datetime) -> list[Cell]:
    return number_cells(_numbers_of(values), number_format, epoch)


def _shared(values: Sequence[str], cells: Sequence[Cell]) -> list[Cell]:
    digits = "".join(values)
    if not (digits.isascii() and digits.isdecimal()):
        raise NotPlain
    try:
        return list(map(cells.__getitem__, map(int, values)))
    except (IndexError, ValueError) as error:
        raise NotPlain from error


def _values(values: Sequence[str]) -> Sequence[Cell]:
    if "" in values:
        raise NotPlain
    return _texts(values)


def _texts(values: Sequence[str]) -> Sequence[Cell]:
    together = "".join(values)
    if "&" not in together and "_x" not in together:
        return values
    return [cell_of_text(without_entities(value)) for value in values]


def _truths(values: Sequence[str]) -> list[Cell]:
    if not set(values) <= {"0", "1"}:
        raise NotPlain
    return [value == "1" for value in values]


def _errors(values: Sequence[str]) -> list[Cell]:
    if "" in values:
        raise NotPlain
    return [Broken(without_entities(value), "error") for value in values]
