"""Libraries that would log an address which is a secret are not heard while it is used."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unheard(*names: str) -> Iterator[None]:
    """Let these loggers say nothing inside the block."""
    before = [(logger, logger.disabled) for logger in map(logging.getLogger, names)]
    try:
        for logger, _ in before:
            logger.disabled = True
        yield
    finally:
        for logger, was in before:
            logger.disabled = was
