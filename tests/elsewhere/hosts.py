"""A host that speaks SFTP (paramiko's), with a key of its own and one user; and the user's ~/.ssh."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import paramiko

USER = "kiln"


class Host:
    """Serves a folder. `logins` are the users who tried, `opened` the paths of files that were read."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder, self.home = folder, home
        self.key = paramiko.ECDSAKey.generate()
        self.logins: list[str] = []
        self._user_key = paramiko.ECDSAKey.generate()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        (home / ".ssh").mkdir(parents=True, exist_ok=True)
        self._user_key.write_private_key_file(str(home / ".ssh" / "id_ecdsa"))
        self._transports: list[paramiko.Transport] = []

    @property
    def url(self) -> str:
        return f"sftp://{USER}@127.0.0.1:{self.port}"

    def known(self, key: "paramiko.PKey | None" = None) -> None:
        """The user has confirmed the host's key, or another one."""
        key = key or self.key
        line = f"[127.0.0.1]:{self.port} {key.get_name()} {key.get_base64()}\n"
        (self.home / ".ssh" / "known_hosts").write_text(line)

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                transport = paramiko.Transport(connection)
                transport.add_server_key(self.key)
                transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files, self.folder)
                with suppress(EOFError, OSError, paramiko.SSHException):  # who does not trust the key, goes
                    transport.start_server(server=_Login(self))
                self._transports.append(transport)

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for transport in self._transports:
            transport.close()


class _Login(paramiko.ServerInterface):
    def __init__(self, host: Host) -> None:
        self._host = host

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002
        return "publickey,password"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self._host.logins.append(username)
        known = username == USER and key.asbytes() == self._host._user_key.asbytes()
        return int(paramiko.AUTH_SUCCESSFUL if known else paramiko.AUTH_FAILED)

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002
        return int(paramiko.OPEN_SUCCEEDED)


class _Files(paramiko.SFTPServerInterface):
    def __init__(self, server: object, folder: Path) -> None:
        super().__init__(server)
        self._folder = folder

    def list_folder(self, path: str) -> Any:
        try:
            return [
                paramiko.SFTPAttributes.from_stat(each.lstat(), each.name)
                for each in self._at(path).iterdir()
            ]
        except OSError as failure:
            return paramiko.SFTPServer.convert_errno(failure.errno)

    def stat(self, path: str) -> Any:
        return self._stat(self._at(path).stat)

    def lstat(self, path: str) -> Any:
        return self._stat(self._at(path).lstat)

    def open(self, path: str, flags: int, attr: object) -> Any:  # noqa: ARG002
        try:
            descriptor = os.open(self._at(path), flags, 0o600)
        except OSError as failure:
            return paramiko.SFTPServer.convert_errno(failure.errno)
        handle = paramiko.SFTPHandle(flags)
        handle.readfile = handle.writefile = os.fdopen(descriptor, "wb" if flags & os.O_WRONLY else "rb")
        handle.stat = lambda: self.stat(path)
        return handle

    def remove(self, path: str) -> int:
        self._at(path).unlink()
        return int(paramiko.SFTP_OK)

    def mkdir(self, path: str, attr: object) -> int:  # noqa: ARG002
        self._at(path).mkdir()
        return int(paramiko.SFTP_OK)

    def _at(self, path: str) -> Path:
        return self._folder / path.lstrip("/")

    def _stat(self, ask: Any) -> Any:
        try:
            return paramiko.SFTPAttributes.from_stat(ask())
        except OSError as failure:
            return paramiko.SFTPServer.convert_errno(failure.errno)


@contextmanager
def serving(folder: Path, home: Path) -> Iterator[Host]:
    host = Host(folder, home)
    thread = threading.Thread(target=host.serve)
    thread.start()
    try:
        yield host
    finally:
        host.close()
        thread.join()
