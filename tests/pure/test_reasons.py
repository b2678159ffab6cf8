"""The registry's reasons, each at the cells that the refused value came from."""

import pytest
from msgspec.structs import replace

from pipeline.model import Outcome, ReportRow, ReportTable
from pipeline.report import traced

FIELDS = {
    "supplier_reference_id": (0,),
    "facility": (1,),
    "feedstock": (2,),
    "started_at": (3, 4),
    "ended_at": (5,),
    "mass": (6,),
    "mass_standard_deviation": (7,),
    "display_name": (8,),
}
TABLE = ReportTable("log.csv", "", ("Ref", "Kiln", "Feed", "Day", "Hour", "End", "Mass", "±", "Name"), FIELDS)
WITH_UNIT = replace(TABLE, header=(*TABLE.header, "Unit"), fields={**FIELDS, "mass_unit": (9,)})
WITHOUT_DEVIATION = replace(
    TABLE, fields={key: FIELDS[key] for key in FIELDS if key != "mass_standard_deviation"}
)
CELLS = ("A1", "North", "Wood", "1.6.", "6:00", "7.6.", "612", "3", "Kiln 7", "kg")


def cells_of(path: str, table: ReportTable = TABLE) -> tuple[tuple[str, ...], str]:
    outcome = Outcome("rejected", "", 1, 422, "http_422", "", reasons=((path, "is not good"),))
    (issue,) = traced(ReportRow(0, 22, CELLS[: len(table.header)], "A1", outcome), table).issues
    return issue.cells, issue.found


@pytest.mark.parametrize(
    ("path", "cells", "found"),
    [
        ("supplier_reference_id", ("A22",), "A1"),
        ("facility_id", ("B22",), "North"),
        ("feedstock_type_ids", ("C22",), "Wood"),
        ("feedstock_type_ids.0", ("C22",), "Wood"),
        ("started_at", ("D22", "E22"), "1.6. 6:00"),
        ("ended_at", ("F22",), "7.6."),
        ("mass", ("G22",), "612"),
        ("mass.magnitude", ("G22",), "612"),
        ("mass.magnitude.decimal", ("G22",), "612"),
        ("mass.unit", ("G22",), "612"),
        ("mass.standard_deviation", ("H22",), "3"),
        ("mass.standard_deviation.decimal", ("H22",), "3"),
        ("display_name", ("I22",), "Kiln 7"),
        ("kind", (), ""),
        ("", (), ""),
        ("project.0.name", (), ""),
    ],
)
def test_a_reason_stands_at_the_cells_of_its_field(path: str, cells: tuple[str, ...], found: str) -> None:
    assert cells_of(path) == (cells, found)


def test_a_reason_about_the_unit_stands_at_the_unit_where_the_log_has_one() -> None:
    assert cells_of("mass.unit", WITH_UNIT) == (("J22",), "kg")


def test_a_reason_about_a_deviation_that_the_log_does_not_have_blames_no_mass() -> None:
    assert cells_of("mass.standard_deviation", WITHOUT_DEVIATION) == ((), "")


def test_each_of_several_reasons_is_told() -> None:
    reasons = (("mass.magnitude", "too large"), ("feedstock_type_ids.0", "unknown"), ("", "closed"))
    outcome = Outcome("rejected", "", 1, 422, "http_422", "", reasons=reasons)
    issues = traced(ReportRow(0, 22, CELLS, "A1", outcome), TABLE).issues
    assert [issue.cells for issue in issues] == [("G22",), ("C22",), ()]
    assert [issue.wanted.rpartition(": ")[2] for issue in issues] == ["too large", "unknown", "closed"]
