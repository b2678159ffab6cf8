"""Settings: what is told from outside becomes one object, or a list of everything to correct."""

import copy
import csv
import io
import json
import logging
import os
import pickle
import string
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Exit, SettingsError
from pipeline.settings import ErrorLimit, LogField, Options, Secret, Settings, load
from pipeline.settings.document import lines_of
from pipeline.settings.faults import fit
from pipeline.settings.shape import File
from schemas.convention import Convention, MassUnit

CANARY = "canary-7d1f"
CREDENTIALS = {"ISOMETRIC_ACCESS_TOKEN": "the.access.token", "ISOMETRIC_CLIENT_SECRET": "the-secret"}
SANDBOX = {"ISOMETRIC_ENVIRONMENT": "sandbox", **CREDENTIALS}
PRODUCTION = {"ISOMETRIC_ENVIRONMENT": "production", **CREDENTIALS}
FACILITY = "fcl_1G8QT5ZAB1S0XSDW"
FEEDSTOCK = "ftt_1D7KZ1P761S0G7BN"
NOTHING: Mapping[str, str] = {}
NO_OPTIONS = Options()


def settle(
    folder: Path,
    toml: str | None = None,
    environ: Mapping[str, str] = NOTHING,
    options: Options = NO_OPTIONS,
) -> Settings:
    if toml is not None:
        (folder / "pipeline.toml").write_text(toml, encoding="utf-8")
    return load(folder=folder, environ=environ, options=options)


def told(
    folder: Path,
    toml: str | None = None,
    environ: Mapping[str, str] = NOTHING,
    options: Options = NO_OPTIONS,
) -> list[str]:
    """The lines of the one error that these settings end in."""
    with pytest.raises(SettingsError) as caught:
        settle(folder, toml, environ, options)
    assert caught.value.exit_code == Exit.USAGE
    assert caught.value.__cause__ is None
    return str(caught.value).splitlines()


def keep(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


# What holds when nothing is said


def test_nothing_said_is_the_local_registry_and_no_convention(tmp_path: Path) -> None:
    settings = settle(tmp_path)
    assert (settings.environment, settings.base_url) == ("local", None)
    assert settings.home == tmp_path
    assert settings.config is None
    assert settings.convention == Convention()
    assert settings.ledger_url == f"sqlite:///{tmp_path}/.pipeline/ledger.sqlite3"
    assert settings.delivery.concurrency == 16
    assert settings.delivery.quiet_seconds == 5
    assert settings.delivery.rate_limit is None
    assert settings.delivery.max_duration is None
    assert settings.max_errors is None
    assert settings.notify.urls == ()
    assert not settings.yes
    assert not settings.dry_run


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    settings = settle(tmp_path, "")
    assert settings.convention == Convention()
    assert settings.config == tmp_path / "pipeline.toml"


def test_empty_variables_and_options_count_as_unset(tmp_path: Path) -> None:
    names = (*SANDBOX, "ISOMETRIC_BASE_URL", "PIPELINE_CONFIG", "PIPELINE_LEDGER_URL")
    empty = Options(target="", max_errors="", max_duration="")
    settings = settle(tmp_path, environ=dict.fromkeys(names, ""), options=empty)
    assert settings.environment == "local"


# What a file may say


def test_everything_a_file_may_say_arrives(tmp_path: Path) -> None:
    settings = settle(
        tmp_path,
        f"""
        [log]
        timezone = "Europe/Berlin"
        date_order = "DMY"
        decimal = ","
        mass_unit = "t"
        sheet = "Runs"
        one_batch_per = "reference"
        max_batch_days = 7
        long_batches = "refuse"
        copied_runs = "warn"
        max_mass_ratio = 1.1
        [log.columns]
        "Charge Nr." = "supplier_reference_id"
        [facilities]
        "North kiln" = "{FACILITY}"
        [feedstocks]
        "Almond shells" = "{FEEDSTOCK}"
        [registry]
        environment = "local"
        [ledger]
        url = "sqlite:///books/ledger.db"
        [delivery]
        concurrency = 256
        quiet_seconds = 0.5
        rate_limit = 3
        max_duration = "30m"
        max_errors = "2.5%"
        production = true
        [notify]
        urls = ["mailto://user:pass@example.org"]
        """,
    )
    assert settings.convention == Convention(
        timezone="Europe/Berlin",
        date_order="DMY",
        decimal=",",
        mass_unit="t",
        sheet="Runs",
        one_batch_per="reference",
        max_batch_days=7,
        long_batches="refuse",
        copied_runs="warn",
        max_mass_ratio=Decimal("1.1"),
        columns={"Charge Nr.": "supplier_reference_id"},
        facilities={"North kiln": FACILITY},
        feedstocks={"Almond shells": FEEDSTOCK},
    )
    assert settings.ledger_url == f"sqlite:///{tmp_path}/books/ledger.db"
    assert settings.delivery.concurrency == 256
    assert settings.delivery.quiet_seconds == 0.5
    assert settings.delivery.rate_limit == 3
    assert settings.delivery.max_duration == 1800
    assert settings.delivery.production
    assert settings.max_errors == ErrorLimit(Decimal("2.5"), percent=True)
    assert [url.reveal() for url in settings.notify.urls] == ["mailto://user:pass@example.org"]


@pytest.mark.parametrize("field", get_args(LogField))
def test_a_column_may_be_any_field_of_the_log(tmp_path: Path, field: str) -> None:
    settings = settle(tmp_path, f'[log.columns]\nX = "{field}"')
    assert settings.convention.columns == {"X": field}


@pytest.mark.parametrize("unit", get_args(MassUnit))
def test_a_mass_may_be_in_any_unit_of_the_one_list(tmp_path: Path, unit: str) -> None:
    assert settle(tmp_path, f'[log]\nmass_unit = "{unit}"').convention.mass_unit == unit


@pytest.mark.parametrize("ratio", ["0", "0.0", "1.0001", "20"])
def test_a_mass_ratio_is_exact_whatever_way_it_is_written(tmp_path: Path, ratio: str) -> None:
    settings = settle(tmp_path, f"[log]\nmax_mass_ratio = {ratio}")
    assert settings.convention.max_mass_ratio == Decimal(ratio)


@pytest.mark.parametrize("length", [20, 37])
def test_ids_have_twenty_to_thirtyseven_characters(tmp_path: Path, length: int) -> None:
    name = "fcl_".ljust(length, "A")
    settings = settle(tmp_path, f'[facilities]\nK = "{name}"')
    assert settings.convention.facilities == {"K": name}


def test_a_file_saved_by_notepad_is_read(tmp_path: Path) -> None:
    text = '[log]\r\nsheet = "Läufe"\r\n'
    keep(tmp_path / "pipeline.toml", b"\xef\xbb\xbf" + text.encode())
    assert settle(tmp_path).convention.sheet == "Läufe"


# Which file


def test_a_named_file_is_the_home_of_relative_paths(tmp_path: Path) -> None:
    plant = tmp_path / "plant"
    plant.mkdir()
    keep(plant / "north.toml", b'[ledger]\nurl = "sqlite:///a.db"')
    settings = settle(tmp_path, options=Options(config=Path("plant/north.toml")))
    assert settings.home == plant
    assert settings.config == plant / "north.toml"
    assert settings.ledger_url == f"sqlite:///{plant}/a.db"


def test_the_option_names_the_file_before_the_variable_before_the_folder(tmp_path: Path) -> None:
    for name in ("option", "variable", "pipeline"):
        keep(tmp_path / f"{name}.toml", f'[log]\nsheet = "{name}"'.encode())
    environ = {"PIPELINE_CONFIG": "variable.toml"}
    option = Options(config=Path("option.toml"))
    assert settle(tmp_path).convention.sheet == "pipeline"
    assert settle(tmp_path, None, environ).convention.sheet == "variable"
    assert settle(tmp_path, None, environ, option).convention.sheet == "option"


def test_a_credential_file_is_found_from_home_too(tmp_path: Path) -> None:
    plant = tmp_path / "plant"
    plant.mkdir()
    keep(plant / "north.toml", b'[credentials]\naccess_token_file = "token"')
    keep(plant / "token", b"beside")
    environ = {**SANDBOX, "ISOMETRIC_ACCESS_TOKEN": "", "PIPELINE_CONFIG": "plant/north.toml"}
    assert settle(tmp_path, None, environ).access_token.reveal() == "beside"


def test_a_named_file_that_is_not_there_is_an_error_that_names_who_named_it(tmp_path: Path) -> None:
    (line,) = told(tmp_path, None, {"PIPELINE_CONFIG": "gone.toml"})
    assert line.startswith("gone.toml: ")
    assert "PIPELINE_CONFIG" in line
    (line,) = told(tmp_path, options=Options(config=Path("gone.toml")))
    assert "--config" in line


def test_a_folder_is_not_a_settings_file(tmp_path: Path) -> None:
    (tmp_path / "pipeline.toml").mkdir()
    (line,) = told(tmp_path)
    assert "cannot be read (Is a directory)" in line


# toml < environment < options


def test_environment_beats_file_and_option_beats_environment(tmp_path: Path) -> None:
    toml = '[registry]\nenvironment = "sandbox"\n[ledger]\nurl = "sqlite:///file.db"'
    ledger = {"PIPELINE_LEDGER_URL": "sqlite:///variable.db"}
    assert settle(tmp_path, toml, CREDENTIALS).environment == "sandbox"
    assert settle(tmp_path, toml, PRODUCTION).environment == "production"
    assert settle(tmp_path, toml, PRODUCTION, Options(target="local")).environment == "local"
    assert settle(tmp_path, toml, {**SANDBOX, **ledger}).ledger_url.endswith("/variable.db")


def test_options_beat_the_file_one_by_one(tmp_path: Path) -> None:
    toml = '[delivery]\nconcurrency = 4\nrate_limit = 1\nmax_errors = 3\nmax_duration = "1h"'
    options = Options(concurrency=8, max_errors="5%", max_duration="90", yes=True, dry_run=True)
    settings = settle(tmp_path, toml, {}, options)
    assert settings.delivery.concurrency == 8
    assert settings.delivery.rate_limit == 1
    assert settings.delivery.max_duration == 90
    assert settings.max_errors == ErrorLimit(Decimal(5), percent=True)
    assert settings.yes
    assert settings.dry_run


@pytest.mark.parametrize(
    ("text", "seconds"), [("30m", 1800), ("2h", 7200), ("90s", 90), ("90", 90), ("1.5h", 5400)]
)
def test_a_duration_is_seconds_minutes_or_hours(tmp_path: Path, text: str, seconds: float) -> None:
    settings = settle(tmp_path, options=Options(max_duration=text))
    assert settings.delivery.max_duration == seconds


@pytest.mark.parametrize("text", ["0", "0s", "-5", "soon", "1d", "m", "1e3", "٣m", " 5", "9" * 400])
def test_any_other_duration_is_refused(tmp_path: Path, text: str) -> None:
    (line,) = told(tmp_path, options=Options(max_duration=text))
    assert line.startswith("--max-duration is ")
    assert line.endswith('Write a time such as "30m", "2h" or "90s".')


@pytest.mark.parametrize(
    ("written", "rows", "allowed"),
    [("5", 1000, 5), ("0", 1000, 0), ("5%", 1000, 50), ("5%", 10, 0), ("0.5%", 400, 2)],
)
def test_an_error_limit_is_a_count_or_a_share_of_the_rows(
    tmp_path: Path, written: str, rows: int, allowed: int
) -> None:
    limit = settle(tmp_path, options=Options(max_errors=written)).max_errors
    assert limit is not None
    assert limit.allows(rows) == allowed


@pytest.mark.parametrize("text", ["-1", "1.5", "101%", "%", "5 %", "five", "5%%", "nan", "1e2"])
def test_any_other_error_limit_is_refused(tmp_path: Path, text: str) -> None:
    (line,) = told(tmp_path, options=Options(max_errors=text))
    assert line.startswith("--max-errors is ")


@pytest.mark.parametrize(
    "options",
    [
        Options(concurrency=0),
        Options(concurrency=257),
        Options(rate_limit=0.0),
        Options(rate_limit=float("nan")),
        Options(rate_limit=float("inf")),
    ],
)
def test_options_out_of_bounds_are_refused(tmp_path: Path, options: Options) -> None:
    (line,) = told(tmp_path, options=options)
    assert line.startswith("--")
    assert "Write a" in line


# What is wrong in a file


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        (
            '[log]\ndate_order = "dmy"',
            'line 2: [log] date_order is "dmy". Did you mean "DMY"? Write "DMY", "MDY" or "YMD".',
        ),
        ("[log]\n\ndecimal = 5", 'line 3: [log] decimal is 5. Write "." or ",".'),
        (
            '[log]\nmass_unit = "kgs"',
            (
                'line 2: [log] mass_unit is "kgs". Did you mean "kg"? '
                'Write "g", "kg", "t", "lb", "short ton" or "long ton".'
            ),
        ),
        (
            "[log]\nmax_batch_days = true",
            "line 2: [log] max_batch_days is true. Write a whole number from 1 to 366.",
        ),
        (
            '[log]\ntimezone = "Berlin"',
            (
                'line 2: [log] timezone is "Berlin". Did you mean "Europe/Berlin"? '
                'Write an IANA zone, such as "Europe/Berlin".'
            ),
        ),
        ("[log]\ntimezon = 1", "line 2: [log] timezon is not a setting. Did you mean timezone?"),
        ("[lgo]\nx = 1", "line 1: [lgo] is not a setting. Did you mean [log]?"),
        (
            "[log]\n[log.colums]\nx = 1",
            "line 2: [log.colums] is not a setting. Did you mean [log.columns]?",
        ),
        (
            'timezone = "UTC"',
            "line 1: timezone is not a setting here. Move it below the line [log].",
        ),
        (
            "[ledger]\nzzz = 1",
            "line 2: [ledger] zzz is not a setting. Remove it, or use one of: url.",
        ),
        (
            "log = 5",
            "line 1: log is not a table. Write its name in square brackets, and its keys below it.",
        ),
        (
            '[facilities]\n"North kiln" = "fcl_1"',
            (
                'line 2: [facilities] "North kiln" is "fcl_1". '
                "Write the registry’s id: fcl_ and 16 to 33 letters or digits."
            ),
        ),
        (
            f'feedstocks = {{"A\\nb" = "{FACILITY}"}}',
            (
                f'line 1: [feedstocks] "A\\nb" is "{FACILITY}". '
                "Write the registry’s id: ftt_ and 16 to 33 letters or digits."
            ),
        ),
        (
            '[registry]\nenvironment = "prod"',
            (
                'line 2: [registry] environment is "prod". Did you mean "production"? '
                'Write "local", "sandbox" or "production".'
            ),
        ),
        (
            "[delivery]\nproduction = 1",
            "line 2: [delivery] production is 1. Write true or false.",
        ),
        (
            f"[log]\nsheet = 0x{'f' * 5000}",
            'line 2: [log] sheet is a number beyond all bounds. Write a sheet’s name in quotes: "Runs".',
        ),
    ],
)
def test_a_mistake_is_told_with_file_line_key_finding_and_remedy(
    tmp_path: Path, toml: str, line: str
) -> None:
    assert told(tmp_path, toml) == [f"pipeline.toml, {line}"]


@pytest.mark.parametrize(
    "statement",
    [
        'log.timezone = "Nowhere"',
        "log.max_mass_ratio = 1",
        "log.max_mass_ratio = 0.5",
        "log.max_mass_ratio = -3",
        "log.max_mass_ratio = nan",
        "log.max_mass_ratio = true",
        "log.max_mass_ratio = false",
        'log.max_mass_ratio = "20"',
        "log.max_batch_days = 0",
        "log.max_batch_days = 7.0",
        'log.sheet = ""',
        'log.timezone = "right/Europe/Berlin"',
        'log.timezone = "../../etc/passwd"',
        'log.columns.X = "weight"',
        f'facilities.K = "{FEEDSTOCK}"',
        f'facilities.K = "{FACILITY} "',
        f'facilities.K = "{FACILITY}\\n"',
        f'facilities.K = "{"fcl_".ljust(19, "A")}"',
        f'facilities.K = "{"fcl_".ljust(38, "A")}"',
        "delivery.concurrency = 0",
        'delivery.concurrency = "16"',
        "delivery.quiet_seconds = -1",
        "delivery.quiet_seconds = inf",
        "delivery.quiet_seconds = true",
        "delivery.rate_limit = 0",
        "delivery.max_errors = true",
        "delivery.max_errors = 1.5",
        "delivery.max_duration = 2020-01-01",
        'notify.urls = "mailto://x"',
        'notify.urls = ["no address"]',
        "ledger.url = 5",
        "credentials.access_token_file = 5",
        "log = []",
        "[[log]]",
        "facilities = 1",
    ],
)
def test_a_wrong_value_is_refused_on_its_line(tmp_path: Path, statement: str) -> None:
    (line,) = told(tmp_path, f"# a remark\n{statement}", {"ISOMETRIC_ENVIRONMENT": "local"})
    assert line.startswith("pipeline.toml, line 2: ")


def test_everything_wrong_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    lines = told(
        tmp_path,
        '[delivery]\nconcurrency = 0\n[log]\ndecimal = ";"\nsheets = "x"',
        {"ISOMETRIC_ENVIRONMENT": "sandbox", "ISOMETRIC_BASE_URL": "ftp://x"},
        Options(max_errors="x"),
    )
    starts = [
        "pipeline.toml, line 2: [delivery] concurrency",
        "pipeline.toml, line 4: [log] decimal",
        "pipeline.toml, line 5: [log] sheets",
        "--max-errors",
        "ISOMETRIC_BASE_URL",
        "The access token for sandbox is missing",
        "The client secret for sandbox is missing",
    ]
    assert len(lines) == len(starts)
    assert all(map(str.startswith, lines, starts))


def test_no_word_is_suggested_when_several_are_as_likely(tmp_path: Path) -> None:
    (line,) = told(tmp_path, '[log.columns]\nX = "s"')
    assert "Did you mean" not in line


def test_what_was_read_is_not_changed_by_judging_it() -> None:
    data: dict[str, object] = {"log": {"decimal": ";", "sheet": "Runs"}}
    file, faults = fit(File, data)
    assert data == {"log": {"decimal": ";", "sheet": "Runs"}}
    assert (file.log.sheet, file.log.decimal) == ("Runs", None)
    assert [fault.key for fault in faults] == [("log", "decimal")]


def test_an_error_stays_on_one_line_and_harmless_whatever_the_file_holds(tmp_path: Path) -> None:
    (line,) = told(tmp_path, '[log.columns]\n"a\\n\\u001b[31m\\u202e" = "b\\r\\u2028\\u009b"')
    assert line.isprintable()


@pytest.mark.parametrize(
    ("toml", "where", "words"),
    [
        ("[log]\nsheet = Runs", "line 2, column 9", "text stands in quotes"),
        ("[log]\nNorth kiln = 1", "line 2, column 7", "a key with spaces stands in quotes"),
        ('[log]\nsheet = "Runs', "line 2, column 14", "not closed by a quote"),
        ('[log]\nsheet = "Runs\n', "line 2, column 14", "not closed by a quote on its own line"),
        ("[log\nx = 1", "line 1, column 5", "not closed by its bracket"),
        ("[log]\n[log]", "line 2, column 5", "for the second time"),
        ("[log]\na = 1\na = 2", "line 3, column 6", "for the second time"),
        ('a = "C:\\Users"', "line 1, column 10", "backslash"),
        ("a = [1,\n2,", "line 2, column 3", "the file ends before this is finished"),
        ("a = 1 2", "line 1, column 7", "one line says one thing"),
    ],
)
def test_broken_toml_is_told_in_plain_words(tmp_path: Path, toml: str, where: str, words: str) -> None:
    (line,) = told(tmp_path, toml, CREDENTIALS)
    assert line.startswith(f"pipeline.toml, {where}: ")
    assert words in line
    assert line.endswith("Correct this line.")


@pytest.mark.parametrize("toml", ["a = 1e99999999999999999999", f"a = {'9' * 5000}"])
def test_a_number_beyond_all_bounds_is_an_error_and_no_crash(tmp_path: Path, toml: str) -> None:
    assert "beyond all bounds" in told(tmp_path, toml)[0]


def test_a_file_in_another_encoding_is_refused_at_the_line(tmp_path: Path) -> None:
    keep(tmp_path / "pipeline.toml", b'[log]\nsheet = "L\xe4ufe"')
    (line,) = told(tmp_path)
    assert line.startswith("pipeline.toml, line 2: ")
    assert "UTF-8" in line


def test_a_broken_file_does_not_hide_wrong_options_nor_invent_missing_credentials(
    tmp_path: Path,
) -> None:
    lines = told(tmp_path, "[log", {}, Options(concurrency=0))
    assert len(lines) == 2
    assert lines[1].startswith("--concurrency")


# On which line


def test_lines_are_found_for_quoted_dotted_and_nested_keys() -> None:
    text = (
        "# [log]\n"
        '[ "log" . columns ]  # a remark\n'
        "\"a = 'b'\" = 'c'\n"
        'plain = """\n'
        "ghost = 1\n"
        '"""\n'
        "list = [\n"
        '  "x = 1",\n'
        "]\n"
        "[[many]]\n"
        "x.y = {z = 1}\n"
        "last = 2\r\n"
    )
    assert lines_of(text) == {
        ("log",): 2,
        ("log", "columns"): 2,
        ("log", "columns", "a = 'b'"): 3,
        ("log", "columns", "plain"): 4,
        ("log", "columns", "list"): 7,
        ("many",): 10,
        ("many", "x"): 11,
        ("many", "x", "y"): 11,
        ("many", "x", "y", "z"): 11,
        ("many", "last"): 12,
    }


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=8), unique=True))
def test_every_key_is_found_on_the_line_it_was_written(keys: list[str]) -> None:
    quoted = [json.dumps(key).replace("\x7f", "\\u007f") for key in keys]
    quoted = [key for key in quoted if "\\ud" not in key]
    keys = [json.loads(key) for key in quoted]
    text = "\n".join(["[log.columns]", *(f"{key} = 1" for key in quoted)])
    lines = lines_of(text)
    assert [lines["log", "columns", key] for key in keys] == list(range(2, len(keys) + 2))


# Which registry


def test_credentials_without_an_environment_are_an_error(tmp_path: Path) -> None:
    for name, value in CREDENTIALS.items():
        (line,) = told(tmp_path, None, {name: value})
        assert "nothing says for which registry" in line
    (line,) = told(tmp_path, '[credentials]\naccess_token_file = "token"')
    assert "nothing says for which registry" in line


@pytest.mark.parametrize("environ", [CREDENTIALS, SANDBOX])
def test_local_is_local_when_it_is_asked_for(tmp_path: Path, environ: Mapping[str, str]) -> None:
    settings = settle(tmp_path, None, environ, Options(target="local"))
    assert (settings.environment, settings.base_url) == ("local", None)


@pytest.mark.parametrize("word", ["Production", "prod", "SANDBOX", " sandbox", "live"])
def test_an_environment_is_one_of_three_words(tmp_path: Path, word: str) -> None:
    (line,) = told(tmp_path, None, {**CREDENTIALS, "ISOMETRIC_ENVIRONMENT": word})
    assert line.startswith("ISOMETRIC_ENVIRONMENT is ")
    assert line.endswith("Write local, sandbox or production.")
    (line,) = told(tmp_path, options=Options(target=word))
    assert line.startswith("--target is ")


def test_a_misspelt_environment_in_the_file_never_becomes_a_local_run(tmp_path: Path) -> None:
    for key in ("environment", "enviroment"):
        (line,) = told(tmp_path, f'[registry]\n{key} = "prduction"', CREDENTIALS)
        assert line.startswith("pipeline.toml, line 2: ")


def test_only_production_has_to_be_confirmed(tmp_path: Path) -> None:
    assert settle(tmp_path).production_confirmed
    assert settle(tmp_path, None, SANDBOX).production_confirmed
    assert not settle(tmp_path, None, PRODUCTION).production_confirmed
    assert settle(tmp_path, None, PRODUCTION, Options(yes=True)).production_confirmed
    toml = "[delivery]\nproduction = true"
    assert settle(tmp_path, toml, PRODUCTION).production_confirmed


def test_each_environment_has_its_own_address(tmp_path: Path) -> None:
    assert settle(tmp_path, None, SANDBOX).base_url == "https://api.sandbox.isometric.com/mrv/v0"
    assert settle(tmp_path, None, PRODUCTION).base_url == "https://api.isometric.com/mrv/v0"


@pytest.mark.parametrize(
    ("environ", "url", "meant"),
    [
        (SANDBOX, "https://api.sandbox.isometric.com/mrv/v0/", None),
        (SANDBOX, "HTTPS://API.Sandbox.isometric.com:443/mrv/v0", None),
        (PRODUCTION, "https://api.isometric.com/mrv/v0", None),
        (NOTHING, "http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        (NOTHING, "http://127.9.9.9:1/mrv/v0/", "http://127.9.9.9:1/mrv/v0"),
        (NOTHING, "http://localhost:65535/", "http://localhost:65535"),
        (NOTHING, "http://[::1]:8000/mrv/v0", "http://[::1]:8000/mrv/v0"),
        (SANDBOX, "http://localhost", "http://localhost"),
    ],
)
def test_the_known_hosts_and_loopback_are_allowed(
    tmp_path: Path, environ: Mapping[str, str], url: str, meant: str | None
) -> None:
    settings = settle(tmp_path, None, {**environ, "ISOMETRIC_BASE_URL": url})
    assert settings.base_url == (meant or settle(tmp_path, None, environ).base_url)


HOSTILE = [
    "http://api.sandbox.isometric.com/mrv/v0",
    "https://api.sandbox.isometric.com.evil.example/mrv/v0",
    "https://evil.example/mrv/v0",
    "https://api-sandbox.isometric.com/mrv/v0",
    "https://isometric.com/mrv/v0",
    f"https://user:{CANARY}@api.sandbox.isometric.com/mrv/v0",
    f"https://{CANARY}@api.sandbox.isometric.com/mrv/v0",
    f"https://api.sandbox.isometric.com:{CANARY}@evil.example/mrv/v0",
    f"https://api.sandbox.isometric.com\\@{CANARY}.example/mrv/v0",
    "https://api.sandbox.isometric.com:8443/mrv/v0",
    "https://api.sandbox.isometric.com:0443/mrv/v0",
    "https://api.sandbox.isometric.com:/mrv/v0",
    "https://api.sandbox.isometric.com./mrv/v0",
    "https://api.sandbox.isometric.com/mrv/v1",
    "https://api.sandbox.isometric.com/mrv/v0/../../admin",
    "https://api.sandbox.isometric.com/mrv/v0//",
    "https://api.sandbox.isometric.com/MRV/v0",
    "https://api.sandbox.isometric.com",
    "https://api.sandbox.isometric.com/mrv/v0?next=https://evil.example",
    "https://api.sandbox.isometric.com/mrv/v0?",
    "https://api.sandbox.isometric.com/mrv/v0#top",
    "https://api.sandbox.isometric.com/mrv/v0\n",
    "https://api.sandbox.isometric.com/mrv/v0\nHost: evil.example",
    "\thttps://api.sandbox.isometric.com/mrv/v0",
    " https://api.sandbox.isometric.com/mrv/v0",
    "https://api.sandbox.iſometric.com/mrv/v0",
    "https://api.sаndbox.isometric.com/mrv/v0",
    "https://api。sandbox.isometric.com/mrv/v0",
    "httpſ://api.sandbox.isometric.com/mrv/v0",
    "http://localhoſt:8000",
    "https:/api.sandbox.isometric.com/mrv/v0",
    "//api.sandbox.isometric.com/mrv/v0",
    "api.sandbox.isometric.com/mrv/v0",
    "https://127.0.0.1/mrv/v0",
    "https://[::1]/mrv/v0",
    "http://127.0.0.1.evil.example:8000",
    "http://localhost.evil.example",
    "http://localhost.",
    "http://localhost@evil.example",
    f"http://{CANARY}:x@127.0.0.1:8000",
    "http://127.0.0.1:0",
    "http://127.0.0.1:65536",
    "http://127.0.0.1:80@evil.example/",
    "http://127.0.0.1:8000/?x=1",
    "http://127.0.0.1:8000/#x",
    "http://127.0.0.01:8000",
    "http://127.1:8000",
    "http://2130706433:8000",
    "http://0x7f.0.0.1:8000",
    "http://128.0.0.1:8000",
    "http://0.0.0.0:8000",
    "http://10.0.0.1:8000",
    "http://169.254.169.254/latest/meta-data",
    "http://[::ffff:127.0.0.1]:8000",
    "http://[::1%25eth0]:8000",
    "http://[::]:8000",
    "http://١٢٧.0.0.1:8000",
    "file:///etc/passwd",
    "unix:///run/registry.sock",
    "javascript:alert(1)",
    "https://api.sandbox.isometric.com/%6drv/v0",
    "https://api.sandbox.isometric.com/mrv%2fv0",
    "https://api%2esandbox.isometric.com/mrv/v0",
    "https://%61pi.sandbox.isometric.com/mrv/v0",
    "https://api.sandbox.isometric.com%00.evil.example/mrv/v0",
    "https://evil.example#@api.sandbox.isometric.com/mrv/v0",
    "https://evil.example\\.api.sandbox.isometric.com/mrv/v0",
    "https:\\\\api.sandbox.isometric.com\\mrv\\v0",
    "https://xn--pi-7kc.sandbox.isometric.com/mrv/v0",
    "https://192.168.0.10/mrv/v0",
    "https://172.16.0.1/mrv/v0",
    "https://169.254.169.254/mrv/v0",
    "https://[fe80::1]/mrv/v0",
    "https://[fd00::1]/mrv/v0",
    "https://[::ffff:169.254.169.254]/mrv/v0",
    "http://192.168.0.10:8000",
    "http://[fe80::1%25eth0]:8000",
    "http://127.0.0.1:８０００",
    "http://127.0.0.1:8000\\@evil.example",
]


@pytest.mark.parametrize("url", HOSTILE)
def test_any_other_address_is_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    (line,) = told(tmp_path, None, {**SANDBOX, "ISOMETRIC_BASE_URL": url})
    assert line.startswith("ISOMETRIC_BASE_URL is not an address that credentials may be sent to.")
    assert CANARY not in line
    assert "evil" not in line


@pytest.mark.parametrize(
    ("environment", "host"),
    [
        ("sandbox", "api.isometric.com"),
        ("production", "api.sandbox.isometric.com"),
        ("local", "api.sandbox.isometric.com"),
        ("local", "api.isometric.com"),
    ],
)
def test_a_known_host_of_another_environment_is_refused(tmp_path: Path, environment: str, host: str) -> None:
    environ = {
        **CREDENTIALS,
        "ISOMETRIC_ENVIRONMENT": environment,
        "ISOMETRIC_BASE_URL": f"https://{host}/mrv/v0",
    }
    (line,) = told(tmp_path, None, environ)
    assert f"but the environment is {environment}" in line


# Where the ledger is


@pytest.mark.parametrize(
    ("url", "path"),
    [("sqlite:///a/b.db", "{home}/a/b.db"), ("sqlite:////var/lib/ledger.db", "/var/lib/ledger.db")],
)
def test_a_ledger_file_is_found_from_home(tmp_path: Path, url: str, path: str) -> None:
    settings = settle(tmp_path, None, {"PIPELINE_LEDGER_URL": url})
    assert settings.ledger_url == f"sqlite:///{path.format(home=tmp_path)}"


def test_a_folder_whose_name_would_cut_the_ledgers_path_off_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "what?"
    folder.mkdir()
    (line,) = told(folder)
    assert "question mark" in line


def test_a_shared_ledger_is_taken_as_written(tmp_path: Path) -> None:
    url = "postgresql+psycopg://user:pass@host:5432/ledger?sslmode=require"
    assert settle(tmp_path, None, {"PIPELINE_LEDGER_URL": url}).ledger_url == url


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://user:{CANARY}@host/db",
        f"mysql://user:{CANARY}@host/db",
        f"postgresql+psycopg://user:{CANARY} @host/db",
        "postgresql+psycopg://",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///a.db?mode=memory",
        "sqlite+aiosqlite:///a.db",
        "ledger.sqlite3",
    ],
)
def test_any_other_ledger_is_refused_and_its_password_not_repeated(tmp_path: Path, url: str) -> None:
    (line,) = told(tmp_path, None, {"PIPELINE_LEDGER_URL": url})
    assert line.startswith("PIPELINE_LEDGER_URL ")
    assert "Write sqlite:///" in line
    (from_file,) = told(tmp_path, f'[ledger]\nurl = "{url}"')
    assert from_file.startswith("pipeline.toml, line 2: [ledger] url ")
    assert CANARY not in line + from_file


# Credentials


def test_credentials_come_from_the_environment_first(tmp_path: Path) -> None:
    toml = '[credentials]\naccess_token_file = "token"\nclient_secret_file = "gone"'
    keep(tmp_path / "token", b"from-a-file", mode=0o644)
    settings = settle(tmp_path, toml, SANDBOX)
    assert settings.access_token.reveal() == CREDENTIALS["ISOMETRIC_ACCESS_TOKEN"]
    assert settings.client_secret.reveal() == CREDENTIALS["ISOMETRIC_CLIENT_SECRET"]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_credentials_come_from_files_beside_the_settings(tmp_path: Path, end: bytes) -> None:
    token = keep(tmp_path / "token", b"from-a-file" + end)
    keep(tmp_path / "secret", b"another" + end, mode=0o400)
    toml = f'[credentials]\naccess_token_file = "{token}"\nclient_secret_file = "secret"'
    settings = settle(tmp_path, toml, {"ISOMETRIC_ENVIRONMENT": "production"})
    assert settings.access_token.reveal() == "from-a-file"
    assert settings.client_secret.reveal() == "another"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o666, 0o620])
def test_a_file_open_to_others_is_refused_with_the_command_to_type(tmp_path: Path, mode: int) -> None:
    path = keep(tmp_path / "the token", CANARY.encode(), mode)
    toml = '[credentials]\naccess_token_file = "the token"'
    environ = {**SANDBOX, "ISOMETRIC_ACCESS_TOKEN": ""}
    (line,) = told(tmp_path, toml, environ)
    assert line.startswith("pipeline.toml, line 2: [credentials] access_token_file ")
    assert line.endswith(f"chmod 600 '{path}'")
    subprocess.run(["sh", "-c", line.partition("Type: ")[2]], check=True)  # noqa: S607 - any sh
    assert settle(tmp_path, toml, environ).access_token.reveal() == CANARY


@pytest.mark.parametrize("path", [CANARY, ".", f"{CANARY}\\u0000"])
def test_a_file_that_cannot_be_read_may_be_the_secret_itself_and_is_not_named(
    tmp_path: Path, path: str
) -> None:
    toml = f'[credentials]\nclient_secret_file = "{path}"'
    (line,) = told(tmp_path, toml, {**SANDBOX, "ISOMETRIC_CLIENT_SECRET": ""})
    assert line.startswith("pipeline.toml, line 2: [credentials] client_secret_file ")
    assert CANARY not in line


@pytest.mark.parametrize(
    "toml",
    [
        f'access_token = "{CANARY}"',
        f'[credentials]\naccess_token = "{CANARY}"',
        f'[credentials]\nclient-secret = "{CANARY}"',
        f'[registry]\nISOMETRIC_CLIENT_SECRET = "{CANARY}"',
        f'[credentials]\naccess_token_file = "eyJ{CANARY}"',
    ],
)
def test_a_secret_is_never_in_the_file(tmp_path: Path, toml: str) -> None:
    (line,) = told(tmp_path, toml, SANDBOX)
    assert "never in this file" in line
    assert CANARY not in line


def test_a_missing_credential_is_named_with_the_places_where_it_is_looked_for(
    tmp_path: Path,
) -> None:
    (line,) = told(tmp_path, None, {**SANDBOX, "ISOMETRIC_CLIENT_SECRET": ""})
    assert line.startswith("The client secret for sandbox is missing.")
    assert "ISOMETRIC_CLIENT_SECRET" in line
    assert "client_secret_file under [credentials]" in line
    assert "keyring set isometric-sandbox client_secret" in line


@pytest.mark.parametrize("ending", ["\n", "\r\nX: y", " ", "\0", "é", "\x7f", "\u2028"])
def test_what_cannot_stand_in_a_header_is_refused_without_being_shown(tmp_path: Path, ending: str) -> None:
    (line,) = told(tmp_path, None, {**SANDBOX, "ISOMETRIC_ACCESS_TOKEN": CANARY + ending})
    assert line.startswith("ISOMETRIC_ACCESS_TOKEN ")
    assert CANARY not in line
    keep(tmp_path / "token", f"{CANARY}{ending}.".encode())
    toml = '[credentials]\naccess_token_file = "token"'
    (line,) = told(tmp_path, toml, {**SANDBOX, "ISOMETRIC_ACCESS_TOKEN": ""})
    assert line.startswith("The file of pipeline.toml, line 2: [credentials] access_token_file ")
    assert CANARY not in line


KEYRING = """
class errors:
    class KeyringError(Exception):
        pass

def get_password(service, name):
    if service == "isometric-production":
        raise errors.KeyringError("locked")
    return {("isometric-sandbox", "access_token"): "kept-token",
            ("isometric-sandbox", "client_secret"): "kept-secret"}[service, name]
"""
ASK = """
import sys
from pathlib import Path
from pipeline.errors import SettingsError
from pipeline.settings import Options, load
try:
    found = load(folder=Path(), environ={}, options=Options(target=sys.argv[1]))
    print(found.access_token.reveal(), found.client_secret.reveal(), "keyring" in sys.modules)
except SettingsError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        ("sandbox", "kept-token kept-secret True"),
        ("local", "local local False"),
        ("production", "the system keyring cannot be read (KeyringError). Unlock it, or set"),
    ],
)
def test_an_installed_keyring_is_asked_last_and_only_when_needed(
    tmp_path: Path, target: str, answer: str
) -> None:
    keep(tmp_path / "keyring.py", KEYRING.encode())
    here = Path(__file__).parent.parent
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(here)])}
    asked = subprocess.run(
        [sys.executable, "-c", ASK, target],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer in asked.stdout
    assert asked.stderr == ""


# Secrets


@given(st.text(string.ascii_letters + string.digits + "._-", min_size=4))
def test_a_secret_is_three_asterisks_to_all_but_who_asks(text: str) -> None:
    secret = Secret(text)
    record = logging.LogRecord("x", logging.INFO, "x", 1, "%s %r", (secret, secret), None)
    table = io.StringIO()
    csv.writer(table).writerow([secret])
    assert [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:}",
        "%s" % secret,  # noqa: UP031 - the old way is a way too
        secret + "",
        secret[:],
        json.loads(json.dumps({"x": secret}))["x"],
        table.getvalue().strip(),
        secret.encode().decode(),
    ] == ["***"] * 10
    assert record.getMessage() == "*** ***"
    assert msgspec.json.encode([secret], enc_hook=str) == b'["***"]'
    assert secret.reveal() == text


def test_a_secret_cannot_be_written_down_or_looked_into() -> None:
    secret = Secret(CANARY)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError):
            pickle.dumps(secret, protocol)
    with pytest.raises(TypeError):
        copy.deepcopy(secret)
    with pytest.raises(TypeError):
        vars(secret)
    with pytest.raises(TypeError):
        msgspec.json.encode(secret)


def test_secrets_are_equal_when_what_is_behind_them_is() -> None:
    one, same, other = Secret("one"), Secret("one"), Secret("other")
    assert one == same
    assert not one != same  # noqa: SIM202 - `!=` is what is tested
    assert one != other
    assert hash(one) == hash(same)
    for text in ("***", "one"):
        assert one != text
        assert text != one


def test_settings_do_not_show_the_secrets_they_hold(tmp_path: Path) -> None:
    toml = f'[notify]\nurls = ["slack://{CANARY}"]'
    environ = {
        "ISOMETRIC_ENVIRONMENT": "sandbox",
        "ISOMETRIC_ACCESS_TOKEN": CANARY,
        "ISOMETRIC_CLIENT_SECRET": CANARY,
        "PIPELINE_LEDGER_URL": f"postgresql+psycopg://u:{CANARY}@host/db",
    }
    settings = settle(tmp_path, toml, environ)
    shown = f"{settings} {settings!r} {settings.notify} {settings.access_token}"
    assert CANARY not in shown


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    settings = settle(tmp_path)
    with pytest.raises(AttributeError):
        settings.environment = "production"  # type: ignore[misc]
    with pytest.raises(ValueError, match="frozen"):
        settings.delivery.production = True  # type: ignore[misc]
