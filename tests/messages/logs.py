"""Small logs with everything wrong that can be: what the program says of them are the catalogue's examples.

Nothing here names a code. A log is dropped, the real program checks it, and what it says is sorted by code.
"""

import bz2
import datetime as dt
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font

from tests.hazards.log import book_log, csv_log, row, stored_log
from tests.read.make import packed, write

SETTINGS = """\
[log]
timezone = "Europe/Berlin"

[log.columns]
"SD" = "mass_standard_deviation"
"Name" = "display_name"

[facilities]
"North" = "fcl_1J3NHV8QK0SAW5RC"

[feedstocks]
"Wood" = "ftt_1HZQ4M7CD1S9RX2B"
"""
HEADER = ("Batch ref", "Facility", "Feedstock", "Start", "End", "Mass (kg)")
DAY = dt.datetime(2026, 3, 1)  # noqa: DTZ001 as a sheet holds it
CELLS: tuple[tuple[str, tuple[object, ...]], ...] = (
    (
        "reference",
        (
            "", "n/a", "Total", "MAR-01", "1.2E+15", '"', "x" * 101, "A\u200b7", "\u0410B7", "A\ufffd7",
            "KÃ¼hl", 7, 12345678901234567890, True, DAY, "  A8 ", '="007"',
            "2026-03-01", "123456789000000000", "e\u0301-7", "#REF!",
        ),
    ),
    ("facility", ("Noth", "-")),
    ("feedstock", ("Woood",)),
    (
        "start",
        (
            45935.25, "05/10/2026 06:00", "yesterday", "2026-10-01", "06:00", "05.10.26 06:00",
            "2026-10-25 02:30", "2026-03-29 02:30", "2126-10-01 06:00", "1926-10-01 06:00",
            "2026-10-02 06:00", "2026-01-02 06:00", "2026-10-01 05:00:00.5", dt.timedelta(hours=30),
        ),
    ),
    (
        "mass",
        (
            "", "1,234", "about 100", "50%", "100 t", 0, -5, 100000, "12345678901234567", "\uff11\uff10\uff10",
            DAY, 0.1 + 0.2, "10\u00b2", "100 kg", "90 €", 5.5,
        ),
    ),
)  # fmt: skip
FORMATS = ("0%", '#,##0.00 "€"', "#,##0,", "-0", '"ok"', ";;;", '0.0 "t"', "0")
"""Number formats that show another mass than is stored."""
FILES: tuple[tuple[str, bytes], ...] = (
    ("empty.csv", b""),
    ("letter.csv", b"%PDF-1.7\n%\xe2\xe3"),
    ("page.xls", b"<html><table><tr><td>Run ID</td></tr></table>"),
    ("export.csv", b"<?xml version='1.0'?><runs><run/></runs>"),
    ("packed.csv", bz2.compress(b"Batch ref\n")),
    ("old.slk", b"ID;PWXL;N;E\r\nP;PGeneral\r\n"),
    ("log.gsheet", b'{"url": "https://docs.google.com/open?id=1"}'),
    ("photo.xlsx", b"\x89PNG\r\n\x1a\n"),
    ("~$log.xlsx", b"\x17Microsoft"),
    ("cut.xlsx", b"PK\x03\x04" + bytes(99)),
    ("locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage\0".encode("utf-16-le")),
    ("excel-4.xls", b"\x09\x04\x06\x00\x00\x00\x10\x00\x00\x00" + bytes(99)),
    ("half.csv.part", b"Batch ref\n"),
    ("binary.csv", b"Batch ref,Facility\nA\0\0\x01,B\n" * 9),
    ("notes.csv", b"Dear all,\nthe log follows.\n"),
    ("header.csv", b"Batch ref,Facility,Feedstock,Start,End,Mass (kg)\n"),
)  # fmt: skip
TEXTS: tuple[tuple[str, str], ...] = (
    ("twice.csv", "Batch ref,Facility,Feedstock,Start,Start,End,Mass (kg)\n{row}"),
    ("unit.csv", "Batch ref,Facility,Feedstock,Start,End,Mass (stone)\n{row}"),
    ("no-unit.csv", "Batch ref,Facility,Feedstock,Start,End,Mass\n{row}"),
    ("zone.csv", "Batch ref,Facility,Feedstock,Start (CET),End,Mass (kg)\n{row}"),
    ("order.csv", "Batch ref,Facility,Feedstock,Start (yyyy-dd-mm hh:mm),End,Mass (kg)\n{row}"),
    ("ton.csv", "Batch ref,Facility,Feedstock,Start,End,Mass,Unit\nA1,North,Wood,{times},100,ton\n"),
    ("word.csv", "Batch ref,Facility,Feedstock,Start,End,Mass,Unit\nA1,North,Wood,{times},100,heaps\n"),
    ("units.csv", "Batch ref,Facility,Feedstock,Start,End,Mass (kg),Unit\nA1,North,Wood,{times},100,t\n"),
    ("two.csv", "{header}\n{row}\n{header}\n{row}"),
    ("repeated.csv", "{header}\n{row}\n{header}\nA2,North,Wood,{times},120\n"),
    ("ragged.csv", "{header}\n{row}\nA2,North,Wood,{times},1,5\nA3,North,Wood,{times},101\nA4,North,Wood,{times},109\n"),
    ("quote.csv", '{header}\n{row}\n"A2,North,Wood,{times},101\n'),
    ("stray.csv", '{header}\nA"1,North,Wood,{times},101\n'),
    ("dates.csv", "{header}\n01-Mar,North,Wood,{times},101\n"),
    ("below.csv", "Batch ref,Facility,Feedstock,Start,End,Mass\n,,,,,kg\n{row}"),
    ("doubt.csv", "Batch ref,Facility,Feedstock,Start,End,Weight (kg),Biochar yield (kg)\nA1,North,Wood,{times},400,100\n"),
    ("every.csv", "{header}\nA1,North,Wood,{times},1,5\nA2,North,Wood,{times},1,6\nA3,North,Wood,{times},1,7\n"),
    ("taken-in.csv", '{header}\nA1,"North,Wood,{times},101\nA2,North,Wood,{times},102\nA3,"North,Wood,{times},103\n'),
    ("delimiters.csv", "Batch ref;Facility;Feedstock;Start;End;Mass (kg)\nA1;North;Wood;;;1\n{header}\n{row}"),
    ("results.csv", "{header},_outcome,_registry_id\nA1,North,Wood,{times},101,created,ptb_1\n"),
    ("wide.csv", "{header},{commas}\nA1,North,Wood,{times},101,{commas}\n"),
    ("long-cell.csv", "{header},Remarks\nA1,North,Wood,{times},101,{long}\n"),
    ("below-60.csv", "{header}\n{many}{header}\n"),
    ("bare.csv", "{header}\nA1,{kiln},{wood},2026-10-01 06:00,2026-10-01 18:00,100\n"),
    (
        "grouped.csv",
        (
            "{header}\nA1,{kiln},{wood},{times},100\nA1,{kiln},{wood},{times},100\n"
            "B2,{kiln},{wood},2026-10-02 06:00Z,2026-10-02 18:00Z,100\n"
            "B2,{kiln},{wood},2026-10-03 06:00Z,2026-10-03 18:00Z,none\n"
        ),
    ),
    (
        "two-columns.csv",
        (
            "Batch ref,Facility,Feedstock,Start date,Start time,End,Mass (kg),SD,Name,Comment,\n"
            "A1,North,Wood,2026-10-01,25 past,2026-10-01 18:00Z,100,-1,n/a,x,y\n"
            "A2,North,Wood,06:00,06:00,2026-10-02 18:00Z,100,120,,x,y\n"
            "A3,North,Wood,2026-10-03,2026-10-03,2026-10-03 18:00Z,100,0,,x,y\n"
            "A4,North,Wood,,06:00,2026-10-04 18:00,100,1,,x,y\n"
            "A5,North,Wood,2026-10-05,,2026-10-05 18:00,100,1,,x,y\n"
            "A6,North,Wood,the 6th,06:00,2026-10-06 18:00,100,1,,x,y\n"
        ),
    ),
    (
        "kin.csv",
        (
            "Weighed at the plant\n{header}\n"
            "A1,North,Wood,2026-10-01 06:00,2026-10-01 18:00,100\n"
            "A1,North,Wood,2026-10-01 06:00,2026-10-01 18:00,100\n"
            "B2,North,Wood,2026-10-02 06:00,2026-10-02 18:00,101\n"
            "B2,North,Wood,2026-10-02 06:00,2026-10-02 18:00,102\n"
            "C3,North,Wood,2026-10-03 06:00,2026-10-03 18:00,103\n"
            "D9,North,Wood,2026-10-03 06:00,2026-10-03 18:00,103\n"
            "RUN-4,North,Wood,2026-10-04 06:00,2026-10-04 18:00,104\n"
            "run 4,North,Wood,2026-10-05 06:00,2026-10-05 18:00,99\n"
            "E6,North,Wood,2026-10-06 06:00,2026-10-06 18:00,109\n"
            "E-6,North,Wood,2026-10-06 06:00,2026-10-06 18:00,108\n"
            "F7,North,Wood,2026-10-07 06:00,2026-10-07 06:01,107\n"
            "Total,,,,,1000\n"
        ),
    ),
)  # fmt: skip
KILN = "fcl_1J3NHV8QK0SAW5RC"
WOOD = "ftt_1HZQ4M7CD1S9RX2B"
TIMES = "2026-10-01 06:00Z,2026-10-01 18:00Z"


def dropped(folder: Path) -> list[str]:
    """Write every log into the folder; their names."""
    (folder / "pipeline.toml").write_text(SETTINGS, encoding="utf-8")
    for name, content in FILES:
        write(folder, name, content)
    filled = _filled()
    for name, text in TEXTS:
        write(folder, name, text.format(**filled))
    (folder / "folder.csv").mkdir()
    packed(folder / "numbers.xlsx", {"Index/Document.iwa": b""})
    packed(folder / "unsafe.xlsx", {"[Content_Types].xml": b"<!DOCTYPE a><a/>", "xl/workbook.xml": b"<a/>"})
    write(folder, "old-letters.csv", f"{','.join(HEADER)}\nK\xfc-1,North,Wood,{TIMES},100\n".encode("cp1252"))
    _cells(folder)
    _looks(folder)
    names = sorted(path.name for path in folder.iterdir() if path.name != "pipeline.toml")
    return [*names, "gone.csv"]


def _filled() -> dict[str, str]:
    lines = (f"A{number},North,Wood,{TIMES},{number}\n" for number in range(100, 160))
    return {
        "header": ",".join(HEADER),
        "row": f"A1,North,Wood,{TIMES},100\n",
        "times": TIMES,
        "kiln": KILN,
        "wood": WOOD,
        "commas": "x," * 1100,
        "long": "x" * 33_000,
        "many": "".join(lines),
    }


def _cells(folder: Path) -> None:
    """For each field a workbook in which each row has something else in this field's cell."""
    for field, found in CELLS:
        rows = [row(**{**_day(number), field: value}) for number, value in enumerate(found)]
        book_log(folder, *rows, *_ordinary(), header=HEADER).rename(folder / f"{field}.xlsx")
    csv_log(folder, row(start="2026-08-20 06:00"), header=HEADER).rename(folder / "long.csv")
    stored_log(folder, row(mass=0.1 + 0.2)).rename(folder / "noise.xlsx")
    notations = [row(**_day(number), mass=each) for number, each in enumerate(("12.5", "1.234", "12,5"))]
    csv_log(folder, *notations, header=HEADER).rename(folder / "notations.csv")


def _looks(folder: Path) -> None:
    rows = [row(**_day(number), mass=99.5) for number, _ in enumerate(FORMATS)]
    shown = {f"F{number}": each for number, each in enumerate(FORMATS, 2)}
    book_log(folder, *rows, header=HEADER, formats=shown).rename(folder / "looks.xlsx")
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (HEADER, row(), row(reference="A2"), row(reference="A3"), row(reference="A4", mass="=50+50")):
        sheet.append(list(line))
    sheet["F3"].font = Font(strike=True)
    sheet.merge_cells("B3:B4")
    sheet["G1"] = "Remarks"
    sheet.merge_cells("G1:H1")
    sheet["G3"] = "dry"
    sheet.merge_cells("G3:G4")
    sheet["A5"].number_format = "0000"
    book.save(folder / "marked.xlsx")
    made = book_log(folder, row(reference=42), *_ordinary(), header=HEADER, formats={"A2": "000000"})
    made.rename(folder / "padded.xlsx")
    header = ("Batch ref", "Facility", "Feedstock", "Start date", "Start time", "End", "Mass (kg)")
    days: list[tuple[object, ...]] = []
    days.append(("A1", "North", "Wood", dt.time(6), dt.time(6), "2026-10-01 18:00Z", 100))
    days.append(("A2", "North", "Wood", DAY, DAY, "2026-10-01 18:00Z", 101))
    book_log(folder, *days, header=header).rename(folder / "days.xlsx")
    rows = [row(reference="A3", start=DAY), row(reference="A4", start="13/03/2026 06:00")]
    book_log(folder, *rows, header=HEADER).rename(folder / "mixed.xlsx")


def _day(number: int) -> dict[str, object]:
    """A reference and a day of its own."""
    day = f"2026-09-{number + 1:02}"
    return {"reference": f"R{number}-{number * 7919:05}", "start": f"{day} 06:00Z", "end": f"{day} 18:00Z"}


def _ordinary() -> list[tuple[object, ...]]:
    days = range(11, 14)
    return [
        row(reference=f"Z{day}", start=f"2026-10-{day} 06:00Z", end=f"2026-10-{day} 18:00Z", mass=100 + day)
        for day in days
    ]
