"""How much memory and time the reading of one file may take (hazards 73 and 74)."""

import resource
import signal
import sys

from msgspec import Struct

_GIBIBYTE = 1 << 30
_MEMORY_FOR_A_BYTE = 10
_SECONDS = 60
_BYTES_A_SECOND = 100_000


class Limits(Struct, frozen=True):
    """Bytes of address space, and seconds, of work and of waiting alike."""

    memory: int
    seconds: int

    def hold(self) -> None:
        """Hold this process to its limits: beyond them it gets no memory, and is ended.

        It writes no file either, and leaves no image of its memory, which would hold the log.
        """
        resource.setrlimit(resource.RLIMIT_AS, (self.memory, self.memory))
        resource.setrlimit(
            resource.RLIMIT_CPU, (self.seconds, self.seconds + 1)
        )  # at the second it is killed
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        signal.alarm(self.seconds)


def limits_for(size: int) -> Limits:
    """What a file of so many bytes may take: many times what it needs.

    A gibibyte and a minute read any workbook of ordinary size; CSV is kept in memory as text and as records.
    Never more than the system lets this process have (`ulimit -v`, `ulimit -t`).
    """
    return Limits(
        min(_GIBIBYTE + _MEMORY_FOR_A_BYTE * size, _allowed(resource.RLIMIT_AS)),
        min(_SECONDS + size // _BYTES_A_SECOND, _allowed(resource.RLIMIT_CPU) - 1),
    )


def _allowed(what: int) -> int:
    _, most = resource.getrlimit(what)
    return sys.maxsize if most == resource.RLIM_INFINITY else most
