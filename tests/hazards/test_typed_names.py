"""Hazard 77: whatever a file is called, the command that is told to be typed next means that file."""

import os
import subprocess
from pathlib import Path, PurePosixPath

import pytest

from pipeline.model import Outcome, Source
from pipeline.report import Again, following
from tests.pure.build import a_report

NAMES = [
    "a b.csv", "a'b.csv", 'a"b.csv', "$(touch owned).csv", "`touch owned`.csv", "$x.csv", "$$.csv",
    "a\\b.csv", "a;b.csv", "a&b.csv", "a|b.csv", "a>b.csv", "a!b.csv", "a#b.csv", "*.csv", "~.csv",
    "%.csv", "a=b.csv",
    "(a).csv", "ü.csv", "-n.csv", "--help",
]  # fmt: skip
AS_TYPED = {
    False: "pipeline() { printf '%s\\n' \"$@\"; }; ",
    True: "",
}
# These tests themselves are started by make, which tells a make inside it to say where it is.
OUTSIDE_OF_MAKE = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
MAKEFILE = "upload:\n\t@printf '%s\\n' upload $(ARGS) $(FILES)\n"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("by_make", [False, True])
def test_hazard_77_a_name_with_signs_of_the_shell_or_of_make_arrives_as_it_is(
    tmp_path: Path, name: str, *, by_make: bool
) -> None:
    (tmp_path / "Makefile").write_text(MAKEFILE)
    report = a_report([Outcome("not_sent")], "check", (Source(name, "", 1), Source("b.csv", "", 1)))
    again = Again(("--config", name), by_make=by_make)
    command = following(report, PurePosixPath("runs/x"), again).command
    ran = subprocess.run(
        ["sh", "-c", AS_TYPED[by_make] + command],  # noqa: S607  the shell that a person types into
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=True, env=OUTSIDE_OF_MAKE,
    )  # fmt: skip
    words = ran.stdout.splitlines()
    assert [word for word in words if word != "--"] == ["upload", "--config", name, name, "b.csv"]
    assert name[0] != "-" or words[-3] == "--"
    assert [found.name for found in tmp_path.iterdir()] == ["Makefile"]
