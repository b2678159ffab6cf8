"""A scheduler that asks for certificates is not reached without, and the run says what is missing."""

from pathlib import Path

import pytest

from pipeline.errors import Exit
from tests.postgresql import Server
from tests.program.shell import HARBOUR, Shell


@pytest.mark.parametrize(
    ("address", "variables", "said"),
    [
        ("tls://127.0.0.1:9", {}, "Dask has no certificates for tls://127.0.0.1:9"),
        ("tcp://127.0.0.1:9", {"DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true"}, "Write tls://"),
    ],
)
def test_a_run_without_certificates_names_what_dask_lacks(
    tmp_path: Path, postgresql: Server, address: str, variables: dict[str, str], said: str
) -> None:
    shell = Shell(tmp_path, PIPELINE_LEDGER_URL=postgresql.ledger(), **variables)
    ran = shell.run("upload", "--cluster", address, shell.copy(HARBOUR))
    assert ran.code == Exit.USAGE
    assert said in ran.stderr
