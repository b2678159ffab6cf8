"""What lies in deploy/ fits the program: commands, options, names, exit codes, figures."""

import ast
import configparser
import datetime as dt
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from prometheus_client.parser import text_string_to_metric_families

from pipeline.cli import app
from pipeline.errors import Exit
from pipeline.outstanding.failing import HEALS
from pipeline.tell.metrics import Figures, exposed

DEPLOY = Path(__file__).parent.parent / "deploy"
ORCHESTRATORS = sorted((DEPLOY / "orchestrators").glob("*.py"))
COMMANDS = vars(typer.main.get_command(app))["commands"]
NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)


def imported(tree: ast.Module) -> dict[str, object]:
    """What an example takes from this program, by its name there."""
    return {
        name.asname or name.name: getattr(importlib.import_module(node.module or ""), name.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pipeline")
        for name in node.names
    }


def calls(tree: ast.Module, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


@pytest.mark.parametrize("path", ORCHESTRATORS, ids=[path.stem for path in ORCHESTRATORS])
def test_an_example_calls_functions_that_exist_with_parameters_that_they_have(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = imported(tree)
    assert {"nightly", "load", "Options"} <= found.keys()
    for name, function in found.items():
        for call in calls(tree, name):
            assert callable(function)
            named = {keyword.arg: None for keyword in call.keywords if keyword.arg}
            inspect.signature(function).bind(*[None] * len(call.args), **named)


@pytest.mark.parametrize("path", ORCHESTRATORS, ids=[path.stem for path in ORCHESTRATORS])
def test_an_example_repeats_what_heals_itself_and_nothing_else(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    values = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id.isupper()
    }
    assert values == {"HEALS": (Exit.UNFINISHED, Exit.LOCKED), "DONE": (Exit.OK, Exit.NEEDS_A_PERSON)}
    assert set(values["HEALS"]) <= set(HEALS)


def test_cron_and_the_service_call_a_command_that_exists_without_asking() -> None:
    crontab = (DEPLOY / "biochar-night.crontab").read_text(encoding="utf-8")
    service = unit("biochar-night.service")
    for line in (crontab.splitlines()[-1], service["Service"]["ExecStart"]):
        command, *options = line.rpartition("pipeline ")[2].split()
        assert command in COMMANDS
        assert options == []


def test_what_the_service_takes_for_success_is_no_failure_of_the_program() -> None:
    codes = {
        Exit(int(code)) for code in unit("biochar-night.service")["Service"]["SuccessExitStatus"].split()
    }
    assert codes == {Exit.NEEDS_A_PERSON, Exit.TERMINATED}


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way to keep capitals
    parser.read(DEPLOY / name, encoding="utf-8")
    return parser


def test_every_alert_asks_for_a_figure_that_there_is() -> None:
    text = exposed(Figures("north", NOW, NOW, 1.5, 0, {"created": 3}, 9, 0, 0, NOW, NOW)).decode()
    there = {sample.name for family in text_string_to_metric_families(text) for sample in family.samples}
    asked = set(
        re.findall(r"biochar_upload_\w+", (DEPLOY / "prometheus-alerts.yml").read_text(encoding="utf-8"))
    )
    assert len(asked) == 4
    assert asked <= there


def test_figures_that_are_not_known_are_left_out() -> None:
    text = exposed(Figures("north", NOW, None, 1.5, 3, {}, 0, 0, 0, None, None)).decode()
    assert "last_success" not in text
    assert "token_expiry" not in text
    assert 'biochar_upload_oldest_failing_row_age_seconds{plant="north"} 0.0' in text
