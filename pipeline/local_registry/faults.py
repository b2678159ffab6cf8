"""Scripted faults: which request is to go wrong, and how. Pure: it decides, `misbehave` does.

A script is faults separated by `;`, each a name and, after `:`, options separated by `,`:

    lose-answer:every=7
    error-500-after:share=0.05,seed=3; error-503:first=10; 429:nth=3,retry_after=1

Selectors, at most one for each fault (none: every request): `every=N` each Nth request, `first=N`
the first N, `nth=K` only the Kth, `from=K` the Kth and all that follow, `share=P` that share of
requests, chosen by `seed=S` from reference and attempt, so that the order of arrival changes
nothing. `reference=TEXT` looks only at requests for that reference, and counts only them; TEXT may
be percent-encoded. `on=post|list|get|delete|all` says which requests are looked at; get and delete
are those for one batch by its id, where no reference is known. When several faults fit a request,
the first of the script is applied; all of them count it.
"""

import difflib
import hashlib
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

SELECTORS = ("every", "first", "nth", "from", "share")
EVERYWHERE = ("post", "list", "get", "delete", "all")


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to go wrong. `on` names what it may be asked of, its default first."""

    what: str
    options: Mapping[str, object] = field(default_factory=dict)
    on: tuple[str, ...] = EVERYWHERE
    paging: bool = False


_BREAK: Mapping[str, object] = {"form": "close"}
_WAIT: Mapping[str, object] = {"seconds": 5.0}
_LISTS, _POSTS, _DELETES = ("list",), ("post",), ("delete",)

KINDS: Mapping[str, Kind] = {
    "lose-answer": Kind("done, then the connection closes without an answer", _BREAK),
    "drop-before": Kind("the connection closes, nothing done", _BREAK),
    "hang": Kind("nothing done, and no answer until the client goes"),
    "hang-after": Kind("done, and no answer until the client goes"),
    "late-commit": Kind("the connection closes, done `seconds` later", {**_WAIT, **_BREAK}, _POSTS),
    "slow": Kind("done at once, answered after `seconds`", _WAIT),
    "drip": Kind("done, the answer trickles for `seconds`", _WAIT),
    "replay": Kind("done twice, as by a proxy; the second answer is given", on=_POSTS),
    "error-500": Kind("500, nothing done"),
    "error-500-after": Kind("500, but done"),
    "error-502-after": Kind("502 and a proxy's page, but done"),
    "error-503": Kind("503, nothing done; Retry-After if asked for", {"retry_after": None}),
    "error-504-after": Kind("504 and a proxy's page, but done"),
    "429": Kind("429, nothing done", {"retry_after": 1, "form": "seconds"}),
    "reject-422": Kind("422 about `field`, nothing done", {"field": "mass.magnitude"}, _POSTS),
    "reject-400": Kind("400, nothing done"),
    "reject-409": Kind("409 as something refers to the batch, nothing done", on=_DELETES),
    "taken": Kind("refused as a reference that is taken, nothing done", {"form": "409"}, _POSTS),
    "taken-after": Kind("done, but refused as a reference that is taken", {"form": "409"}, _POSTS),
    "401": Kind("401, nothing done"),
    "403": Kind("403, nothing done"),
    "redirect": Kind("307 to another host, nothing done", {"to": "http://127.0.0.1:9/"}),
    "html-200": Kind("200 and a web page, nothing done"),
    "html-200-after": Kind("200 and a web page, but done"),
    "bad-json-after": Kind("200 and broken JSON, but done"),
    "wrong-reference-after": Kind("done, answered with another reference", on=_POSTS),
    "heavier": Kind("done, but stored and answered with twice the mass", on=_POSTS),
    "truncated-after": Kind("done, the answer shorter than announced"),
    "overlong-after": Kind("done, the answer longer than announced"),
    "extra-fields": Kind("done, the answer has unknown fields"),
    "stale-list": Kind("the list as it was `seconds` ago", {"seconds": 60.0}, _LISTS),
    "short-total": Kind("total_count is `by` too small", {"by": 1}, _LISTS),
    "long-total": Kind("total_count is `by` too large", {"by": 1}, _LISTS),
    "shuffle": Kind("a later page out of order, a row repeated from the one before", on=_LISTS, paging=True),
    "skip-rows": Kind("a later page without its first row", on=_LISTS, paging=True),
    "cursor-expired": Kind("400 for a cursor", on=_LISTS, paging=True),
}
_DUPLICATES = ("409", "400", "422")
FORMS: Mapping[str, tuple[str, ...]] = {
    "429": ("seconds", "date", "none"),
    "taken": _DUPLICATES,
    "taken-after": _DUPLICATES,
}
_BREAK_FORMS = ("close", "reset")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a script. `number` is what its selector says: N, K or P."""

    kind: str
    on: str
    selector: str = ""
    number: float = 0
    seed: int = 0
    reference: str | None = None
    seconds: float = 0.0
    retry_after: int | None = None
    form: str = ""
    field: str = ""
    to: str = ""
    by: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a fault can see of a request. `of` is "post", "list", "get", "delete" or "other"."""

    of: str
    reference: str | None = None
    with_cursor: bool = False


class Faults:
    """A script at work: it counts the requests and picks what goes wrong with each."""

    def __init__(self, script: tuple[Fault, ...] = ()) -> None:
        self.applied: Counter[str] = Counter()
        self._script = script
        self._matched = [0] * len(script)
        self._attempts: Counter[tuple[int, str | None]] = Counter()

    def choose(self, asked: Asked) -> Fault | None:
        """The fault for this request, counted as applied, or None. To be called once for each."""
        firing = [one for place, one in enumerate(self._script) if self._fires(place, one, asked)]
        if not firing:
            return None
        self.applied[firing[0].kind] += 1
        return firing[0]

    def _fires(self, place: int, fault: Fault, asked: Asked) -> bool:
        if not _looks_at(fault, asked):
            return False
        self._matched[place] += 1
        if fault.selector != "share":
            return _selected(fault, self._matched[place])
        self._attempts[place, asked.reference] += 1
        attempt = self._attempts[place, asked.reference]
        return _chance(f"{fault.seed}:{asked.reference}:{attempt}") < fault.number


def _looks_at(fault: Fault, asked: Asked) -> bool:
    return (
        fault.on in ("all", asked.of)
        and (fault.reference is None or fault.reference == asked.reference)
        and (asked.with_cursor or not KINDS[fault.kind].paging)
    )


def _selected(fault: Fault, count: int) -> bool:
    match fault.selector:
        case "every":
            return count % int(fault.number) == 0
        case "first":
            return count <= fault.number
        case "nth":
            return count == fault.number
        case "from":
            return count >= fault.number
        case _:
            return True


def _chance(text: str) -> float:
    """A number from 0 up to 1 that depends on nothing but the text."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest()) / 2**48


def parse(text: str) -> tuple[Fault, ...]:
    """The faults of a script; ValueError says what is wrong with it and what is possible."""
    return tuple(_fault(part.strip()) for part in text.split(";") if part.strip())


def _fault(text: str) -> Fault:
    name, _, rest = (piece.strip() for piece in text.partition(":"))
    kind = KINDS.get(name)
    if kind is None:
        raise ValueError(_unknown("fault", name, list(KINDS)))
    options = _options(rest, text)
    known = [*SELECTORS, "seed", "reference", "on", *kind.options]
    for option in options:
        if option not in known:
            raise ValueError(_unknown(f"option of {name}", option, known))
    values: dict[str, Any] = {"on": kind.on[0], **kind.options}
    for option, value in options.items():
        values |= _value(name, option, value)
    _check(text, options)
    return Fault(kind=name, **values)


def _options(rest: str, text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in rest.split(","))):
        option, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not value:
            raise ValueError(f'"{part}" in "{text}" is not option=value')
        if option in found:
            raise ValueError(f'"{option}" stands twice in "{text}"')
        found[option] = value
    return found


def _check(text: str, options: Mapping[str, str]) -> None:
    selectors = [option for option in options if option in SELECTORS]
    if len(selectors) > 1:
        raise ValueError(f'"{text}" has {" and ".join(selectors)}; a fault has one of them')
    if "seed" in options and "share" not in options:
        raise ValueError(f'"{text}" has a seed, which goes with share')


def _value(name: str, option: str, value: str) -> dict[str, object]:
    try:
        if option in SELECTORS:
            number = _share(value) if option == "share" else _whole_from_one(value)
            return {"selector": option, "number": number}
        if option in ("on", "form"):
            return {option: _one_of(value, _choices(name, option))}
        return {option: _READ[option](value)}
    except ValueError as error:
        raise ValueError(f"{name}: {option}={value} is wrong: {error}") from None


def _choices(name: str, option: str) -> tuple[str, ...]:
    return KINDS[name].on if option == "on" else FORMS.get(name, _BREAK_FORMS)


def _one_of(value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise ValueError(f"it is one of {', '.join(choices)}")
    return value


def _whole(value: str) -> int:
    if not value.isascii() or not value.isdigit():
        raise ValueError("it is a whole number")
    return int(value)


def _whole_from_one(value: str) -> int:
    if (number := _whole(value)) < 1:
        raise ValueError("it is a whole number from 1 on")
    return number


def _share(value: str) -> float:
    if not 0 <= (number := _seconds(value)) <= 1:
        raise ValueError("it is a share from 0 to 1")
    return number


def _seconds(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise ValueError("it is a number") from None
    if not math.isfinite(number) or number < 0:
        raise ValueError("it is a number from 0 on")
    return number


_READ: Mapping[str, Callable[[str], object]] = {
    "seed": _whole,
    "reference": unquote,
    "seconds": _seconds,
    "retry_after": _whole,
    "field": str,
    "to": str,
    "by": _whole_from_one,
}


def _unknown(what: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f'; did you mean "{near[0]}"?' if near else "."
    return f'There is no {what} "{name}"{hint} Known: {", ".join(known)}'
