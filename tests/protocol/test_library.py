"""The library as other programs call it: no loop of theirs, no handler of theirs, and nothing printed."""

import asyncio
import signal
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline import run
from pipeline.errors import Exit, SettingsError
from pipeline.local_registry.conduct import AS_PUBLISHED
from pipeline.settings import Options, load
from tests.protocol.plant import Plant, Power
from tests.protocol.truth import assert_healed, assert_nothing_false


def test_a_run_inside_a_running_event_loop_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=2)

    async def call() -> None:
        plant.upload()

    with pytest.raises(RuntimeError, match=r"inside a running event loop.*asyncio\.to_thread"):
        asyncio.run(call())
    assert plant.held().total() == 0
    assert not (tmp_path / "runs").exists()


def test_in_a_thread_of_a_program_with_an_event_loop_a_run_is_as_anywhere(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=2)
    settings = load(folder=tmp_path, environ={}, options=Options())

    async def call() -> int:
        return (await asyncio.to_thread(run.upload, [plant.log], settings)).exit_code

    assert asyncio.run(call()) == 0


def test_whoever_calls_has_its_handlers_of_signals_again_afterwards(tmp_path: Path) -> None:
    def ours(*_: object) -> None:
        """It is never called."""

    before = signal.signal(signal.SIGTERM, ours)
    try:
        Plant(tmp_path, rows=2).upload()
        assert signal.getsignal(signal.SIGTERM) is ours
    finally:
        signal.signal(signal.SIGTERM, before)


def test_an_upload_without_a_world_prints_nothing_and_reports(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plant = Plant(tmp_path, rows=2)
    settings = load(folder=tmp_path, environ={}, options=Options())
    report = run.upload([plant.log], settings)
    assert [row.outcome.word for row in report.rows] == ["created", "created"]
    assert capfd.readouterr() == ("", "")


def test_a_run_whose_time_is_over_sends_nothing_more_and_says_so(tmp_path: Path) -> None:
    """The time passes beside the work: here it is over as soon as the work waits for something."""
    plant = Plant(tmp_path, rows=7)

    async def beside(seconds: float) -> None:
        if seconds != 1800:
            await asyncio.Event().wait()

    world = replace(plant.world("", AS_PUBLISHED, Power()), beside=beside)
    report = run.upload([plant.log], plant.settings(concurrency=1, max_duration="30m"), world)
    assert report.stopped.startswith("The time that --max-duration allows is over.")
    assert report.exit_code == Exit.UNFINISHED
    assert plant.held().total() < 7
    assert_nothing_false(report, plant)
    assert_healed(plant.upload(), plant)


def test_a_night_has_an_end_that_is_said_nearest_to_it(tmp_path: Path) -> None:
    def longest(toml: str, **options: object) -> float | None:
        (tmp_path / "pipeline.toml").write_text(toml)
        typed = Options(nightly=True, **options)  # type: ignore[arg-type]
        return load(folder=tmp_path, environ={}, options=typed).delivery.max_duration

    of_delivery, of_nightly = '[delivery]\nmax_duration = "1h"\n', '[nightly]\nmax_duration = "2h"\n'
    assert longest("") == 4 * 3600
    assert longest(of_delivery) == 3600
    assert longest(of_delivery + of_nightly) == 2 * 3600
    assert longest(of_delivery + of_nightly, max_duration="30m") == 1800


@pytest.mark.parametrize(
    "address",
    [
        "http://hc-ping.com/canary",
        "https://user:canary@hc-ping.com/",
        "http://127.0.0.1.example/canary",
        "ftp://127.0.0.1/canary",
        "https://hc-ping.com/canary#x",
        "canary",
    ],
)
def test_a_heartbeat_goes_encrypted_or_to_this_machine_and_a_wrong_address_is_not_repeated(
    tmp_path: Path, address: str
) -> None:
    (tmp_path / "pipeline.toml").write_text(f'[nightly]\nheartbeat_url = "{address}"\n')
    with pytest.raises(SettingsError, match="heartbeat_url cannot be used") as wrong:
        load(folder=tmp_path, environ={}, options=Options())
    assert "canary" not in str(wrong.value)
