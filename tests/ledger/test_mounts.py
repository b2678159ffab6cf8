"""A ledger on a network file system is refused when the system says that it is one."""

from pathlib import Path, PurePosixPath

import pytest

from pipeline.errors import LedgerError
from pipeline.ledger.mounts import assert_local, file_system

MOUNTS = """\
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 27 0:25 / /plant rw shared:1 - nfs4 server:/plant rw
31 30 254:1 / /plant/local\\040disk rw - xfs /dev/vdb rw
32 27 0:30 / /stacked rw - cifs //server/share rw
33 32 254:2 / /stacked rw - ext4 /dev/vdc rw
no mount at all
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/ledger.sqlite3", "ext4"),
        ("/plant/ledger.sqlite3", "nfs4"),
        ("/plantation/ledger.sqlite3", "ext4"),
        ("/plant/local disk/ledger.sqlite3", "xfs"),
        ("/stacked/ledger.sqlite3", "ext4"),
    ],
)
def test_the_deepest_and_latest_mount_tells_the_file_system(path: str, kind: str) -> None:
    assert file_system(MOUNTS, PurePosixPath(path)) == kind


def test_no_list_of_mounts_tells_nothing(tmp_path: Path) -> None:
    assert file_system("", PurePosixPath("/plant")) == ""
    assert_local(tmp_path, tmp_path / "none")


@pytest.mark.parametrize(
    "kind", ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "glusterfs", "ceph", "afs", "lustre"]
)
def test_a_network_file_system_is_refused_with_what_to_do(tmp_path: Path, kind: str) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"27 1 0:25 / / rw - {kind} server:/plant rw\n")
    with pytest.raises(LedgerError, match=rf"network file system \({kind}\).*local disk, or use PostgreSQL"):
        assert_local(tmp_path / "ledger.sqlite3", mounts)


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "zfs", "overlay", "tmpfs", "apfs", "fuseblk"])
def test_a_local_file_system_is_taken(tmp_path: Path, kind: str) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"27 1 254:0 / / rw - {kind} /dev/vda rw\n")
    assert_local(tmp_path / "ledger.sqlite3", mounts)
