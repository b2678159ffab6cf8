"""The part without network, disk, clock or chance: from the cells of a log to payloads and a report."""
