"""The names of facilities and feedstocks are listed once each, with their ids where the registry has them."""

from pipeline.propose import Known
from pipeline.propose.names import Name, names_of
from tests.propose.logs import KILN, WOOD, log, row

BARK = Known("ftt_1D7KZ1P761S0G7BN", "spruce  BARK")
STRAW = Known("ftt_1CSRJN4HHSBXZ3TK", "Straw")


def feedstocks(*cells: str, known: tuple[Known, ...] = ()) -> list[Name]:
    rows = [row(n, feedstock=cell) for n, cell in enumerate(cells, 1)]
    return names_of(log(*rows), "feedstock", known)


def texts(names: list[Name]) -> list[str]:
    return [each.text for each in names]


def test_each_name_is_listed_once_in_the_order_of_the_log_with_its_rows_and_its_first_cell() -> None:
    of = log(*(row(n, kiln=("North", "South")[n % 2]) for n in range(1, 6)))
    found = names_of(of, "facility")
    assert texts(found) == ["South", "North"]
    assert [each.says for each in found] == ["3 rows, the first B2", "2 rows, the first B3"]


def test_ids_are_no_names() -> None:
    of = log(*(row(n, kiln=KILN, feedstock=f"{WOOD}; {WOOD}") for n in range(1, 6)))
    assert names_of(of, "facility") == names_of(of, "feedstock") == []


def test_several_feedstocks_in_one_cell_are_several_names() -> None:
    assert texts(feedstocks("Bark; Straw", "Straw\nHusks", "Bark")) == ["Bark", "Straw", "Husks"]


def test_names_between_commas_are_parted_where_they_stand_elsewhere_too() -> None:
    found = feedstocks("Bark, Straw", "Straw", "Bark")
    assert [(each.text, each.doubtful) for each in found] == [("Bark", False), ("Straw", False)]


def test_a_comma_that_may_belong_to_a_name_is_left_to_a_person() -> None:
    found = feedstocks("Shells, almond", "Shells, almond", "Bark")
    assert texts(found) == ["Shells", "almond", "Bark", "Shells, almond"]
    assert [each.doubtful for each in found] == [False, False, False, True]


def test_a_facility_with_a_comma_is_one_name() -> None:
    assert texts(names_of(log(*(row(n, kiln="Kiln 1, north") for n in range(1, 4))), "facility")) == [
        "Kiln 1, north"
    ]


def test_a_name_that_the_registry_has_gets_its_id_whatever_its_case_and_spaces() -> None:
    (found,) = feedstocks("Spruce bark", known=(BARK, STRAW))
    assert found.id == BARK.id


def test_a_name_that_is_only_near_gets_a_remark_and_no_id() -> None:
    (found,) = feedstocks("Spruce barks", known=(BARK, STRAW))
    assert found.id == ""
    assert BARK.id in found.says


def test_a_name_that_the_registry_has_twice_gets_both_ids_in_a_remark() -> None:
    other = Known("ftt_1D7KZ1P761S0G7BX", "Spruce bark")
    (found,) = feedstocks("Spruce bark", known=(BARK, other))
    assert found.id == ""
    assert BARK.id in found.says
    assert other.id in found.says


def test_an_id_that_the_settings_would_refuse_is_not_taken_from_the_registry() -> None:
    (found,) = feedstocks("Straw", known=(Known('ftt_"]\n', "Straw"),))
    assert found.id == ""


def test_a_name_with_a_comma_that_the_registry_has_is_one_name() -> None:
    found = feedstocks("Shells, almond", known=(Known(BARK.id, "Shells, almond"),))
    assert {each.text: each.id for each in found}["Shells, almond"] == BARK.id


def test_a_rare_name_very_near_a_frequent_one_is_called_misspelt() -> None:
    found = feedstocks(*["Spruce bark"] * 12, "Sprice bark")
    assert [each.doubtful for each in found] == [False, True]
    assert "Spruce bark" in found[1].says
    assert "N13" not in found[1].says
    assert "C14" in found[1].says
