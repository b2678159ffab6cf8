"""Logs and results that lie elsewhere, against real servers on this machine."""
