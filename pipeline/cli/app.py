"""The command line that is typed: every command, in the order of the help."""

import typer

from pipeline.cli.options import (
    CHECK_EXIT_CODES,
    DOCTOR_EXIT_CODES,
    EVIDENCE_EXIT_CODES,
    EXIT_CODES,
    INIT_EXIT_CODES,
    RECONCILE_EXIT_CODES,
    REGISTRY_EXIT_CODES,
    REPORT_EXIT_CODES,
    RUNS_EXIT_CODES,
)
from pipeline.cli.typed import beginning, looking, sending

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
for command, exit_codes in (
    (sending.upload, EXIT_CODES),
    (sending.check, CHECK_EXIT_CODES),
    (sending.retry, EXIT_CODES),
    (sending.nightly, EXIT_CODES),
    (sending.amend, EXIT_CODES),
    (looking.reconcile, RECONCILE_EXIT_CODES),
    (looking.runs, RUNS_EXIT_CODES),
    (looking.report, REPORT_EXIT_CODES),
    (looking.evidence, EVIDENCE_EXIT_CODES),
    (looking.doctor, DOCTOR_EXIT_CODES),
    (beginning.init, INIT_EXIT_CODES),
    (beginning.registry, REGISTRY_EXIT_CODES),
):
    app.command(epilog=exit_codes)(command)
