"""What the XML says of a cell becomes a `Cell`, judged as it would be in any other workbook."""

import datetime as dt
import re
from typing import NamedTuple

from pipeline.read.cells import date_cell, number_cell, temporal
from pipeline.read.open_document.names import CALCEXT, OFFICE, TABLE, Attributes
from schemas.cell import Broken, Cell

DAY = dt.timedelta(days=1)

_FORMULA = f"{TABLE}formula"
_TYPE = f"{OFFICE}value-type"
_VALUE = f"{OFFICE}value"
_STRING = f"{OFFICE}string-value"
_ERROR = re.compile(r"#(REF|VALUE|NAME|DIV/0|N/A|NUM|NULL).*|Err:[0-9]{3}", re.DOTALL)
_FLOAT = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?)?")
_OFFSET = re.compile(r":[0-9.:]*(Z|[+-][0-9]{2}:?[0-9]{2})$", re.IGNORECASE)
_DURATION = re.compile(
    r"(-?)P(?:([0-9]{1,9})D)?(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:\.[0-9]+)?)S)?)?"
)
_LOGICAL = {"of:=TRUE()": True, "of:=FALSE()": False}
_REFERENCE = re.compile(r"\[\.?([^\[\]]*)\]")


class Shown(NamedTuple):
    """What a person sees of a cell: its text, None when the file does not say, and its number format."""

    text: str | None
    shown_as: str


def cell_of(attributes: Attributes, shown: Shown, epoch: dt.datetime) -> Cell:
    """`ValueError` or `KeyError` when the file contradicts itself."""
    text = shown.text or ""
    kind = attributes.get(_TYPE) or ("float" if _VALUE in attributes else "string")
    is_error = attributes.get(f"{CALCEXT}value-type") == "error"
    if is_error or (_ERROR.fullmatch(text) and (kind != "string" or _FORMULA in attributes)):
        return Broken(text or "#VALUE!", "error")
    if _FORMULA in attributes and _has_no_result(attributes, shown):
        return Broken(_formula(attributes[_FORMULA]), "formula")
    match kind:
        case "float" | "percentage" | "currency":
            return _number(kind, attributes, shown, epoch)
        case "date":
            return _date(attributes[f"{OFFICE}date-value"], shown.shown_as, epoch)
        case "time":
            return _time(attributes[f"{OFFICE}time-value"], shown.shown_as, epoch)
        case "boolean":
            return {"true": True, "false": False}[attributes[f"{OFFICE}boolean-value"]]
    return attributes.get(_STRING, text)


def _has_no_result(attributes: Attributes, shown: Shown) -> bool:
    values = (_VALUE, _STRING, *(f"{OFFICE}{kind}-value" for kind in ("date", "time", "boolean")))
    return shown.text is None and not any(name in attributes for name in values)


def _formula(formula: str) -> str:
    """As the spreadsheet shows it: of:=[.A1]+[.B1] is =A1+B1."""
    plain = formula[formula.index("=") :] if "=" in formula else f"={formula}"
    return _REFERENCE.sub(lambda found: found[1].replace(":.", ":"), plain)


def _number(kind: str, attributes: Attributes, shown: Shown, epoch: dt.datetime) -> Cell:
    """LibreOffice stores a logical value as 1 or 0, and only shows it as TRUE or FALSE."""
    raw = attributes[_VALUE]
    if not _FLOAT.fullmatch(raw):
        return Broken(raw, "error")
    value, shown_as = float(raw), shown.shown_as
    if attributes.get(_FORMULA) in _LOGICAL and value in (0, 1):
        return bool(value)
    if shown_as == "General" and shown.text and not any(map(str.isdigit, shown.text)):
        return bool(value) if value in (0, 1) else Broken(shown.text, "error")
    if kind == "percentage" and "%" not in shown_as:
        shown_as = "0.00%"
    if kind == "currency" and shown_as == "General":
        shown_as = f'"{attributes.get(f"{OFFICE}currency", "")}" 0.00'
    return number_cell(value, shown_as, epoch)


def _date(raw: str, shown_as: str, epoch: dt.datetime) -> Cell:
    """What is no date of this calendar and time is left to be read as the text that it is."""
    if not _MOMENT.fullmatch(raw):
        return Broken(raw, "offset") if _OFFSET.search(raw) else raw
    usual = "yyyy-mm-dd hh:mm:ss" if "T" in raw else "yyyy-mm-dd"
    return date_cell(dt.datetime.fromisoformat(raw), shown_as if temporal(shown_as).any else usual, epoch)


def _time(raw: str, shown_as: str, epoch: dt.datetime) -> Cell:
    found = _DURATION.fullmatch(raw)
    if not found or not any(found.groups()[1:]):
        return raw
    sign = -1 if found[1] else 1
    days, hours, minutes = (int(found[part] or 0) for part in (2, 3, 4))
    seconds = float(found[5] or 0)
    try:
        span = sign * dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return raw
    return number_cell(span / DAY, shown_as if temporal(shown_as).any else "hh:mm:ss", epoch)
