"""Whatever a log holds, what is proposed is TOML that the program loads, and means what was meant."""

import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.propose import Answers, Known, template, to_do, written
from pipeline.propose.template import TABLES
from pipeline.propose.toml import WIDTH, comment, quoted
from pipeline.settings.shape import File
from tests.propose.logs import HEADER, KILN, WOOD, loaded, log, proposed, row
from tests.propose.test_matching import FOREIGN, foreign
from tests.test_readme import _keys, _settings

HOSTILE = st.text(max_size=40) | st.sampled_from(
    [
        '"', "'", "\\", '"""', "'''", "#", "]", "[facilities]", 'x" = "fcl_1G8QT5ZAB1S0XSDW', "a\nb",
        "a\r\nb", "\x00", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u202e", "\ufeff", "🔥 kiln", "é" * 60,
        "k" * 300, "=",
    ]
)  # fmt: skip


@given(HOSTILE)
def test_a_quoted_text_is_one_line_and_reads_back_the_same(text: str) -> None:
    line = f"{quoted(text)} = {quoted(text)}"
    assert line.isprintable()
    assert tomllib.loads(line) == {text: text}


@given(st.lists(HOSTILE).map(" ".join))
def test_a_comment_stays_a_comment_and_is_not_endless(text: str) -> None:
    lines = list(comment(text))
    assert tomllib.loads("\n".join(lines)) == {}
    assert all(line.isprintable() and line.startswith("# ") for line in lines)
    longest = max(map(len, text.split()), default=0)
    assert max(map(len, lines), default=0) <= max(WIDTH, 10 * longest + 2)


@settings(deadline=None, max_examples=150)
@given(
    header=st.lists(HOSTILE, min_size=6, max_size=8),
    names=st.lists(HOSTILE, min_size=6, max_size=6),
    places=st.permutations(range(6)),
)
def test_hostile_headers_and_names_give_settings_that_load(
    header: list[str], names: list[str], places: list[int]
) -> None:
    titles = [text if index in places[:3] else HEADER[index] for index, text in enumerate(header[:6])]
    rows = [row(n, kiln=name, feedstock=name[::-1], ref=f"{name}{n}") for n, name in enumerate(names, 1)]
    proposal = proposed(log(*rows, header=titles), Answers(timezone="Europe/Oslo"), told=names)
    with TemporaryDirectory() as folder:
        convention = loaded(written(proposal), Path(folder)).convention
    assert convention.columns == {each.column.header: each.field for each in proposal.sure}
    assert (convention.timezone, convention.facilities, convention.feedstocks) == ("Europe/Oslo", {}, {})


@settings(deadline=None, max_examples=50)
@given(st.lists(HOSTILE.map(lambda text: f"n{text}n"), min_size=1, max_size=6, unique=True))
def test_hostile_names_that_the_registry_knows_are_set_as_they_stand_in_the_log(names: list[str]) -> None:
    known = [Known(f"ftt_1D7KZ1P761S0G{n:03}", name) for n, name in enumerate(names)]
    rows = [row(n, feedstock=name) for n, name in enumerate(names, 1)]
    proposal = proposed(log(*rows), known=known)
    with TemporaryDirectory() as folder:
        convention = loaded(written(proposal), Path(folder)).convention
    assert convention.feedstocks == {each.text: each.id for each in proposal.feedstocks if each.id}


def test_a_name_that_is_filled_in_counts_when_its_comment_sign_is_taken_away(tmp_path: Path) -> None:
    name = 'Kiln "1"\\old'
    text = written(proposed(log(*(row(n, kiln=name) for n in range(1, 9)))))
    filled = text.replace(f'# {quoted(name)} = "fcl_…"', f'{quoted(name)} = "{KILN}"')
    assert filled != text
    assert loaded(filled, tmp_path).convention.facilities == {name: KILN}


def test_a_doubtful_column_is_a_comment_and_counts_when_its_sign_is_taken_away(tmp_path: Path) -> None:
    text = written(proposed(log(*foreign(), header=FOREIGN)))
    assert '\n# "Uhlí" = "mass"\n' in text
    convention = loaded(text.replace('# "Uhlí" = "mass"', '"Uhlí" = "mass"'), tmp_path).convention
    assert convention.columns["Uhlí"] == "mass"


@pytest.mark.parametrize("place", ['# timezone = "…"', '# "North kiln" = "fcl_…"'])
def test_a_line_that_was_not_filled_in_is_refused_when_it_counts(tmp_path: Path, place: str) -> None:
    text = written(proposed(log()))
    assert place in text
    with pytest.raises(Exception, match="…"):
        loaded(text.replace(place, place.removeprefix("# ")), tmp_path)


def test_every_guess_has_its_reason_above_it() -> None:
    proposal = proposed(log(*foreign(), header=FOREIGN))
    lines = written(proposal).splitlines()
    assert len(proposal.sure) == 5
    for each in proposal.sure:
        at = lines.index(f'"{each.column.header}" = "{each.field}"')
        above = " ".join(line.removeprefix("# ") for line in lines[max(0, at - 4) : at])
        assert each.reason[1:] in above


def test_what_is_left_to_do_is_told_and_stands_in_the_file() -> None:
    proposal = proposed(log(*foreign(), header=FOREIGN))
    told = to_do(proposal)
    assert [each.split(":")[0] for each in told] == [
        "[log.columns]", "[log] timezone", "[facilities]", "[feedstocks]",
    ]  # fmt: skip
    assert written(proposal).count("To fill in") == 1 + len(told)


def test_nothing_is_left_to_do_for_a_log_that_says_all_itself(tmp_path: Path) -> None:
    rows = [
        row(n, kiln=KILN, feedstock=WOOD, start=f"2026-10-{n:02}T06:00Z", end=f"2026-10-{n:02}T18:00Z")
        for n in range(1, 9)
    ]
    proposal = proposed(log(*rows))
    assert to_do(proposal) == []
    assert loaded(written(proposal), tmp_path).convention == loaded("", tmp_path).convention


def test_a_log_that_would_be_refused_is_said_to_be() -> None:
    proposal = proposed(log(header=(*HEADER[:3], "Start (CET)", "End (CET)", HEADER[5])))
    assert proposal.refused
    assert any("CET" in each or "cet" in each for each in to_do(proposal))
    assert "To fix in the log" in written(proposal)


def test_the_template_sets_nothing_and_names_every_setting_there_is(tmp_path: Path) -> None:
    assert loaded(template(), tmp_path).convention == loaded("", tmp_path).convention
    explained = {f"{table.name}.{key.name}" for table in TABLES for key in table.keys}
    free = ("log.columns.", "facilities.", "feedstocks.")
    names = {each for each in explained if not each.startswith(free)} | {"log.columns"}
    assert names | {"facilities", "feedstocks"} == _settings(File)


def test_the_template_can_be_loaded_with_every_example_in_force(tmp_path: Path) -> None:
    lines = template().splitlines()
    in_force = [line.removeprefix("# ") if " = " in line else line for line in lines]
    assert _keys(tomllib.loads("\n".join(in_force))) == _settings(File)
    assert loaded("\n".join(in_force), tmp_path).convention.facilities


@pytest.mark.parametrize("text", [template(), written(proposed(log(*foreign(), header=FOREIGN)))])
def test_every_line_of_comment_fits_and_every_setting_has_one(text: str) -> None:
    assert max(map(len, text.splitlines())) <= 110
    for table in TABLES:
        assert f"[{table.name}]" in text.splitlines()
