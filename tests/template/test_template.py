"""The empty log that operators start from is as it is made, and what they write into it is read."""

import datetime as dt
from pathlib import Path

from openpyxl import load_workbook

from pipeline.check import check
from pipeline.model import CheckedTable
from pipeline.read import Fits, read
from tests.program.shell import SAMPLES
from tests.pure.build import KILN, NOW, PLANT, WOOD
from tests.template.__main__ import NAME
from tests.template.workbook import template

TEMPLATE = SAMPLES / NAME


def test_the_template_in_the_samples_is_the_one_that_is_made() -> None:
    assert TEMPLATE.read_bytes() == template()


def test_every_column_but_the_remarks_refuses_what_would_be_refused_later() -> None:
    sheet = load_workbook(TEMPLATE)["Log"]
    kinds = {str(rule.sqref).split(":")[0]: rule.type for rule in sheet.data_validations.dataValidation}
    assert kinds == {
        "A2": "custom",
        "B2": "list",
        "C2": "list",
        "D2": "custom",
        "E2": "custom",
        "F2": "decimal",
        "G2": "custom",
        "H2": "textLength",
        "I2": None,
    }
    assert sheet.freeze_panes == "B2"


def test_a_log_that_is_written_into_the_template_is_in_order(tmp_path: Path) -> None:
    book = load_workbook(TEMPLATE)
    for row, (reference, day) in enumerate((("0042", 5), ("0043", 6)), 2):
        start = dt.datetime(2026, 10, day, 6, 30)  # noqa: DTZ001  a cell has no zone
        cells = (reference, "North", "Wood", start, start + dt.timedelta(hours=9), 812.5, 4, "Firing", "dry")
        for cell, value in zip(book["Log"][row], cells, strict=True):
            cell.value = value  # type: ignore[assignment]  # of several types
    book.save(tmp_path / "log.xlsx")
    _, (table,) = read(tmp_path / "log.xlsx", "log.xlsx", fits=Fits())
    checked = check(table, PLANT, NOW)
    assert isinstance(checked, CheckedTable)
    runs = [row.run for row in checked.rows]
    assert [run and (run.reference, run.facility_id, run.feedstock_type_ids) for run in runs] == [
        ("0042", KILN, (WOOD,)),
        ("0043", KILN, (WOOD,)),
    ]
    assert [(notice.code, notice.wanted) for notice in checked.notices] == [
        ("unknown_columns", "unknown columns go into the results untouched: “Remarks”")
    ]
