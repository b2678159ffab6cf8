"""The guarded correction as a command: what would be replaced, and replacing it."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from pipeline.correct import TABLE, at_the_end, is_begun, is_superseded, row
from pipeline.errors import Exit, LedgerFailedError, PipelineError, RegistryError, SettingsError
from pipeline.ledger import Ledger
from pipeline.model import Batch, Report
from pipeline.plan import Correction
from pipeline.run.amending import Amending, Looking, Proposals
from pipeline.run.frame import NOT_YET, admitted, finished, kept, new_run, published, settled
from pipeline.run.remembering import amended
from pipeline.run.session import session
from pipeline.run.world import World
from pipeline.settings import Settings
from pipeline.stopping import as_before


@as_before()
def proposals(references: Sequence[str], settings: Settings, world: World) -> Proposals:
    """What amending these references would replace by what; nothing is changed.

    PipelineError when nothing else is wanted of one of them; RegistryError when the registry cannot be read.
    """
    run = admitted(new_run("amend", replace(settings, dry_run=True), world), settings)
    with Ledger(settings.ledger_url, world.patience) as ledger:
        _corrections(ledger, references)
        looking = Looking(ledger, references)
        with session(run, [], ledger, replace(settings, dry_run=True), world) as work:
            ended = work.carry_out(looking.look)
    if looking.found is None:
        failure = SettingsError if ended.exit_code == Exit.USAGE else RegistryError
        raise failure(ended.stopped or "The registry's list changed while it was read. Nothing was changed.")
    return looking.found


@as_before()
def amend(references: Sequence[str], approved: Proposals, settings: Settings, world: World) -> Report:
    """Have registered batches deleted and made again, as approved; say what became of each reference."""
    with Ledger(settings.ledger_url, world.patience) as ledger:
        wanted = _corrections(ledger, references)
        batches = [
            Batch(each.reference, each.body, each.fingerprint, ((0, number),))
            for number, each in enumerate(wanted, 1)
        ]
        rows = tuple(row(number, batch, NOT_YET) for number, batch in enumerate(batches, 1))
        before = replace(admitted(new_run("amend", settings, world), settings), tables=(TABLE,), rows=rows)
        world.watcher.planned(before)
        with session(before, batches, ledger, settings, world) as work:
            begun = {each.reference: each for each in wanted}
            ended = work.carry_out(Amending(ledger, batches, approved, begun).amend)
            under_way = _how_far(ledger, begun)
            outcomes = {
                reference: at_the_end(ended.outcomes.get(reference, NOT_YET), correction)
                for reference, correction in under_way.items()
            }
            after = finished(settled(before, ended, outcomes), world, ended.exit_code)

            def keep(report: Report) -> None:
                work.keep(report)
                amended(report, ledger, settings, {key for key, each in under_way.items() if is_begun(each)})

            after = kept(after, keep)
    return published(after, settings, world)


def _how_far(ledger: Ledger, begun: Mapping[str, Correction]) -> Mapping[str, Correction]:
    """How far each correction has come; once the ledger has failed, by what the run has `begun`."""
    try:
        return ledger.corrections.get(list(begun))
    except LedgerFailedError:
        return begun


def _corrections(ledger: Ledger, references: Sequence[str]) -> list[Correction]:
    """What is wanted of each reference, in their order, each once."""
    records = ledger.records(references)
    found = {
        reference: correction
        for reference, correction in ledger.corrections.get(references).items()
        if not is_superseded(correction, records.get(reference))
    }
    if unknown := [reference for reference in dict.fromkeys(references) if reference not in found]:
        raise PipelineError(
            f"No log has asked for other values of {', '.join(unknown)}. Correct the log and upload it: "
            "the reference then ends as a conflict, which this command can resolve. Nothing was changed."
        )
    return [found[reference] for reference in dict.fromkeys(references)]
