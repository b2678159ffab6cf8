"""The options that several commands have, and the exit codes that each command's help ends with."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Files = Annotated[
    list[str] | None,
    typer.Argument(
        help="Logs: CSV, Excel or OpenDocument; paths, addresses such as s3://…, or quoted patterns of them. "
        "Without any: everything that is ready in inbox/."
    ),
]
Results = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Put a copy of the run's results there too: an address, or a folder."),
]
References = Annotated[list[str], typer.Argument(metavar="REFERENCE…", help="As the log writes it.")]
Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="PATH", help="A folder, or FILE.html. Default: evidence/."),
]
Ask = Annotated[bool, typer.Option("--ask", help="Ask the registry too what it holds now.")]
RunId = Annotated[
    str | None, typer.Argument(metavar="[RUN]", help="A run's id; this folder's last run by default.")
]
Target = Annotated[
    Literal["local", "sandbox", "production"] | None,
    typer.Option(help="Which registry. Default: ISOMETRIC_ENVIRONMENT, or the local registry."),
]
Config = Annotated[Path | None, typer.Option(help="The settings. Default: pipeline.toml in this folder.")]
Json = Annotated[bool, typer.Option("--json", help="The result on standard output as JSON.")]
DryRun = Annotated[
    bool, typer.Option("-n", "--dry-run", help="Ask the registry what it holds, and send nothing.")
]
MaxErrors = Annotated[
    str | None, typer.Option(metavar="N|N%", help="Stop when more rows than this need a person.")
]
Concurrency = Annotated[int | None, typer.Option(help="How many requests at once. Default: 16.")]
RateLimit = Annotated[float | None, typer.Option(metavar="R", help="At most so many requests a second.")]
Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Share the work: local:4 for processes on this machine, or a Dask scheduler, tcp://HOST:8786.",
    ),
]
MaxDuration = Annotated[str | None, typer.Option(metavar="TIME", help="Stop sending after 90s, 30m or 2h.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before sending to production.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Say only what needs a person.")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Name every problem, not the first few.")]
LogFormat = Annotated[
    Literal["text", "json"] | None,
    typer.Option(help="json: the log on standard error as JSON lines, instead of the screen."),
]

Forget = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ID", help="Only let what waits for a person wait no longer: an id, a reference, or all."
    ),
]

EXIT_CODES = """\b
Exit codes:
  0  every row is as wanted: created, or registered already with the same values
  1  finished, and some rows need a person: invalid, rejected or conflict
  2  usage, settings or credentials
  3  stopped early, or rows are unknown or not sent: running again heals it
  4  the error limit was reached
  5  another run holds the lock
  70 a bug in this program; the message names the log
  130, 143  interrupted"""

CHECK_EXIT_CODES = """\b
Exit codes:
  0  every row is in order
  1  some rows or files need a person
  2  usage or settings; a file that is not there
  3  the answer of --json, the results or a log that lies elsewhere could not be written or reached
  70 a bug in this program; the message names the log
  130, 143  interrupted"""

RECONCILE_EXIT_CODES = """\b
Exit codes:
  0  all that is registered is the same in ledger, registry and FILES
  1  something differs, or is in one of them only: a person is needed
  2  usage, settings or credentials
  3  the registry's list could not be read to its end, or a batch is not settled yet: run it again
  70 a bug in this program; the message names the log
  130, 143  interrupted"""

RUNS_EXIT_CODES = """\b
Exit codes:
  0  the runs are listed, however they ended
  2  usage or settings; the ledger cannot be used
  3  the ledger failed while it was read, or the answer of --json could not be written
  70 a bug in this program; the message names the log
  130, 143  interrupted"""

REPORT_EXIT_CODES = """\b
Exit codes:
  0  the files are written, however the run ended that they tell of
  2  usage or settings; the ledger cannot be used, knows no such run, or the run goes on
  3  the files, their copy or the answer of --json could not be written, or the ledger failed
  70 a bug in this program; the message names the log
  130, 143  interrupted"""

REGISTRY_EXIT_CODES = """\b
Exit codes:
  0  it was ended by Ctrl-C
  2  usage or settings; the port, the store or a fault of the script cannot be used
  70 a bug in this program; the message names the log
  130, 143  interrupted before it began; terminated"""

INIT_EXIT_CODES = """\b
Exit codes:
  0  the settings are written
  1  FILE cannot be read as a log; nothing is written
  2  usage, or the settings are there already
  70 a bug in this program; the message names the log
  130, 143  interrupted"""

DOCTOR_EXIT_CODES = """\b
Exit codes:
  0  all is well, or there are warnings only
  2  something has to be put right: settings, credentials, ledger, folders, clock
  3  the registry or the ledger's server cannot be reached now; trying again may heal it
  70 a bug in this program; the message names the log
  130, 143  interrupted"""

EVIDENCE_EXIT_CODES = """\b
Exit codes:
  0  the pages are written, and nothing on them does not fit
  1  the pages are written, and something does not fit: it stands in red at the top
  2  usage, settings, or a reference that the ledger does not know; nothing is written
  3  the registry or the ledger could not be read; trying again may heal it
  70 a bug in this program; the message names the log
  130, 143  interrupted"""
