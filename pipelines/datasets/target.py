"""The file that an export makes: it takes its place when it is whole, and not before."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from asiatongsin.errors import ArgumentError
from pipelines.disk import fsync_folder


class Dropped(Exception):
    """Raised within `replacing`: nothing is to be kept, and the file stays as it is."""


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """What is written within the block becomes the file as it ends. Where it raises, the file stays as it was.

    ArgumentError where another process writes the same file. A killed process leaves a hidden file beside it, which
    the next one takes over.
    """
    if path.exists() and not path.is_file():
        with suppress(Dropped), path.open("wb") as file:  # a terminal, a pipe or nothing at all: /dev/null
            yield file
        return
    path = path.resolve()  # a link goes on leading to the file
    unfinished = path.with_name(f".{path.name}.part")
    with suppress(Dropped), _locked(unfinished, path) as file, ExitStack() as undo:
        undo.callback(unfinished.unlink, missing_ok=True)
        yield file
        file.flush()
        os.fchmod(file.fileno(), _mode(path))
        os.fsync(file.fileno())
        unfinished.replace(path)
        undo.pop_all()
        fsync_folder(path.parent)


def check(path: Path) -> None:
    """ArgumentError where no file can be made there."""
    if path.is_dir():
        raise ArgumentError(f"{path} is a folder: name a file in it, for example {path / 'month.csv'}")
    if not path.resolve().parent.is_dir():
        raise ArgumentError(f"there is no folder {path.resolve().parent}: make it first")


@contextmanager
def _locked(unfinished: Path, path: Path) -> Iterator[BinaryIO]:
    """The unfinished file, empty, and locked until the end of the block."""
    while True:
        with os.fdopen(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666), "wb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ArgumentError(f"another export writes {path} at this moment: wait for that one") from None
            if _is_still(file, unfinished):
                file.truncate()
                yield file
                return


def _is_still(file: BinaryIO, path: Path) -> bool:
    """Whether the name still leads to the file: another process may have finished it just now."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _mode(path: Path) -> int:
    """Permissions of the file that is replaced; of a new one, as the umask chooses them."""
    with suppress(FileNotFoundError):
        return stat.S_IMODE(path.stat().st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
