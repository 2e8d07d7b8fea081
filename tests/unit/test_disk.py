"""Files that are whole or not there, and what is said of a disk."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.disk import describe_error, write_whole
from tests.processes import run

FULL = """
import resource, sys
from pathlib import Path
from pipelines.disk import write_whole
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
write_whole(Path(sys.argv[1]), bytes(6000))
"""


def test_leaves_the_old_file_and_nothing_else_where_there_is_no_room(tmp_path: Path) -> None:
    path = tmp_path / "page"
    write_whole(path, b"old")
    assert "File too large" in run(FULL, path).stderr
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_several_write_at_once_is_whole_all_the_time(tmp_path: Path) -> None:
    path = tmp_path / "page"
    contents = {bytes([number]) * 100_000 for number in range(4)}
    write_whole(path, min(contents))
    with ThreadPoolExecutor(4) as threads:
        writing = [threads.submit(write_whole, path, content) for content in sorted(contents) * 10]
        while not all(task.done() for task in writing):
            assert path.read_bytes() in contents
        for task in writing:
            task.result()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "the disk of /data is full: free space on it"),
        (errno.EDQUOT, "the disk of /data is full: free space on it"),
        (errno.EACCES, "cannot write to /data/spool (Permission denied): change its permissions"),
        (errno.EROFS, "cannot write to /data/spool (Read-only file system): mount it writable"),
        (errno.ENOTDIR, "remove the file that is in the way"),
        (errno.EIO, "cannot write to /data/spool (Input/output error)"),
    ],
)
def test_says_what_to_do(number: int, says: str) -> None:
    sentence = describe_error(OSError(number, os.strerror(number), "/data/spool"), Path("/data"))
    assert says in sentence
    assert sentence.endswith(", or name another data folder in ASIATONGSIN_DATA")


def test_says_what_it_knows_of_an_error_without_a_number() -> None:
    assert "belongs to another process" in describe_error(OSError("it belongs to another process"), Path("/data"))
