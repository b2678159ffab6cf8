"""On which kind of file system a path lies: a ledger's locks do not hold over a network."""

from pathlib import Path, PurePosixPath

from pipeline.errors import LedgerError

_NETWORK = (
    "nfs",
    "cifs",
    "smb",
    "9p",
    "afs",
    "ceph",
    "lustre",
    "gpfs",
    "beegfs",
    "gluster",
    "ncpfs",
    "davfs",
)
_NETWORK_BY_FUSE = ("sshfs", "gluster", "ceph", "rclone", "s3fs", "gcsfuse", "davfs", "smb", "juicefs", "mfs")
"""The beginnings of their names: nfs4 is one of the nfs."""
_MOUNTS = Path("/proc/self/mountinfo")


def assert_local(path: Path, mounts: Path = _MOUNTS) -> None:
    """LedgerError when the path is known to lie on a network file system. Not to know is no error."""
    try:
        mountinfo = mounts.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return
    kind = file_system(mountinfo, PurePosixPath(path.resolve()))
    if kind.startswith(_NETWORK) or kind.removeprefix("fuse.").startswith(_NETWORK_BY_FUSE):
        raise LedgerError(
            f"The ledger {path} lies on a network file system ({kind}), where two runs would not see each "
            "other's locks and a power cut could damage it. Nothing was sent. Keep it on a local disk, or "
            "use PostgreSQL: set url under [ledger] in pipeline.toml, or PIPELINE_LEDGER_URL."
        )


def file_system(mountinfo: str, path: PurePosixPath) -> str:
    """The type of the file system that holds an absolute path, as proc(5) lists the mounts; or nothing.

    Of several mounts on one place the last is what is seen.
    """
    found, depth = "", -1
    for line in mountinfo.splitlines():
        before, separated, after = line.partition(" - ")
        fields = before.split(" ")
        if not separated or len(fields) < 5:
            continue
        place = PurePosixPath(_unescaped(fields[4]))
        if path.is_relative_to(place) and len(place.parts) >= depth:
            found, depth = after.split(" ")[0], len(place.parts)
    return found


def _unescaped(place: str) -> str:
    for character in " \t\n\\":
        place = place.replace(f"\\{ord(character):03o}", character)
    return place
