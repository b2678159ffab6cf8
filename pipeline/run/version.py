"""Which version of this program runs, and of the packages whose data it depends on."""

from importlib.metadata import PackageNotFoundError, version

_PROGRAM = "biochar-batch-uploader"


def version_of(package: str = _PROGRAM) -> str:
    """The version of an installed package, this program's by default; or that it is not known."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not known"
