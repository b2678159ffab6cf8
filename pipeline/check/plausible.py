"""Masses that are far out of their facility's own run of masses: kilograms typed as tonnes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from statistics import median

from msgspec.structs import replace

from pipeline.model import CheckedRow, CheckedTable, Issue
from schemas.cell import address, text_of

FEWEST_RUNS = 3
"""Below this a median says nothing of what is usual."""


def plausible(
    tables: Sequence[CheckedTable], max_ratio: Decimal, remembered: Mapping[str, Decimal]
) -> list[CheckedTable]:
    """Refuse each mass over or under its facility's median by more than `max_ratio`; 0 is off.

    The median is taken over all the tables of a run, each facility on its own (hazard 32). Where these
    hold too few runs, it is the one `remembered` from earlier logs: a refused row that is dropped in
    again alone would otherwise have nothing to be compared with.
    """
    usual = {**remembered, **medians(tables)} if max_ratio else {}
    return [replace(t, rows=[_judged(t, row, usual, max_ratio) for row in t.rows]) for t in tables]


def medians(tables: Sequence[CheckedTable]) -> dict[str, Decimal]:
    """What each facility usually weighs, in kilograms, where enough runs tell."""
    masses: dict[str, list[Decimal]] = defaultdict(list)
    for table in tables:
        for row in table.rows:
            if row.run:
                masses[row.run.facility_id].append(row.run.mass)
    return {fcl: Decimal(median(found)) for fcl, found in masses.items() if len(found) >= FEWEST_RUNS}


def _judged(
    table: CheckedTable, row: CheckedRow, usual: dict[str, Decimal], max_ratio: Decimal
) -> CheckedRow:
    if row.run is None or row.run.facility_id not in usual:
        return row
    mass, middle = row.run.mass, usual[row.run.facility_id]
    if mass <= middle * max_ratio and mass * max_ratio >= middle:
        return row
    times = mass / middle if mass > middle else middle / mass
    (column,) = table.fields["mass"]
    issue = Issue(
        severity="error",
        code="mass_implausible",
        file=table.file,
        sheet=table.sheet,
        row=row.row,
        cells=(address(column, row.row),),
        column=table.header[column].strip(),
        found=text_of(row.cells[column]),
        wanted=f"a mass near what this facility usually makes: this is {mass:f} kg, "
        f"{times:,.0f} times {'over' if mass > middle else 'under'} its median of {middle:f} kg",
        remedy="Check the unit and the decimal mark; if it is right, raise max_mass_ratio.",
    )
    return replace(row, run=None, issues=(*row.issues, issue))
