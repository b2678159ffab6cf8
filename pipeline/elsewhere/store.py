"""Where files lie elsewhere, opened by fsspec's driver for it. Whatever that raises becomes a `NotHadError`.

Nothing is taken from a memory of earlier listings, and no call waits for more than `_PATIENCE` seconds.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from pipeline.elsewhere.failures import NotHadError, failed, no_driver
from pipeline.elsewhere.place import AUTHORITIES, Remote

_PATIENCE = 60.0
_LONGEST_PUT = 600.0
"""Seconds for any call, and for writing one file."""
_PIECE = 8 << 20
_STAMPS = (
    "size", "ETag", "etag", "VersionId", "generation", "LastModified", "last_modified", "updated", "mtime",
)  # fmt: skip
"""What the drivers say of a file that is another one when the file was written again."""
_NOISY = ("aiobotocore", "asyncio", "azure", "botocore", "fsspec", "gcsfs", "google", "paramiko", "s3fs")
"""What they log is said by the refusal, in other words; some would log an address as it is."""
_OPTIONS: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "s3": {
            "config_kwargs": {
                "connect_timeout": 10,
                "read_timeout": 30,
                "retries": {"total_max_attempts": 2, "mode": "standard"},
            }
        },
        "gs": {"access": "read_write", "requests_timeout": 30},
        "abfs": {"connection_timeout": 10, "read_timeout": 30},
    }
)


class Stamp(NamedTuple):
    """A file as it is now: what it is, its size in bytes, and all that changes when it is written again."""

    is_file: bool
    size: int
    marks: tuple[str, ...]


class _Driver(Protocol):
    """A bucket, a container or a host, by its own paths. It raises what it likes."""

    def stamp(self, path: str) -> Stamp: ...
    def pieces(self, path: str, size: int) -> Iterator[bytes]: ...
    def matches(self, pattern: str) -> list[str]: ...
    def put(self, local: Path, path: str) -> None: ...
    def names(self, folder: str) -> list[str]: ...
    def remove(self, path: str) -> None: ...


class Store:
    """What keeps files at an address. `NotHadError` for all that goes wrong there."""

    def __init__(self, driver: _Driver) -> None:
        self._driver = driver

    def stamp(self, remote: Remote) -> Stamp:
        """What is there now."""
        with _told(remote):
            return self._driver.stamp(path_of(remote))

    def pieces(self, remote: Remote, size: int) -> Iterator[bytes]:
        """The first `size` bytes of the file, in order."""
        with _told(remote):
            yield from self._driver.pieces(path_of(remote), size)

    def matches(self, pattern: Remote) -> list[Remote]:
        """The files that the pattern matches, by name."""
        with _told(pattern):
            return [_beside(pattern, path) for path in sorted(self._driver.matches(path_of(pattern)))]

    def put(self, local: Path, remote: Remote) -> None:
        """Write the file's content there, in place of what may be there."""
        with _told(remote):
            self._driver.put(local, path_of(remote))

    def names(self, folder: Remote) -> list[str]:
        """The names of what lies in the folder."""
        with _told(folder):
            return self._driver.names(path_of(folder))

    def remove(self, remote: Remote) -> None:
        with _told(remote):
            self._driver.remove(path_of(remote))


@contextmanager
def store(remote: Remote) -> Iterator[Store]:
    """What keeps the files at this address, and beside it."""
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    with ExitStack() as stack:
        with _told(remote):
            driver = stack.enter_context(_on_host(remote) if remote.kind == "sftp" else _in_bucket(remote))
        yield Store(driver)


@contextmanager
def _told(remote: Remote) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise no_driver(remote) from error
    except Exception as error:
        raise NotHadError(failed(error, remote)) from error


def path_of(remote: Remote) -> str:
    """The path by which the driver knows the file."""
    return _root(remote) + remote.path


def _beside(remote: Remote, path: str) -> Remote:
    """The address of another file of the same store, by the driver's path."""
    return Remote(f"{remote.kind}://{remote.authority}/{path.removeprefix(_root(remote))}")


def _root(remote: Remote) -> str:
    return "/" if remote.kind == "sftp" else f"{remote.authority.partition('@')[0]}/"


class _Bucket:
    """Objects, by a driver of fsspec's that works beside this thread."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    def stamp(self, path: str) -> Stamp:
        return _stamp(self._called(self._driver._info, path))

    def pieces(self, path: str, size: int) -> Iterator[bytes]:
        for start in range(0, size, _PIECE):
            end = min(start + _PIECE, size)
            yield self._called(self._driver._cat_file, path, start=start, end=end)

    def matches(self, pattern: str) -> list[str]:
        found = self._called(self._driver._glob, pattern, detail=True)
        return [path for path, info in found.items() if info["type"] == "file"]

    def put(self, local: Path, path: str) -> None:
        self._called(self._driver._put_file, str(local), path, timeout=_LONGEST_PUT)

    def names(self, folder: str) -> list[str]:
        found = self._called(self._driver._ls, folder, detail=False)
        return [path.rpartition("/")[2] for path in found]

    def remove(self, path: str) -> None:
        self._called(self._driver._rm_file, path)

    def _called(self, call: Any, *given: object, timeout: float = _PATIENCE, **named: object) -> Any:
        from fsspec.asyn import sync

        self._driver.invalidate_cache()
        return sync(self._driver.loop, call, *given, timeout=timeout, **named)


class _Host:
    """Files of a host, by paramiko."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    def stamp(self, path: str) -> Stamp:
        return _stamp(self._driver.info(path))

    def pieces(self, path: str, size: int) -> Iterator[bytes]:
        yield from self._driver.read_whole(path, size, _PIECE)

    def matches(self, pattern: str) -> list[str]:
        found = self._driver.glob(pattern, detail=True)
        return [path for path in found if self.stamp(path).is_file]  # a link to a file is one

    def put(self, local: Path, path: str) -> None:
        self._driver.put_whole(local, path)

    def names(self, folder: str) -> list[str]:
        return [path.rpartition("/")[2] for path in self._driver.ls(folder, detail=False)]

    def remove(self, path: str) -> None:
        self._driver.rm_file(path)


@contextmanager
def _on_host(remote: Remote) -> Iterator[_Driver]:
    from pipeline.elsewhere.sftp import KnownHosts

    parts = re.fullmatch(AUTHORITIES["sftp"], remote.authority)
    given = parts.groupdict() if parts else {}
    login = {"username": given["user"]} if given["user"] else {}
    driver = KnownHosts(given["host"].strip("[]"), port=int(given["port"] or 22), **login)
    try:
        yield _Host(driver)
    finally:
        driver.close()


@contextmanager
def _in_bucket(remote: Remote) -> Iterator[_Driver]:
    """One driver for a thread and a bucket's kind, kept by fsspec; after a failure a new one."""
    import fsspec

    kind = "abfs" if remote.kind == "abfss" else remote.kind
    maker = fsspec.get_filesystem_class(kind)
    try:
        driver = maker(use_listings_cache=False, **_OPTIONS[kind], **_account(remote))
        if kind == "s3":
            driver.retries = 2
        yield _Bucket(driver)
    except Exception:
        with suppress(Exception):
            maker.clear_instance_cache()
        raise


def _account(remote: Remote) -> dict[str, str]:
    """Whose container it is, where the address says so; else the driver's own variables do."""
    account = remote.authority.partition("@")[2]
    if not account:
        return {}
    return {"account_name": account.partition(".")[0], "account_host": account.replace(".dfs.", ".blob.", 1)}


def _stamp(info: Mapping[str, Any]) -> Stamp:
    marks = tuple(f"{mark}={info[mark]}" for mark in _STAMPS if info.get(mark) is not None)
    return Stamp(info["type"] == "file", int(info["size"] or 0), marks)
