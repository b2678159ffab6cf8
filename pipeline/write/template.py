"""Pages from templates: every text is escaped, and a name that is not given is an error."""

from collections.abc import Callable
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template


@cache
def template(package: str, name: str, finalize: Callable[[object], object]) -> Template:
    """A template that lies in a package; `finalize` makes each value fit to be shown."""
    environment = Environment(
        loader=PackageLoader(package, ""),
        autoescape=True,
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
