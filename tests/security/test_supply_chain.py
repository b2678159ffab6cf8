"""What is installed is what was locked: every package at one version, by its hash, from no named place."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
PACKAGE = re.compile(r"(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^\s;]+)(?: ; [^\\]+?)?(?: \\)?")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")


def packages(lock: Path) -> dict[str, int]:
    """How many hashes each package of a lock has; a line of any other form fails."""
    found: dict[str, int] = {}
    name = ""
    for line in lock.read_text(encoding="utf-8").splitlines():
        if HASH.fullmatch(line):
            found[name] += 1
        else:
            package = PACKAGE.fullmatch(line)
            assert package, line
            name = package["name"]
            assert name not in found or " ; " in line, f"{name} stands twice"
            found.setdefault(name, 0)
    return found


def test_there_is_a_lock_to_run_one_for_clusters_one_to_develop_and_one_to_compare() -> None:
    kinds = ("-bench", "-cluster", "-dev", "")
    assert [lock.name for lock in LOCKS] == [f"requirements{kind}.lock" for kind in kinds]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_each_package_has_one_version_and_hashes_and_no_line_is_anything_else(lock: Path) -> None:
    found = packages(lock)
    assert len(found) > 20
    assert [name for name, hashes in found.items() if not hashes] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_names_an_index_an_address_or_a_path(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    for word in ("://", "--index", "--extra-index", "--find-links", "--trusted-host", " @ ", "-e ", "file:"):
        assert word not in text


def test_no_page_nor_setting_of_the_project_names_an_index() -> None:
    names = ("*.md", "*/*.md", "*.toml", "Makefile", ".ci/*", "docs/*.py", "deploy/**/*", "tests/**/*.sh")
    pages = [path for name in names for path in ROOT.glob(name) if path.is_file()]
    assert {"README.md", "Makefile", "pyproject.toml", "engineer.md"} <= {path.name for path in pages}
    hosts = ("pypi" + ".org", "python" + "hosted.org", "registry.npm" + "js.org")
    texts = {path: path.read_text(encoding="utf-8") for path in pages}
    assert [path for path, text in texts.items() for host in hosts if host in text] == []


def test_what_runs_is_locked_alike_for_those_who_develop() -> None:
    _, cluster, development, runtime = (lock.read_text(encoding="utf-8").splitlines() for lock in LOCKS)
    assert set(runtime) <= set(cluster) <= set(development)


def test_what_is_compared_with_is_installed_beside_the_rest_without_changing_it() -> None:
    pinned = [dict(re.findall(r"^(\S+)(==.+?) \\$", lock.read_text(), re.MULTILINE)) for lock in LOCKS]
    compared, _, development, _ = pinned
    both = compared.keys() & development.keys()
    assert len(both) > 20
    assert {name: compared[name] for name in both} == {name: development[name] for name in both}


def test_every_dependency_that_is_named_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {re.split(r"[\[<>=!~ ;]", each)[0].lower() for each in project["dependencies"]}
    assert named <= packages(ROOT / "requirements.lock").keys()


def test_nothing_is_installed_but_from_a_lock_with_hashes_and_as_wheels() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    installs = [line for line in makefile.splitlines() if "$(PIP) install" in line]
    own = [line for line in installs if "--editable ." in line]
    assert len(own) == 1
    assert "--no-deps" in own[0]
    assert "--no-build-isolation" in own[0]
    for line in set(installs) - set(own):
        assert "--require-hashes --only-binary :all: -r requirements" in line
    assert len(installs) == len(LOCKS) + 1


def test_secrets_that_lie_about_are_not_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {".env", ".pipeline/", "runs/"} <= set(ignored)
