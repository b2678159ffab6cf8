"""`python -m pipeline.local_registry STORE`: what `launch.launched` starts."""

import argparse
import os
import sqlite3
import sys

from pipeline.local_registry.conduct import AS_PUBLISHED, DUPLICATES, ORDERS, Conduct
from pipeline.local_registry.faults import KINDS
from pipeline.local_registry.serve import serve


def _options(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.local_registry",
        description="A carbon registry of one's own, on the loopback interface.",
        epilog="Faults: " + "; ".join(f"{name} ({kind.what})" for name, kind in KINDS.items()),
    )
    parser.add_argument("store", help="the SQLite file that holds the batches")
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    parser.add_argument("--faults", default="", help='such as "lose-answer:every=7; 429:first=3"')
    parser.add_argument("--duplicates", choices=DUPLICATES, default=AS_PUBLISHED.duplicates)
    parser.add_argument("--order", choices=ORDERS, default=AS_PUBLISHED.order)
    parser.add_argument("--list-lag", type=float, default=AS_PUBLISHED.list_lag, metavar="SECONDS")
    parser.add_argument("--foreign-reference", action="append", default=[], metavar="REFERENCE")
    parser.add_argument("--until-stdin-closes", action="store_true")
    return parser.parse_args(arguments)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Serve; 2 and a sentence when the options are wrong the port taken or the file unfit."""
    given = _options()
    os.umask(0o077)
    try:
        conduct = Conduct(
            duplicates=given.duplicates,
            order=given.order,
            list_lag=given.list_lag,
            foreign_references=frozenset(given.foreign_reference),
        )
        serve(
            given.store,
            port=given.port,
            conduct=conduct,
            faults=given.faults,
            until_stdin_closes=given.until_stdin_closes,
            announce=_say,
        )
    except (ValueError, OSError, sqlite3.Error) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
