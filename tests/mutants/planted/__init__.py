"""Every planted bug, in the order of a batch's way through the program."""

from tests.mutants.bug import Bug
from tests.mutants.planted import (
    amending,
    cluster,
    formats,
    headers,
    kin,
    ledger,
    logs,
    questions,
    reading,
    registry,
    reporting,
    runs,
    sending,
    settling,
    text,
    times,
    values,
)

BUGS: tuple[Bug, ...] = (
    *headers.BUGS,
    *logs.BUGS,
    *formats.BUGS,
    *times.BUGS,
    *values.BUGS,
    *kin.BUGS,
    *sending.BUGS,
    *settling.BUGS,
    *questions.BUGS,
    *reading.BUGS,
    *registry.BUGS,
    *ledger.BUGS,
    *runs.BUGS,
    *cluster.BUGS,
    *amending.BUGS,
    *reporting.BUGS,
    *text.BUGS,
)
