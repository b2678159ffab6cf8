"""Credentials, their time, the keyring, and addresses of messages: looked at, never shown."""

import datetime as dt
import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline import diagnose
from pipeline.diagnose import Finding, skipped
from pipeline.diagnose.settings import NOT_KNOWN
from pipeline.errors import SettingsError
from pipeline.run.doctor.check import found
from pipeline.run.world import World
from pipeline.settings import Examined, Settings
from pipeline.settings.token import validity


def checks(whole: Examined, offline: Examined, world: World) -> Iterator[Finding]:
    """`whole` are the settings with credentials, `offline` the same without."""
    settings, sure = whole.settings, whole.settings or offline.settings
    problems = tuple(each for each in whole.problems if each not in offline.problems)
    environment = sure.environment if sure else ""
    yield found("credentials", lambda: diagnose.of_credentials(environment, whole.kept, problems))
    yield found("keyring", lambda: _keyring(whole.kept))
    yield found("token", lambda: _token(settings, world.now()))
    yield found("notify", lambda: _notify(sure))


def _token(settings: Settings | None, now: dt.datetime) -> Finding:
    if settings is None:
        return skipped("token", "there is none to look at")
    if settings.environment == "local":
        return skipped("token", "the local registry needs none")
    told, refused = "", ""
    try:
        told = settings.admitted(now)
    except SettingsError as error:
        refused = str(error)
    return diagnose.of_token(validity(settings.access_token).ends, told, refused, now)


def _keyring(kept: Mapping[str, str]) -> Finding:
    if "the system keyring" not in kept.values():
        return skipped("keyring", "no credential is looked for there")
    try:
        keyring: Any = importlib.import_module("keyring")
    except ImportError:
        return skipped("keyring", "Python’s keyring is not installed beside this program")
    backend = keyring.get_keyring()
    name = f"{type(backend).__module__}.{type(backend).__name__}"
    if getattr(backend, "priority", 0) <= 0:
        remedy = "Unlock or install a keyring, or keep the credentials in files."
        return Finding("keyring", "failure", f"no usable one on this machine ({name})", remedy)
    return diagnose.ok("keyring", name)


def _notify(settings: Settings | None) -> Finding:
    if settings is None:
        return skipped("notify", NOT_KNOWN)
    parts = [each.reveal().partition("://") for each in settings.notify.urls]
    bad = [number for number, (_, _, rest) in enumerate(parts, 1) if not rest]
    return diagnose.of_notify([kind for kind, _, _ in parts], bad)
