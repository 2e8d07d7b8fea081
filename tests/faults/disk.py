"""A small disk for the data of a crawl, which a test fills, empties and closes."""

from __future__ import annotations

import errno
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tests import warm_start

_MOUNT = 'mount -t tmpfs -o size="$1"k,mode=755 tmpfs "$0" && echo mounted && exec sleep infinity'
_BLOCK = bytes(4096)


class Disk:
    """A file system in memory, in a mount namespace that ends with the process that holds it. Needs root."""

    def __init__(self, folder: Path, kilobytes: int) -> None:
        self.folder = folder
        folder.mkdir()
        command = ["unshare", "--mount", "sh", "-c", _MOUNT, str(folder), str(kilobytes)]
        self._holder = subprocess.Popen(command, stdout=subprocess.PIPE)
        if not self._holder.stdout or self._holder.stdout.readline() != b"mounted\n":
            raise OSError(f"cannot mount a disk at {folder}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._holder.terminate()
        self._holder.communicate()

    @property
    def seen_from_outside(self) -> Path:
        """Its root, for the test, which is in another namespace."""
        return Path(f"/proc/{self._holder.pid}/root{self.folder}")

    @property
    def within(self) -> Sequence[str]:
        """What a command begins with to see the disk."""
        return (*warm_start.INSIDE, f"{warm_start.TARGET}{self._holder.pid}")

    def fill(self, *, but: int = 0) -> None:
        """Leaves so many kilobytes free, or none."""
        with (self.seen_from_outside / "filler").open("ab", buffering=0) as filler:
            try:
                while filler.write(_BLOCK):
                    pass
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
            filler.truncate(max(0, filler.tell() - but * 1024))

    def free(self) -> None:
        """Takes away what filled it."""
        (self.seen_from_outside / "filler").unlink()

    def close(self) -> None:
        """From now on it can only be read."""
        subprocess.run([*self.within, "mount", "-o", "remount,ro", str(self.folder)], check=True)

    def open(self) -> None:
        """It can be written again."""
        subprocess.run([*self.within, "mount", "-o", "remount,rw", str(self.folder)], check=True)
