"""Scripts of faults: what they may say, and which requests they pick."""

import pytest

from pipeline.local_registry.faults import KINDS, Asked, Faults, parse

POST = Asked("post", "R-1")
FIRST_PAGE = Asked("list")
LATER_PAGE = Asked("list", with_cursor=True)


def picked(script: str, asked: list[Asked]) -> list[str]:
    """The kind applied to each request, "" for none."""
    faults = Faults(parse(script))
    chosen = [faults.choose(one) for one in asked]
    return ["" if one is None else one.kind for one in chosen]


def places(script: str, count: int = 10) -> list[int]:
    """The numbers, from 1, of the posts that a script picks."""
    return [at for at, kind in enumerate(picked(script, [POST] * count), start=1) if kind]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("hang", list(range(1, 11))),
        ("hang:every=4", [4, 8]),
        ("hang:first=3", [1, 2, 3]),
        ("hang:nth=7", [7]),
        ("hang:from=9", [9, 10]),
        ("hang:share=0", []),
        ("hang:share=1", list(range(1, 11))),
        ("", []),
        (" ; ", []),
    ],
)
def test_a_selector_picks_the_requests_it_names(script: str, expected: list[int]) -> None:
    assert places(script) == expected


def test_a_share_is_near_its_size_and_the_same_for_the_same_seed_in_any_order() -> None:
    asked = [Asked("post", f"R-{number}") for number in range(2000)]
    forwards = picked("hang:share=0.05,seed=3", asked)
    backwards = picked("hang:share=0.05,seed=3", asked[::-1])
    assert forwards == backwards[::-1]
    assert 60 <= forwards.count("hang") <= 140
    assert forwards != picked("hang:share=0.05,seed=4", asked)


def test_a_share_decides_anew_for_each_attempt_of_a_reference() -> None:
    assert 20 <= len(places("hang:share=0.5,seed=1", count=100)) <= 80


def test_a_reference_is_counted_by_itself() -> None:
    asked = [Asked("post", name) for name in ("B", "A", "B", "A", "A")]
    assert picked("hang:reference=A,nth=2", asked) == ["", "", "", "hang", ""]


def test_a_reference_may_be_percent_encoded() -> None:
    asked = [Asked("post", "A;1,2=x %")]
    assert picked("hang:reference=A%3B1%2C2=x %25", asked) == ["hang"]


def test_only_the_requests_named_by_on_are_looked_at() -> None:
    asked = [POST, FIRST_PAGE, Asked("get"), Asked("delete"), Asked("other")]
    assert picked("slow", asked) == ["slow", "", "", "", ""]
    assert picked("slow:on=list", asked) == ["", "slow", "", "", ""]
    assert picked("slow:on=get", asked) == ["", "", "slow", "", ""]
    assert picked("slow:on=delete", asked) == ["", "", "", "slow", ""]
    assert picked("slow:on=all", asked) == ["slow"] * 5
    assert picked("stale-list", asked) == ["", "stale-list", "", "", ""]
    assert picked("reject-409", asked) == ["", "", "", "reject-409", ""]


def test_a_paging_fault_looks_only_at_later_pages() -> None:
    asked = [FIRST_PAGE, LATER_PAGE, LATER_PAGE]
    assert picked("cursor-expired:first=1", asked) == ["", "cursor-expired", ""]


def test_the_first_fitting_fault_is_applied_and_all_of_them_count() -> None:
    assert picked("hang:nth=2; slow:first=2; 429:nth=3", [POST] * 4) == ["slow", "hang", "429", ""]


def test_applied_faults_are_counted() -> None:
    faults = Faults(parse("hang:every=2; slow:nth=1"))
    for _ in range(5):
        faults.choose(POST)
    assert faults.applied == {"hang": 2, "slow": 1}


def test_every_kind_can_be_scripted_by_its_name_alone() -> None:
    script = parse(";".join(KINDS))
    assert [fault.kind for fault in script] == list(KINDS)


def test_options_have_their_defaults_and_take_what_is_said() -> None:
    plain, said = parse("429; 429:retry_after=7,form=date,nth=2")
    assert (plain.retry_after, plain.form, plain.on) == (1, "seconds", "post")
    assert (said.retry_after, said.form, said.selector, said.number) == (7, "date", "nth", 2)
    (redirect,) = parse("redirect:to=http://127.0.0.1:8080/x")
    assert redirect.to == "http://127.0.0.1:8080/x"


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("los-answer", 'There is no fault "los-answer"; did you mean "lose-answer"? Known: lose-'),
        ("xyzzy:first=1", 'There is no fault "xyzzy". Known: lose-answer, drop-before'),
        ("hang:evry=2", 'There is no option of hang "evry"; did you mean "every"?'),
        ("hang:seconds=2", 'There is no option of hang "seconds"'),
        ("hang:every", '"every" in "hang:every" is not option=value'),
        ("hang:every=", '"every=" in "hang:every=" is not option=value'),
        ("hang:every=0", "hang: every=0 is wrong: it is a whole number from 1 on"),
        ("hang:nth=two", "hang: nth=two is wrong: it is a whole number"),
        ("hang:nth=²", "hang: nth=² is wrong: it is a whole number"),
        ("hang:share=1.5", "hang: share=1.5 is wrong: it is a share from 0 to 1"),
        ("hang:share=x", "hang: share=x is wrong: it is a number"),
        ("slow:seconds=inf", "slow: seconds=inf is wrong: it is a number from 0 on"),
        ("hang:first=1,nth=2", '"hang:first=1,nth=2" has first and nth; a fault has one of them'),
        ("hang:first=1,first=2", '"first" stands twice'),
        ("hang:seed=2", "has a seed, which goes with share"),
        ("hang:on=put", "hang: on=put is wrong: it is one of post, list, get, delete, all"),
        ("stale-list:on=post", "stale-list: on=post is wrong: it is one of list"),
        ("429:form=close", "429: form=close is wrong: it is one of seconds, date, none"),
    ],
)
def test_a_wrong_script_is_refused_and_the_message_says_what_is_possible(script: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse(script)
    assert message in str(caught.value)
