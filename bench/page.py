"""What came of it all, as the page docs/performance.md and as lines on the screen."""

import datetime as dt
import os
import platform
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from string import Template

from bench.compare import NOTHING, Compared, Result
from bench.curve import curve
from bench.measure import ROOT

PACKAGES = (
    *("pandas", "pandera", "msgspec", "openpyxl", "xlsxwriter", "sqlalchemy"),
    *("httpx", "httpx-aiohttp", "aiohttp", "requests", "dlt"),
    *("python-calamine", "fastexcel", "polars", "frictionless"),
)
_TIMED = ("s", "rows/s")
_REACHED = {True: "yes", False: "**no**", None: "not measured"}


def brief(compared: Compared) -> str:
    """A comparison on the screen: each contender in a line, then what was wanted."""
    unit = compared.comparison.unit
    lines = [f"  {compared.comparison.work}"]
    for each in (*compared.others, compared.ours):
        shown = f"{_median(each, unit)}  ({_spread(each)})" if each.taken else each.absent
        told = [f"{name}: {_number(each.told(name))}" for name in compared.comparison.telling if each.taken]
        lines += [f"    {each.contender.name:<58} {shown}", *(f"      {'; '.join(told)}" for _ in told[:1])]
    ratio = f"{compared.ratio:.2f} ×" if compared.ratio is not None else "no ratio"
    if compared.comparison.wanted is not NOTHING:
        ratio += f", wanted {compared.comparison.wanted.text}: {_REACHED[compared.reached]}"
    return "\n".join([*lines, f"    {ratio}"])


def written(found: Mapping[str, Sequence[Compared]], facts: str) -> str:
    """The page. `found` are the comparisons of each part."""
    template = Template(Path(__file__).with_name("performance.md").read_text(encoding="utf-8"))
    everything = [each for part in found.values() for each in part]
    grown = found.get("growth", ())
    judged = [each for each in everything if each.comparison.wanted is not NOTHING]
    missed = sum(each.reached is not True for each in judged)
    return template.substitute(
        facts=facts,
        count=f"{len(judged) - missed} of {len(judged)}",
        verdicts=_table(_VERDICT, map(_verdict, judged)),
        figures="\n\n".join(_figures(each) for each in everything if each not in grown),
        growth=curve(grown) if grown else "Not measured.",
    )


def facts(*, quick: bool) -> str:
    """The machine, the versions, the date and the commit, as a list."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    lines = [
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC, commit {_commit()}",
        f"{_processor()}, {os.cpu_count()} cores, {gigabytes:.0f} GB of memory, {platform.platform()}",
        f"Python {platform.python_version()}; " + ", ".join(_versions()),
    ]
    if quick:
        lines.insert(
            0,
            "**A quick look**: fewer rows than are meant, each contender once; start-up outweighs the rows",
        )
    return "\n".join(f"- {line}" for line in lines)


_VERDICT = ("work", "yardstick", "it took", "this program", "ratio", "of processor time", "wanted", "reached")


def _verdict(compared: Compared) -> list[str]:
    unit, ours, yardstick = compared.comparison.unit, compared.ours, compared.yardstick
    return [
        compared.comparison.work,
        _yardstick(compared),
        _median(yardstick, unit) if yardstick else "",
        _median(ours, unit) if ours.taken else ours.absent,
        f"{compared.ratio:.2f}" if compared.ratio is not None else "",
        _ratio_of_cpu(ours, yardstick) if unit in _TIMED else "",
        compared.comparison.wanted.text,
        _REACHED[compared.reached],
    ]


def _yardstick(compared: Compared) -> str:
    """Its name; and when the one that was meant is not to be had, that too."""
    yardstick, meant = compared.yardstick, next(iter(compared.others), None)
    name = yardstick.contender.name if yardstick else "none"
    return f"{name} ({meant.contender.name}: {meant.absent})" if meant and meant.absent else name


def _ratio_of_cpu(ours: Result, yardstick: Result | None) -> str:
    return f"{ours.cpu / yardstick.cpu:.2f}" if ours.taken and yardstick and yardstick.cpu else ""


def _figures(compared: Compared) -> str:
    unit = compared.comparison.unit
    telling = compared.comparison.telling
    header = ("", "median", "least to most", "turns", "processor s", "peak MB", *telling)
    lines = (
        [each.contender.name, _median(each, unit), _spread(each), str(len(each.taken)), *_used(each)]
        + [_number(each.told(name)) for name in telling]
        if each.taken
        else [each.contender.name, each.absent, "", "0", "", "", *("" for _ in telling)]
        for each in (*compared.others, compared.ours)
    )
    return f"### {compared.comparison.work}\n\n{_table(header, lines)}"


def _used(result: Result) -> list[str]:
    return [f"{result.cpu:.2f}", f"{result.peak:.0f}"] if result.peak else ["", ""]


def _median(result: Result, unit: str) -> str:
    return f"{_number(result.median)} {unit}"


def _spread(result: Result) -> str:
    return f"{_number(min(result.values))} to {_number(max(result.values))}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"

    return "\n".join([line(header), line(["---"] * len(header)), *map(line, rows)])


def _versions() -> Iterator[str]:
    for package in PACKAGES:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:
            yield f"{package} is not installed"


def _commit() -> str:
    asked = ("git", "-C", str(ROOT), "describe", "--always", "--dirty=, changed since", "--abbrev=10")
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
