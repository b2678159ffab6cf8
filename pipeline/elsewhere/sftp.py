"""SFTP by fsspec and paramiko, as ssh would do it: a host whose key nobody knows gets no login.

Left to themselves, fsspec takes any key of an unknown host, and reads no list of the known ones.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISREG
from typing import Any, NoReturn

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

_CONNECT, _ANSWER = 10.0, 60.0
"""Seconds for a connection and each step of the login, and for an answer."""
_ALL_USERS = "/etc/ssh/ssh_known_hosts"
_AHEAD = 64
"""Requests under way at once; a file is asked for in pieces of 32 kB."""


class UnknownHostKeyError(Exception):
    """The host has a key that no list of known hosts has."""


class _Refused(paramiko.MissingHostKeyPolicy):
    def missing_host_key(self, client: object, hostname: str, key: object) -> NoReturn:  # noqa: ARG002
        raise UnknownHostKeyError(hostname)


class KnownHosts(SFTPFileSystem):
    """Files of a host whose key is in `~/.ssh/known_hosts`, or in that of all users of this machine."""

    cachable = False  # a connection that was lost would be kept

    def __init__(self, host: str, **login: Any) -> None:
        times = {"timeout": _CONNECT, "banner_timeout": _CONNECT, "auth_timeout": _CONNECT}
        super().__init__(host, host_key_policy=_Refused(), channel_timeout=_ANSWER, **times, **login)

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        """The path as it is; fsspec's own takes what follows a question mark off."""
        return path.rstrip("/") or "/"

    def _connect(self) -> None:
        self.client = paramiko.SSHClient()
        self.client.load_system_host_keys()
        if os.path.exists(_ALL_USERS):  # noqa: PTH110
            self.client.load_system_host_keys(_ALL_USERS)
        self.client.set_missing_host_key_policy(self.host_key_policy)
        try:
            self.client.connect(self.host, **self.ssh_kwargs)
            self.ftp = self.client.open_sftp()
            self.ftp.get_channel().settimeout(_ANSWER)
        except BaseException:
            self.client.close()
            raise

    def read_whole(self, path: str, size: int, piece: int) -> Iterator[bytes]:
        """The file's bytes in order, asked for ahead: else each piece costs a way there and back."""
        with self.ftp.open(path, "rb") as file:
            if not S_ISREG(file.stat().st_mode or 0):
                raise IsADirectoryError(path)
            file.prefetch(size, max_concurrent_requests=_AHEAD)
            while found := file.read(piece):
                yield found

    def put_whole(self, local: Path, path: str) -> None:
        """Write the file under the name, and make sure of its size."""
        self.makedirs(path.rpartition("/")[0] or "/", exist_ok=True)
        self.ftp.put(str(local), path)

    def close(self) -> None:
        self.client.close()
