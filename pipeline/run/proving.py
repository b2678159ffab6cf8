"""The evidence of references: from the ledger, the archive and, when asked for, the registry."""

import asyncio
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from difflib import get_close_matches
from pathlib import Path

import msgspec
from sqlalchemy import make_url

from pipeline.errors import LedgerDamagedError, LedgerError, PipelineError, RegistryError, SettingsError
from pipeline.evidence import About, Evidence, Known, Now, Reading, evidence
from pipeline.ledger import Ledger
from pipeline.local_registry.launch import launched
from pipeline.model import Difference
from pipeline.read import sha256_of
from pipeline.registry import Answer, Denied, Gone, NeverLeft, Registry, Stored
from pipeline.run.reach import reached
from pipeline.run.version import version_of
from pipeline.run.world import World
from pipeline.settings import Settings
from pipeline.write.evidence import file_name, write_evidence
from pipeline.write.whole import private_folder, whole
from schemas.production_batch import decode, differences

_PIECE = 1 << 20


def prove(
    references: Sequence[str], settings: Settings, world: World, place: Path, *, ask: bool
) -> list[tuple[Evidence, Path]]:
    """Write a page for each reference, and tell where. `place` is a folder, or the page of the only one.

    An id of the registry stands for the reference that has it, or had it before its latest correction.
    PipelineError when the ledger knows nothing of one of them; then nothing is written. With `ask`, the
    registry is asked what it holds; nothing is sent and nothing changed.
    """
    found = _found(list(dict.fromkeys(references)), settings, world, ask=ask)
    single = place.suffix.lower() == ".html"
    if single and len(found) > 1:
        raise PipelineError(f"{place} is one page, and there are {len(found)} references. Name a folder.")
    if not single and not place.exists():
        private_folder(place)
    written = []
    for each in found:
        path = place if single else place / file_name(each.reference)
        with whole(path) as file:
            write_evidence(each, file)
        written.append((each, path))
    return written


def _found(references: Sequence[str], settings: Settings, world: World, *, ask: bool) -> list[Evidence]:
    if settings.ledger_url.startswith("sqlite:") and not _file(settings).exists():
        raise PipelineError(f"There is no ledger at {_file(settings)} yet, so there is nothing to prove.")
    with Ledger(settings.ledger_url, world.patience) as ledger:
        known = _all_known(ledger, references)
        stamps, contents = ledger.trail.stamps(), ledger.trail.contents()
        if ask and stamps.get("environment", settings.environment) != settings.environment:
            raise SettingsError(
                f"The ledger belongs to {stamps['environment']}, and the settings mean another registry "
                f"({settings.environment}). Add --target {stamps['environment']}, or leave out --ask."
            )
    about = About(world.now(), version_of(), _shown(settings), stamps)
    now = _asked(known, settings, world, stamps.get("organisation", "")) if ask else {}
    files = _readings(known, settings.home, contents)
    return [evidence(each, about, files, now.get(each.reference)) for each in known]


def _file(settings: Settings) -> Path:
    return Path(settings.ledger_url.removeprefix("sqlite:///"))


def _all_known(ledger: Ledger, wanted: Iterable[str]) -> list[Known]:
    """What is known of each reference, and of each that has or had the registry's id which is named."""
    wanted = [_text(name) for name in wanted]
    found = dict.fromkeys(each for name in wanted for each in ledger.trail.named(name) or [name])
    try:
        return [_known(ledger, reference) for reference in found]
    except LedgerDamagedError as error:
        raise LedgerError(
            f"The ledger is damaged: what it holds of {error.reference} is not what was written, so nothing "
            "is proven by it, and no page was made. Keep this ledger as it is, and compare it with a backup."
        ) from error


def _text(name: str) -> str:
    """What was typed, which no ledger can hold when its bytes are no text."""
    shown = name.encode(errors="backslashreplace").decode()
    if "\0" in name or shown.encode() != name.encode(errors="surrogateescape"):
        raise PipelineError(f"“{shown}” is no text, and so no reference. Nothing was written.")
    return name


def _known(ledger: Ledger, reference: str) -> Known:
    found = ledger.trail.known(reference, ledger.records([reference]).get(reference))
    if found.record is None and not found.runs:
        every = ledger.trail.references()
        near = get_close_matches(reference, every, n=3)
        near = [each for each in every if each.casefold() == reference.strip().casefold()] or near
        meant = f" Did you mean {' or '.join(f'“{each}”' for each in near)}?" if near else ""
        raise PipelineError(
            f"The ledger knows no reference and no registry id “{reference}”.{meant} It is written as the "
            "log writes it, capitals and zeros too. Nothing was written."
        )
    return found


def _readings(known: Iterable[Known], home: Path, contents: set[str]) -> dict[str, Reading]:
    """Where the logs lie now, by the sha256 of what was read."""
    wanted: dict[str, set[str]] = {}
    for each in known:
        for ran in each.runs:
            for source in ran.report.sources if ran.report else ():
                if source.sha256:
                    wanted.setdefault(source.sha256, set()).add(source.file)
    here = [*_below(home / "archive"), *(Path(name) for names in wanted.values() for name in sorted(names))]
    hashes = {path: digest for path in dict.fromkeys(here) if (digest := sha256_of(path))}
    strange = {
        str(path)
        for path, found in hashes.items()
        if path.is_relative_to(home / "archive") and found not in contents | wanted.keys()
    }
    return {digest: _reading(digest, names, hashes, strange) for digest, names in wanted.items()}


def _below(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _reading(digest: str, names: set[str], hashes: Mapping[Path, str], strange: set[str]) -> Reading:
    here = [str(path) for path, found in hashes.items() if found == digest]
    called = {Path(name).name for name in names}
    others = [str(path) for path, found in hashes.items() if path.name in called and found != digest]
    changed = tuple(each for each in others if each in strange)
    return Reading(here[0] if here else "", tuple(others), changed)


def _asked(known: Sequence[Known], settings: Settings, world: World, ours: str) -> dict[str, Now]:
    """What the registry holds now. `ours` is the organisation of the ledger; no other proves anything."""
    with ExitStack() as stack:
        store = settings.home / ".pipeline" / "local_registry.sqlite3"
        url = settings.base_url or stack.enter_context(launched(store))
        return asyncio.run(_all_asked(url, known, settings, world, ours))


async def _all_asked(
    url: str, known: Sequence[Known], settings: Settings, world: World, ours: str
) -> dict[str, Now]:
    async with reached(url, settings, world) as registry:
        theirs = await registry.organisation()
        if isinstance(theirs, str) and ours not in ("", theirs):
            raise SettingsError(
                f"The ledger belongs to the organisation {ours}, and the registry was asked as {theirs}: "
                "what it holds proves nothing here. Use the settings of that ledger, or leave out --ask."
            )
        return {
            each.reference: await _now(registry, each, world)
            for each in known
            if each.record and each.record.registry_id
        }


async def _now(registry: Registry, known: Known, world: World) -> Now:
    """What the registry holds under the id, or under each of those that the reference was found with."""
    ids = known.record.registry_ids if known.record else []
    return _judged(known, {each: await registry.get(each) for each in ids}, world.now())


def _judged(known: Known, answers: Mapping[str, Answer], at: dt.datetime) -> Now:
    held = {each: answer.held for each, answer in answers.items() if isinstance(answer, Stored)}
    shown = "\n".join(msgspec.json.encode(each).decode() for each in held.values())
    if len(held) > 1:
        ids = " and ".join(held)
        says = f"It holds the reference {len(held)} times, as {ids}. Ask it to remove all but the right one."
        return Now(at, ", ".join(held), "twice", says, (), shown)
    silent = [each for each, answer in answers.items() if not isinstance(answer, Stored | Gone)]
    batch_id = [*silent, *held, *answers][0]
    differing = _differences(known, answers[batch_id])
    verdict, says = _verdict(answers[batch_id], differing)
    others = [each for each, answer in answers.items() if each != batch_id and isinstance(answer, Gone)]
    gone = f" It holds none under {' or '.join(others)}." if others else ""
    return Now(at, batch_id, verdict, says + gone, differing, shown)


def _differences(known: Known, answer: Answer) -> tuple[Difference, ...]:
    if not (known.record and isinstance(answer, Stored)):
        return ()
    return tuple(Difference(*each) for each in differences(decode(known.record.body), answer.held))


def _verdict(answer: Answer, differing: Sequence[Difference]) -> tuple[str, str]:
    match answer:
        case Stored():
            says = (
                "It holds the batch with other values." if differing else "It holds the batch as it was sent."
            )
            return ("differs" if differing else "same"), says
        case Gone():
            return "gone", "It holds no batch under this id."
        case Denied(status=status):
            raise RegistryError(
                f"The registry refused the credentials ({status}). Renew them, or leave out --ask."
            )
        case NeverLeft(reason=reason):
            raise RegistryError(f"It was not asked: {reason}. Try again later, or leave out --ask.")
    return "unknown", "It did not say what it holds."


def _shown(settings: Settings) -> str:
    url = make_url(settings.ledger_url)
    return str(_file(settings)) if url.drivername == "sqlite" else url.render_as_string(hide_password=True)
