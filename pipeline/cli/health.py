"""The doctor's findings at the screen: a line for each, what to do under what is not well."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pipeline import stopping
from pipeline.cli.answer import Show, again, print_json, screen_for
from pipeline.cli.last_resort import redaction
from pipeline.cli.screen import Screen
from pipeline.cli.wrong import Line
from pipeline.diagnose import TITLES, Finding, Verdict, exit_code, worst
from pipeline.errors import Exit
from pipeline.report import NOTHING
from pipeline.run.doctor import Examination, examination
from pipeline.run.world import World, by_network
from pipeline.settings import Options, examined
from pipeline.write.summary import zulu

_MARKS: dict[Verdict, tuple[str, str]] = {
    "ok": ("✓ ok", "green"),
    "warning": ("! warning", "yellow"),
    "failure": ("✗ failure", "red"),
    "skipped": ("– skipped", "dim"),
}
_WIDEST_MARK, _WIDEST_TITLE = (
    max(map(len, each)) for each in ([m for m, _ in _MARKS.values()], TITLES.values())
)
_MEANS: dict[Verdict, str] = {
    "ok": "All is well.",
    "warning": "Runs can begin; see to the warnings.",
    "failure": "Something has to be seen to before the next run.",
}


def doctor(target: str | None, config: Path | None, *, as_json: bool) -> Exit:
    """Look at everything and say what was found; nothing is changed, and nothing is sent."""
    stopping.in_order()
    options = Options(target=target, config=config)
    whole, offline = (
        examined(folder=Path.cwd(), environ=os.environ, options=options, offline=each)
        for each in (False, True)
    )
    for found in (whole, offline):
        redaction.learn(*(each.reveal() for each in found.settings.secrets) if found.settings else ())
    route = whole.settings.route if whole.settings else None
    world = World(reach=by_network(route)) if route else World()
    sure = whole.settings or offline.settings
    told = examination(whole, offline, again(sure, target) if sure else NOTHING, world)
    code = exit_code(told.findings)
    if as_json:
        print_json(_as_object(told, code))
    else:
        _show(told, screen_for(Show()))
    return code


def _as_object(told: Examination, code: Exit) -> dict[str, object]:
    """What `--json` prints: docs/json.md has every key."""
    target = told.target
    checks = [{**msgspec.to_builtins(each), "title": TITLES[each.name]} for each in told.findings]
    whose = target and {
        "environment": target.environment,
        "url": target.url,
        "organisation": target.organisation,
    }
    return {
        "at": zulu(told.at),
        "version": told.version,
        "settings": told.settings,
        "target": whose,
        "verdict": worst(told.findings),
        "checks": checks,
        "exit_code": int(code),
    }


def _show(told: Examination, screen: Screen) -> None:
    for each in told.findings:
        screen.lines(_lines(each))
    screen.line("")
    screen.line(_MEANS[worst(told.findings)])


def _lines(finding: Finding) -> Iterator[Line]:
    mark, style = _MARKS[finding.verdict]
    head = f"{mark:{_WIDEST_MARK}}  {TITLES[finding.name]:{_WIDEST_TITLE}}"
    yield Line(f"{head}  {_spoken(finding.found)}", 0, style)
    if finding.remedy:
        yield Line(_spoken(finding.remedy), _WIDEST_MARK + _WIDEST_TITLE + 4)


def _spoken(text: str) -> str:
    return redaction(" ".join(text.split()))
