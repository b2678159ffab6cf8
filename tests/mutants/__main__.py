"""`python -m tests.mutants [--sixth | NAME…]`: plant bugs in copies of the tree, and see the tests find them.

The exit code is 0 when the tests pass without a bug and fail with every one of them.
"""

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutants.bug import Bug, misplaced, plant
from tests.mutants.copies import PATIENCE, ROOT, Copy, Verdict
from tests.mutants.planted import BUGS


def looked_for(bug: Bug) -> tuple[Verdict, float]:
    """What the bug's tests say with it, and how long that took."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(Path(folder))
        plant(bug, copy.root)
        return copy.tested(bug.tests), time.monotonic() - began


def without_a_bug(bugs: Sequence[Bug]) -> Verdict:
    """What the tests of all these bugs say of the program as it is."""
    with tempfile.TemporaryDirectory() as folder:
        tests = list(dict.fromkeys(test for bug in bugs for test in bug.tests))
        return Copy(Path(folder)).tested(tests, PATIENCE * 10)


def survivors(bugs: Sequence[Bug]) -> list[Bug]:
    """The bugs that no test found, while a table of all of them is printed."""
    width = max(len(bug.name) for bug in bugs)
    missed = []
    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        sound = pool.submit(without_a_bug, bugs)
        for bug, (verdict, seconds) in zip(bugs, pool.map(looked_for, bugs), strict=True):
            word = "caught" if verdict.failed else "MISSED"
            print(f"{word}  {bug.name:{width}}  {seconds:5.1f} s  {verdict.told}", flush=True)
            if not verdict.failed:
                missed.append(bug)
        if not sound.result().passed:
            sys.exit(f"Without any bug the tests must pass, but: {sound.result().told}")
    return missed


def main(names: Sequence[str]) -> None:
    """Look for the bugs of these names, or for every sixth, or for all."""
    names = [bug.name for bug in BUGS[::6]] if list(names) == ["--sixth"] else names
    unknown = set(names) - {bug.name for bug in BUGS}
    if unknown:
        sys.exit(f"No planted bug is called {', '.join(sorted(unknown))}; see tests/mutants/planted.")
    bugs = [bug for bug in BUGS if not names or bug.name in names]
    if wrong := misplaced(bugs, ROOT):
        sys.exit("\n".join(wrong))
    began = time.monotonic()
    missed = survivors(bugs)
    print(
        f"{len(bugs) - len(missed)} of {len(bugs)} planted bugs caught in {time.monotonic() - began:.0f} s."
    )
    if missed:
        sys.exit("\n".join(f"Nobody would notice {bug.name}: {bug.harm}" for bug in missed))


if __name__ == "__main__":
    main(sys.argv[1:])
