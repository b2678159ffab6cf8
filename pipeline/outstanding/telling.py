"""What a night has to tell a person, as plain text; and when it has nothing to tell."""

import unicodedata
from collections.abc import Iterator, Sequence

from msgspec import Struct

from pipeline.outstanding.entry import WAITING, Entry

MOST_TOLD = 20
_LONGEST = 400
_LONGEST_NAME = 120
_DRIVES = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_MARKUP = str.maketrans({"<": "‹", ">": "›", "@": "＠", "`": "'", "*": "∗", "|": "¦"})
"""What makes a link, a mention or an emphasis in chats and mails, as a sign that only looks the same."""


class Night(Struct, frozen=True):
    """What a night ended with. `entries` is all that waits for a person, the oldest first.

    `news` tells that some of it was not told on this day yet. `stopped` is empty, or why the night did not do
    its work, in words; `failing` on how many nights it has ended so, and `to_be_told` whether that is to be
    said now. `token` is what to say of the access token's time.
    """

    plant: str
    exit_code: int = 0
    entries: tuple[Entry, ...] = ()
    news: bool = False
    stopped: str = ""
    failing: int = 0
    to_be_told: bool = False
    token: str = ""
    next_command: str = ""
    forget: str = "pipeline nightly --forget"


class Message(Struct, frozen=True):
    """A subject in one line, and a body. Plain text."""

    subject: str
    body: str


def told(night: Night) -> Message | None:
    """The message of a night; None when no person is needed, or everything was told on this day already."""
    waiting = _to_tell(night.entries) if night.news else []
    reasons = [
        *([_counted(waiting)] if waiting else []),
        *([_why(night)] if night.to_be_told else []),
        *([night.token] if night.token else []),
    ]
    if not reasons:
        return None
    plant = harmless(night.plant, _LONGEST_NAME)
    subject = f"{plant}: {harmless(' '.join(reasons))}"
    return Message(subject, "\n".join(_body(night, waiting)))


def age(entry: Entry) -> str:
    """Since when something waits, and for how many nights."""
    since = f"since {entry.first_at.astimezone():%Y-%m-%d}"
    return f"{since}, {_number(entry.nights, 'night')}" if entry.nights else since


def harmless(text: str, longest: int = _LONGEST) -> str:
    """Text from outside for a message: one line, not endless, nothing in it that a chat or a mail obeys."""
    shown = _in_one_line(text).translate(_MARKUP).replace("](", "] (").replace("://", ": //")
    return shown if len(shown) <= longest else f"{shown[:longest]}…"


def _in_one_line(text: str) -> str:
    seen = "".join(f"\\u{ord(c):04x}" if _drives(c) and not c.isspace() else c for c in text)
    return " ".join(seen.split())


def _drives(char: str) -> bool:
    return unicodedata.category(char) in _DRIVES


def _to_tell(entries: Sequence[Entry]) -> list[Entry]:
    """A file that is still being copied is left alone for a night."""
    return [each for each in entries if each.word != WAITING or each.nights > 1]


def _counted(entries: Sequence[Entry]) -> str:
    rows = sum(each.rows for each in entries if not each.is_file)
    files = sum(each.is_file for each in entries)
    what = " and ".join(_number(count, noun) for count, noun in ((rows, "row"), (files, "file")) if count)
    return f"{what} need{'s' if rows + files == 1 else ''} a person, {age(entries[0])}."


def _why(night: Night) -> str:
    lasting = f", for {_number(night.failing, 'night')} now" if night.failing > 1 else ""
    return f"The night's run ended with {night.exit_code}{lasting}: {night.stopped}"


def _body(night: Night, waiting: Sequence[Entry]) -> Iterator[str]:
    yield f"Plant: {harmless(night.plant, _LONGEST_NAME)}"
    if night.to_be_told:
        yield harmless(_why(night), 2 * _LONGEST)
    if night.token:
        yield harmless(night.token)
    for number, each in enumerate(waiting[:MOST_TOLD], 1):
        yield ""
        yield f"{number}. {_where(each)}"
        yield f"   {harmless(each.message)}"
        yield f"   {age(each).capitalize()}.{_found_in(each)}"
    if left := waiting[MOST_TOLD:]:
        yield ""
        yield f"… and {len(left):,} more."
    yield from _to_do(night, waiting)


def _where(entry: Entry) -> str:
    name = harmless(entry.file, _LONGEST_NAME)
    if entry.is_file:
        return f"The file {name} was not read."
    sheet = f", sheet {harmless(entry.sheet, _LONGEST_NAME)}" if entry.sheet else ""
    cells = f" ({', '.join(entry.cells.split()[:3])})" if entry.cells else ""
    reference = f", reference {harmless(entry.reference, _LONGEST_NAME)}" if entry.reference else ""
    more = f" and {entry.rows - 1} more of its rows" if entry.rows > 1 else ""
    return f"{name}{sheet}, row {entry.row}{cells}{more}{reference}: {entry.word}"


def _found_in(entry: Entry) -> str:
    return "" if entry.is_file else f" In runs/{entry.run_id}/to_fix.xlsx. Id {entry.id}."


def _to_do(night: Night, waiting: Sequence[Entry]) -> Iterator[str]:
    rows = [each for each in waiting if not each.is_file]
    yield ""
    if rows:
        yield "What to do: correct to_fix.xlsx as its notes say, and drop it into inbox/ as it is."
        yield f"A row that is done with, or was deleted on purpose: {night.forget} {rows[0].id}"
    if len(rows) < len(waiting):
        yield "A file that was not read stays in inbox/: save it again as it asks, or take it away."
    if night.next_command:
        yield f"Next: {_in_one_line(night.next_command)}"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' if count != 1 else ''}"
