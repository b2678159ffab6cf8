"""Benchmarks: ratios against yardsticks in one run, on the machine that they are started on."""
