"""The marked copies of a run, beside its results. They are a convenience: without them, nothing is lost."""

from collections.abc import Iterator
from pathlib import Path, PurePath

from msgspec.structs import replace

from pipeline.elsewhere import place_of
from pipeline.errors import PipelineError
from pipeline.mark.apart import mark_apart
from pipeline.mark.marks import Spots, spots_of
from pipeline.mark.unmarkable import UnmarkableError
from pipeline.model import Issue, Report, Source
from pipeline.read import FileRefused
from pipeline.read.spool import spooled
from pipeline.write.whole import gone, private_folder, whole

_ENDINGS = (".xlsx", ".xlsm", ".xltx", ".xltm")
_LONGEST = 180
"""The bytes of a name that leave room for what is put before and after it, on every file system in use."""


def mark_copies(report: Report, folder: Path) -> Report:
    """Write `marked-<name>` for each workbook that has something to mark and is still as it was read.

    One that an earlier writing left stays when the workbook is gone, and goes when nothing is to be marked
    any more. The report, with a notice for each that could not be made; nothing is raised.
    """
    told: list[Issue] = []
    taken: set[str] = set()
    for source in report.sources:
        if not source.refusal:
            path = folder / _name(source, taken)
            if why := _unmarked(source, spots_of(report, source), path):
                told.append(_notice(source, why))
    return replace(report, notices=(*report.notices, *told)) if told else report


def _unmarked(source: Source, spots: Spots, path: Path) -> str:
    """Why a workbook could not be marked; nothing when it was, or need not be."""
    try:
        if not spots and path.exists():
            gone(path)
        elif spots and (copy := _copy(source, spots)):
            private_folder(path.parent)
            with whole(path) as file:
                file.write(copy)
    except FileRefused:
        return "" if path.exists() else "it is not there any more as it was read"
    except UnmarkableError as why:
        return str(why)
    except Exception as failure:  # noqa: BLE001  whatever it is, the results are to be written
        return str(failure).rstrip(".") if isinstance(failure, PipelineError) else type(failure).__name__
    return ""


def _copy(source: Source, spots: Spots) -> bytes:
    """The marked copy; `FileRefused` when the file is not the one that was read."""
    with spooled(place_of(source.file), source.file) as spool:
        if spool.sha256 != source.sha256:
            raise FileRefused("file_changing", f"“{source.file}” has changed since it was read.", "")
        return mark_apart(spool, spots)


def _name(source: Source, taken: set[str]) -> str:
    """The name of the copy, unlike the others', and with an ending that Excel opens it by."""
    name = PurePath(source.file)
    ending = name.suffix if name.suffix.lower() in _ENDINGS else ".xlsx"
    stem = name.name.removesuffix(name.suffix if ending == name.suffix else "")
    stem = stem.encode()[:_LONGEST].decode(errors="ignore")
    names = (f"marked-{stem}{number}{ending}" for number in _numbers())
    found = next(each for each in names if each.casefold() not in taken)
    taken.add(found.casefold())
    return found


def _numbers() -> Iterator[str]:
    yield ""
    number = 2
    while True:
        yield f" ({number})"
        number += 1


def _notice(source: Source, why: str) -> Issue:
    told = f"no marked copy was written, because {why}; to_fix.xlsx and results.xlsx say the same"
    return Issue("notice", "not_marked", source.file, "", None, (), "", "", told, "")
