"""Every scripted fault over a real connection: what the client sees, and what was done."""

import contextlib
import email.utils
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.local_registry.conduct import Conduct
from pipeline.local_registry.faults import KINDS
from pipeline.local_registry.launch import launched
from tests.local_registry.calls import HEADERS, all_references, client, counts, create, page, wait_for

PATIENCE = 1.0


@dataclass(frozen=True)
class Seen:
    """What a create under a fault looks like, and whether the batch is there afterwards."""

    answer: str
    done: bool


POST_FAULTS = {
    "lose-answer": Seen("RemoteProtocolError", done=True),
    "drop-before": Seen("RemoteProtocolError", done=False),
    "hang": Seen("ReadTimeout", done=False),
    "hang-after": Seen("ReadTimeout", done=True),
    "late-commit": Seen("RemoteProtocolError", done=False),
    "slow": Seen("200 application/json", done=True),
    "drip": Seen("200 application/json", done=True),
    "replay": Seen("409 application/json", done=True),
    "error-500": Seen("500 application/json", done=False),
    "error-500-after": Seen("500 application/json", done=True),
    "error-502-after": Seen("502 text/html; charset=utf-8", done=True),
    "error-503": Seen("503 application/json", done=False),
    "error-504-after": Seen("504 text/html; charset=utf-8", done=True),
    "429": Seen("429 application/json", done=False),
    "reject-422": Seen("422 application/json", done=False),
    "reject-400": Seen("400 application/json", done=False),
    "taken": Seen("409 application/json", done=False),
    "taken-after": Seen("409 application/json", done=True),
    "401": Seen("401 application/json", done=False),
    "403": Seen("403 application/json", done=False),
    "redirect": Seen("307 ", done=False),
    "html-200": Seen("200 text/html; charset=utf-8", done=False),
    "html-200-after": Seen("200 text/html; charset=utf-8", done=True),
    "bad-json-after": Seen("200 application/json", done=True),
    "wrong-reference-after": Seen("200 application/json", done=True),
    "heavier": Seen("200 application/json", done=True),
    "truncated-after": Seen("RemoteProtocolError", done=True),
    "overlong-after": Seen("200 ", done=True),
    "extra-fields": Seen("200 application/json", done=True),
}
LIST_FAULTS = {
    "stale-list",
    "short-total",
    "long-total",
    "shuffle",
    "skip-rows",
    "cursor-expired",
}


def one_for_each_kind() -> str:
    seconds = {"late-commit": 3, "slow": 0.1, "drip": 0.1}
    return ";".join(
        f"{kind}:reference={kind},first=1" + (f",seconds={seconds[kind]}" if kind in seconds else "")
        for kind in POST_FAULTS
    )


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Each kind of fault strikes the first create under the reference of its own name."""
    store = tmp_path_factory.mktemp("faults") / "registry.sqlite3"
    with launched(store, faults=one_for_each_kind()) as url, client(url, timeout=PATIENCE) as one:
        yield one


@contextlib.contextmanager
def registry_with(tmp_path: Path, faults: str) -> Iterator[httpx.Client]:
    store = tmp_path / "registry.sqlite3"
    with launched(store, faults=faults) as url, client(url, timeout=PATIENCE) as one:
        yield one


def seen(registry: httpx.Client, reference: str) -> str:
    try:
        answer = create(registry, reference)
    except httpx.TransportError as error:
        return type(error).__name__
    return f"{answer.status_code} {answer.headers.get('content-type', '')}"


def test_every_fault_is_tested() -> None:
    assert POST_FAULTS.keys() | LIST_FAULTS | {"reject-409"} == KINDS.keys()


@pytest.mark.parametrize("kind", POST_FAULTS)
def test_a_fault_shows_itself_once_and_does_or_leaves_what_it_says(registry: httpx.Client, kind: str) -> None:
    assert seen(registry, kind) == POST_FAULTS[kind].answer
    assert (kind in all_references(registry)) == POST_FAULTS[kind].done
    again = create(registry, kind).status_code
    assert again == (409 if POST_FAULTS[kind].done else 200)
    assert counts(registry)["faults"][kind] == 1


DELETE_FAULTS = {
    "lose-answer": Seen("RemoteProtocolError", done=True),
    "drop-before": Seen("RemoteProtocolError", done=False),
    "error-500": Seen("500", done=False),
    "error-502-after": Seen("502", done=True),
    "html-200-after": Seen("200", done=True),
    "reject-409": Seen("409", done=False),
}


@pytest.mark.parametrize("kind", DELETE_FAULTS)
def test_a_fault_of_a_delete_does_or_leaves_what_it_says(tmp_path: Path, kind: str) -> None:
    with registry_with(tmp_path, f"{kind}:on=delete,first=1") as registry:
        path = f"/production_batches/{create(registry, 'R').json()['id']}"
        try:
            answer = str(registry.delete(path).status_code)
        except httpx.TransportError as error:
            answer = type(error).__name__
        assert answer == DELETE_FAULTS[kind].answer
        assert (registry.get(path).status_code == 404) == DELETE_FAULTS[kind].done
        assert registry.delete(path).status_code == (404 if DELETE_FAULTS[kind].done else 204)


def raw_answer(url: str) -> bytes:
    """All that comes back over a bare socket until the server closes it."""
    address = httpx.URL(url)
    request = httpx.Request("GET", f"{url}/organisation", headers=HEADERS)
    head = b"".join(name + b": " + value + b"\r\n" for name, value in request.headers.raw)
    with socket.create_connection((address.host, address.port or 0), timeout=5) as connection:
        connection.sendall(b"GET /mrv/v0/organisation HTTP/1.1\r\n" + head + b"\r\n")
        received = b""
        while part := connection.recv(65536):
            received += part
        return received


def test_a_dropped_connection_carries_not_a_single_byte(tmp_path: Path) -> None:
    with launched(tmp_path / "r.sqlite3", faults="lose-answer:on=all") as url:
        assert raw_answer(url) == b""


def test_a_connection_can_be_reset_instead_of_closed(tmp_path: Path) -> None:
    script = "drop-before:on=all,form=reset"
    with (
        launched(tmp_path / "r.sqlite3", faults=script) as url,
        pytest.raises(ConnectionResetError),
    ):
        raw_answer(url)


def test_a_truncated_answer_announces_more_than_it_brings(tmp_path: Path) -> None:
    with launched(tmp_path / "r.sqlite3", faults="truncated-after:on=all") as url:
        head, _, body = raw_answer(url).partition(b"\r\n\r\n")
    announced = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    assert 0 < len(body) < announced


def test_an_overlong_answer_brings_more_than_it_announces(tmp_path: Path) -> None:
    with launched(tmp_path / "r.sqlite3", faults="overlong-after:on=all") as url:
        head, _, body = raw_answer(url).partition(b"\r\n\r\n")
    announced = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    assert 0 < announced < len(body)


@pytest.mark.parametrize("form", ["409", "400", "422"])
def test_a_reference_may_be_called_taken_as_a_real_duplicate_is(tmp_path: Path, form: Any) -> None:
    script = f"taken:reference=free,form={form}"
    with (
        launched(tmp_path / "r.sqlite3", faults=script, conduct=Conduct(duplicates=form)) as url,
        client(url) as registry,
    ):
        refusals = [create(registry, name) for name in ("free", "used", "used")]
        assert [answer.status_code for answer in refusals] == [int(form), 200, int(form)]
        assert refusals[0].text == refusals[2].text.replace('"used"', '"free"')
        assert all_references(registry) == ["used"]


def test_a_server_with_hanging_requests_still_ends_at_once(tmp_path: Path) -> None:
    with registry_with(tmp_path, "hang") as registry:
        assert seen(registry, "R") == "ReadTimeout"
        started = time.monotonic()
    assert time.monotonic() - started < 3


def test_a_late_commit_happens_after_the_connection_is_gone(tmp_path: Path) -> None:
    with registry_with(tmp_path, "late-commit:nth=1,seconds=1.5") as registry:
        assert seen(registry, "R") == "RemoteProtocolError"
        assert all_references(registry) == []
        wait_for(registry, ["R"])


def test_a_slow_answer_is_done_before_it_is_given(tmp_path: Path) -> None:
    with registry_with(tmp_path, "slow:seconds=30") as registry:
        assert seen(registry, "R") == "ReadTimeout"
        assert all_references(registry) == ["R"]


@pytest.mark.parametrize(("form", "shape"), [("seconds", "7"), ("date", "GMT"), ("none", "None")])
def test_a_429_says_when_to_come_back_in_three_forms(tmp_path: Path, form: str, shape: str) -> None:
    with registry_with(tmp_path, f"429:retry_after=7,form={form}") as registry:
        said = str(create(registry, "R").headers.get("retry-after"))
    assert said.endswith(shape)
    if form == "date":
        wait = email.utils.parsedate_to_datetime(said).timestamp() - time.time()
        assert 3 < wait <= 7


def test_a_503_says_when_to_come_back_only_if_asked(tmp_path: Path) -> None:
    script = "error-503:nth=1; error-503:retry_after=9"
    with registry_with(tmp_path, script) as registry:
        assert "retry-after" not in create(registry, "R").headers
        assert create(registry, "R").headers["retry-after"] == "9"


@pytest.mark.parametrize(
    ("field", "loc", "value"),
    [
        ("mass.magnitude", ["body", "mass", "magnitude"], 1520.5),
        ("feedstock_type_ids.0", ["body", "feedstock_type_ids", 0], "ftt_1D7KZ1P761S0G7BN"),
        ("nowhere.at.all", ["body", "nowhere", "at", "all"], None),
    ],
)
def test_a_scripted_422_points_at_the_field(
    tmp_path: Path, field: str, loc: list[Any], value: object
) -> None:
    with registry_with(tmp_path, f"reject-422:field={field}") as registry:
        (error,) = create(registry, "R").json()["detail"]
    assert (error["loc"], error["input"]) == (loc, value)
    assert error.keys() == {"type", "loc", "msg", "input"}


def test_answers_are_wrong_in_the_way_their_names_say(tmp_path: Path) -> None:
    script = (
        "wrong-reference-after:reference=R1; extra-fields:reference=R2; bad-json-after:reference=R3;"
        "redirect:reference=R4,to=http://127.0.0.1:9/x; heavier:reference=R5; extra-fields:on=list"
    )
    with registry_with(tmp_path, script) as registry:
        assert create(registry, "R1").json()["supplier_reference_id"] == "another R1"
        extra = create(registry, "R2").json()
        assert extra["supplier_reference_id"] == "R2"
        assert "added_later" in extra
        assert "added_later" in extra["mass"]
        assert "added_later" in page(registry)["nodes"][0]
        with pytest.raises(ValueError, match="Unterminated"):
            create(registry, "R3").json()
        assert create(registry, "R5").json()["mass"]["magnitude"] == 2 * 1520.5
        assert create(registry, "R4").headers["location"] == "http://127.0.0.1:9/x"


def listed(tmp_path: Path, faults: str, count: int = 25) -> tuple[list[str], int]:
    """The references found under list faults at 10 a page, and the total of the first page."""
    with registry_with(tmp_path, faults) as registry:
        for number in range(count):
            create(registry, f"R{number:02}")
        return all_references(registry, size=10), page(registry)["total_count"]


ALL = [f"R{number:02}" for number in range(25)]


@pytest.mark.parametrize(("age", "found"), [(60, []), (0, ALL)])
def test_a_stale_list_lacks_what_is_new(tmp_path: Path, age: int, found: list[str]) -> None:
    assert listed(tmp_path, f"stale-list:seconds={age}") == (found, len(found))


@pytest.mark.parametrize(("kind", "total"), [("short-total", 23), ("long-total", 27)])
def test_a_wrong_total_is_wrong_by_what_it_says(tmp_path: Path, kind: str, total: int) -> None:
    assert listed(tmp_path, f"{kind}:by=2") == (ALL, total)


def test_a_shuffled_list_repeats_rows_and_misses_none(tmp_path: Path) -> None:
    found, total = listed(tmp_path, "shuffle")
    assert len(found) > 25
    assert sorted(set(found)) == ALL
    assert total == 25


def test_skipped_rows_are_missing_from_the_whole_list(tmp_path: Path) -> None:
    assert listed(tmp_path, "skip-rows")[0] == [name for name in ALL if name not in {"R10", "R20"}]


def test_a_cursor_expires_on_a_later_page_only(tmp_path: Path) -> None:
    with registry_with(tmp_path, "cursor-expired:first=1") as registry:
        for name in ALL:
            create(registry, name)
        cursor = page(registry, first=10)["page_info"]["end_cursor"]
        expired = registry.get("/production_batches", params={"first": 10, "after": cursor})
        assert (expired.status_code, expired.json()["detail"]) == (400, "The cursor has expired")
        assert all_references(registry, size=10) == ALL


def test_the_list_can_fail_in_the_middle_of_paging(tmp_path: Path) -> None:
    with registry_with(tmp_path, "error-500:on=list,nth=2") as registry:
        for name in ALL:
            create(registry, name)
        cursor = page(registry, first=10)["page_info"]["end_cursor"]
        failed = registry.get("/production_batches", params={"first": 10, "after": cursor})
        assert failed.status_code == 500
        assert page(registry, first=10, after=cursor)["total_count"] == 25
