"""The local disk: files that are whole or absent, and its errors in words that say what to do."""

from __future__ import annotations

import errno
import os
import re
import socket
from pathlib import Path
from threading import get_ident

from scrapy.settings import BaseSettings

from asiatongsin.errors import SettingError

DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
"""Errors of a disk, or of a quota, without room."""

NO_ACCESS = {errno.EACCES: "change its permissions", errno.EPERM: "change its owner", errno.EROFS: "mount it writable"}
"""Errors of a folder that may not be written, each with what to do."""

FILE_IN_THE_WAY = {errno.ENOTDIR, errno.EEXIST}
"""Errors where a file has the name that a folder should have."""

SYNC_AFTER = 1.0
"""Seconds after which appended data is brought to the disk itself (fsync)."""

OWNER_AND_GROUP = 0o750
"""Permissions of folders, whatever the umask is: other users of the machine neither read nor write them."""

_UNSAFE = re.compile(r"[^0-9A-Za-z.-]+")
_ELSE = "or name another data folder in ASIATONGSIN_DATA"


def data_folder(settings: BaseSettings) -> Path:
    """The absolute data folder: scrapyd starts crawls in folders that come and go. SettingError where none is named."""
    if not str(settings["DATA"] or "").strip():
        raise SettingError("DATA names no folder: write its absolute path in ASIATONGSIN_DATA, or unset the variable")
    return Path(settings["DATA"]).expanduser().absolute()


def machine_name(settings: BaseSettings) -> str:
    """Name of this machine: the setting FLEET_MACHINE, else its host name."""
    return str(settings["FLEET_MACHINE"] or "").strip() or socket.gethostname()


def make_private_folder(path: Path) -> Path:
    """Makes a folder closed to other users, and missing ones above it; one that exists stays as it is. OSError."""
    for folder in [*reversed(path.parents), path]:
        if not folder.is_dir():
            folder.mkdir(OWNER_AND_GROUP, exist_ok=True)
    return path


def write_whole(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Makes or replaces a file in one step, on the disk itself. OSError where the file stays as it was.

    `mode` gives its permissions; without it, the umask chooses them.
    """
    # A name that no other process or thread uses: one may write the same file now.
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.{get_ident()}.part")
    try:
        with unfinished.open("wb") as file:
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


def append_whole(descriptor: int, data: bytes) -> int:
    """Appends all of the data or, on a full disk, nothing: half a record would spoil the record behind it."""
    before = os.fstat(descriptor).st_size
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(descriptor, view) :]
    except OSError:
        os.ftruncate(descriptor, before)
        raise
    return len(data)


def safe_name(text: str) -> str:
    """The text, such as a host with its port, as a name of a file or folder."""
    return _UNSAFE.sub("_", text)


def fsync_folder(folder: Path) -> None:
    """Brings the names in a folder to the disk itself, after files were made or renamed there."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def describe_error(error: OSError, data: Path) -> str:
    """Says what is wrong with which folder, and what to do about it."""
    where = error.filename or data
    if error.errno in DISK_FULL:
        return f"the disk of {data} is full: free space on it, {_ELSE}"
    if error.errno in NO_ACCESS:
        return f"cannot write to {where} ({error.strerror}): {NO_ACCESS[error.errno]}, {_ELSE}"
    if error.errno in FILE_IN_THE_WAY:
        return f"cannot make folders in {data} ({error.strerror}: {where}): remove the file that is in the way, {_ELSE}"
    if error.errno == errno.EIO:
        return f"cannot write to {where} ({error.strerror}): see what dmesg says of the disk, {_ELSE}"
    return f"cannot write to {where} ({error.strerror or error}), {_ELSE}"
