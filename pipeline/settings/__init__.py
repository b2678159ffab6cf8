"""Everything a run is told from outside, as one frozen object: toml < environment < options.

This is the only reader of the environment, and it is handed in.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar, get_args
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from pipeline.elsewhere import Remote
from pipeline.errors import SettingsError
from pipeline.model import Environment
from pipeline.settings.address import ledger_url, registry_url
from pipeline.settings.document import NAME, Document, read
from pipeline.settings.faults import fit
from pipeline.settings.night import LONGEST_NIGHT, Nightly, Notify, nightly
from pipeline.settings.results import results_folder
from pipeline.settings.route import DIRECT, Route, route
from pipeline.settings.secret import Credential, Keeping, Secret
from pipeline.settings.shape import Delivery, ErrorLimit, File, Log, LogField
from pipeline.settings.token import validity
from pipeline.settings.words import did_you_mean, shown
from schemas.convention import Convention

__all__ = [
    "Delivery",
    "ErrorLimit",
    "Examined",
    "LogField",
    "Nightly",
    "Notify",
    "Options",
    "Route",
    "Secret",
    "Settings",
    "examined",
    "load",
    "place",
    "telling",
    "unusable",
]

Value = TypeVar("Value")
_ASIDE = ("log", "facilities", "feedstocks", "delivery", "notify", "nightly", "results")
"""The tables that do not say which registry and which ledger are meant."""


class Options(Struct, frozen=True):
    """What was typed on the command line. None means that nothing was. `nightly` bounds a run's duration."""

    target: str | None = None
    config: Path | None = None
    dry_run: bool = False
    max_errors: str | None = None
    concurrency: int | None = None
    rate_limit: float | None = None
    max_duration: str | None = None
    yes: bool = False
    nightly: bool = False
    results: str | None = None


class Examined(Struct, frozen=True):
    """What can be known of settings although something may be wrong with them.

    `settings` is None when it is not certain which registry or ledger is meant, or a credential is missing.
    Where there are `problems`, it is to look with and never to send with. `kept` tells where each
    credential was found, and no credential.
    """

    home: Path
    config: Path | None
    settings: "Settings | None"
    problems: tuple[str, ...]
    kept: dict[str, str] = {}


class Settings(Struct, frozen=True):
    """What was decided. Relative paths start from `home`.

    `results` is where a copy of each run's results goes besides.
    `base_url` is None for the local registry that this program starts itself. `is_said` is False when that is
    meant only because nobody has said anything.
    """

    home: Path
    config: Path | None
    convention: Convention
    environment: Environment
    base_url: str | None
    access_token: Secret
    client_secret: Secret
    ledger_url: str
    delivery: Delivery
    notify: Notify
    dry_run: bool
    yes: bool
    route: Route = DIRECT
    nightly: Nightly = Nightly()
    is_said: bool = True
    results: Path | Remote | None = None

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """All that may never be written anywhere."""
        password = unquote(urlsplit(self.ledger_url).password or "")
        ledger = (Secret(password),) if password.isascii() and password.isprintable() and password else ()
        own = (self.access_token, self.client_secret, *self.route.secrets, *ledger)
        return (*own, *self.notify.urls, *self.nightly.secrets)

    @property
    def token_expires(self) -> dt.datetime | None:
        """When the access token expires; None when it does not say."""
        return validity(self.access_token).ends

    def admitted(self, now: dt.datetime, ended_by: str = "--max-duration") -> str:
        """What to tell of the access token's time; SettingsError when a run must not begin.

        `ended_by` is what lets this run end earlier.
        """
        return validity(self.access_token).judged(now, self.delivery.max_duration, ended_by)

    @property
    def max_errors(self) -> ErrorLimit | None:
        return self.delivery.max_errors

    @property
    def production_confirmed(self) -> bool:
        """Whether nobody has to be asked before something is sent."""
        return self.environment != "production" or self.delivery.production or self.yes

    def __repr__(self) -> str:
        return f"Settings(environment={self.environment!r}, home={str(self.home)!r})"


class _Given(dict[str, str]):
    """The environment's variables that are not empty. It shows names, and no values."""

    def __repr__(self) -> str:
        return f"<{', '.join(self)}>"


class _Problems(list[str]):
    """All that is wrong so far: a person wants to hear it at once."""

    def without(self, make: Callable[[], Value]) -> Value | None:
        """What is made, or None, and one more problem."""
        try:
            return make()
        except SettingsError as error:
            self.append(str(error))
            return None


def load(*, folder: Path, environ: Mapping[str, str], options: Options, offline: bool = False) -> Settings:
    """The settings for a run that starts in this folder, or every reason why there are none.

    `offline` is for what never talks to a registry: then no credentials are looked for.
    """
    given = _Given(environ)
    del environ  # a traceback may show what this frame holds
    found = examined(folder=folder, environ=given, options=options, offline=offline)
    if found.problems or found.settings is None:
        raise SettingsError("\n".join(found.problems))
    return found.settings


def examined(
    *, folder: Path, environ: Mapping[str, str], options: Options, offline: bool = False
) -> Examined:
    """The same, where what is wrong is told and what is right can still be looked at."""
    given = _Given({name: value for name, value in environ.items() if value})
    del environ  # a traceback may show what this frame holds
    problems = _Problems()
    document = problems.without(lambda: _document(folder, given, options))
    readable = document is not None
    document = document or Document(NAME, folder.resolve())

    file, faults = fit(File, document.data)
    problems += map(document.sentence, sorted(faults, key=lambda fault: document.line(fault.key)))
    delivery = _delivery(file, options, problems)
    notify = Notify(tuple(map(Secret, file.notify.urls)))
    results = problems.without(lambda: _results(file, options, document, folder))
    night = problems.without(lambda: nightly(file.nightly, document.home, given))

    certain = readable and not any(fault.key[0] == "registry" for fault in faults)
    environment = problems.without(lambda: _environment(file, given, options, certain=certain))
    base_url = problems.without(lambda: registry_url(given.get("ISOMETRIC_BASE_URL"), environment))
    way = DIRECT if offline else problems.without(lambda: route(base_url, given))
    ledger = problems.without(lambda: _ledger_url(file, given, document))
    kept: dict[str, str] = {}

    def credential(name: Credential, path: str | None) -> Secret | None:
        keeping = Keeping(
            name, document.home / path if path else None, document.where(("credentials", f"{name}_file"))
        )
        if offline:
            return Secret("offline")
        if environment:
            kept[name] = keeping.place(environment, given)
        return problems.without(lambda: keeping.find(environment, given)) if environment else None

    access_token = credential("access_token", file.credentials.access_token_file)
    client_secret = credential("client_secret", file.credentials.client_secret_file)

    home = document.home if readable else place(folder=folder, environ=given, named=options.config).parent
    known = readable and all(fault.key[0] in _ASIDE for fault in faults)
    if not (known and environment and ledger and access_token and client_secret and way):
        return Examined(home, document.path, None, tuple(problems), kept)
    settings = Settings(
        home=document.home,
        config=document.path,
        convention=file.convention,
        environment=environment,
        base_url=base_url,
        access_token=access_token,
        client_secret=client_secret,
        ledger_url=ledger,
        delivery=delivery,
        notify=notify,
        dry_run=options.dry_run,
        yes=options.yes,
        route=way,
        nightly=night or Nightly(),
        results=results,
        is_said=document.path is not None or _said(file, given, options) is not None,
    )
    return Examined(home, document.path, settings, tuple(problems), kept)


def telling(*, folder: Path, environ: Mapping[str, str], config: Path | None) -> tuple[Notify, Path] | None:
    """Whom to tell that the settings are wrong, and the plant's folder; None when that cannot be read."""
    given = _Given({name: value for name, value in environ.items() if value})
    try:
        document = _document(folder, given, Options(config=config))
    except SettingsError:
        return None
    file, _ = fit(File, document.data)
    return Notify(tuple(map(Secret, file.notify.urls))), document.home


def place(*, folder: Path, environ: Mapping[str, str], named: Path | None) -> Path:
    """Where the settings of a run in this folder are looked for, whether they are there or not."""
    return folder / (named or environ.get("PIPELINE_CONFIG") or NAME)


def unusable(key: str, value: str) -> str:
    """What is wrong with a value of [log], in a sentence that goes on from its name; empty: nothing is."""
    _, faults = fit(Log, {key: value})
    return " ".join(fault.says for fault in faults)


def _document(folder: Path, given: Mapping[str, str], options: Options) -> Document:
    if options.config:
        return read(folder, options.config, "--config")
    variable = given.get("PIPELINE_CONFIG")
    return read(folder, Path(variable) if variable else None, "PIPELINE_CONFIG")


def _delivery(file: File, options: Options, problems: list[str]) -> Delivery:
    written = file.delivery
    if options.nightly:
        longest = file.nightly.max_duration or written.max_duration or LONGEST_NIGHT
        written = written.model_copy(update={"max_duration": longest})
    typed = {
        name: value
        for name in ("concurrency", "rate_limit", "max_duration", "max_errors")
        if (value := getattr(options, name)) not in {None, ""}
    }
    fitting, faults = fit(Delivery, typed)
    problems += [f"--{str(f.key[0]).replace('_', '-')} {f.says}" for f in faults]
    return written.model_copy(update=fitting.model_dump(exclude_unset=True))


def _results(file: File, options: Options, document: Document, folder: Path) -> Path | Remote | None:
    if options.results:
        return results_folder(options.results, folder, "--results")
    return results_folder(file.results.folder, document.home, document.where(("results", "folder")))


def _said(file: File, given: Mapping[str, str], options: Options) -> str | None:
    """Which registry somebody has named."""
    return options.target or given.get("ISOMETRIC_ENVIRONMENT") or file.registry.environment


def _environment(
    file: File, given: Mapping[str, str], options: Options, *, certain: bool
) -> Environment | None:
    """Which registry; None when only a file that cannot be trusted could say it."""
    told = _said(file, given, options)
    known: tuple[Environment, ...] = get_args(Environment)
    if told:
        for environment in known:
            if told == environment:
                return environment
        by = "--target" if options.target else "ISOMETRIC_ENVIRONMENT"
        raise SettingsError(
            f"{by} is {shown(told)}.{did_you_mean(told, known)} Write local, sandbox or production."
        )
    if not certain:
        return None
    variables = given.keys() & {"ISOMETRIC_ACCESS_TOKEN", "ISOMETRIC_CLIENT_SECRET"}
    if variables or file.credentials.model_fields_set:
        raise SettingsError(
            "There are credentials, but nothing says for which registry. Set "
            "ISOMETRIC_ENVIRONMENT=sandbox, =production or =local, or add --target."
        )
    return "local"


def _ledger_url(file: File, given: Mapping[str, str], document: Document) -> str:
    variable = "PIPELINE_LEDGER_URL"
    if variable in given:
        return ledger_url(given[variable], document.home, variable)
    where = document.where(("ledger", "url"))
    return ledger_url(file.ledger.url, document.home, where)
