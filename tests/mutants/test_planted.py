"""The list of planted bugs fits the program, and a verdict is only a catch when a test has failed."""

import pytest

from tests.mutants.bug import Bug, Edit, misplaced
from tests.mutants.copies import ROOT, judged
from tests.mutants.planted import BUGS

FAILED = "FAILED tests/test_a.py::test_b - assert 1 == 2"


def test_the_text_of_every_planted_bug_stands_in_the_program_exactly_once() -> None:
    assert misplaced(BUGS, ROOT) == []


def test_a_text_that_is_not_there_any_more_is_told() -> None:
    bug = Bug("gone", "", (Edit("Makefile", "this does not stand there", ""),), ())
    (told,) = misplaced([bug], ROOT)
    assert told.startswith("gone: Makefile holds this 0 times")


def test_every_planted_bug_has_a_name_of_its_own_a_harm_and_tests_that_are_there() -> None:
    assert len({bug.name for bug in BUGS}) == len(BUGS)
    for bug in BUGS:
        assert bug.harm.endswith(".")
        assert bug.tests
        assert all((ROOT / test.partition("::")[0]).is_file() for test in bug.tests)


@pytest.mark.parametrize("code", [None, -9, 0, 2, 3, 4, 5])
def test_only_a_failure_is_a_catch(code: int | None) -> None:
    assert not judged(code, FAILED).failed


def test_an_error_around_a_test_is_no_catch() -> None:
    assert not judged(1, "ERROR tests/test_a.py::test_b - no server").failed


def test_a_catch_names_the_test_and_its_reason() -> None:
    assert judged(1, f"F\n{FAILED}\n1 failed").failed == FAILED.removeprefix("FAILED ")
