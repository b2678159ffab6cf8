"""A folder of results, put elsewhere as well: file by file, and last the one that says that all are there."""

from pathlib import Path

from pipeline.elsewhere.place import Remote
from pipeline.elsewhere.store import Store, store

LAST = "summary.json"
"""Who sees it sees all the others."""


def put_all(folder: Path, there: Remote, *, anew: bool = False) -> None:
    """Put every file of the folder below the address. `NotHadError` when one could not be put.

    `anew`: what an earlier writing left there, and this one has not, goes; it would say what is so no more.
    """
    files = sorted(
        (path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")),
        key=lambda path: (path.name == LAST, path.name),
    )
    with store(there) as opened:
        for path in files:
            opened.put(path, there / path.name)
        if anew:
            _clear(opened, there, {path.name for path in files})


def _clear(opened: Store, folder: Remote, kept: set[str]) -> None:
    for name in opened.names(folder):
        if name not in kept and (name == "to_fix.xlsx" or name.startswith("marked-")):
            opened.remove(folder / name)
