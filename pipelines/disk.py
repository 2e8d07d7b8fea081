"""The local disk: files that are whole or not there, and its troubles in words that say what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from threading import get_ident

FULL = {errno.ENOSPC, errno.EDQUOT}
CLOSED = {errno.EACCES: "change its permissions", errno.EPERM: "change its owner", errno.EROFS: "mount it writable"}
IN_THE_WAY = {errno.ENOTDIR, errno.EEXIST}

_ELSE = "or name another data folder in ASIATONGSIN_DATA"


def write_whole(path: Path, content: bytes) -> None:
    """Makes or replaces a file in one step, on the disk itself; OSError where it stays as it was."""
    # A name of its own: somebody else may write the same file.
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.{get_ident()}.part")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


def fsync_folder(folder: Path) -> None:
    """Brings names that were made or changed in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def told(error: OSError, data: Path) -> str:
    """What is wrong with which folder, and what to do about it."""
    where = error.filename or data
    if error.errno in FULL:
        return f"the disk of {data} is full: free space on it, {_ELSE}"
    if error.errno in CLOSED:
        return f"cannot write to {where} ({error.strerror}): {CLOSED[error.errno]}, {_ELSE}"
    if error.errno in IN_THE_WAY:
        return f"cannot make folders in {data} ({error.strerror}: {where}): remove the file that is in the way, {_ELSE}"
    return f"cannot write to {where} ({error.strerror or error}), {_ELSE}"
