"""Where the results of a run are to be looked for, and the copy that is put elsewhere."""

import shlex
import shutil
from pathlib import Path

from pipeline.elsewhere import NotHadError, Remote, put_all
from pipeline.errors import ResultsError
from pipeline.model import Report
from pipeline.report import ONLY_LOOKS
from pipeline.settings import Settings
from pipeline.write.whole import private_folder, whole

_LAST = "summary.json"


def runs_folder(settings: Settings) -> Path:
    """Where the folders of the runs lie on this machine."""
    return settings.home / "runs"


def results_place(settings: Settings, run_id: str) -> Path | Remote:
    """Where people look for the results of a run: where a copy is put, or else its folder here."""
    return (settings.results or runs_folder(settings)) / run_id


def put_elsewhere(run: Report, settings: Settings, *, anew: bool = False) -> None:
    """Put a copy of the run's files where the settings say, if they do; the last is that which names all.

    ResultsError when it cannot be done: it says where the files are, and how they are put there again.
    `anew` when they were written before: what is not among them any more goes there too.
    """
    there, folder = settings.results, runs_folder(settings) / run.run_id
    if there is None:
        return
    try:
        if isinstance(there, Remote):
            put_all(folder, there / run.run_id, anew=anew)
        else:
            _copy(folder, there / run.run_id)
    except NotHadError as failure:
        why = f"{failure.refusal.message} {failure.refusal.remedy}"
        raise ResultsError(
            f"The copy of the results failed: {why} {_instead(run, folder, there)}"
        ) from failure
    except ResultsError as failure:
        raise ResultsError(f"{failure} {_instead(run, folder, there)}") from failure


def _copy(folder: Path, there: Path) -> None:
    private_folder(there)
    files = [path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")]
    for path in sorted(files, key=lambda path: (path.name == _LAST, path.name)):
        with whole(there / path.name) as copy, path.open("rb") as file:
            shutil.copyfileobj(file, copy)


def _instead(run: Report, folder: Path, there: Path | Remote) -> str:
    """Where the results are meanwhile, and what puts them there."""
    here = f"The results are whole in {folder}."
    if run.command in ONLY_LOOKS or run.command == "reconcile" or run.stopped:
        return f"{here} Run the same again to have them there too."
    again = shlex.join(["pipeline", "report", run.run_id, "--results", str(there)])
    return f"{here} Put them there with: {again}"
