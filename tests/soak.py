"""The randomised tests with ever new seeds, for as long as it is told: `python -m tests.soak MINUTES`.

A failure ends it, with the command that makes the same history again.
"""

import subprocess
import sys
import time
from collections.abc import Iterator

RANDOMISED = (
    "tests/protocol/test_any_history.py",
    "tests/protocol/test_never_twice.py",
    "tests/program/test_raced.py",
    "tests/fuzz/test_mutated_logs.py",
)
COMBINED = ("tests/protocol/test_every_event.py", "tests/protocol/test_matrix.py")
SEEDS_A_ROUND = 6
_ENOUGH_FOR_EVERYTHING = 30


def rounds(minutes: float, first_seed: int) -> Iterator[list[str]]:
    """What to run, one after the other: with time enough first every combination, then seed after seed."""
    if minutes >= _ENOUGH_FOR_EVERYTHING:
        yield [*COMBINED, "--thorough"]
    while True:
        seeds = ["--first-seed", str(first_seed), "--seeds", str(SEEDS_A_ROUND)]
        yield [*RANDOMISED, *seeds, "--hypothesis-seed", str(first_seed)]
        first_seed += SEEDS_A_ROUND


def main(minutes: float, first_seed: int) -> int:
    """0 when the time is over; otherwise what the failing round ended with."""
    end = time.monotonic() + 60 * minutes
    for arguments in rounds(minutes, first_seed):
        print(f"pytest {' '.join(arguments)}", flush=True)  # noqa: T201  whoever waits wants to see it
        code = subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False).returncode
        if code:
            print(f"Failed. The same again: .venv/bin/pytest {' '.join(arguments)}")  # noqa: T201
            return code
        if time.monotonic() > end:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), first_seed=int(time.time()) % 10**6 * 1000))
