"""The local registry, served for trying things out."""

import sys
from pathlib import Path

import msgspec

from pipeline import stopping
from pipeline.cli.answer import settings_for
from pipeline.errors import Exit, SettingsError
from pipeline.local_registry.conduct import Conduct
from pipeline.local_registry.serve import serve


def registry(port: int, store: Path | None, faults: str, conduct: tuple[str, str, float]) -> Exit:
    """Serve the local registry until it is interrupted."""
    stopping.in_order()
    path = store or settings_for(offline=True).home / ".pipeline" / "local_registry.sqlite3"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    duplicates, order, list_lag = conduct

    def announce(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stderr.write(
            f"The local registry keeps its batches in {path}. Press Ctrl-C to stop it.\n"
            f"Use it with: ISOMETRIC_BASE_URL={msgspec.json.decode(line)['url']} pipeline upload FILES\n"
        )
        sys.stdout.flush()

    try:
        how = Conduct(duplicates=duplicates, order=order, list_lag=list_lag)  # type: ignore[arg-type]
        serve(path, port=port, faults=faults, conduct=how, announce=announce)
    except (ValueError, OverflowError, OSError) as error:
        raise SettingsError(str(error)) from error
    return Exit.OK
