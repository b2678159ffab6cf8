"""Credentials: a type that shows itself to nobody, and the three places where one may be kept."""

import hmac
import importlib
import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NoReturn, Self

from msgspec import Struct

from pipeline.errors import SettingsError
from pipeline.model import Environment

_VISIBLE_ASCII = re.compile(r"[!-~]+")
_OTHERS = 0o077

Credential = Literal["access_token", "client_secret"]


class Secret(str):
    """To everything that reads text, JSON or a log record, this is the text `***`.

    Whoever needs what is behind it says `reveal()`. Forgetting to do so sends three asterisks, which
    is safe; it cannot be pickled at all.
    """

    __slots__ = ("_text",)
    _text: str

    def __new__(cls, text: str) -> Self:
        if not _VISIBLE_ASCII.fullmatch(text):
            del text  # a traceback may show what this frame holds
            raise SettingsError(
                "is empty or holds a space, a line break or a letter that cannot be sent. "
                "Copy it again, the credential alone and on one line."
            )
        secret = super().__new__(cls, "***")
        secret._text = text
        return secret

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return str(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._text, other._text)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A secret is not written down: hand over the settings it is found by.")


class Keeping(Struct, frozen=True):
    """Where one credential is looked for: the environment, then a file, then the system keyring.

    `where` is the setting that names the file, as an error message calls it.
    """

    name: Credential
    file: Path | None
    where: str

    @property
    def words(self) -> str:
        return self.name.replace("_", " ")

    @property
    def variable(self) -> str:
        return f"ISOMETRIC_{self.name.upper()}"

    def find(self, environment: Environment, given: Mapping[str, str]) -> Secret:
        if text := given.get(self.variable):
            return _secret(text, self.variable)
        if self.file:
            return _secret(_content(self.file, self.where), f"The file of {self.where}")
        if environment == "local":
            return Secret("local")
        if text := self._from_keyring(environment):
            return _secret(text, f"The keyring’s {self.words}")
        raise SettingsError(
            f"The {self.words} for {environment} is missing. Set {self.variable}, or name a file "
            f"that holds it: {self.name}_file under [credentials] in pipeline.toml. "
            f"(Where Python’s keyring is installed, `keyring set isometric-{environment} "
            f"{self.name}` is the third way.)"
        )

    def place(self, environment: Environment, given: Mapping[str, str]) -> str:
        """Where `find` looks: what is told of a credential instead of the credential."""
        if given.get(self.variable):
            return self.variable
        if self.file:
            return f"the file of {self.where}"
        return "none is needed" if environment == "local" else "the system keyring"

    def _from_keyring(self, environment: Environment) -> str | None:
        try:
            keyring: Any = importlib.import_module("keyring")
        except ImportError:
            return None
        try:
            found: str | None = keyring.get_password(f"isometric-{environment}", self.name)
        except keyring.errors.KeyringError as error:
            raise SettingsError(
                f"The {self.words} for {environment} is missing, and the system keyring cannot be "
                f"read ({type(error).__name__}). Unlock it, or set {self.variable}."
            ) from None
        return found


def _secret(text: str, source: str) -> Secret:
    try:
        return Secret(text)
    except SettingsError as error:
        raise SettingsError(f"{source} {error}") from None


def _content(path: Path, where: str) -> str:
    """What the file holds. Its name is not told when it cannot be read: it may be the secret."""
    try:
        with path.open("rb") as file:
            if os.name == "posix" and os.fstat(file.fileno()).st_mode & _OTHERS:
                raise SettingsError(
                    f"{where} names a file that is open to others on this machine. "
                    f"Type: chmod 600 {shlex.quote(str(path))}"
                )
            content = file.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise SettingsError(
            f"{where} names a file that cannot be read ({reason}). "
            "Correct the path, which starts from the folder of pipeline.toml, or make the file."
        ) from None
    return content.decode("ascii", errors="replace").rstrip("\r\n")
