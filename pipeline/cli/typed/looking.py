"""Commands that look: at the registry, at what was done, at what a run depends on."""

from typing import Annotated

import typer

from pipeline.cli.options import (
    Ask,
    Config,
    Json,
    LogFormat,
    Output,
    Quiet,
    References,
    Results,
    RunId,
    Target,
    Verbose,
)


def reconcile(  # noqa: PLR0913, PLR0917
    files: Annotated[list[str] | None, typer.Argument(help="Logs to compare too. None is needed.")] = None,
    target: Target = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_format: LogFormat = None,
) -> None:
    """Compare ledger and registry (and FILES), reference by reference. Nothing is sent.

    The registry's whole list is read. Ends with 0 when everything is the same, with 1 when something
    needs a person, with 3 when the list could not be read or a batch is not settled yet.
    """
    from pipeline.cli import answer, commands

    settings = answer.settings_for(target=target, config=config)
    show = answer.Show(as_json, quiet, verbose, log_format, answer.again(settings, target))
    raise typer.Exit(commands.reconcile(files or [], settings, show))


def runs(config: Config = None, as_json: Json = False) -> None:
    """List the runs, the latest first."""
    from pipeline.cli import answer, history

    settings = answer.settings_for(config=config, offline=True)
    raise typer.Exit(history.runs(settings, answer.Show(as_json)))


def report(
    run: RunId = None,
    config: Config = None,
    as_json: Json = False,
    results: Results = None,
    verbose: Verbose = False,
) -> None:
    """Write a run's report again from the ledger."""
    from pipeline.cli import answer, history

    settings = answer.settings_for(config=config, results=results, offline=True)
    show = answer.Show(as_json, verbose=verbose, again=answer.again(settings))
    raise typer.Exit(history.report(run, settings, show))


def evidence(
    references: References,
    target: Target = None,
    config: Config = None,
    as_json: Json = False,
    output: Output = None,
    ask: Ask = False,
) -> None:
    """Write all that is known of REFERENCE: its row, its payload, who sent it when, and what was answered.

    A page for each, for who verifies it. An id of the registry (ptb_…) will do, too.
    No network, unless --ask is given; nothing is sent or changed.
    """
    from pipeline.cli import answer, proof

    settings = answer.settings_for(target=target, config=config, offline=not ask)
    raise typer.Exit(proof.evidence(references, settings, answer.Show(as_json), output, ask=ask))


def doctor(target: Target = None, config: Config = None, as_json: Json = False) -> None:
    """Look at all that a run depends on, and say what to do about what is not well. Nothing is changed."""
    from pipeline.cli import health

    raise typer.Exit(health.doctor(target, config, as_json=as_json))
