"""The manual says what the program does: what is named in it exists, and what exists is named in it."""

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel

from pipeline.cli import app
from pipeline.errors import Exit
from pipeline.model import NEEDS_A_PERSON, WORDS
from pipeline.settings import Options, load
from pipeline.settings.shape import File
from pipeline.write.lines import OWN

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SAMPLES = (ROOT / "sample_data" / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
COMMANDS: dict[str, Any] = dict(vars(typer.main.get_command(app))["commands"])
VARIABLE = re.compile(r"\b(?:ISOMETRIC|PIPELINE)_[A-Z_]*[A-Z]\b")
ENDS_A_COMMAND = ("|", "||", "&&", ";")


def blocks(text: str, *languages: str) -> list[str]:
    """The code blocks of a text that are written in one of these languages."""
    found = re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [code for language, code in found if language in languages]


def typed(text: str) -> list[list[str]]:
    """Every command of a manual's code blocks, taken apart as a shell would."""
    lines = [line for block in blocks(text, "sh", "cron") for line in block.splitlines()]
    return [words for line in lines for words in _simple(shlex.split(line, comments=True))]


def _simple(words: list[str]) -> Iterator[list[str]]:
    command: list[str] = []
    for word in [*words, ";"]:
        if word not in ENDS_A_COMMAND:
            command.append(word)
        elif command:
            yield command
            command = []


def after(program: str, commands: list[list[str]]) -> list[list[str]]:
    """What follows the program's name in the commands that call it."""
    return [
        words[place + 1 :]
        for words in commands
        for place, word in enumerate(words[:3])
        if word.rpartition("/")[2] == program
    ]


def options_of(command: str) -> set[str]:
    return {option for each in COMMANDS[command].params for option in each.opts if option.startswith("-")}


def rows(text: str, heading: str) -> list[list[str]]:
    """The rows of the table under this heading, cell by cell, without the backquotes."""
    _, _, below = text.partition(f"| {heading} |")
    table = re.match(r"[^\n]*\n\|[^\n]*\n((?:\|[^\n]*\n)+)", below)
    assert table, f"no table is headed {heading}"
    lines = table[1].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def run(*arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """The program as a person runs it on a new machine, with nothing in the environment."""
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with nothing but the sample logs in it."""
    for path in sorted((ROOT / "sample_data").glob("*/*.*")):
        if path.is_file():
            copy = tmp_path / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    return tmp_path


# Every make target is named, and every one that is named exists.
def test_make_targets() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))
    called = {words[0] for words in after("make", typed(README) + typed(SAMPLES)) if words}
    assert called <= targets
    assert {target for target in targets if f"`{target}`" not in README} == set()
    _, _, others = README.partition("The other make targets: ")
    assert called.isdisjoint(named(others.split(".", 1)[0]))
    assert set(named(others.split(".", 1)[0])) <= targets


# What is passed on to the program by make is an option of the command of that name.
def test_make_arguments() -> None:
    for words in after("make", typed(README) + typed(SAMPLES)):
        given = dict(word.split("=", 1) for word in words[1:])
        assert set(given) <= {"FILES", "ARGS"}
        options = {word for word in given.get("ARGS", "").split() if word.startswith("-")}
        assert options <= options_of(words[0])


# Every line that calls the program names a command that exists and options that the command has.
def test_commands_in_code_blocks() -> None:
    calls = after("pipeline", typed(README) + typed(SAMPLES))
    assert len(calls) >= 7
    for command, *words in calls:
        assert command in COMMANDS
        options = {word for word in words if word.startswith("-")}
        assert options <= options_of(command) | {"--help"}


# Files of the repository that a command or a link names are there.
def test_paths() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    paths = {path for path in re.findall(r"sample_data/[\w./-]+", README + SAMPLES) if "/runs/" not in path}
    assert links
    assert [path for path in [*links, *sorted(paths)] if not (ROOT / path).exists()] == []


# Every command is described, and no other.
def test_commands_are_described() -> None:
    assert [named(row[0])[0] for row in rows(README, "command")] == list(COMMANDS)


# Every option is described, and with it the commands that have it.
def test_options_are_described() -> None:
    described = {option: _owners(row[1]) for row in rows(README, "option") for option in named(row[0])}
    existing: dict[str, set[str]] = {}
    for command in COMMANDS:
        for option in options_of(command) - {"-h", "--help"}:
            existing.setdefault(option, set()).add(command)
    assert described == existing


def _owners(cell: str) -> set[str]:
    return set(COMMANDS) - set(named(cell)) if cell.startswith("all but") else set(named(cell))


# Every exit code is told, and no other.
def test_exit_codes() -> None:
    codes = [int(code) for row in rows(README, "exit code") for code in named(row[0])]
    assert codes == [int(code) for code in Exit]


# Every outcome word is told, and no other.
def test_outcome_words() -> None:
    assert {named(row[0])[0] for row in rows(README, "outcome")} == set(WORDS)


# Every variable that the program reads is told, and no other.
def test_environment_variables() -> None:
    sources = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "pipeline").rglob("*.py"))]
    read = {name for source in sources for name in VARIABLE.findall(source)}
    assert {named(row[0])[0] for row in rows(README, "variable")} == read
    assert set(VARIABLE.findall(README)) == read


# Every file of a run's folder is told; the columns that are added to the log's own, too.
def test_files_of_a_run(desk: Path) -> None:
    log = "sample_data/hollin-farm/log-2025-10.xlsx"
    run("check", "--config", "sample_data/hollin-farm/pipeline.toml", log, folder=desk)
    (folder,) = (desk / "sample_data" / "hollin-farm" / "runs").iterdir()
    described = rows(README, "file")
    listed = {named(row[0])[0].replace("<name>", Path(log).name) for row in described}
    assert listed == {path.name for path in folder.iterdir()}
    assert set(named(described[0][1])) == set(OWN)


# The example of the settings can be loaded as it stands, and names every setting there is.
def test_settings_example(tmp_path: Path) -> None:
    example = next(block for block in blocks(README, "toml") if "[log]" in block)
    (tmp_path / "pipeline.toml").write_text(example, encoding="utf-8")
    loaded = load(folder=tmp_path, environ={}, options=Options(), offline=True)
    assert loaded.convention.timezone == "Europe/Berlin"
    assert _keys(tomllib.loads(example)) == _settings(File)


def _keys(table: dict[str, Any]) -> set[str]:
    free = ("log.columns.", "facilities.", "feedstocks.")
    keys = {f"{outer}.{inner}" for outer, held in table.items() for inner in held}
    return {key for key in keys if not key.startswith(free)} | {"facilities", "feedstocks"}


def _settings(model: type[BaseModel]) -> set[str]:
    found = set()
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found |= {f"{name}.{key}" for key in inner.model_fields}
        else:
            found.add(name)
    return found


# The other example can be loaded, too, and gives the sandbox a ledger of its own.
def test_sandbox_example(tmp_path: Path) -> None:
    example = next(block for block in blocks(README, "toml") if block.startswith("# sandbox.toml"))
    (tmp_path / "sandbox.toml").write_text(example, encoding="utf-8")
    options = Options(config=Path("sandbox.toml"))
    loaded = load(folder=tmp_path, environ={}, options=options, offline=True)
    assert loaded.environment == "sandbox"
    assert loaded.ledger_url.endswith("/sandbox.sqlite3")


# The screen that is shown is the one that the first command prints, but for ids and times.
def test_the_first_screen(desk: Path) -> None:
    first = run(*after("make", typed(README))[0][:1], _files(typed(README)[0]), folder=desk)
    assert (first.returncode, first.stderr) == (0, "")
    assert _masked(first.stdout) == _masked(blocks(README, "text")[0])
    again = run("upload", _files(typed(README)[1]), folder=desk)
    assert again.returncode == 0
    assert re.search(r"^60 +already_registered", again.stdout, re.MULTILINE)


def _files(words: list[str]) -> str:
    return next(word.removeprefix("FILES=") for word in words if word.startswith("FILES="))


def _masked(screen: str) -> list[str]:
    lines = [re.sub(r"org_\w+|\d{8}T\d{6}Z-\w+", "…", line).rstrip() for line in screen.splitlines()]
    return [line for line in lines if line and not line.startswith("Installing into")]


# The samples have the mistakes that are described, in the cells that are named, and no others.
@pytest.mark.parametrize(
    ("plant", "log"), [("hollin-farm", "log-2025-10.xlsx"), ("moulin-des-aulnes", "production-2025-10.csv")]
)
def test_samples_have_the_mistakes_described(desk: Path, plant: str, log: str) -> None:
    folder = f"sample_data/{plant}"
    checked = run("check", "--config", f"{folder}/pipeline.toml", f"{folder}/{log}", folder=desk)
    assert checked.returncode == Exit.NEEDS_A_PERSON
    (results,) = (desk / folder / "runs").glob("*/results.csv")
    with results.open(encoding="utf-8-sig", newline="") as file:
        wrong = [row for row in csv.DictReader(file) if row["_outcome"] in NEEDS_A_PERSON]
    found = {(row["_row"], row["_code"]): row["_cell"].split() for row in wrong}
    _, _, section = SAMPLES.partition(f"## {plant}")
    described = {(row[0].strip("ABCDEFGHIJKL"), named(row[2])[0]): row[0] for row in rows(section, "cell")}
    assert described.keys() <= found.keys()
    assert all(cell in found[key] for key, cell in described.items() if found[key])
    others = {code for row, code in found.keys() - described.keys()}
    assert others == {"rows_disagree" if plant == "hollin-farm" else "batch_has_bad_row"}
