"""docs/messages.md: every code with its meaning, and what the program really says. Made, not written.

What a code means and what to do stands once, by hand, in the table of docs/logs.md; the title in
`pipeline/catalogue.py`; the rest is found: the example by running the program, the hazards in the tests.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.catalogue import TITLES
from tests.messages.example import Example

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "logs.md"
HEAD = """\
# What each message means

Made by `make docs` from the program itself. The examples are what it really says, of small logs with mistakes
on purpose and of a local registry that misbehaves on purpose. Codes do not change, so that machines can
filter by them.

On the screen the code stands in brackets behind each kind of problem, in `results.xlsx` in the column
`_code`. A **refusal** leaves a whole file alone. An **error** keeps its row from being sent. A **warning**
and a **notice** keep nothing back. `conflict`, `rejected`, `unknown` and `not_sent` are outcomes: what
became of the row.
"""
_ROW = re.compile(r"^\| `([^`]+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)
_HAZARD = re.compile(r"test_hazard_(\d+)_")


def page(examples: Mapping[str, Example]) -> str:
    hazards = _hazards()
    _, _, messages = GUIDE.read_text(encoding="utf-8").partition("\n## What each message means\n")
    parts = [HEAD]
    for section in messages.split("\n### ")[1:]:
        heading, _, table = section.partition("\n")
        parts.append(f"## {heading}")
        for code, means, to_do in _ROW.findall(table):
            parts += _entry(code, means, to_do, _of(code, examples), hazards.get(code, []))
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _entry(code: str, means: str, to_do: str, example: Example | None, hazards: list[int]) -> Iterator[str]:
    yield f"### `{code}`"
    title = f"**{TITLES[code]}.** " if code in TITLES else ""
    yield f"{title}{_sentence(means)} *To do:* {to_do}."
    if example:
        yield f"> For example, {example.severity}, {_literal(example.where)}: {_literal(example.says)}"
    if hazards:
        yield f"Tested as hazard {', '.join(map(str, hazards))}."


def _of(code: str, examples: Mapping[str, Example]) -> Example | None:
    """The example of a code; of a family such as `http_*`, any of its members."""
    family = code.removesuffix("*")
    return examples.get(code) or next(
        (each for name, each in examples.items() if family != code and name.startswith(family)), None
    )


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _literal(text: str) -> str:
    """Markdown that shows this text as it is; what cannot be seen is named."""
    shown = "".join(letter if letter.isprintable() else f"<U+{ord(letter):04X}>" for letter in text)
    return re.sub(r"([\\`*_\[\]<>#|{}~$&])", r"\\\1", shown)


def _hazards() -> dict[str, list[int]]:
    """The numbers of the hazards whose tests name a code."""
    found: dict[str, set[int]] = {}
    for path in sorted((ROOT / "tests" / "hazards").glob("test_*.py")):
        for test in ast.parse(path.read_text(encoding="utf-8")).body:
            number = _HAZARD.match(test.name) if isinstance(test, ast.FunctionDef) else None
            for node in ast.walk(test) if number else ():
                if number and isinstance(node, ast.Constant) and node.value in TITLES:
                    found.setdefault(str(node.value), set()).add(int(number[1]))
    return {code: sorted(numbers) for code, numbers in found.items()}
