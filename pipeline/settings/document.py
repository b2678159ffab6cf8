"""`pipeline.toml` as a text: where it is, what it says, and on which line it says it."""

import re
import tomllib
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from pipeline.errors import SettingsError
from pipeline.settings.faults import Fault, Key
from pipeline.settings.words import shown

NAME = "pipeline.toml"
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_AT = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of .*)\)")
_PLAIN_WORDS = {
    "Invalid value": "this is no value: text stands in quotes, numbers have a point, "
    "and yes or no is true or false",
    "Invalid statement": "a line is neither [table] nor key = value",
    "Expected '='": "a key needs an equals sign and a value; a key with spaces stands in quotes",
    "Expected newline": "one line says one thing: something is left over after the value",
    "Cannot overwrite": "this key stands here for the second time",
    "Duplicate inline table key": "this key stands here for the second time",
    "Cannot declare": "this table stands here for the second time",
    "Unescaped": "a backslash in double quotes has to be doubled; or use single quotes",
    "Invalid hex value": "a backslash in double quotes has to be doubled; or use single quotes",
    "Illegal character": "a text is not closed by a quote on its own line",
    "Unterminated string": "a text is not closed by a quote",
    "Expected ']": "a [table] is not closed by its bracket",
    "Unclosed array": "a list is not closed by ]",
    "Unclosed inline table": "a table in braces is not closed by }",
    "Invalid initial character": "a key starts with a letter or a digit, or stands in quotes",
}


class Document(Struct, frozen=True):
    """The file's name as it was asked for, its folder, its text, and the data in it."""

    name: str
    home: Path
    path: Path | None = None
    text: str = ""
    data: dict[str, object] = {}

    def __repr__(self) -> str:
        """Without its text, in which an address may hold a password."""
        return f"Document({self.name!r})"

    def where(self, key: Key) -> str:
        """A setting's address: file, line, table and key."""
        return f"{self._at(key)}{_label(key)}"

    def sentence(self, fault: Fault) -> str:
        label = f"[{_dotted(fault.key)}]" if isinstance(fault.found, dict) else _label(fault.key)
        return f"{self._at(fault.key)}{label} {fault.says}"

    def line(self, key: Key) -> int:
        """The line on which the key, or the innermost table around it, is written."""
        lines = lines_of(self.text)
        names = tuple(part for part in key if isinstance(part, str))
        for length in range(len(names), 0, -1):
            if names[:length] in lines:
                return lines[names[:length]]
        return 1

    def _at(self, key: Key) -> str:
        return f"{self.name}, line {self.line(key)}: "


def read(folder: Path, named: Path | None, by: str) -> Document:
    """The settings file that was named, or the one in the folder, or none at all.

    `by` is who named it.
    """
    if named is None and not (folder / NAME).exists():
        return Document(NAME, folder.resolve())
    name = shown(str(named or NAME)).strip('"')
    path = folder / (named or NAME)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"{name}: the settings file cannot be read ({error.strerror}). "
            f"Correct {by if named else 'its permissions'}, or remove it to go without."
        ) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SettingsError(
            f"{name}, line {line}: a letter is not in UTF-8. Save the file as UTF-8."
        ) from None
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise SettingsError(f"{name}{_plain(str(error), text)}. Correct this line.") from None
    return Document(name, path.parent.resolve(), path.parent.resolve() / path.name, text, data)


def _plain(message: str, text: str) -> str:
    match = _AT.fullmatch(message)
    what = match["what"] if match else "a value is beyond all bounds"
    words = next((plain for start, plain in _PLAIN_WORDS.items() if what.startswith(start)), what)
    if match is None:
        return f": {words}"
    if what == "Invalid value" and not match["line"]:
        words = "the file ends before this is finished"
    ends = text.rstrip().split("\n")
    line, column = match["line"] or len(ends), match["column"] or len(ends[-1]) + 1
    return f", line {line}, column {column}: {words}"


def lines_of(text: str) -> dict[tuple[str, ...], int]:
    """The line of every table and key in a valid TOML text, whatever its quotes and dots.

    Statement by statement: lines are added until TOML itself understands them.
    """
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    statement, start = "", 1
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        statement += f"{line}\n"
        try:
            keys = _keys(tomllib.loads(statement))
        except tomllib.TOMLDecodeError:
            continue
        if statement.lstrip().startswith("["):
            table, keys = keys[-1], [()]
        for key in keys:
            for length in range(len(table + key)):
                found.setdefault((table + key)[: length + 1], start)
        statement, start = "", number + 1
    return found


def _keys(value: object) -> list[tuple[str, ...]]:
    """The paths to all that is not a table, and to empty tables, as a new table's header is."""
    if not isinstance(value, dict) or not value:
        return [()]
    return [(name, *rest) for name, inner in value.items() for rest in _keys(inner)]


def _label(key: Key) -> str:
    tables = [part for part in key[:-1] if isinstance(part, str)]
    if isinstance(key[-1], int):
        return f"[{_dotted(key[:-2])}] {_dotted(key[-2:-1])}, entry {key[-1] + 1},"
    table = f"[{_dotted(tuple(tables))}] " if tables else ""
    return f"{table}{_dotted(key[-1:])}"


def _dotted(key: Key) -> str:
    return ".".join(k if _BARE.fullmatch(k) else shown(k) for k in map(str, key))
