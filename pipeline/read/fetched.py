"""The bytes of a file that lies elsewhere, read once, with the limits and doubts of one that lies here."""

from collections.abc import Iterator

from pipeline.elsewhere import NotHadError, Remote
from pipeline.elsewhere.failures import MISSING
from pipeline.elsewhere.store import Stamp, Store, store
from pipeline.read.refused import FileRefused, changing, not_a_file, too_large


def fetched(remote: Remote, name: str, largest: int) -> Iterator[bytes]:
    """The file's content; `FileRefused` when it cannot be had, is larger than this, or changes meanwhile.

    That it was written again shows in what its keeper says of it before and after: its size, and its version,
    tag or time, whichever there are.
    """
    if not remote.name:
        raise not_a_file(name)
    try:
        with store(remote) as opened:
            yield from _pieces(opened, remote, name, largest)
    except NotHadError as failure:
        refusal = failure.refusal
        raise FileRefused(refusal.code, refusal.message, refusal.remedy) from failure


def _pieces(opened: Store, remote: Remote, name: str, largest: int) -> Iterator[bytes]:
    before = opened.stamp(remote)
    if not before.is_file:
        raise not_a_file(name)
    if before.size > largest:
        raise too_large(name)
    read = 0
    try:
        for piece in opened.pieces(remote, before.size):
            read += len(piece)
            yield piece
            if read > before.size:
                break
        after = opened.stamp(remote)
    except NotHadError as failure:
        if _is_another(opened, remote, before):
            raise changing(name) from failure
        raise
    if read != before.size or after != before:
        raise changing(name)


def _is_another(opened: Store, remote: Remote, before: Stamp) -> bool:
    """Whether the file is known to be another one now, or to be gone."""
    try:
        return opened.stamp(remote) != before
    except NotHadError as failure:
        return failure.refusal.code == MISSING
