"""The verifier's guide tells the ledger as it is: every table, and queries that can be asked."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.ledger import Ledger
from pipeline.ledger.schema import metadata
from tests.test_readme import ROOT, named, rows

GUIDE = (ROOT / "docs" / "verifier.md").read_text(encoding="utf-8")
QUERIES = re.findall(r'^sqlite3 -readonly ledger\.sqlite3 "(.+?)"', GUIDE, re.MULTILINE)


def test_every_table_of_the_ledger_is_told_and_no_other() -> None:
    told = [name for row in rows(GUIDE, "table") for name in named(row[0])]
    assert sorted(told) == sorted(metadata.tables)


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_can_be_asked_of_a_ledger(query: str, tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with Ledger(f"sqlite:///{path}"):
        pass
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as ledger:
        ledger.execute(query).fetchall()


def test_every_query_was_found() -> None:
    assert len(QUERIES) == GUIDE.count("sqlite3 -readonly")
