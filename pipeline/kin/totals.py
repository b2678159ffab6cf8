"""Rows that are the sum of others under other references: beside these they would become credits twice."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from pipeline.issues import DELETE_SUM, IF_BOTH_ARE_RIGHT, source_of
from pipeline.kin.known import Known
from pipeline.model import Batch, CheckedTable, RowKey, Run, Severity
from pipeline.sums import K, as_much_as, sums, wanted
from schemas.production_batch import decode
from schemas.run_log.parsed import Problem

_LEVELS = 5
"""Of so many levels, runs and their sums stand below a sum at most: shifts, days, weeks, months."""
_ONE_OF_BOTH = "If that is their sum, it or its parts must go: ask whoever answers for the credits."


def of_totals(
    tables: Sequence[CheckedTable],
    runs: Mapping[RowKey, Run],
    faulty: Collection[RowKey],
    settled: Collection[str],
    *,
    refuse: bool,
) -> Iterator[tuple[RowKey, Problem]]:
    """What is wrong with rows that are the sum of others or may be, and with the parts of a registered sum.

    `faulty` are rows of which nothing is sent, though they hold a run. Whether a row may be a sum is asked
    only where sums are refused.
    """
    found = _all_totals(runs, faulty)
    for whole, parts in found.items():
        yield whole, Problem("run_summed", wanted(parts, tables), DELETE_SUM)
    for part, whole in _parts_of_registered(found, runs, settled).items():
        held = f"“{runs[whole].reference}”, which is registered or may be, weighs as much as this and others"
        told = f"every run once; {held} within its time ({_place(tables, whole)})"
        yield part, Problem("run_summed", told, f"{_ONE_OF_BOTH} {IF_BOTH_ARE_RIGHT}")
    for whole, bad in unproven(tables, runs, faulty).items() if refuse else ():
        if whole not in found and runs[whole].reference not in settled:
            told = f"the runs beside this row in order, as it may be their sum; {_place(tables, bad)} is not"
            yield whole, Problem("run_summed", told, f"Correct row {bad[1]}. {IF_BOTH_ARE_RIGHT}")


def beside_held(
    batches: Sequence[Batch], known: Known, refused: Collection[str], severity: Severity
) -> Iterator[tuple[Batch, Problem, Severity]]:
    """What is wrong with batches that are sums of such as the ledger holds, or parts of a sum that it holds.

    `refused` are references that will not be sent.
    """
    if not known.near:
        return
    held = {each.reference: each for each in known.near}
    sent = {each.reference: each for each in batches if each.reference not in known.settled}
    bodies = {each.reference: each.body for each in known.near} | {
        each.reference: each.body for each in batches
    }
    runs = {reference: _run_of(body) for reference, body in bodies.items()}
    for whole, parts in _all_totals(runs, refused).items():
        among = [held[part].stands for part in parts if part in held]
        if whole in sent and among:
            told = f"{as_much_as(parts)}, one of which {among[0]}"
            yield sent[whole], Problem("run_summed", told, DELETE_SUM), severity
        for part in parts if whole not in sent else ():
            if part in sent:
                stands = held[whole].stands if whole in held else f"is registered, or may be, as “{whole}”"
                told = f"every run once; with others this one makes up a run that {stands}"
                yield sent[part], Problem("run_summed", told, f"{_ONE_OF_BOTH} {IF_BOTH_ARE_RIGHT}"), severity


def _run_of(body: str) -> Run:
    of = decode(body)
    return Run(
        of.supplier_reference_id, of.facility_id, of.feedstock_type_ids, of.started_at, of.ended_at,
        of.mass.magnitude,
    )  # fmt: skip


def _all_totals(runs: Mapping[K, Run], faulty: Collection[K]) -> dict[K, list[K]]:
    """The sums among these, also among those that are left without the faulty ones and other sums."""
    found = totals(runs)
    while (found or faulty) and (more := totals(_without(runs, faulty, found))):
        found |= more
    return found


def _without(runs: Mapping[K, Run], *others: Collection[K]) -> dict[K, Run]:
    return {key: run for key, run in runs.items() if not any(key in each for each in others)}


def _parts_of_registered(
    found: Mapping[RowKey, Sequence[RowKey]], runs: Mapping[RowKey, Run], settled: Collection[str]
) -> dict[RowKey, RowKey]:
    """Parts that are not registered, of sums that are or may be; each with the sum."""
    return {
        part: whole
        for whole, parts in found.items()
        for part in parts
        if runs[whole].reference in settled and runs[part].reference not in settled
    }


def _place(tables: Sequence[CheckedTable], key: RowKey) -> str:
    return f"row {key[1]} of {source_of(tables[key[0]])}"


def totals(runs: Mapping[K, Run]) -> dict[K, list[K]]:
    """Rows that weigh as much as all others of their facility within their time, two or more, with these.

    A run in several rows is counted once; if they name several references, it is also tried as several runs.
    """
    once: dict[str, dict[object, K]] = defaultdict(dict)
    under_each: dict[str, dict[object, K]] = defaultdict(dict)
    for key, run in runs.items():
        weighing = run.started_at, run.ended_at, run.mass
        once[run.facility_id].setdefault(weighing, key)
        under_each[run.facility_id].setdefault((weighing, run.reference), key)
    found: dict[K, list[K]] = {}
    for facility_id, keys in under_each.items():
        found |= sums({key: runs[key] for key in keys.values()}, beside=True)
        if len(once[facility_id]) < len(keys):
            found |= sums({key: runs[key] for key in once[facility_id].values()}, beside=True)
    return {
        whole: parts
        for whole, parts in found.items()
        if any(runs[part].reference != runs[whole].reference for part in parts)
    }


def unproven(
    tables: Sequence[CheckedTable], runs: Mapping[RowKey, Run], faulty: Collection[RowKey]
) -> dict[RowKey, RowKey]:
    """Rows that may be the sum of those next to them, of which one has a fault; with that one.

    A sum stands right above or below its parts. These are runs of its facility within its time, each shorter
    and lighter than it; one of them begins or ends with it.
    """
    found: dict[RowKey, RowKey] = {}
    for index, table in enumerate(tables):
        rows = [((index, row.row), row.run) for row in table.rows]
        wrong = {key for key, run in rows if run is None or key in faulty}
        for place, (key, run) in enumerate(rows if wrong else ()):
            if run and key in runs and key not in faulty:
                ways = range(place - 1, -1, -1), range(place + 1, len(rows))
                bad = [at for way in ways if (at := _bad_part(run, (rows[each] for each in way), wrong))]
                found |= {key: bad[0]} if bad else {}
    return found


def _bad_part(
    whole: Run, neighbours: Iterable[tuple[RowKey, Run | None]], wrong: Collection[RowKey]
) -> RowKey | None:
    """Of rows that may be its parts, the nearest first, one with a fault, if the time of any is known.

    Those that weigh more together than several levels of sums do are not parts alone.
    """
    bad, touches, room = None, False, whole.mass * _LEVELS
    for key, run in neighbours:
        room -= run.mass if run else 0
        if run and (room < 0 or not _may_be_part(run, whole)):
            break
        if key in wrong and bad is None:
            bad = key
        if run:
            touches |= run.started_at == whole.started_at or run.ended_at == whole.ended_at
    return bad if touches else None


def _may_be_part(run: Run, whole: Run) -> bool:
    within = whole.started_at <= run.started_at and run.ended_at <= whole.ended_at
    shorter = run.ended_at - run.started_at < whole.ended_at - whole.started_at
    other = run.facility_id == whole.facility_id and run.reference != whole.reference
    return within and shorter and other and run.mass < whole.mass
