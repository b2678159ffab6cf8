"""A gzip archive becomes the text that is packed in it, within limits (hazards 72 and 74)."""

import gzip
import zlib
from io import BytesIO
from pathlib import PurePath
from typing import IO, NamedTuple

from pipeline.read.container import Kind
from pipeline.read.refused import FileRefused
from schemas.run_log.packed import GZIP, most_unpacked

_LENGTH_AT_END = 4
_LEAST = 18  # a gzip archive of nothing
_TAR = slice(257, 262)


class Unpacked(NamedTuple):
    """A file's bytes, out of their archive if there was one, and the name that they have there."""

    content: bytes
    name: str
    was_packed: bool
    told: tuple[str, ...] = ()


def unpacked(data: bytes, name: str) -> Unpacked:
    """What a gzip archive holds; other bytes as they are."""
    if not data.startswith(GZIP):
        return Unpacked(data, name, was_packed=False)
    most = most_unpacked(len(data))
    try:
        with gzip.open(BytesIO(data)) as packed:
            content = packed.read(most + 1)
    except EOFError as error:
        raise _damaged(name, "it ends too early") from error
    except (OSError, zlib.error) as error:
        raise _damaged(name, "its content does not fit its checksum, or is none") from error
    if len(content) > most:
        raise FileRefused(
            "file_too_large",
            f"“{name}” unpacks to far more than a log needs (over {most:,} bytes).",
            "Unpack it, see what it is, and use the log inside, in smaller parts if it is that large.",
        )
    if content.startswith(GZIP) or content[_TAR] == b"ustar":
        raise _packed_again(name, "another archive")
    suffix = PurePath(name).suffix
    if suffix.lower() == ".gz":
        return Unpacked(content, name.removesuffix(suffix), was_packed=True)
    told = f"named {suffix or 'without an ending'}, but unpacked as the gzip archive it is"
    return Unpacked(content, name, was_packed=True, told=(told,))


def must_be_text(kind: Kind, name: str) -> None:
    """Refuse anything else in an archive: a workbook is packed already (hazard 74)."""
    if kind != "text":
        raise _packed_again(name, "a workbook")


def size_unpacked(file: IO[bytes], size: int) -> int:
    """How large the content of a file is by its own word, at most what it may be; of others their size.

    The file stands at its beginning before and after.
    """
    beginning = file.read(_LEAST)
    file.seek(max(0, size - _LENGTH_AT_END))
    ending = file.read(_LENGTH_AT_END)
    file.seek(0)
    if len(beginning) < _LEAST or not beginning.startswith(GZIP):
        return size
    return max(size, min(int.from_bytes(ending, "little"), most_unpacked(size)))


def _damaged(name: str, what: str) -> FileRefused:
    return FileRefused(
        "file_damaged",
        f"“{name}” is a damaged gzip archive: {what}.",
        "Copy it once more, or unpack it where it is whole and use the log inside.",
    )


def _packed_again(name: str, what: str) -> FileRefused:
    return FileRefused(
        "file_compressed",
        f"“{name}” is a gzip archive that holds {what}.",
        "Unpack it and use the log inside.",
    )
