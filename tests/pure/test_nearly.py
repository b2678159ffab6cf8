"""A text is looked at for what a person may have meant only as long as a date can be."""

from schemas.run_log.nearly import plainer
from schemas.run_log.parsed import Problem

NO_DATE = Problem("not_a_date", "a date", "Write a date.")


def test_the_name_of_a_month_is_found_in_a_short_text_and_not_looked_for_in_a_long_one() -> None:
    assert "October" in plainer(NO_DATE, "5 October").wanted
    assert plainer(NO_DATE, "x" * 32_767) == NO_DATE
    assert plainer(NO_DATE, f"{'x' * 100} 5 October") == NO_DATE
