"""A signal ends the program wherever it falls."""

import signal
import subprocess
import sys

import pytest

_IN_A_FINALIZER = """
import os, signal, sys, time, weakref
from pipeline import stopping

class Thing:
    pass

def struck(_):
    signal.raise_signal(int(sys.argv[1]))

stopping.in_order()
thing = Thing()
seen = weakref.ref(thing, struck)
try:
    del thing
    time.sleep(30)
finally:
    print("closed")
"""


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGINT, 130, "Interrupted.\n"), (signal.SIGTERM, 143, "Terminated.\n")],
)
def test_a_signal_in_a_finalizer_is_told_once_and_ends_the_program_in_order(
    number: signal.Signals, code: int, said: str
) -> None:
    command = [sys.executable, "-c", _IN_A_FINALIZER, str(int(number))]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, "closed\n", said)
