"""The logs that are measured: 10 columns, half-hour runs in twenty kilns, a share of the rows bad."""

import csv
import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

HEADER = (
    "reference",
    "facility",
    "feedstock",
    "start",
    "end",
    "mass (kg)",
    "sieved",
    "note",
    "shift",
    "operator",
)
START, END, MASS = 3, 4, 5
FEEDSTOCK = "ftt_1D7KZ1P761S0G7BN"
KILNS = 20
HALF_HOUR = dt.timedelta(minutes=30)
SETTINGS = '[log]\ntimezone = "UTC"\n'
"""The plant's settings: its date cells are UTC, so that no hour is skipped or stands there twice."""
_SPOILED = ((MASS, "abc"), (START, "31/31/2025"), (END, "yesterday"), (MASS, "-5"))


def rows(count: int, bad: float = 0.0, first: int = 0) -> Iterator[list[str]]:
    """Rows as a CSV holds them, the same ones every time; the share `bad` of them is spread evenly.

    Half of the bad ones hold a date that is none.
    """
    chance = random.Random(7)  # noqa: S311  the same log every time
    begin = dt.datetime(2020, 1, 1)  # noqa: DTZ001  written with its Z
    for number in range(first, first + count):
        start = begin + HALF_HOUR * (number // KILNS)
        facility = f"fcl_1G8QT5ZAB1S0XS{number % KILNS:02d}"
        mass = f"{40 + 5 * chance.random():.3f}"
        times = f"{start.isoformat()}Z", f"{(start + HALF_HOUR).isoformat()}Z"
        row = [f"RUN-{number:07d}", facility, FEEDSTOCK, *times, mass]
        row += [f"{number % 5 + 1} mm", "ok", f"K{number % 7}", "Anna"]
        if int((number + 1) * bad) > int(number * bad):
            place, text = _SPOILED[int(number * bad) % len(_SPOILED)]
            row[place] = text
        yield row


class Logs:
    """Logs in a folder, each made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def csv(self, count: int, bad: float = 0.0, first: int = 0) -> Path:
        path = self._folder / f"{count}-{first}-{bad:.0%}-bad.csv"
        if not path.exists():
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(HEADER)
                writer.writerows(rows(count, bad, first))
        return path

    def xlsx(self, count: int) -> Path:
        """A clean workbook as people keep it: dates are dates, masses are numbers, the rest is text."""
        import xlsxwriter  # type: ignore[import-untyped] # it has no types

        path = self._folder / f"{count}.xlsx"
        if path.exists():
            return path
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
            sheet = book.add_worksheet("Runs")
            shown = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
            sheet.write_row(0, 0, HEADER)
            for place, row in enumerate(rows(count), 1):
                for column, text in enumerate(row):
                    if column in (START, END):
                        sheet.write_datetime(place, column, dt.datetime.fromisoformat(text[:-1]), shown)
                    elif column == MASS:
                        sheet.write_number(place, column, float(text))
                    else:
                        sheet.write_string(place, column, text)
        return path


def posted(
    reference: str, facility: str, feedstock: str, start: object, end: object, mass: object
) -> dict[str, object]:
    """What anybody's script would post for a row."""
    return {
        "supplier_reference_id": reference,
        "facility_id": facility,
        "feedstock_type_ids": [feedstock],
        "kind": "biochar",
        "started_at": start,
        "ended_at": end,
        "mass": {"magnitude": mass, "unit": "kg"},
    }
