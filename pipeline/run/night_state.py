"""What one night leaves to the next, in a small file of the plant's folder. It holds no secret."""

from pathlib import Path

import msgspec

from pipeline.outstanding.failing import Earlier
from pipeline.write.whole import private_folder, whole


def earlier(home: Path) -> Earlier:
    """What the nights before have left. A file that is gone or damaged is a first night."""
    try:
        return msgspec.json.decode(_file(home).read_bytes(), type=Earlier)
    except (OSError, msgspec.DecodeError):
        return Earlier()


def leave(state: Earlier, home: Path) -> None:
    """Leave it to the next night. ResultsError when it cannot be written."""
    private_folder(_file(home).parent)
    with whole(_file(home)) as file:
        file.write(msgspec.json.encode(state))


def _file(home: Path) -> Path:
    return home / ".pipeline" / "nightly.json"
