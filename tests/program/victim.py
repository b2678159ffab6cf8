"""A run in a process of its own, to be killed, stopped and raced.

It is forked from a server that has imported everything already, so that hundreds take minutes, not hours.
"""

import datetime as dt
import multiprocessing
import os
import signal
from multiprocessing.process import BaseProcess
from pathlib import Path

import msgspec
from msgspec import Struct

from pipeline.journal_point import Point, listen
from pipeline.model import Report
from pipeline.read import read
from pipeline.run.drop import upload_inbox
from pipeline.run.logs import upload
from pipeline.run.world import World
from pipeline.settings import Options, load
from tests.program.relay import WirePoint
from tests.protocol.brief import briefly

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["pipeline.cli.commands", __name__])


class Orders(Struct, frozen=True):
    """Where and how to run. With `files` these are uploaded, without, what lies in the inbox.

    At `point`, about `about`, the process kills itself with SIGKILL.
    """

    folder: Path
    url: str
    ledger: str = ""
    files: tuple[Path, ...] = ()
    point: Point | WirePoint | None = None
    about: str = ""
    lease: float = 60.0
    concurrency: int = 3

    @property
    def report_file(self) -> Path:
        return self.folder / f"report-{os.getpid()}.json"


def started(orders: Orders) -> BaseProcess:
    """Such a run, begun."""
    process = _context.Process(target=_run, args=(orders,))
    process.start()
    return process


def report_of(process: BaseProcess, orders: Orders) -> Report | None:
    """What an ended run reported; None when there was nothing to upload. It must have ended well."""
    process.join(60)
    assert process.exitcode == 0, f"it ended with {process.exitcode}"
    written = orders.folder / f"report-{process.pid}.json"
    return msgspec.json.decode(written.read_bytes(), type=Report | None)


def _run(orders: Orders) -> None:
    os.chdir(orders.folder)
    listen(lambda point, about: _die() if point == orders.point and orders.about in ("", about) else None)
    environ = {"ISOMETRIC_BASE_URL": orders.url, "PIPELINE_LEDGER_URL": orders.ledger}
    settings = load(folder=Path(), environ=environ, options=Options(concurrency=orders.concurrency))
    world = World(
        lease=dt.timedelta(seconds=orders.lease), read=read, write=briefly
    )  # the files are of its own making
    report = (
        upload(orders.files, settings, world)
        if orders.files
        else upload_inbox(Path("inbox"), settings, world, lambda *_: None)
    )
    orders.report_file.write_bytes(msgspec.json.encode(report))


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
