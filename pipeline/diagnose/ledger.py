"""What is told of a ledger that was looked at without changing it. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pipeline.diagnose.finding import Finding, ok, skipped
from pipeline.report import Again, retry_of, typed

_RESTORE = (
    "Restore it from a backup, or move it away: a new, empty ledger is safe too, because the registry is "
    "then asked what it holds before anything is sent."
)
_OWN = (
    "Give each registry a ledger of its own: set url under [ledger] in pipeline.toml, or PIPELINE_LEDGER_URL."
)


class Claim(Struct, frozen=True):
    """A run that holds batches, and how many. `alive` is None when nobody here can tell."""

    run_id: str
    command: str
    started_at: dt.datetime | None
    references: int
    alive: bool | None


class Sender(Struct, frozen=True):
    """A run that sent last what is open, and its references. `alive` is as of a `Claim`."""

    run_id: str
    command: str
    references: tuple[str, ...]
    alive: bool | None


class Inspection(Struct, frozen=True):
    """What was seen of a ledger. `place` is its address without a password.

    `wrong` is why it cannot be used, with its `remedy`; `may_pass` when it may be usable later. `damage` are
    sentences of the database's own check, `strange` the references of which other things are held than were
    written. `version` is its schema's, `newest` this program's. `stamps` say which registry it serves.
    """

    place: str
    exists: bool = True
    wrong: str = ""
    remedy: str = ""
    may_pass: bool = False
    size: int | None = None
    damage: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    unchecked: str = ""
    version: str = ""
    newest: str = ""
    older: tuple[str, ...] = ()
    stamps: dict[str, str] = {}
    states: dict[str, int] = {}
    open_since: dt.datetime | None = None
    senders: tuple[Sender, ...] = ()
    claims: tuple[Claim, ...] = ()

    @property
    def usable(self) -> bool:
        return self.exists and not (self.wrong or self.damage)


def of_ledger(seen: Inspection, wanted: Mapping[str, str]) -> Finding:
    """Whether a run could use it. `wanted` are the stamps of the registry that the settings mean."""
    if seen.wrong:
        return Finding(
            "ledger", "failure", f"{seen.place}: {seen.wrong}", seen.remedy, may_pass=seen.may_pass
        )
    if not seen.exists:
        return ok("ledger", f"{seen.place}: there is none yet; the first run makes it")
    if seen.damage or seen.strange:
        return Finding("ledger", "failure", f"{seen.place}: {_damage(seen)}", _RESTORE)
    if seen.version != seen.newest and seen.version not in seen.older:
        newer = f"{seen.place}: a newer version of this program wrote it (schema {seen.version})"
        return Finding("ledger", "failure", newer, "Install that version, or name another ledger.")
    if others := [_other(seen, name, wanted[name]) for name in wanted if _is_other(seen, name, wanted[name])]:
        return Finding("ledger", "failure", f"{seen.place}: it belongs to {'; '.join(others)}", _OWN)
    return _sound(seen)


def of_open_rows(seen: Inspection, again: Again) -> Finding:
    """What was sent and is not settled, with the command that settles it for each run that sent some."""
    if not seen.usable:
        return skipped("open_rows", "there is no ledger to look into")
    count = seen.states.get("unknown", 0) + seen.states.get("sending", 0)
    if not count:
        return ok("open_rows", "none: all that was sent is settled")
    since = f" since {seen.open_since:%Y-%m-%d %H:%M} UTC" if seen.open_since else ""
    batches = f"{count:,} batch{'es are' if count != 1 else ' is'}"
    found = f"{batches} unknown{since}: sent, and no proof either way"
    waits = [f"Wait until the run {each.run_id} has ended." for each in seen.senders if each.alive]
    settle = [_settled_by(each, again) for each in seen.senders if not each.alive]
    typing = [f"Type: {', then: '.join(settle)}"] if settle else []
    return Finding("open_rows", "warning", found, " ".join([*waits, *typing]))


def of_claims(seen: Inspection) -> Finding:
    """The runs that hold batches, those that died among them."""
    if not seen.usable:
        return skipped("claims", "there is no ledger to look into")
    if not seen.claims:
        return ok("claims", "none holds a batch")
    found = "; ".join(map(_claim, seen.claims))
    if any(not each.alive for each in seen.claims):
        remedy = "The next run takes over what a dead one holds. Nothing else has to be done."
        return Finding("claims", "warning", found, remedy)
    return ok("claims", found)


def _settled_by(sender: Sender, again: Again) -> str:
    """The command that takes up what this run left; what an amend left, no retry touches."""
    if sender.command == "amend":
        return typed("amend", sender.references, replace(again, by_make=False))
    return retry_of(sender.run_id, again)


def _damage(seen: Inspection) -> str:
    if seen.damage:
        return f"it is damaged ({'; '.join(seen.damage[:3])})"
    return f"it holds other things than were written, of {_listed(seen.strange)}"


def _is_other(seen: Inspection, name: str, wanted: str) -> bool:
    return bool(wanted) and seen.stamps.get(name, wanted) != wanted


def _other(seen: Inspection, name: str, wanted: str) -> str:
    return f"{name} {seen.stamps[name]}, not {wanted}"


def _sound(seen: Inspection) -> Finding:
    count = sum(seen.states.values())
    held = f"{count:,} reference{'s' if count != 1 else ''}, {seen.states.get('registered', 0):,} registered"
    size = f", {megabytes(seen.size)}" if seen.size is not None else ""
    older = f"; the next run brings its schema up to date ({seen.version} to {seen.newest})"
    version = older if seen.version != seen.newest else ""
    found = f"{seen.place}: {held}{size}{version}"
    if seen.unchecked:
        return Finding(
            "ledger", "warning", f"{found}; {seen.unchecked}", "Run pipeline doctor again when it is idle."
        )
    return ok("ledger", f"{found}; sound")


def _claim(claim: Claim) -> str:
    since = f", started {claim.started_at:%Y-%m-%d %H:%M} UTC" if claim.started_at else ""
    how = {True: "works on", False: "died, and holds", None: "gives no sign any more, and holds"}[claim.alive]
    batches = f"{claim.references:,} batch{'es' if claim.references != 1 else ''}"
    return f"run {claim.run_id} ({claim.command or 'not known'}{since}) {how} {batches}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more}"


def megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
