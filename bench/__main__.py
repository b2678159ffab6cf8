"""`make bench`: everything side by side on this machine, as a table; the whole of it is written to a page.

Nothing here is a test: a slow machine is not a failure.
"""

import argparse
import compileall
import contextlib
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import growth, judging, listing, page, payload, reading, rerun, scale, starting, upload, workbook
from bench.compare import FULL, QUICK, Compared, Desk, Part, all_of
from bench.data import Logs
from bench.measure import ROOT

PARTS: dict[str, Part] = {
    "reading": reading.comparisons,
    "judging": judging.comparisons,
    "payload": payload.comparisons,
    "upload": upload.comparisons,
    "rerun": rerun.comparisons,
    "scale": scale.comparisons,
    "workbook": workbook.comparisons,
    "starting": starting.comparisons,
    "listing": listing.comparisons,
    "growth": growth.comparisons,
}
PAGE = ROOT / "docs" / "performance.md"


def main() -> None:
    asked = _arguments()
    parts = asked.parts or list(PARTS)
    _compiled()
    facts = page.facts(quick=asked.quick)
    print(facts)
    with tempfile.TemporaryDirectory(prefix="bench-logs-") as folder:
        desk = Desk(Logs(Path(folder)), QUICK if asked.quick else FULL)
        found = {name: list(_shown(desk, name)) for name in parts}
    whole = not asked.parts and not asked.quick
    if path := asked.page or (PAGE if whole else None):
        path.write_text(page.written(found, facts), encoding="utf-8")
        print(f"Wrote {path}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"only these: {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="a first look: fewer rows, each once")
    parser.add_argument("--page", type=Path, help=f"where to write the page; the whole goes to {PAGE.name}")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return asked


def _compiled() -> None:
    """As installed: nobody pays for compiling bytecode, neither the program nor a yardstick."""
    with contextlib.redirect_stdout(io.StringIO()):
        for package in ("pipeline", "schemas", "bench"):
            compileall.compile_dir(ROOT / package, quiet=2)


def _shown(desk: Desk, name: str) -> Iterator[Compared]:
    print(f"\n{name}")
    for compared in all_of(name, PARTS[name], desk):
        print(page.brief(compared), flush=True)
        yield compared


if __name__ == "__main__":
    main()
