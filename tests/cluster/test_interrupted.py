"""A run that workers share is interrupted like any other, and leaves nobody behind."""

import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from tests.cluster.fleet import fleet
from tests.cluster.scene import chance_of, scene, sending, settled, when_held
from tests.postgresql import Server
from tests.program.shell import ended


@pytest.mark.parametrize(
    ("blow", "times", "codes"),
    [(signal.SIGINT, 1, {130}), (signal.SIGTERM, 1, {143}), (signal.SIGTERM, 2, {130, 143})],
    ids=["by hand", "by the system", "by the system twice"],
)
def test_a_shared_run_that_is_interrupted_reports_the_truth_and_is_finished_by_the_next(
    tmp_path: Path, postgresql: Server, blow: signal.Signals, times: int, codes: set[int], seed: int
) -> None:
    chance = chance_of(seed)
    with scene(tmp_path, postgresql.ledger()) as made, fleet(made.shell, 3) as cluster:
        run = sending(made, cluster.address, when=chance.randint(1, made.rows // 3))
        for _ in range(times):
            run.send_signal(blow)
            time.sleep(0.2)
        first = ended(run)
        assert first.code in codes, first.screen
        settled(made)
        made.assert_true(first)
        made.assert_healed(made.upload("--cluster", cluster.address))


@pytest.mark.parametrize(
    ("blow", "code", "whole_group"),
    [(signal.SIGINT, 130, True), (signal.SIGTERM, 143, True), (signal.SIGKILL, -9, False)],
    ids=["by hand", "by the system", "killed"],
)
def test_a_run_with_workers_on_this_machine_leaves_none_of_them_behind(
    tmp_path: Path, postgresql: Server, blow: signal.Signals, code: int, whole_group: bool
) -> None:
    with scene(tmp_path, postgresql.ledger()) as made:
        run = made.begun("local:2", own_group=True)
        when_held(made, 20, run)
        family = psutil.Process(run.pid).children(recursive=True)
        if whole_group:
            os.killpg(run.pid, blow)
        else:
            run.send_signal(blow)
        first = ended(run)
        assert first.code == code, first.screen
        assert not psutil.wait_procs(family, timeout=20)[1]
        if code > 0:
            made.assert_true(first)
        made.assert_healed(made.upload())
