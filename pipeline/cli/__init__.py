"""The command line: what can be typed. Importing it is quick; what a command needs comes with it.

This package is the only printer, and `main` the only place where errors become exit codes.
"""

import datetime as dt
import sys
import traceback
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from pipeline import stopping
from pipeline.cli import last_resort
from pipeline.cli.options import (
    DOCTOR_EXIT_CODES,
    EVIDENCE_EXIT_CODES,
    EXIT_CODES,
    INIT_EXIT_CODES,
    Ask,
    Concurrency,
    Config,
    DryRun,
    Files,
    Forget,
    Json,
    LogFormat,
    MaxDuration,
    MaxErrors,
    Output,
    Quiet,
    RateLimit,
    References,
    RunId,
    Target,
    Verbose,
    Yes,
)
from pipeline.errors import Exit, PipelineError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # tracebacks with locals could show a secret
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Put a biochar plant's production-run logs into the carbon registry.\n\n"
    "Every row becomes a production batch exactly once; every row that cannot is named by its cell.",
    epilog=EXIT_CODES,
)


@app.command(epilog=EXIT_CODES)
def upload(  # noqa: PLR0913, PLR0917  every option is a parameter
    files: Files = None,
    target: Target = None,
    config: Config = None,
    as_json: Json = False,
    dry_run: DryRun = False,
    max_errors: MaxErrors = None,
    concurrency: Concurrency = None,
    rate_limit: RateLimit = None,
    max_duration: MaxDuration = None,
    yes: Yes = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_format: LogFormat = None,
) -> None:
    """Read, check and register the logs; write the results to runs/.

    A reference is registered once, however often this is run. Without FILES, everything that is
    ready in inbox/ is registered and then moved to archive/.
    """
    from pipeline.cli import answer, commands

    settings = answer.settings_for(
        target=target,
        config=config,
        dry_run=dry_run,
        max_errors=max_errors,
        concurrency=concurrency,
        rate_limit=rate_limit,
        max_duration=max_duration,
        yes=yes,
    )
    show = answer.Show(as_json, quiet, verbose, log_format, answer.again(settings, target))
    raise typer.Exit(commands.upload(files or [], settings, show))


@app.command(epilog=EXIT_CODES)
def check(
    files: Files = None,
    config: Config = None,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_format: LogFormat = None,
) -> None:
    """Say everything that is wrong with the logs. No network, and nothing is sent."""
    from pipeline.cli import answer, desk

    settings = answer.settings_for(config=config, offline=True)
    show = answer.Show(as_json, quiet, verbose, log_format, answer.again(settings))
    raise typer.Exit(desk.check(files or [], settings, show))


@app.command(epilog=EXIT_CODES)
def retry(  # noqa: PLR0913, PLR0917
    run: RunId = None,
    target: Target = None,
    config: Config = None,
    as_json: Json = False,
    concurrency: Concurrency = None,
    rate_limit: RateLimit = None,
    max_duration: MaxDuration = None,
    yes: Yes = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_format: LogFormat = None,
) -> None:
    """Send again what a run left unknown or not sent, or was refused for a reason that may pass.

    No file is needed: the ledger holds what was to be sent.
    """
    from pipeline.cli import answer, commands

    settings = answer.settings_for(
        target=target,
        config=config,
        concurrency=concurrency,
        rate_limit=rate_limit,
        max_duration=max_duration,
        yes=yes,
    )
    show = answer.Show(as_json, quiet, verbose, log_format, answer.again(settings, target))
    raise typer.Exit(commands.retry(run, settings, show))


@app.command(epilog=EXIT_CODES)
def nightly(  # noqa: PLR0913, PLR0917
    target: Target = None,
    config: Config = None,
    as_json: Json = False,
    max_errors: MaxErrors = None,
    concurrency: Concurrency = None,
    rate_limit: RateLimit = None,
    max_duration: MaxDuration = None,
    yes: Yes = False,
    forget: Forget = None,
) -> None:
    """Upload what is ready in inbox/, for cron: silent unless a person is needed.

    Never asks. Stops sending after 4 hours when no other time is set. Who is told, and how, stands in
    [notify] and [nightly] of the settings.
    """
    from pipeline.cli import answer, night

    if forget:
        settings = answer.settings_for(config=config, offline=True)
        raise typer.Exit(night.forget(forget, settings, answer.Show(as_json)))
    settings = night.configured(
        config,
        target=target,
        max_errors=max_errors,
        concurrency=concurrency,
        rate_limit=rate_limit,
        max_duration=max_duration,
        yes=yes,
    )
    show = answer.Show(as_json, again=answer.again(settings, target))
    raise typer.Exit(night.night(settings, show))


@app.command(epilog=EXIT_CODES)
def amend(  # noqa: PLR0913, PLR0917
    references: References,
    target: Target = None,
    config: Config = None,
    as_json: Json = False,
    dry_run: Annotated[
        bool, typer.Option("-n", "--dry-run", help="Show what would be replaced, and change nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Approve what is shown without being asked.")] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_format: LogFormat = None,
) -> None:
    """Replace batches that are registered with other values than the log wants.

    The registry cannot change a batch: it is deleted there, and made again under a new id. What goes
    and what comes is shown first, and asked. No file is needed: upload the corrected log, and the
    ledger remembers what it wanted. Running the same again finishes what was interrupted.
    """
    from pipeline.cli import answer, replacing

    settings = answer.settings_for(target=target, config=config, dry_run=dry_run, yes=yes)
    show = answer.Show(as_json, quiet, verbose, log_format, answer.again(settings, target))
    raise typer.Exit(replacing.amend(references, settings, show))


@app.command(epilog=EXIT_CODES)
def reconcile(  # noqa: PLR0913, PLR0917
    files: Annotated[list[Path] | None, typer.Argument(help="Logs to compare too. None is needed.")] = None,
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


@app.command(epilog=EXIT_CODES)
def runs(config: Config = None, as_json: Json = False) -> None:
    """List the runs, the latest first."""
    from pipeline.cli import answer, commands

    settings = answer.settings_for(config=config, offline=True)
    raise typer.Exit(commands.runs(settings, answer.Show(as_json)))


@app.command(epilog=EXIT_CODES)
def report(run: RunId = None, config: Config = None, as_json: Json = False, verbose: Verbose = False) -> None:
    """Write a run's report again from the ledger."""
    from pipeline.cli import answer, commands

    settings = answer.settings_for(config=config, offline=True)
    show = answer.Show(as_json, verbose=verbose, again=answer.again(settings))
    raise typer.Exit(commands.report(run, settings, show))


@app.command(epilog=EVIDENCE_EXIT_CODES)
def evidence(
    references: References,
    target: Target = None,
    config: Config = None,
    as_json: Json = False,
    output: Output = None,
    ask: Ask = False,
) -> None:
    """Write all that is known of REFERENCE: its row, its payload, who sent it when, and what was answered.

    A page for each, for who verifies it. No network, unless --ask is given; nothing is sent or changed.
    """
    from pipeline.cli import answer, proof

    settings = answer.settings_for(target=target, config=config, offline=not ask)
    raise typer.Exit(proof.evidence(references, settings, answer.Show(as_json), output, ask=ask))


@app.command(epilog=DOCTOR_EXIT_CODES)
def doctor(target: Target = None, config: Config = None, as_json: Json = False) -> None:
    """Look at all that a run depends on, and say what to do about what is not well. Nothing is changed."""
    from pipeline.cli import health

    raise typer.Exit(health.doctor(target, config, as_json=as_json))


@app.command(epilog=INIT_EXIT_CODES)
def init(
    file: Annotated[
        Path | None, typer.Argument(help="A log of the plant. Without: a commented template.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="The plant's time zone, such as Europe/Berlin.")
    ] = None,
    target: Annotated[
        Literal["local", "sandbox", "production"] | None,
        typer.Option(help="Which registry to ask for the ids of feedstocks, when there are credentials."),
    ] = None,
    config: Annotated[Path | None, typer.Option(help="The file to write. Default: pipeline.toml.")] = None,
) -> None:
    """Write pipeline.toml for a plant, proposed from FILE: its headers, its dates, its names.

    Every guess stands there with its reason, and what nobody can guess is left to fill in. On a terminal
    some of that is asked. A file that is there already is never overwritten. Nothing is sent.
    """
    from pipeline.cli import starting

    raise typer.Exit(starting.init(file, timezone, config, target))


@app.command(epilog=EXIT_CODES)
def registry(
    port: Annotated[int, typer.Option(help="The loopback port; 0 for any free one.")] = 8765,
    store: Annotated[Path | None, typer.Option(help="Default: the store that local runs use.")] = None,
    faults: Annotated[
        str, typer.Option(metavar="SCRIPT", help='Misbehave: "lose-answer:every=7; 429:first=3".')
    ] = "",
    duplicates: Annotated[
        Literal["409", "400", "422", "allow"], typer.Option(help="How a repeated reference is answered.")
    ] = "409",
    order: Annotated[
        Literal["ascending", "descending"], typer.Option(help="The order of the list.")
    ] = "ascending",
    list_lag: Annotated[
        float, typer.Option(metavar="SECONDS", help="How late a new batch appears in the list.")
    ] = 0.0,
) -> None:
    """Run the local registry, for trying things out and for other people's clients."""
    from pipeline.cli import commands

    raise typer.Exit(commands.registry(port, store, faults, (duplicates, order, list_lag)))


def main() -> NoReturn:
    """Run what was typed; every error ends as a sentence and an exit code."""
    last_resort.prepare()
    stopping.at_once()
    try:
        app(prog_name="pipeline")
    except PipelineError as error:
        _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        _fail("Interrupted.", Exit.INTERRUPTED)
    except Exception:  # noqa: BLE001  the last resort: a person gets a sentence, we get the traceback
        _fail(last_resort.kept(traceback.format_exc(), dt.datetime.now(dt.UTC)), Exit.BUG)
    sys.exit(Exit.OK)


def _fail(message: str, code: Exit) -> NoReturn:
    sys.stderr.write(f"{last_resort.said(message)}\n")
    sys.exit(code)
