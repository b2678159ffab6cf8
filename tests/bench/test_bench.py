"""The benchmarks can start: on ten rows, where no time means anything."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from bench import page
from bench.__main__ import PARTS
from bench.compare import TINY, Desk, all_of
from bench.data import Logs

ROOT = Path(__file__).parents[2]
EXTRA = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]
MAY_BE_LACKING = {Requirement(each).name.replace("-", "_") for each in EXTRA["bench"]} | {"wrk"}
part = pytest.mark.parametrize("part", PARTS)


@part
def test_every_contender_that_is_installed_is_measured_and_stands_on_the_page(
    part: str, tmp_path: Path
) -> None:
    found = list(all_of(part, PARTS[part], Desk(Logs(tmp_path), TINY)))
    for each in found:
        assert each.ours.taken, each.ours.absent
        for result in each.others:
            assert result.taken or set(result.contender.lacking) & MAY_BE_LACKING, result.absent
    written = page.written({part: found}, page.facts(quick=True))
    for each in found:
        assert each.comparison.work in written or f"| {each.comparison.rows:,} |" in written
