"""The command line: the only printer, and `main` is the only place where errors become exit codes."""

import datetime as dt
import sys
import traceback
from typing import NoReturn

from pipeline import stopping, streams
from pipeline.cli import last_resort
from pipeline.cli.app import app
from pipeline.collecting import for_one_command
from pipeline.errors import Exit, PipelineError

__all__ = ["app", "main"]


def main() -> NoReturn:
    """Run what was typed; every error ends as a sentence and an exit code."""
    last_resort.prepare()
    stopping.at_once()
    for_one_command()
    try:
        app(prog_name="pipeline")
    except PipelineError as error:
        _fail(str(error), error.exit_code)
    except SystemExit:
        sys.stderr.write(streams.complaint(sys.stdout))
        raise
    except KeyboardInterrupt:
        _fail("Interrupted.", Exit.INTERRUPTED)
    except Exception:  # noqa: BLE001  the last resort: a person gets a sentence, we get the traceback
        _fail(last_resort.kept(traceback.format_exc(), dt.datetime.now(dt.UTC)), Exit.BUG)
    finally:
        stopping.no_more()
    sys.exit(Exit.OK)


def _fail(message: str, code: Exit) -> NoReturn:
    sys.stderr.write(f"{last_resort.said(message)}\n")
    sys.exit(code)
