"""Files of the archive store come to this disk in order, while they are read, and what the store has lost is told."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest
from psycopg import Connection
from scrapy.settings import Settings

from pipelines.archive.fetching import WhileRead, bring_back
from pipelines.archive.in_use import fetched_folder, reading_all
from pipelines.archive.push import push
from pipelines.archive.store import Store, StoreTrouble
from pipelines.database import archive_files as catalog
from pipelines.reparse.files import ArchivedFiles, archived_files
from tests.captured import read
from tests.samples import SITE
from tests.sql.test_archive_push import crawled, local, objects
from tests.stores import settings_of

Told = list[tuple[str, str]]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    folder.mkdir()
    return folder


@pytest.fixture
def given(connection: Connection, database_url: str, data: Path, store: Path) -> Settings:
    """Five files in the store, in two objects, and one on this disk; another one is on another machine."""
    given = settings_of(database_url, data, str(store))
    for pack in ("ab", "cde"):
        for name in pack:
            crawled(connection, data, name, 1, 2)
        push(given, now=True)
    crawled(connection, data, "f", 3)
    return given


def found(connection: Connection, given: Settings) -> ArchivedFiles:
    return archived_files(connection, given, None)


def names(files: list[Path]) -> str:
    return "".join(file.name[0] for file in files)


def reading(files: ArchivedFiles, told: Told) -> WhileRead:
    return WhileRead(files.where, lambda file, _, what: told.append((file.name[0], what)))


def test_files_are_here_while_they_are_read_and_no_longer(connection: Connection, given: Settings, data: Path) -> None:
    files, told = found(connection, given), Told()
    assert (names(files.paths), files.elsewhere) == ("abcdef", [])
    seen = []
    with reading(files, told) as opened:
        for file in opened.each(files.paths):
            path = opened.where.path_of(file)
            seen.append((file.name[0], len(read(path)[0]), len(list(fetched_folder(data).rglob("*.gz")))))
            opened.done(file)
    # Of the two objects, never more than one is here.
    assert seen == [("a", 2, 2), ("b", 2, 1), ("c", 2, 3), ("d", 2, 2), ("e", 2, 1), ("f", 1, 0)]
    assert (told, list(fetched_folder(data).glob("*")), names([Path(file) for file in local(data)])) == ([], [], "f")


def test_tells_of_objects_that_are_gone_short_or_damaged(connection: Connection, given: Settings, store: Path) -> None:
    files, told = found(connection, given), Told()
    first, second = objects(store)
    content = bytearray((store / first).read_bytes())
    content[-20] ^= 1
    (store / first).write_bytes(content)
    with reading(files, told) as opened:
        assert names(list(opened.each(files.paths))) == "abcdef"
        assert told == [("b", f"it is damaged in {first} of the archive store {store}")]
    told.clear()
    (store / second).unlink()
    with reading(files, told) as opened:
        assert names(list(opened.each(files.paths))) == "abf"
    assert [(name, "has no object" in what) for name, what in told[1:]] == [("c", True), ("d", True), ("e", True)]


def test_a_store_that_goes_away_ends_the_reading(connection: Connection, given: Settings, store: Path) -> None:
    files = found(connection, given)
    shutil.move(store, store.with_name("away"))
    with reading(files, []) as opened, pytest.raises(StoreTrouble, match="is not there: make the folder, or mount"):
        next(opened.each(files.paths))


def test_what_a_killed_reading_has_left_is_removed_by_the_next(data: Path) -> None:
    left = fetched_folder(data) / "1"
    left.mkdir(parents=True)
    with reading_all(data):
        assert not left.exists()
        left.mkdir(parents=True)
        with reading_all(data):  # the first one is reading
            assert left.exists()


def test_says_which_files_are_elsewhere(connection: Connection, given: Settings, database_url: str, data: Path) -> None:
    push(given)  # notes the last file
    other = partial(settings_of, database_url, data.with_name("b"), machine="b")
    there = found(connection, other(str(given["ARCHIVE_STORE"])))
    assert (names(there.paths), there.elsewhere) == (
        "abcde",
        ["1 files wait on machine a: run asiatongsin archive push --now there"],
    )
    without = found(connection, other(""))
    assert (without.paths, len(without.elsewhere)) == ([], 2)
    assert without.elsewhere[1] == "5 files are in the archive store: name it in ARCHIVE_STORE"


def test_a_damaged_file_is_not_brought_back(connection: Connection, given: Settings, data: Path, store: Path) -> None:
    [row, *_] = catalog.stored(connection, SITE)
    place = catalog.place_of(row)
    assert place is not None
    bring_back(Store(str(store)), data, row.file, place, at=row.stored_at.timestamp() if row.stored_at else 0)
    assert len(read(data / row.file)[0]) == 2
    (data / row.file).unlink()
    (store / place.object).write_bytes(bytes(100_000))
    with pytest.raises(StoreTrouble, match="it is damaged in"):
        bring_back(Store(str(store)), data, row.file, place, at=0)
    assert row.file not in local(data)
