"""Finds the WARC files to read: those of our own archive, or those that a user names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipelines.archive.gzip_members import MAGIC, UnpackedMember
from pipelines.archive.records import RECORD_START
from pipelines.disk import safe_name

_ENDINGS = (".warc", ".warc.gz", ".arc", ".arc.gz")


class NoArchive(Exception):
    """There is nothing to read; the message says what to write."""


def archive_files(data: Path, site: str | None) -> list[Path]:
    """All files of our own archive on this disk, as `in_order`. NoArchive where there are none."""
    if not (found := local_files(data, site)):
        raise NoArchive(f"nothing is archived in {_folder(data, site)}; name the WARC files to read")
    return found


def local_files(data: Path, site: str | None) -> list[Path]:
    """All files of our own archive on this disk, as `in_order`."""
    return in_order(_below(_folder(data, site)))


def in_order(files: Iterable[Path]) -> list[Path]:
    """Files of our archive, site by site, in the order in which they were written: names begin with the crawl's start.

    So files that lie together in an object of the archive store follow each other.
    """
    return sorted(files, key=lambda path: (path.parent.parent, path.name))


def _folder(data: Path, site: str | None) -> Path:
    return data / "archive" / (safe_name(site) if site else ".")


def files_of_unfinished_crawls(files: Iterable[Path], data: Path) -> set[Path]:
    """Files of our archive whose crawl has pages in its spool: it is running, or its pages wait for the database."""
    waiting = {spool.name for spool in (data / "spool").glob("[!.]*")}
    return {file for file in files if file.is_relative_to(data) and crawl_of(file) in waiting}


def crawl_of(file: Path) -> str:
    """The crawl that wrote a file of our archive."""
    return file.name.rpartition("-")[0]


def given_files(paths: Iterable[str]) -> list[Path]:
    """The named files, and the WARC files in named folders. NoArchive where one is no WARC file."""
    found: list[Path] = []
    for path in map(Path, paths):
        found += _named(path)
    for file in found:
        if not _is_warc(file):
            raise NoArchive(f"{file} is no WARC file")
    return [file.absolute() for file in dict.fromkeys(found)]


def _named(path: Path) -> list[Path]:
    try:
        is_there = path.exists()
    except OSError as error:
        raise NoArchive(f"cannot read {path}: {error.strerror}") from None
    if not is_there:
        raise NoArchive(f"{path} is not there")
    if not (path.is_dir() or path.is_file()):
        raise NoArchive(f"{path} is no file: a pipe or a device cannot be read")
    files = _below(path) if path.is_dir() else [path]
    if not files:
        raise NoArchive(f"{path} holds no WARC files (their names end in {', '.join(_ENDINGS)})")
    return files


def _below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.name.endswith(_ENDINGS) and path.is_file())


def _is_warc(path: Path) -> bool:
    """Whether a file begins like a WARC or ARC file. NoArchive where it cannot be read."""
    try:
        with path.open("rb") as file:
            beginning = file.read(16)
            if beginning.startswith(MAGIC):
                beginning = (
                    UnpackedMember(file, 0).read(16) or RECORD_START
                )  # cut off in its first record: captures() reports that
    except OSError as error:
        raise NoArchive(f"cannot read {path}: {error.strerror}") from None
    return beginning.startswith((RECORD_START, b"filedesc:"))
