"""The site: every page is a Markdown file that can be read as it is. `make docs` builds it into site/.

Nothing is loaded from the network by a page. So the one diagram is not drawn by a script: on the site its
arrows are the rows of a table.
"""

import re

from sphinx.application import Sphinx

project = "Biochar batch uploader"
copyright = "its authors, Apache-2.0"  # noqa: A001 the name that Sphinx gives it
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "README"
include_patterns = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/*.md",
    "sample_data/README.md",
    "deploy/README.md",
]
myst_heading_anchors = 4
nitpicky = True
suppress_warnings = ["myst.header", "misc.highlighting_failure"]

html_theme = "furo"
html_title = project
html_copy_source = False
html_show_sourcelink = False
html_additional_pages = {"index": "first.html"}
templates_path = ["templates"]
html_static_path: list[str] = []

CONTENTS = """
```{toctree}
:hidden:
:caption: Guides

For the operator <docs/operator>
How to write a log <docs/logs>
What each message means <docs/messages>
For the engineer <docs/engineer>
Nights <deploy/README>
More than one machine <docs/scale>
For the verifier <docs/verifier>
```

```{toctree}
:hidden:
:caption: Reference

Sample logs <sample_data/README>
The result as JSON <docs/json>
Performance <docs/performance>
Security <docs/security>
Architecture <docs/architecture>
Contributing <CONTRIBUTING>
Changes <CHANGELOG>
```
"""
DIAGRAM = re.compile(r"^```mermaid\nstateDiagram-v2\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ARROW = re.compile(r"^ +(\S+) --> (\S+?)(?:: (.+))?$", re.MULTILINE)
PICTURE = re.compile(r"^!\[(.+?)\]\((pictures/[^)]+)\)$", re.MULTILINE | re.DOTALL)


def setup(app: Sphinx) -> None:
    app.connect("source-read", _for_the_site)


def _for_the_site(app: Sphinx, page: str, source: list[str]) -> None:
    text = DIAGRAM.sub(_as_table, source[0])
    if page == "docs/logs":
        text = MESSAGES.sub(SEE_MESSAGES, text)
    if page == "README":
        text += CONTENTS
    here = app.srcdir / page
    source[0] = PICTURE.sub(
        lambda found: found[0] if (here.parent / found[2]).exists() else _told(found[1]), text
    )


def _as_table(diagram: re.Match[str]) -> str:
    name = {"[*]": "(begin or end)"}
    rows = [
        f"| {name.get(before, before)} | {name.get(after, after)} | {why} |"
        for before, after, why in ARROW.findall(diagram[1])
    ]
    return "\n".join(["| from | to | when |", "| --- | --- | --- |", *rows])


def _told(alternative: str) -> str:
    """What stands for a picture that was not made: what is to be seen in it."""
    return "> " + alternative.replace("\n", "\n> ")


MESSAGES = re.compile(r"(?<=\n## What each message means\n\n).*", re.DOTALL)
SEE_MESSAGES = """\
Each message has a code. Each code, what it means, what to do and a real example: [](messages.md).
"""
