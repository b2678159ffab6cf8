"""Who works on a run: this process alone, or with the workers of a cluster."""

from contextlib import AbstractContextManager, nullcontext

from pipeline.errors import SettingsError
from pipeline.run.company import Alone, Company
from pipeline.settings import Settings


def company(cluster: str | None, settings: Settings) -> AbstractContextManager[Company]:
    """Those who work on a run, as `--cluster` says. SettingsError when there can be no such cluster."""
    if not cluster:
        return nullcontext(Alone())
    try:
        from pipeline.cluster import crew
    except ModuleNotFoundError as missing:
        raise SettingsError(
            f"--cluster needs {missing.name}, which is not installed. Install it with: make install-cluster"
        ) from missing
    return crew(cluster, settings)
