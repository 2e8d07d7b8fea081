"""WARC files go to the archive store in packs, and are read there as if they were on this disk."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from psycopg import Connection

from asiatongsin.capture import Archived
from pipelines.archive.in_use import alone_in, reading_all
from pipelines.archive.packs import compare, described, pieces
from pipelines.archive.push import Pushed, push
from pipelines.archive.store import Store, StoreTrouble
from pipelines.archive.verify import verify
from pipelines.archive.warc import NOT_MODIFIED
from pipelines.archive.whereabouts import Whereabouts
from pipelines.crawl_record import CrawlRecord
from pipelines.database import archive_files as catalog
from pipelines.exporters import crawls
from pipelines.queries import archive_files
from pipelines.spool.folder import Spool
from tests.captured import archive, body_of, exchange, fetched, read
from tests.samples import SITE, later, record
from tests.stored import rows, value
from tests.stores import settings_of

NOW = datetime.now(UTC)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    folder.mkdir()
    return folder


def crawled(connection: Connection, data: Path, name: str, *numbers: int, site: str = SITE) -> list[Archived]:
    """A crawl that has ended, with these articles in its file."""
    crawl = record(name, site=site, finished_at=NOW, outcome="ok")
    with archive(data, crawl) as opened:
        places = [opened.append(fetched(exchange(no, later(no)), no=no)) for no in numbers]
    crawls.write(connection, crawl)
    return places


def local(data: Path) -> list[str]:
    return sorted(path.relative_to(data).as_posix() for path in data.rglob("*.warc.gz"))


def objects(store: Path) -> list[str]:
    return sorted(path.relative_to(store).as_posix() for path in store.rglob("*") if path.is_file())


def states(connection: Connection) -> list[str]:
    return [state for (state,) in rows(connection, "SELECT state FROM archive_files ORDER BY file")]


def where(connection: Connection, data: Path, store: Path) -> Whereabouts:
    return Whereabouts(data=data, store=Store(str(store)), find=lambda file: catalog.find(connection, file))


def test_packs_the_files_of_a_site_into_one_object(
    connection: Connection, database_url: str, data: Path, store: Path
) -> None:
    places = [place for name in ("a", "b") for place in crawled(connection, data, name, 1, 2)]
    before = b"".join((data / file).read_bytes() for file in local(data))
    crawled(connection, data, "c", 3, site="other.kr")
    done = push(settings_of(database_url, data, str(store)), now=True)
    assert done == Pushed(files=3, bytes=done.bytes, objects=2, removed=3)
    assert local(data) == []
    [ours, _] = sorted(objects(store), key=lambda name: "other" in name)
    assert (store / ours).read_bytes() == before
    month = f"{NOW:%Y-%m}"
    assert ours.startswith(f"{SITE}/{month}/a-00001-")
    assert [one.body for one in read(store / ours)[0]] == [body_of(1), body_of(2)] * 2
    found = where(connection, data, store)
    for place, no in zip(places, (1, 2, 1, 2), strict=True):
        with_length = found.capture_at(data / place.file, place.offset, place.length)
        assert with_length is not None
        assert (with_length.path, with_length.offset, with_length.body) == (
            data / place.file,
            place.offset,
            body_of(no),
        )
        assert found.capture_at(data / place.file, place.offset) == with_length
        assert found.capture_at(data / place.file, place.offset + 1) is None


def test_waits_until_a_pack_is_full_or_its_oldest_file_has_waited(
    connection: Connection, database_url: str, data: Path, store: Path
) -> None:
    for name in "abcde":
        crawled(connection, data, name, 1)
    *_, last = local(data)
    size = (data / last).stat().st_size
    given = settings_of(database_url, data, str(store), ARCHIVE_PACK_BYTES=2 * size + 100)
    assert (push(given).files, states(connection)) == (4, ["stored"] * 4 + ["waiting"])
    [waiting] = archive_files.waiting(connection)
    assert (waiting.machine, waiting.files, waiting.bytes) == ("a", 1, size)
    assert push(given) == Pushed(waiting=1)
    connection.execute("UPDATE archive_files SET noted_at = noted_at - interval '7h' WHERE state = 'waiting'")
    assert push(given).files == 1
    assert (len(objects(store)), archive_files.waiting(connection)) == (3, [])


def test_a_file_larger_than_a_pack_is_an_object_of_its_own(
    connection: Connection, database_url: str, data: Path, store: Path
) -> None:
    for name in "abc":
        crawled(connection, data, name, *(range(1, 9) if name == "b" else [1]))
    assert push(settings_of(database_url, data, str(store), ARCHIVE_PACK_BYTES=2000), now=True).objects == 3


def test_leaves_files_that_are_not_finished_or_not_of_this_database(
    connection: Connection, database_url: str, data: Path, store: Path
) -> None:
    with archive(data, record("strange")) as opened:
        opened.append(fetched())
    crawled(connection, data, "running", 1)
    spool = Spool.create(data / "spool", record("running"))
    given = settings_of(database_url, data, str(store))
    assert push(given, now=True) == Pushed(unfinished=1, strange=1)
    assert len(local(data)) == 2
    spool.remove()
    spool.release()
    assert push(given, now=True).files == 1


def test_keeps_local_copies_that_are_wanted_or_read(
    connection: Connection, database_url: str, data: Path, store: Path
) -> None:
    crawled(connection, data, "a", 1)
    given = settings_of(database_url, data, str(store), ARCHIVE_KEEP_LOCAL=True)
    assert (push(given, now=True).files, len(local(data))) == (1, 1)
    given = settings_of(database_url, data, str(store))
    with reading_all(data):
        assert (push(given), len(local(data))) == (Pushed(), 1)
    assert (push(given), local(data)) == (Pushed(removed=1), [])


def test_keeps_local_copies_with_other_bytes_than_the_store(
    connection: Connection, database_url: str, data: Path, store: Path
) -> None:
    crawled(connection, data, "a", 1)
    push(settings_of(database_url, data, str(store), ARCHIVE_KEEP_LOCAL=True), now=True)
    path = data / local(data)[0]
    path.write_bytes(path.read_bytes()[::-1])
    os.utime(path, (0, 0))  # a clock that is wrong
    push(settings_of(database_url, data, str(store)))
    assert local(data)


def test_keeps_local_copies_of_files_that_another_copy_of_the_folder_has_stored(
    connection: Connection, database_url: str, data: Path, store: Path
) -> None:
    for name in "ab":
        crawled(connection, data, name, 1)

    def others_store(_: int) -> None:
        connection.execute(
            "UPDATE archive_files SET state = 'stored', object = 'theirs', object_offset = 0, sha256 = repeat('0', 64),"
            " stored_at = now() WHERE state = 'waiting'"
        )

    given = settings_of(database_url, data, str(store), ARCHIVE_PACK_BYTES=1)
    assert push(given, now=True, advance=others_store).removed == 1
    assert [Path(file).name for file in local(data)] == ["b-00001.warc.gz"]


def test_a_push_writes_nothing_of_files_that_are_noted(
    connection: Connection, database_url: str, data: Path, store: Path
) -> None:
    crawled(connection, data, "a", 1)
    given = settings_of(database_url, data, str(store), ARCHIVE_KEEP_LOCAL=True)
    for now in (False, True):
        push(given, now=now)
        push(given)
        assert value(connection, "SELECT xmax::text FROM archive_files") == "0"


def test_only_one_push_works_at_once(connection: Connection, database_url: str, data: Path, store: Path) -> None:
    crawled(connection, data, "a", 1)
    with alone_in(data / "archive"):
        assert push(settings_of(database_url, data, str(store)), now=True) == Pushed(is_alone=False)
    assert objects(store) == []


def test_does_not_believe_a_store_that_holds_something_else(
    connection: Connection, database_url: str, data: Path, store: Path
) -> None:
    crawled(connection, data, "a", 1, 2)
    places = described(data, local(data))
    [place] = places.values()
    kept, name = Store(str(store)), place.object
    kept.put(name, pieces(data, places))
    compare(kept, name, places)
    for harm in (bytes(place.bytes), b"", bytes(place.bytes + 1)):
        (store / name).write_bytes(harm)
        with pytest.raises(StoreTrouble, match="holds"):
            compare(kept, name, places)


def test_a_push_that_was_killed_is_done_again(
    connection: Connection, database_url: str, data: Path, store: Path
) -> None:
    crawled(connection, data, "a", 1)
    given = settings_of(database_url, data, str(store), ARCHIVE_KEEP_LOCAL=True)
    push(given, now=True)
    [left] = objects(store)
    # As a push leaves it that was killed when its object was there.
    connection.execute("UPDATE archive_files SET state = 'waiting', object = NULL, stored_at = NULL")
    crawled(connection, data, "b", 2)
    assert push(given, now=True).files == 2
    found = verify(Store(str(store)), catalog.stored(connection, None), None, is_quick=False, advance=lambda _: None)
    assert (found.files, found.objects, found.amiss, found.unnamed) == (2, 1, [], [left])


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (Path.unlink, "is not in the store"),
        (lambda path: os.truncate(path, 700), "has 700 bytes of"),
        (lambda path: path.write_bytes(bytes(path.stat().st_size)), "are not those that were stored"),
    ],
)
def test_says_what_the_store_has_lost(
    connection: Connection, database_url: str, data: Path, store: Path, harm: object, told: str
) -> None:
    crawled(connection, data, "a", 1)
    push(settings_of(database_url, data, str(store)), now=True)
    harm(store / objects(store)[0])  # type: ignore[operator]
    kept = catalog.stored(connection, SITE)
    found = verify(Store(str(store)), kept, SITE, is_quick=False, advance=lambda _: None)
    assert (found.files, [told in line for line in found.amiss]) == (0, [True])
    quick = (
        verify(Store(str(store)), kept, SITE, is_quick=True, advance=lambda _: None) if "those" not in told else None
    )
    assert quick is None or quick.amiss == found.amiss


def test_an_unmodified_page_refers_to_a_capture_in_the_store(
    connection: Connection, database_url: str, data: Path, store: Path, tmp_path: Path
) -> None:
    [place] = crawled(connection, data, "a", 1)
    push(settings_of(database_url, data, str(store)), now=True)
    other = tmp_path / "b"
    with archive(other, record("later")) as opened:
        opened.where = where(connection, other, store)
        unmodified = fetched(exchange(1, later(9), status=304, body=b""), no=1, earlier=place)
        assert opened.needs_store(unmodified)
        assert opened.append(unmodified) == place
    [revisit], _ = read(other / local(other)[0])
    assert (revisit.is_revisit, revisit.field("WARC-Profile")) == (True, NOT_MODIFIED)


def test_a_store_that_is_away_costs_a_crawl_nothing_but_the_reference(
    connection: Connection, database_url: str, data: Path, store: Path
) -> None:
    [place] = crawled(connection, data, "a", 1)
    push(settings_of(database_url, data, str(store)), now=True)
    store.rename(store.with_name("away"))
    with archive(data, record("later")) as opened:
        opened.where = where(connection, data, store)
        assert opened.append(fetched(exchange(1, later(9)), no=1, earlier=place)) != place
        assert opened.where.store is None


def test_names_files_that_rows_name_and_nobody_has(connection: Connection, database_url: str, data: Path) -> None:
    crawl: CrawlRecord = record("a", finished_at=NOW, outcome="ok", statistics={"machine": "elsewhere"})
    crawls.write(connection, crawl)
    file = f"archive/{SITE}/2026-11/a-00001.warc.gz"
    connection.execute(
        "INSERT INTO rejected_pages (site, url, fetched_at, reason, raw_path, is_transient, version, archive_file,"
        " archive_offset, archive_length) VALUES (%s, 'http://a/', now(), 'a', 'a', false, '0', %s, 0, 1)",
        [SITE, file],
    )
    [found] = archive_files.named(connection, SITE)
    assert (found.file, found.machine, archive_files.named(connection, "other.kr")) == (file, "elsewhere", [])
    connection.execute("UPDATE crawls SET finished_at = NULL")
    assert archive_files.named(connection, None) == []
    catalog.note(connection, "a", {file: 1}, ["a"])
    assert catalog.waiting(connection, None) == [(file, "a")]
    assert value(connection, "SELECT count(*) FROM archive_files WHERE noted_at > %s", NOW - timedelta(days=1)) == 1
    assert [row.file for row in catalog.named(connection, [file])] == [file]
