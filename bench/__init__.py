"""Benchmarks: what this program does, side by side with yardsticks, in one run on one machine.

`data` makes the logs, `measure` takes the time and memory of a process, `compare` lets contenders take turns,
`page` writes what came of it. Each other module is one kind of work: its contenders, as functions that
`task` runs in fresh processes, and what is compared with what.
"""
