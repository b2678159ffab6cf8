"""How fast a run went, counted in a room that does not grow with the run."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.tempo import MOST_STRETCHES, SHORTEST_SECONDS, Tally


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@given(
    st.lists(st.tuples(st.floats(0, 5000), st.sampled_from([200, 429, 503, None, "settled"])), max_size=80)
)
def test_nothing_is_lost_however_long_the_run_and_the_stretches_stay_few(
    events: list[tuple[float, int | str | None]],
) -> None:
    clock = Clock()
    tally = Tally(clock)
    for wait, what in events:
        clock.at += wait
        if what == "settled":
            tally.settled()
        elif not isinstance(what, str):
            tally.answered(what)
    clock.at += SHORTEST_SECONDS
    tempo = tally.tempo()
    assert tempo
    assert len(tempo.settled) <= MOST_STRETCHES
    assert (len(tempo.settled) - 1) * tempo.seconds <= clock.at - 100 < len(tempo.settled) * tempo.seconds
    assert sum(tempo.settled) == sum(what == "settled" for _, what in events)
    assert sum(map(sum, tempo.answers.values())) == sum(what != "settled" for _, what in events)
    assert {len(each) for each in tempo.answers.values()} <= {len(tempo.settled)}


def test_each_count_stands_in_its_own_stretch() -> None:
    clock = Clock()
    tally = Tally(clock)
    tally.settled()
    clock.at += 10
    tally.answered(429)
    tally.answered(None)
    tempo = tally.tempo()
    assert tempo
    assert tempo.settled == (1, *(0,) * 10)
    assert tempo.answers == {"429": (*(0,) * 10, 1), "none": (*(0,) * 10, 1)}


def test_a_short_run_has_no_tempo() -> None:
    clock = Clock()
    tally = Tally(clock)
    tally.settled()
    clock.at += SHORTEST_SECONDS - 0.1
    assert tally.tempo() is None


def test_a_registry_that_makes_up_statuses_fills_no_memory() -> None:
    clock = Clock()
    tally = Tally(clock)
    for status in range(1000):
        tally.answered(status)
    clock.at += SHORTEST_SECONDS
    tempo = tally.tempo()
    assert tempo
    assert len(tempo.answers) <= 13
    assert sum(map(sum, tempo.answers.values())) == 1000
