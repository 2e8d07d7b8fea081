"""A file takes the place of the one before when it is whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from asiatongsin.errors import ArgumentError
from pipelines.datasets.target import Dropped, check, replacing


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_the_file_is_there_when_it_is_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "month.csv"
    path.write_bytes(b"old")
    path.chmod(0o640)
    with replacing(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert (path.read_bytes(), path.stat().st_mode & 0o777, names(tmp_path)) == (b"new", 0o640, ["month.csv"])


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt, Dropped])
def test_whatever_ends_it_early_leaves_the_file_as_it_was(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "month.csv"
    path.write_bytes(b"old")
    try:
        with replacing(path) as file:
            file.write(b"half")
            raise error
    except (OSError, KeyboardInterrupt):
        assert error is not Dropped
    assert (path.read_bytes(), names(tmp_path)) == (b"old", ["month.csv"])


def test_what_a_killed_process_has_left_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / ".month.csv.part").write_bytes(b"much more than is written now")
    with replacing(tmp_path / "month.csv") as file:
        file.write(b"new")
    assert ((tmp_path / "month.csv").read_bytes(), len(names(tmp_path))) == (b"new", 1)


def test_two_do_not_write_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "month.csv"
    with replacing(path) as file:
        with pytest.raises(ArgumentError, match="another export writes"), replacing(path):
            pass
        file.write(b"new")
    assert path.read_bytes() == b"new"


def test_a_link_goes_on_leading_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_bytes(b"old")
    (tmp_path / "link.csv").symlink_to("file.csv")
    with replacing(tmp_path / "link.csv") as file:
        file.write(b"new")
    assert ((tmp_path / "file.csv").read_bytes(), (tmp_path / "link.csv").is_symlink()) == (b"new", True)


def drop() -> None:
    raise Dropped


def test_what_is_no_file_is_written_as_it_is() -> None:
    with replacing(Path(os.devnull)) as file:
        file.write(b"new")
    with replacing(Path(os.devnull)):
        drop()
    assert Path(os.devnull).is_char_device()
    with replacing(Path(os.devnull)):
        raise Dropped


def test_a_name_of_an_open_pipe_is_written_to(tmp_path: Path) -> None:
    """As of /dev/stdout before `| head`: it leads to `pipe:[…]`, which is no name of a file."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe:
        with os.fdopen(writing, "wb"), replacing(Path(f"/dev/fd/{writing}")) as file:
            file.write(b"new")
        assert pipe.read() == b"new"


def test_folders_are_told(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="name a file in it"):
        check(tmp_path)
    with pytest.raises(ArgumentError, match="make it first"):
        check(tmp_path / "none" / "a.csv")
