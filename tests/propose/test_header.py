"""The row that heads a log is found although its words are foreign and other rows stand above it."""

from collections.abc import Sequence

import pytest

from pipeline.propose import Top, likely_header, same_header
from tests.pure.build import KILN, WOOD

HEADER = ("Číslo", "Pec", "Surovina", "Od", "Do", "Uhlí")
RUN = ("VS-001", "Pec A", "kůra", "2026-10-01 06:00", "2026-10-01 18:00", "412.5")
IDS = ("VS-001", KILN, WOOD, "2026-10-01T06:00Z", "2026-10-01T18:00Z", "1")


def tops(*rows: Sequence[str], sheet: str = "Říjen") -> list[Top]:
    return [Top(number, texts, sheet) for number, texts in enumerate(rows, 1)]


@pytest.mark.parametrize("run", [RUN, IDS])
@pytest.mark.parametrize("above", [(), (("Výroba 2026",), ("", ""), ("Vytvořil", "Novák"))])
def test_a_foreign_header_is_found_above_its_rows(
    run: Sequence[str], above: tuple[Sequence[str], ...]
) -> None:
    found = likely_header(tops(*above, HEADER, run, run))
    assert found
    assert found.number == len(above) + 1


def test_a_row_that_names_fields_is_before_one_with_more_words() -> None:
    words = ("one", "two", "three", "four", "five", "six", "seven")
    found = likely_header(tops(words, ("Batch ref", "Kiln", "Od")))
    assert found
    assert found.number == 2


@pytest.mark.parametrize("rows", [(), (("1", "2", "3"),), (("Total", "512.5"),), (RUN[3:], RUN[3:])])
def test_without_three_words_in_a_row_there_is_no_header(rows: tuple[Sequence[str], ...]) -> None:
    assert likely_header(tops(*rows)) is None


def test_the_sheets_with_the_same_header_are_found_in_their_order() -> None:
    rows = [*tops(HEADER, RUN), *tops(("Lists",), sheet="Pomocné"), *tops(HEADER, RUN, sheet="Listopad")]
    header = likely_header(rows)
    assert header
    assert same_header(rows, header) == ["Říjen", "Listopad"]
