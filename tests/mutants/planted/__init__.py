"""Every planted bug, in the order of a batch's way through the program."""

from tests.mutants.bug import Bug
from tests.mutants.planted import (
    amending,
    formats,
    ledger,
    reading,
    registry,
    reporting,
    runs,
    sending,
    settling,
    times,
)

BUGS: tuple[Bug, ...] = (
    *formats.BUGS,
    *times.BUGS,
    *sending.BUGS,
    *settling.BUGS,
    *reading.BUGS,
    *registry.BUGS,
    *ledger.BUGS,
    *runs.BUGS,
    *amending.BUGS,
    *reporting.BUGS,
)
