"""Run one function of this package in a process of its own: `python -m bench.task MODULE FUNCTION ARGS`.

The function imports and prepares what it needs, and returns the work. Only the work is timed; what it
returns, when that is a dict of numbers, is told too.
"""

import json
import resource
import sys
import time
from importlib import import_module


def main() -> None:
    module, function, *arguments = sys.argv[1:]
    work = getattr(import_module(module), function)(*arguments)
    began, used = time.perf_counter(), _cpu()
    told = work()
    taken = {"seconds": time.perf_counter() - began, "cpu": _cpu() - used}
    print("\n" + json.dumps(taken | (told if isinstance(told, dict) else {})))


def _cpu() -> float:
    """Processor seconds of this process and of its children that have ended."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in both)


if __name__ == "__main__":
    main()
