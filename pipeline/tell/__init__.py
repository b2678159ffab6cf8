"""The signs that a night leaves outside: a heartbeat, a message, figures. Each may fail, and says so."""
