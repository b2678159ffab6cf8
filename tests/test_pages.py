"""Whatever page says it: links lead somewhere, commands and files exist, what is marked as runnable runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_readme import COMMANDS, MAKEFILE, ROOT, after, desk, named, options_of, typed

__all__ = ["desk"]
PAGES = [
    path.relative_to(ROOT)
    for pattern in ("*.md", "docs/*.md", "deploy/*.md", "sample_data/*.md")
    for path in sorted(ROOT.glob(pattern))
    if path != ROOT / "docs" / "messages.md"
]
MADE = (Path("docs/messages.md"), Path("docs/pictures"))
"""What is made from the program, and may not be there."""
GUIDES = [page for page in PAGES if page.parent == Path("docs")]
FOLDERS = "docs|deploy|pipeline|schemas|sample_data|tests"
RUNNABLE = re.compile(r"^<!-- runs(?:: (\d+))? -->\n```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
every_page = pytest.mark.parametrize("page", PAGES, ids=str)
every_guide = pytest.mark.parametrize("page", GUIDES, ids=str)


def text_of(page: Path) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@every_page
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", text_of(page), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        file, _, anchor = link.partition("#")
        target = (ROOT / page).parent / file if file else ROOT / page
        if "://" in link or any(target.is_relative_to(ROOT / made) for made in MADE):
            continue
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_guide
def test_every_command_that_is_named_exists_and_has_the_options(page: Path) -> None:
    text = text_of(page)
    inline = [each.split() for each in named(text) if each.startswith(("pipeline ", ".venv/bin/pipeline "))]
    for command, *words in after("pipeline", typed(text) + inline):
        if command == "--help":
            continue
        assert command in COMMANDS
        assert {word for word in words if word.startswith("-")} <= options_of(command) | {"--help"}
    made = [each.split() for each in named(text) if each.startswith("make ")]
    for target, *_ in after("make", typed(text) + made):
        assert re.search(rf"^{target}:.*## ", MAKEFILE, re.MULTILINE), target


@every_guide
def test_every_file_of_the_project_that_is_named_exists(page: Path) -> None:
    found = re.findall(rf"(?<![\w/.])(?:{FOLDERS})/[\w./-]*\w", text_of(page))
    lacking = [name for name in found if "/runs/" not in name and not _exists(ROOT / name)]
    assert [name for name in lacking if not any(Path(name).is_relative_to(made) for made in MADE)] == []


def _exists(path: Path) -> bool:
    """A file or a folder; or, where a name in a module is meant, the module."""
    return path.exists() or path.with_suffix(".py").exists()


@pytest.mark.parametrize("page", [page for page in GUIDES if RUNNABLE.search(text_of(page))], ids=str)
def test_what_is_marked_as_runnable_runs_as_a_person_types_it(page: Path, desk: Path) -> None:
    program = desk / ".venv" / "bin" / "pipeline"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m pipeline "$@"\n', encoding="utf-8")
    program.chmod(0o700)
    for code, block in RUNNABLE.findall(text_of(page)):
        ended = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", block],  # noqa: S607 whichever bash there is
            cwd=desk,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert ended.returncode == int(code or 0), f"{block}\n{ended.stdout}{ended.stderr}"
