"""The production-run log: the columns it may have, how a cell becomes a value, what a value must be."""
