"""A ledger is durable and private, or it is not opened."""

import errno
import os
import resource
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from pipeline.errors import LedgerError, LedgerUnusableError
from pipeline.ledger.failing import may_pass, plainly, remedy
from pipeline.ledger.inspecting import inspected
from pipeline.ledger.opening import opened
from pipeline.ledger.sqlite import assert_sound
from tests.conftest import NewLedger
from tests.postgresql import Server
from tests.protocol.plant import Plant


@contextmanager
def using(url: str) -> Iterator[Engine]:
    """An opened ledger, closed again."""
    engine = opened(url)
    try:
        yield engine
    finally:
        engine.dispose()


def test_every_write_to_a_sqlite_ledger_survives_a_power_cut(tmp_path: Path) -> None:
    with using(f"sqlite:///{tmp_path}/ledger.sqlite3") as engine, engine.begin() as connection:
        found = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_every_write_to_a_postgresql_ledger_survives_a_power_cut(postgresql: Server) -> None:
    with using(postgresql.ledger()) as engine, engine.begin() as connection:
        found = {name: connection.scalar(text(f"SHOW {name}")) for name in ("synchronous_commit", "fsync")}
    assert found == {"synchronous_commit": "on", "fsync": "on"}


def test_a_postgresql_that_does_not_flush_to_disk_is_refused(postgresql: Server) -> None:
    with closing(postgresql.connect()) as admin:
        admin.execute("ALTER SYSTEM SET full_page_writes = off")
        admin.execute("SELECT pg_reload_conf()")
        try:
            with pytest.raises(LedgerError, match=r"full_page_writes is off in PostgreSQL. Set it to on"):
                opened_when(postgresql, "full_page_writes", "off")
        finally:
            admin.execute("ALTER SYSTEM RESET full_page_writes")
            admin.execute("SELECT pg_reload_conf()")
    opened_when(postgresql, "full_page_writes", "on").dispose()


def opened_when(server: Server, setting: str, value: str) -> Engine:
    """Open a ledger once new connections see that value; a reload is not instant."""
    for _ in range(1_000):
        with closing(server.connect()) as connection:
            if connection.execute(f"SHOW {setting}".encode()).fetchall() == [(value,)]:
                break
    return opened(server.ledger())


def test_one_transaction_waits_for_the_other(new_ledger: NewLedger) -> None:
    url = new_ledger()
    with using(url) as engine, engine.begin():
        second = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"from pipeline.ledger import Ledger; Ledger({url!r}).owners(); print('in')",
            ],
            stdout=subprocess.PIPE,
        )
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(timeout=3)
    with second:
        assert second.communicate(timeout=30)[0] == b"in\n"


def test_a_ledger_is_its_owners_only(tmp_path: Path) -> None:
    opened(f"sqlite:///{tmp_path}/folder/ledger.sqlite3").dispose()
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "folder" / "ledger.sqlite3").stat().st_mode) == 0o600


def test_a_damaged_ledger_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    plant.upload()
    file = tmp_path / ".pipeline" / "ledger.sqlite3"
    content = bytearray(file.read_bytes())
    content[4_096 : len(content)] = b"\xa5" * (len(content) - 4_096)
    file.write_bytes(content)
    plant.write({"B-NEW": 1})
    with pytest.raises(LedgerError, match=r"(?s)ledger.*(damaged|malformed).*"):
        plant.upload()
    assert file.read_bytes() == bytes(content)
    assert plant.held()["B-NEW"] == 0


def test_damage_where_a_run_would_not_look_is_found_when_the_ledger_is_opened(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=60)
    plant.upload()
    file = tmp_path / ".pipeline" / "ledger.sqlite3"
    content = bytearray(file.read_bytes())
    content[-4_096:] = b"\xa5" * 4_096
    file.write_bytes(content)
    with pytest.raises(LedgerError, match=r"damaged|malformed"):
        opened(f"sqlite:///{file}")


def test_a_full_disk_is_not_taken_for_a_file_system_without_write_ahead_logging(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/ledger.sqlite3")
    with closing(engine.connect()) as without_it:
        with pytest.raises(OSError, match="File too large"), no_file_grows():
            assert_sound(without_it)
        with pytest.raises(LedgerError, match="does not do write-ahead logging; keep it on a local disk"):
            assert_sound(without_it)
    engine.dispose()


@contextmanager
def no_file_grows() -> Iterator[None]:
    """Of this process; to whom it happens, it is as a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    ("number", "what_to_do"),
    [
        (errno.EACCES, "See that this user may write to the file and to its folder."),
        (errno.EROFS, "See that this user may write to the file and to its folder."),
        (errno.ENOSPC, "Make room on its disk (or raise its quota)."),
        (errno.EDQUOT, "Make room on its disk (or raise its quota)."),
        (errno.EFBIG, "Make room on its disk (or raise its quota)."),
    ],
)
def test_what_the_system_refuses_has_the_remedy_of_its_cause(number: int, what_to_do: str) -> None:
    assert remedy("sqlite", plainly(OSError(number, os.strerror(number), "ledger.sqlite3"))) == what_to_do


def test_a_ledger_of_a_newer_version_is_refused_and_left_alone(new_ledger: NewLedger) -> None:
    url = new_ledger()
    with using(url) as engine, engine.begin() as connection:
        connection.execute(text("UPDATE stamps SET value = '999' WHERE name = 'schema'"))
    with pytest.raises(LedgerError, match=r"newer version of this program \(schema 999\)"):
        opened(url)


def test_a_postgresql_that_cannot_be_reached_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"(?s)cannot be used.*Nothing was sent. See that the server runs"):
        opened(f"postgresql+psycopg://somebody:hidden@/postgres?host={tmp_path}")


def test_a_postgresql_that_never_answers_is_waited_for_as_long_as_patience_lasts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(LedgerUnusableError, match="timeout expired"):
            opened(f"postgresql+psycopg://ledger@127.0.0.1:{port}/postgres", patience=2)


def test_a_postgresql_that_cannot_be_reached_now_is_tried_again_and_one_that_refuses_is_put_right(
    tmp_path: Path, postgresql: Server
) -> None:
    stranger = postgresql.ledger().replace("ledger@", "stranger@", 1)
    for url, code in ((f"postgresql+psycopg://me@/x?host={tmp_path}", 3), (stranger, 2)):
        with pytest.raises(LedgerUnusableError) as refused:
            opened(url)
        assert (refused.value.exit_code, inspected(url, lambda _: None, lambda: 0.0).may_pass) == (
            code,
            code == 3,
        )


@pytest.mark.parametrize(
    ("said", "passes"),
    [
        ("connection failed: FATAL: the database system is starting up", True),
        ("connection failed: FATAL: sorry, too many clients already", True),
        ("connection is bad: Connection refused", True),
        ("connection failed: FATAL: password authentication failed", False),
        ("permission denied for schema public", False),
    ],
)
def test_what_may_pass_by_itself_is_told_from_what_has_to_be_put_right(said: str, *, passes: bool) -> None:
    assert may_pass("postgresql", said) == passes


def test_the_password_of_a_ledger_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as refused:
        opened(f"postgresql+psycopg://somebody:hidden@/postgres?host={tmp_path}")
    assert "hidden" not in str(refused.value)


def test_two_processes_that_make_one_ledger_at_once_both_get_it(new_ledger: NewLedger) -> None:
    url = new_ledger()
    script = f"from pipeline.ledger import Ledger; Ledger({url!r}).owners()"
    both = [subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE) for _ in range(4)]
    assert [(each.wait(timeout=60), each.communicate()[1]) for each in both] == [(0, b"")] * 4


def test_a_ledger_whose_folder_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(LedgerError, match=r"cannot be used: .*Nothing was sent"):
        opened(f"sqlite:///{tmp_path}/file/ledger.sqlite3")
