"""Commands that put logs into the registry, or would."""

from typing import Annotated

import typer

from pipeline.cli.options import (
    Cluster,
    Concurrency,
    Config,
    DryRun,
    Files,
    Forget,
    Json,
    LogFormat,
    MaxDuration,
    MaxErrors,
    Quiet,
    RateLimit,
    References,
    Results,
    RunId,
    Target,
    Verbose,
    Yes,
)


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
    cluster: Cluster = None,
    results: Results = None,
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
        results=results,
        yes=yes,
    )
    show = answer.Show(as_json, quiet, verbose, log_format, answer.again(settings, target, cluster))
    raise typer.Exit(commands.upload(files or [], settings, show, cluster))


def check(  # noqa: PLR0913, PLR0917
    files: Files = None,
    config: Config = None,
    as_json: Json = False,
    results: Results = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_format: LogFormat = None,
) -> None:
    """Say everything that is wrong with the logs. No network, and nothing is sent."""
    from pipeline.cli import answer, desk

    settings = answer.settings_for(config=config, results=results, offline=True)
    show = answer.Show(as_json, quiet, verbose, log_format, answer.again(settings))
    raise typer.Exit(desk.check(files or [], settings, show))


def retry(  # noqa: PLR0913, PLR0917
    run: RunId = None,
    target: Target = None,
    config: Config = None,
    as_json: Json = False,
    concurrency: Concurrency = None,
    rate_limit: RateLimit = None,
    max_duration: MaxDuration = None,
    cluster: Cluster = None,
    results: Results = None,
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
        results=results,
        yes=yes,
    )
    show = answer.Show(as_json, quiet, verbose, log_format, answer.again(settings, target, cluster))
    raise typer.Exit(commands.retry(run, settings, show, cluster))


def nightly(  # noqa: PLR0913, PLR0917
    target: Target = None,
    config: Config = None,
    as_json: Json = False,
    max_errors: MaxErrors = None,
    concurrency: Concurrency = None,
    rate_limit: RateLimit = None,
    max_duration: MaxDuration = None,
    cluster: Cluster = None,
    results: Results = None,
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
        results=results,
        yes=yes,
    )
    show = answer.Show(as_json, again=answer.again(settings, target, cluster))
    raise typer.Exit(night.night(settings, show, cluster))


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
