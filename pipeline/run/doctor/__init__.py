"""Everything that a run depends on, looked at one after the other. Nothing is changed or sent."""

import datetime as dt

from msgspec import Struct

from pipeline import diagnose
from pipeline.diagnose import Finding
from pipeline.model import Target
from pipeline.report import Again
from pipeline.run.doctor import credentials, ledger, machine, registry
from pipeline.run.doctor.asking import Asked
from pipeline.run.doctor.check import found
from pipeline.run.version import version_of
from pipeline.run.world import World
from pipeline.settings import Examined, Settings


class Examination(Struct, frozen=True):
    """All findings, and what they are about. `target` is None when the settings do not say for certain."""

    at: dt.datetime
    version: str
    settings: str
    target: Target | None
    findings: tuple[Finding, ...]


def examination(whole: Examined, offline: Examined, again: Again, world: World) -> Examination:
    """Every check's finding, in the order of `diagnose.TITLES`.

    `whole` are the settings with credentials, `offline` the same without: what only the first complains of
    is about credentials or the way. `again` is how a command is typed that settles what was left open.
    """
    sure = whole.settings or offline.settings
    version, settings = version_of(), str(whole.config) if whole.config else ""
    asked = registry.ask(whole.settings, world)
    findings = [
        found("program", lambda: diagnose.of_program(version, machine.python(), machine.sqlite())),
        found("settings", lambda: diagnose.of_settings(settings, offline.problems)),
        *credentials.checks(whole, offline, world),
        *registry.checks(whole.settings, sure, asked),
        *ledger.checks(sure, asked, again, world),
        *machine.checks(sure, offline.home, world),
    ]
    order = list(diagnose.TITLES)
    told = tuple(sorted(findings, key=lambda each: order.index(each.name)))
    return Examination(world.now(), version, settings, _target(sure, asked), told)


def _target(sure: Settings | None, asked: Asked | None) -> Target | None:
    if sure is None:
        return None
    organisation = asked.met.organisation if asked and not asked.met.new else ""
    return Target(sure.environment, sure.base_url or registry.EMBEDDED, organisation, sure.route.proxy)
