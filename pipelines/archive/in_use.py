"""Who reads the WARC files of a data folder: what is being read stays where it is."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def alone_in(folder: Path) -> Iterator[bool]:
    """Whether nobody else holds this folder; nobody gets it until the end.

    Who sends or cleans the archive holds the folder `archive`, a re-parse the data folder.
    """
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(held)


@contextmanager
def reading_all(data: Path) -> Iterator[None]:
    """Until the end, no push removes a file: a re-parse reads it. What killed ones had fetched is removed first."""
    held = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(BlockingIOError):
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(fetched_folder(data), ignore_errors=True)
        fcntl.flock(held, fcntl.LOCK_SH)
        yield
    finally:
        os.close(held)


def fetched_folder(data: Path) -> Path:
    """Where files of the archive store are while they are read."""
    return data / "fetched"
