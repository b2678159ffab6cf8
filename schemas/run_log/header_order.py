"""The order of day, month and year that a header states, and dates that would be read in another one."""

import re
import unicodedata

from schemas.cell import Cell
from schemas.convention import DateOrder
from schemas.run_log.converted import day_and_month_of_text
from schemas.run_log.parsed import HealedIn, Problem

_PART = r"(d{1,2}|t{1,2}|j{1,4}|m{1,4}|y{2,4}|a{2,4}|å{2,4})"
_FORMAT = re.compile(
    rf"(?<![^\W_])(?<!:){_PART}\s?([-./_ ])\s?{_PART}(?:\s?\2\s?{_PART})?(?=th{{2}}|[\W\d_]|$)"
)
_KINDS = str.maketrans("dtmyaå", "DDMYYY")
_ORDERS = {"DMY": "DMY", "DM": "DMY", "MDY": "MDY", "MD": "MDY", "YMD": "YMD", "YDM": "YDM"}
_YEAR_FIRST = re.compile(r"\s*\d{4}([-./])\d{1,2}\1\d{1,2}(?!\d)", re.ASCII)


def order_stated(text: str) -> str | None:
    """The order of a header's date format: "MDY" of "Start (mm/dd/yyyy hh:mm)"; None when it states none."""
    normal = unicodedata.normalize("NFKC", text).casefold()
    parts = ([found[1], found[3], found[4] or ""] for found in _FORMAT.finditer(normal))
    return next((order for each in parts if (order := _ORDERS.get(_kinds(each)))), None)


def contradicted(cell: Cell, stated: str, order: DateOrder | None) -> Problem | None:
    """What is wrong with a date in text that its header's format and a reading in `order` take for two days.

    Text that begins with its year is read as year, month and day, whatever the settings say.
    """
    if not isinstance(cell, str):
        return None
    if stated == "YDM" and _YEAR_FIRST.match(cell):
        return _two_orders(
            stated,
            "a date that begins with its year is read as YMD",
            "Correct the header when it is wrong; or else write all dates of the column as 2026-10-05 14:30, "
            "and the header so that it says so.",
        )
    if {stated, order} == {"DMY", "MDY"} and day_and_month_of_text(cell):
        return _two_orders(
            stated,
            f"the settings say {order}",
            "Correct the one that is wrong: the header, or date_order under [log] in pipeline.toml.",
            healed_in="either",
        )
    return None


def _kinds(parts: list[str]) -> str:
    """Day, month and year by their letters; a French "jj" is a day, a German "jj" beside "tt" a year."""
    years = "jjjj" in parts or any(part[:1] in ("t", "d") for part in parts)
    return "".join(part[:1].replace("j", "Y" if years else "D").translate(_KINDS) for part in parts)


def _two_orders(stated: str, otherwise: str, remedy: str, healed_in: HealedIn = "log") -> Problem:
    wanted = f"a date in one order; its header says {stated}, and {otherwise}"
    return Problem("date_orders_disagree", wanted, remedy, healed_in=healed_in)
