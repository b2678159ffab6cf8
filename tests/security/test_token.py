"""A token that cannot carry a run to its end is found before anything is read or sent."""

import datetime as dt
from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.local_registry.launch import launched
from pipeline.settings import Secret
from pipeline.settings.token import LONGEST_RUN, Validity, validity
from tests.program.shell import HARBOUR, Shell
from tests.security.secrets_of_tests import ACCESS_TOKEN, CLIENT_SECRET, found_in, token
from tests.security.servers import registered, serving

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
DAY, MINUTE, SECOND = dt.timedelta(days=1), dt.timedelta(minutes=1), dt.timedelta(seconds=1)


def of(expires: dt.datetime, **claims: object) -> Validity:
    return validity(Secret(token(expires, **claims)))


@pytest.mark.parametrize(
    ("expires", "max_duration", "says"),
    [
        (NOW, None, "expired on 2026-11-24 12:00 UTC"),
        (NOW - 400 * DAY, None, "expired on 2025-10-20 12:00 UTC"),
        (NOW + SECOND, None, "before this run is sure to have ended"),
        (NOW + LONGEST_RUN - SECOND, None, "before this run is sure to have ended"),
        (NOW + 2 * MINUTE, 121.0, "--max-duration"),
        (NOW + 90 * MINUTE, 7200.0, "before this run is sure to have ended"),
    ],
)
def test_a_token_that_ends_before_the_run_could_is_refused_with_the_date_and_what_to_do(
    expires: dt.datetime, max_duration: float | None, says: str
) -> None:
    with pytest.raises(SettingsError, match=r"Nothing was sent\. Make a new one") as caught:
        of(expires).judged(NOW, max_duration)
    assert says in str(caught.value)


@pytest.mark.parametrize(("expires", "max_duration"), [(NOW + LONGEST_RUN, None), (NOW + 2 * MINUTE, 60.0)])
def test_a_token_that_lasts_for_the_run_is_used_with_a_warning(
    expires: dt.datetime, max_duration: float | None
) -> None:
    assert of(expires).judged(NOW, max_duration).startswith("The access token expires on 2026-11-24")


@pytest.mark.parametrize(("days", "told"), [(29.9, True), (30, False), (365, False)])
def test_a_warning_begins_thirty_days_before_the_end(days: float, told: bool) -> None:
    assert bool(of(NOW + days * DAY).judged(NOW)) == told


@pytest.mark.parametrize(("begins", "refused"), [(NOW + 2 * MINUTE, True), (NOW + 30 * SECOND, False)])
def test_a_token_of_the_future_is_refused_but_for_the_skew_of_a_clock(
    begins: dt.datetime, refused: bool
) -> None:
    found = of(NOW + 300 * DAY, nbf=begins)
    if refused:
        with pytest.raises(SettingsError, match="not valid before 2026-11-24 12:02 UTC"):
            found.judged(NOW)
    else:
        assert found.judged(NOW) == ""


@pytest.mark.parametrize(
    "text",
    [
        "local",
        "opaque-token",
        "a.b.c",
        "eyJhbGciOiJIUzI1NiJ9.bm8gSlNPTg.c2ln",
        "e30.e30.e30",
        "....",
        "." * 9,
    ],
)
def test_a_token_that_is_no_jwt_says_nothing_and_is_used(text: str) -> None:
    assert validity(Secret(text)) == Validity()
    assert Validity().judged(NOW) == ""


@pytest.mark.parametrize("value", [None, "tomorrow", True, 1e300, float("nan"), [1], {"a": 1}, -(10**30)])
def test_an_expiry_that_makes_no_sense_is_none(value: object) -> None:
    made = token(NOW)
    assert of(NOW, exp=value).ends is None
    assert validity(Secret(made)).ends == NOW


def plant(folder: Path, access_token: str, url: str) -> Shell:
    shell = Shell(
        folder,
        ISOMETRIC_ENVIRONMENT="local",
        ISOMETRIC_BASE_URL=url,
        ISOMETRIC_ACCESS_TOKEN=access_token,
        ISOMETRIC_CLIENT_SECRET=CLIENT_SECRET,
    )
    shell.copy(HARBOUR, "log.csv")
    return shell


@pytest.mark.parametrize(
    "command", [["upload", "log.csv"], ["upload", "missing.csv"], ["upload", "-n", "log.csv"]]
)
def test_the_program_refuses_an_expired_token_before_it_reads_a_file_or_sends_a_request(
    tmp_path: Path, command: list[str]
) -> None:
    expired = token(dt.datetime.now(dt.UTC) - DAY)
    with serving(registered) as registry:
        ran = plant(tmp_path, expired, registry.url).run(*command)
    assert ran.code == 2
    assert "The access token expired on" in ran.stderr
    assert "rows" not in ran.screen
    assert not found_in(ran.screen.encode(), expired)
    assert registry.connections == []
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("command", [["reconcile"], ["amend", "000318"]])
def test_a_command_without_max_duration_names_the_setting_that_lets_it_end_earlier(
    tmp_path: Path, command: list[str]
) -> None:
    with launched(tmp_path / "registry.sqlite3") as url:
        shell = plant(tmp_path, token(dt.datetime.now(dt.UTC) + 10 * MINUTE), url)
        refused = shell.run(*command)
        (tmp_path / "pipeline.toml").write_text('[delivery]\nmax_duration = "5m"\n')
        shorter = shell.run("reconcile")
    assert refused.code == 2
    assert refused.stderr.endswith("(Or let the run end earlier, with max_duration under [delivery].)\n")
    assert shorter.code == 0, shorter.screen


def test_the_program_warns_on_screen_and_in_the_log_of_a_token_that_ends_soon(tmp_path: Path) -> None:
    soon = token(dt.datetime.now(dt.UTC) + 9.5 * DAY)
    with serving(registered) as registry:
        ran = plant(tmp_path, soon, registry.url).run("upload", "log.csv")
    assert ran.code == 0, ran.screen
    assert "notice: The access token expires on" in ran.stdout
    assert "in 9 days" in ran.stdout
    (log,) = tmp_path.glob("runs/*/run.log.jsonl")
    assert '"code": "token_expires"' in log.read_text()


def test_the_program_says_nothing_of_a_token_that_is_good_for_months(tmp_path: Path) -> None:
    with serving(registered) as registry:
        ran = plant(tmp_path, ACCESS_TOKEN, registry.url).run("upload", "log.csv")
    assert ran.code == 0, ran.screen
    assert "token" not in ran.screen
