"""Where a copy of a run's results is put: a folder of this machine, or an address elsewhere."""

from pathlib import Path

from pipeline.elsewhere import Nowhere, Remote, place_of
from pipeline.errors import SettingsError


def results_folder(text: str | None, home: Path, where: str) -> Path | Remote | None:
    """The folder, a relative path seen from `home`; None when none is named.

    SettingsError names `where` it was said, and repeats nothing that may be a credential.
    """
    if not text:
        return None
    place = place_of(text)
    match place:
        case Nowhere(refusal=refusal):
            raise SettingsError(f"{where} cannot be used: {refusal.message} {refusal.remedy}")
        case Remote():
            return place
    return home / place
