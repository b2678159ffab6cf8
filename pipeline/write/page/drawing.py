"""Charts as markup of the page, drawn by pygal.

pygal decides where everything stands; how it looks is the page's own style sheet, so that one set of colours
serves light, dark and paper. What pygal adds for browsers of its own (a style sheet, scripts, descriptions
for them, the day on which it drew) is taken out: a page has no
script, and is the same whenever it is written.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pygal
from markupsafe import Markup
from pygal.style import Style

from pipeline.write.page.shown import shown

# A hook for plugins with maps, in a form that Python has given up: each later import would warn of it.
sys.meta_path[:] = [each for each in sys.meta_path if not isinstance(each, pygal.PluginImportFixer)]

WIDTH = 720
_LONGEST_LABEL = 28
_STYLE = Style(
    font_family="sans-serif",
    label_font_size=13,
    major_label_font_size=13,
    value_font_size=13,
    transition="0s",
)
_COMMON: Mapping[str, Any] = {
    "style": _STYLE,
    "width": WIDTH,
    "js": (),
    "no_prefix": True,
    "disable_xml_declaration": True,
    "show_legend": False,
    "margin": 6,
    "spacing": 8,
}
Node = Any
"""An element of the tree that pygal makes, of whichever library it found."""


def bars(name: str, title: str, values: Sequence[tuple[str, int, str]]) -> Markup:
    """A bar for each value, with its label and how it is to look."""
    height = 34 * len(values) + 20
    chart = pygal.HorizontalBar(
        **{**_COMMON, "width": WIDTH // 2}, height=height, show_x_labels=False, show_x_guides=False,
        show_y_guides=False, truncate_label=-1, range=(0, max(value for _, value, _ in values)),
    )  # fmt: skip
    upwards = values[::-1]
    chart.x_labels = [text for text, _, _ in upwards]
    chart.add("", [{"value": value, "node": {"class": f"rect {mood}"}} for _, value, mood in upwards])
    return _drawn(chart, name, title)


def stacks(
    name: str,
    title: str,
    labels: Sequence[str],
    series: Sequence[Sequence[float]],
    shown_as: Callable[[float], str] = "{:,.6g}".format,
) -> Markup:
    """A column for each label, of one part for each series; so many labels are shown as there is room for."""
    every = max(1, -(-len(labels) // 7))
    chart = pygal.StackedBar(
        **_COMMON, height=280, x_labels_major_every=every, show_minor_x_labels=False, truncate_label=-1,
        x_label_rotation=0, show_x_guides=False, value_formatter=shown_as, max_scale=6,
    )  # fmt: skip
    chart.x_labels = list(labels)
    for values in series:
        chart.add("", list(values))
    return _drawn(chart, name, title)


def timeline(
    name: str,
    title: str,
    rows: Sequence[tuple[str, Sequence[Sequence[tuple[float, float]]]]],
    ticks: Sequence[tuple[float, str]],
    between: tuple[float, float],
) -> Markup:
    """A lane for each row, with a thick line for each of its spans, by layer; times are numbers."""
    height = 30 * len(rows) + 44
    chart = pygal.XY(
        **_COMMON, height=height, show_dots=False, allow_interruptions=True, margin_left=26, xrange=between,
        range=(-0.6, len(rows) - 0.4), show_y_guides=True, truncate_label=-1,
    )  # fmt: skip
    chart.x_labels = [{"value": at, "label": label} for at, label in ticks]
    chart.y_labels = [
        {"value": len(rows) - 1 - place, "label": label(text)} for place, (text, _) in enumerate(rows)
    ]
    for layer in range(max(len(layers) for _, layers in rows)):
        points: list[tuple[float, int] | None] = []
        for place, (_, layers) in enumerate(rows):
            for start, end in layers[layer]:
                points += [(start, len(rows) - 1 - place), (end, len(rows) - 1 - place), None]
        chart.add("", points or [None])
    return _drawn(chart, name, title)


def label(text: str) -> str:
    """A name from a log, short enough to stand beside a picture."""
    return shown(text, _LONGEST_LABEL)


def _drawn(chart: Any, name: str, title: str) -> Markup:
    chart.uuid = name
    chart.add_xml_filter(lambda root: _cleaned(root, name, title))
    return Markup(chart.render())  # noqa: S704  made of elements, whose texts the library escapes


def _cleaned(root: Node, name: str, title: str) -> Node:
    for parent in list(root.iter()):
        for child in list(parent):
            if callable(child.tag) or child.tag in ("script", "style", "desc") or _is_empty(child):
                parent.remove(child)
    root.find("title").text = title
    root.find("title").set("id", f"{name}-title")
    for key, value in {
        "class": "chart",
        "id": name,
        "role": "img",
        "aria-labelledby": f"{name}-title",
    }.items():
        root.set(key, value)
    return root


def _is_empty(node: Node) -> bool:
    return node.tag in ("g", "defs") and not len(node) and not (node.text or "").strip()
