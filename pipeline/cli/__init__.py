"""The command line: the only printer, and `main` is the only place where errors become exit codes."""

import datetime as dt
import gc
import sys
import traceback
from typing import NoReturn

from pipeline import stopping
from pipeline.cli import last_resort
from pipeline.cli.app import app
from pipeline.errors import Exit, PipelineError

__all__ = ["app", "main"]
_COLLECTED_AFTER = (100_000, 50, 100)
"""Rows by the hundred thousand are no garbage; to look at them again and again took a fifth of a check."""


def main() -> NoReturn:
    """Run what was typed; every error ends as a sentence and an exit code."""
    gc.set_threshold(*_COLLECTED_AFTER)
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
